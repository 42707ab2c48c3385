"""Statuses of rows and what is done with them: nothing unidentified is ever kept."""

import pytest

from sayso.errors import MalformedError
from sayso.model.screening import (
    HANDLINGS,
    RESERVATIONS,
    STATUS_OF,
    STATUS_WORDS,
    STATUSES,
    STRICT,
    UNIDENTIFIED,
    Action,
    Handling,
    Status,
    read_handling,
)
from sayso.model.vocabulary import Verdict


def test_statuses_ascend_in_strictness() -> None:
    assert [str(status) for status in STATUSES[:5]] == [
        "allow",
        "undeclared",
        "invalid-identifier",
        "ask",
        "deny",
    ]
    assert set(STATUS_OF) == set(Verdict)
    assert set(STATUS_WORDS) == set(Status)


def test_strict_keeps_only_what_is_allowed_and_undisputed() -> None:
    for status in Status:
        action = STRICT.action(status, disputed=False, sibling=False)
        kept = status is Status.ALLOW
        assert (action is Action.KEEP) is kept
    assert STRICT.action(Status.ALLOW, disputed=True, sibling=False) is Action.EXCLUDE
    assert STRICT.action(Status.ALLOW, disputed=False, sibling=True) is Action.EXCLUDE


@pytest.mark.parametrize("status", sorted(UNIDENTIFIED))
def test_what_nobody_can_name_is_set_apart_by_every_handling(status: Status) -> None:
    everything = Handling(
        name="all", kept=frozenset(Status), disputed=True, sibling=True
    )
    for handling in (STRICT, RESERVATIONS, everything):
        assert handling.action(status, disputed=False, sibling=False) is Action.APART
    with pytest.raises(MalformedError, match="always set apart"):
        read_handling(f"{status}=keep")


def test_handlings_are_read_by_name_and_by_pairs() -> None:
    assert set(HANDLINGS) == {STRICT.name, RESERVATIONS.name}
    assert read_handling("strict") == STRICT
    assert read_handling("reservations") == RESERVATIONS
    kept = read_handling("undeclared=keep, disputed=keep")
    assert kept.name == "undeclared=keep,disputed=keep"
    assert kept.kept == {Status.ALLOW, Status.UNDECLARED}
    assert (kept.disputed, kept.sibling) == (True, False)
    less = read_handling("reservations,undeclared=exclude,sibling=keep")
    assert less.kept == {Status.ALLOW}
    assert less.sibling


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "says nothing"),
        ("lax", "says nothing"),
        ("allow", "says nothing"),
        ("allow=drop", "says nothing"),
        ("undeclared=keep,strict", "says nothing"),
        ("permitted=keep", "there is no status 'permitted'"),
    ],
)
def test_another_handling_is_refused(text: str, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        read_handling(text)
