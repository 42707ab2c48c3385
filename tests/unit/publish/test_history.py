"""Which states of a folder count at a release."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sayso.model.authority import Held
from sayso.model.owner import OwnerId
from sayso.publish.history import Folders, Histories, continue_histories
from sayso.wire.state import FolderState, RegistryState

OWNER = OwnerId("domain:fernwood.example")
START = datetime(2026, 11, 1, tzinfo=UTC)
WEEK = timedelta(days=7)
OLD = Held(files={"catalogue.yaml": "a" * 40})
NEW = Held(files={"catalogue.yaml": "b" * 40})


def state(histories: Histories, issued: datetime) -> RegistryState:
    return RegistryState(
        release=1,
        issued=issued,
        owners=histories,
        published={},
        policies={},
    )


def after(
    *steps: tuple[int, Folders], proved: Mapping[int, set[OwnerId]] | None = None
) -> Histories:
    """Return the histories after releases on these days with these folders.

    Args:
        steps: the day of each release, and the folders then.
        proved: of whom a domain names a key, by day; nobody when left out.
    """
    previous: RegistryState | None = None
    histories: Histories = {}
    for day, folders in steps:
        now = START + timedelta(days=day)
        histories = continue_histories(
            folders,
            previous,
            proved=(proved or {}).get(day, set()),
            now=now,
            waiting=WEEK,
        )
        previous = state(histories, now)
    return histories


def test_nothing_waits_in_a_genesis() -> None:
    assert after((0, {OWNER: OLD})) == {
        OWNER: (FolderState(accepted=START, files=OLD.files),)
    }


def test_an_unchanged_folder_has_one_state() -> None:
    assert len(after((0, {OWNER: OLD}), (1, {OWNER: OLD}))[OWNER]) == 1


def test_a_new_owner_said_nothing_before() -> None:
    states = after((0, {}), (1, {OWNER: OLD}))[OWNER]
    assert [dict(s.files) for s in states] == [{}, OLD.files]


def test_a_replaced_state_counts_for_the_waiting_period() -> None:
    changed = ((0, {OWNER: OLD}), (1, {OWNER: NEW}))
    assert len(after(*changed)[OWNER]) == 2
    assert len(after(*changed, (7, {OWNER: NEW}))[OWNER]) == 2
    assert len(after(*changed, (8, {OWNER: NEW}))[OWNER]) == 1


def test_a_folder_that_is_gone_counts_until_it_has_waited() -> None:
    gone: tuple[tuple[int, Folders], ...] = ((0, {OWNER: OLD}), (1, {}))
    assert [dict(s.files) for s in after(*gone)[OWNER]] == [OLD.files, {}]
    assert after(*gone, (8, {})) == {}


def test_a_folder_that_was_put_back_keeps_what_stood_between() -> None:
    states = after((0, {OWNER: OLD}), (1, {OWNER: NEW}), (2, {OWNER: OLD}))[OWNER]
    assert [s.files for s in states] == [OLD.files, NEW.files, OLD.files]


def test_a_signature_on_what_was_filed_is_another_state() -> None:
    signed = replace(OLD, signed=frozenset(OLD.files))
    states = after((0, {OWNER: OLD}), (1, {OWNER: signed}))[OWNER]
    assert [s.signed for s in states] == [frozenset(), signed.signed]


def test_what_a_proof_of_a_domain_loosens_waits_as_well() -> None:
    same = ((0, {OWNER: OLD}), (1, {OWNER: OLD}), (7, {OWNER: OLD}))
    proved = {1: {OWNER}, 7: {OWNER}, 8: {OWNER}}
    states = after(*same, proved=proved)[OWNER]
    assert [s.proved for s in states] == [False, True]
    (state,) = after(*same, (8, {OWNER: OLD}), proved=proved)[OWNER]
    assert state.proved
    assert state.accepted == START + timedelta(days=1)


def test_who_is_held_without_a_folder_has_no_history() -> None:
    assert after((0, {OWNER: Held(admission=3)})) == {}
