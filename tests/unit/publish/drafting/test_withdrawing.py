"""A declaration is ended by a member that is added, and by nothing else."""

from datetime import date

import pytest

from sayso.errors import PublishError
from sayso.model.declaration import Declaration, Withdrawal
from sayso.model.owner import OwnerId
from sayso.model.problem import Problem
from sayso.publish.drafting.withdrawing import (
    WithdrawalReason,
    consequences,
    withdrawn_text,
)
from sayso.publish.reading.layout import Place, place_of
from sayso.publish.reading.said import parse_yaml
from tests.declared import FERNWOOD

HARROW = OwnerId("domain:harrow.example")
DAY = date(2027, 3, 2)
SOLD = Withdrawal(on=DAY, reason="sold", successor=HARROW)
END = b"""\
withdrawn:
  on: 2027-03-02
  reason: sold
  successor: domain:harrow.example
"""
TEXT = b"""\
# Ours since 2011.   Two  blanks, and a tab:\t.
schema:   sayso/declaration/1
capacity: "owner"   # we made them

uses: {any-ai: deny,   search: 'deny'}
recordings:   # the B sides too
  - {isrc: XXF012600001, title: "No", artist: "Mara"}
  -   isrc: XXF012600002
      title: Yes   # unquoted
"""
BRACES = b"""\
{schema: sayso/declaration/1, capacity: owner, uses: {any-ai: deny}, prefix: XXF01}
"""


def place(name: str = "songs.yaml") -> Place:
    found = place_of(f"{FERNWOOD}/{name}")
    assert not isinstance(found, Problem)
    return found


def test_the_end_is_added_and_every_other_byte_stays() -> None:
    text = withdrawn_text(TEXT, place(), SOLD)
    assert text == TEXT + END


@pytest.mark.parametrize("reason", list(WithdrawalReason))
def test_every_reason_is_read_as_it_was_given(reason: WithdrawalReason) -> None:
    withdrawal = Withdrawal(on=DAY, reason=reason)
    text = withdrawn_text(TEXT, place(), withdrawal)
    said = parse_yaml("songs.yaml", text, place()).value
    assert isinstance(said, Declaration)
    assert said.withdrawn == withdrawal
    assert b"successor" not in text


def test_line_ends_of_windows_stay_and_are_used() -> None:
    data = TEXT.replace(b"\n", b"\r\n")
    text = withdrawn_text(data, place(), SOLD)
    assert text == data + END.replace(b"\n", b"\r\n")


def test_a_last_line_without_its_end_gets_one() -> None:
    text = withdrawn_text(TEXT.rstrip(), place(), SOLD)
    assert text == TEXT.rstrip() + b"\n" + END


def test_the_end_stands_before_the_mark_that_ends_the_document() -> None:
    text = withdrawn_text(TEXT + b"... # done\n", place(), SOLD)
    assert text == TEXT + END + b"... # done\n"


@pytest.mark.parametrize(
    "data",
    [
        BRACES,
        b"".join(b"  " + line for line in TEXT.splitlines(keepends=True)),
    ],
    ids=["braces", "indented"],
)
def test_a_layout_that_takes_nothing_is_left_to_the_owner(data: bytes) -> None:
    with pytest.raises(PublishError, match=r"by hand, at the outermost") as caught:
        withdrawn_text(data, place(), SOLD)
    assert END.decode() in str(caught.value)


def test_what_ended_before_is_not_ended_again() -> None:
    text = withdrawn_text(TEXT, place(), SOLD)
    with pytest.raises(PublishError, match=r"withdrawn already, on 2027-03-02"):
        withdrawn_text(text, place(), SOLD)


def test_what_cannot_be_read_is_not_touched() -> None:
    data = TEXT.replace(b"deny", b"no")
    with pytest.raises(PublishError, match="cannot be read"):
        withdrawn_text(data, place(), SOLD)


def test_only_a_declaration_is_withdrawn() -> None:
    with pytest.raises(PublishError, match="no declaration"):
        withdrawn_text(TEXT, place("owner.yaml"), SOLD)


def test_nobody_succeeds_themselves() -> None:
    own = Withdrawal(on=DAY, reason="other", successor=place().author)
    with pytest.raises(PublishError, match="cannot succeed itself"):
        withdrawn_text(TEXT, place(), own)


def test_the_end_is_what_the_specification_reads() -> None:
    text = withdrawn_text(TEXT, place(), SOLD)
    assert parse_yaml("songs.yaml", text, place()).problems == ()


@pytest.mark.parametrize(
    ("today", "when"),
    [(DAY, "speak with the next release"), (date(2027, 3, 1), "speak on 2027-03-02")],
)
def test_it_is_told_when_it_ends(today: date, when: str) -> None:
    first, waits, *_ = consequences(SOLD, today=today, signed=False, folder="f")
    assert when in first
    assert "undeclared, which is not permission" in first
    assert "seven days" in waits


def test_it_is_told_what_the_successor_and_the_owner_have_to_do() -> None:
    told = " ".join(consequences(SOLD, today=DAY, signed=True, folder="here"))
    assert "domain:harrow.example now has to declare the same recordings" in told
    assert "sayso sign here" in told
    plain = Withdrawal(on=DAY, reason="error")
    told = " ".join(consequences(plain, today=DAY, signed=False, folder="here"))
    assert "now has to declare" not in told
    assert "sayso sign" not in told
