"""Which states of a folder count at a release."""

from datetime import UTC, datetime, timedelta

from sayso.model.owner import OwnerId
from sayso.publish.history import Folders, Histories, continue_histories
from sayso.wire.state import FolderState, RegistryState

OWNER = OwnerId("domain:fernwood.example")
START = datetime(2026, 11, 1, tzinfo=UTC)
WEEK = timedelta(days=7)
OLD, NEW = {"catalogue.yaml": "a" * 40}, {"catalogue.yaml": "b" * 40}


def state(histories: Histories, issued: datetime) -> RegistryState:
    return RegistryState(
        release=1,
        issued=issued,
        owners=histories,
        published={},
        policies={},
    )


def after(*steps: tuple[int, Folders]) -> Histories:
    """Return the histories after releases on these days with these folders."""
    previous: RegistryState | None = None
    histories: Histories = {}
    for day, folders in steps:
        now = START + timedelta(days=day)
        histories = continue_histories(folders, previous, now=now, waiting=WEEK)
        previous = state(histories, now)
    return histories


def test_nothing_waits_in_a_genesis() -> None:
    assert after((0, {OWNER: OLD})) == {
        OWNER: (FolderState(accepted=START, files=OLD),)
    }


def test_an_unchanged_folder_has_one_state() -> None:
    assert len(after((0, {OWNER: OLD}), (1, {OWNER: OLD}))[OWNER]) == 1


def test_a_new_owner_said_nothing_before() -> None:
    states = after((0, {}), (1, {OWNER: OLD}))[OWNER]
    assert [dict(s.files) for s in states] == [{}, OLD]


def test_a_replaced_state_counts_for_the_waiting_period() -> None:
    changed = ((0, {OWNER: OLD}), (1, {OWNER: NEW}))
    assert len(after(*changed)[OWNER]) == 2
    assert len(after(*changed, (7, {OWNER: NEW}))[OWNER]) == 2
    assert len(after(*changed, (8, {OWNER: NEW}))[OWNER]) == 1


def test_a_folder_that_is_gone_counts_until_it_has_waited() -> None:
    gone: tuple[tuple[int, Folders], ...] = ((0, {OWNER: OLD}), (1, {}))
    assert [dict(s.files) for s in after(*gone)[OWNER]] == [OLD, {}]
    assert after(*gone, (8, {})) == {}


def test_a_folder_that_was_put_back_keeps_what_stood_between() -> None:
    states = after((0, {OWNER: OLD}), (1, {OWNER: NEW}), (2, {OWNER: OLD}))[OWNER]
    assert [dict(s.files) for s in states] == [OLD, NEW, OLD]
