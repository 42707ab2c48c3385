"""Numbers, times and choices as people read them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.cli.screening.words import (
    READING_ORDER,
    STATUS_TITLES,
    cautions,
    contact_link,
    count_of,
    day_words,
    done_words,
    handling_words,
    ownership_words,
    place_words,
    share,
    time_words,
)
from sayso.model.screening import (
    RESERVATIONS,
    STRICT,
    UNIDENTIFIED,
    Handling,
    Status,
    read_handling,
)
from tests.accounts import ASKED


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (0, 0, "–"),
        (0, 9, "0.0 %"),
        (1, 3, "33.3 %"),
        (2, 3, "66.7 %"),
        (9, 9, "100.0 %"),
        (1, 10**9, "< 0.1 %"),
        (10**9 - 1, 10**9, "> 99.9 %"),
    ],
)
def test_a_share_is_never_rounded_to_nothing_or_all(
    part: int, whole: int, words: str
) -> None:
    assert share(part, whole) == words


@given(st.integers(1, 10**15), st.data())
def test_only_all_is_a_hundred_and_only_none_is_nothing(
    whole: int, data: st.DataObject
) -> None:
    part = data.draw(st.integers(0, whole))
    assert (share(part, whole) == "100.0 %") == (part == whole)
    assert (share(part, whole) == "0.0 %") == (part == 0)


def test_days_and_times_cannot_be_taken_for_others() -> None:
    assert day_words(date(2026, 3, 1)) == "1 March 2026"
    moment = datetime(2026, 12, 31, 23, 5, 9, tzinfo=UTC)
    assert time_words(moment) == "31 December 2026, 23:05:09 UTC"
    assert count_of(1, "row", "rows") == "1 row"
    assert count_of(3_214, "row", "rows") == "3,214 rows"


def test_every_status_has_a_title_and_a_place() -> None:
    assert set(READING_ORDER) == set(STATUS_TITLES) == set(Status)
    assert len(READING_ORDER) == len(Status)


def test_the_question_is_said_in_words() -> None:
    assert place_words("DE") == "DE"
    assert "strictest" in place_words(None)
    assert "every owner" in ownership_words(ASKED)
    reviewed = ownership_words(replace(ASKED, reviewed_only=True))
    assert reviewed.startswith("Only statements of owners whose ownership was reviewed")


@pytest.mark.parametrize(
    ("handling", "siblings", "words"),
    [
        (STRICT, False, "Kept are rows that read “Permitted”, unless disputed."),
        (
            RESERVATIONS,
            True,
            (
                "Kept are rows that read “No declaration” or “Permitted”, unless "
                "disputed or the sibling of a reserved recording."
            ),
        ),
        (
            read_handling("ask=keep,undeclared=keep,disputed=keep"),
            False,
            (
                "Kept are rows that read “Only with a licence”, “No declaration” or "
                "“Permitted”."
            ),
        ),
        (
            read_handling("disputed=keep,sibling=keep"),
            True,
            "Kept are rows that read “Permitted”.",
        ),
        (read_handling("allow=exclude"), True, "No row is kept."),
    ],
)
def test_a_handling_is_said_in_words(
    *, handling: Handling, siblings: bool, words: str
) -> None:
    asked = replace(ASKED, handling=handling, siblings=siblings)
    said = handling_words(asked)
    assert said.startswith(f"{words} Rows without a usable ISRC are set apart, ")


def test_each_status_says_what_was_done_with_it() -> None:
    done = {status: done_words(ASKED, status) for status in Status}
    assert done[Status.ALLOW].startswith("Kept, unless disputed")
    assert done[Status.UNDECLARED] == "Excluded"
    assert {done[status] for status in UNIDENTIFIED} == {"Set apart"}


def named(choice: str, *, reviewed_only: bool = False) -> list[str]:
    handling = read_handling(choice)
    return cautions(replace(ASKED, handling=handling, reviewed_only=reviewed_only))


def test_what_is_kept_without_a_yes_is_named() -> None:
    assert named("strict") == []
    assert "not permission" in named("reservations")[0]
    everything = named("ask=keep,undeclared=keep,deny=keep,disputed=keep")
    assert len(everything) == 4
    assert any("says no" in caution for caution in everything)
    assert named("allow=exclude,disputed=keep") == []


def test_a_no_that_was_not_believed_is_named_where_it_is_kept() -> None:
    assert named("strict", reviewed_only=True) == []
    caution = named("reservations", reviewed_only=True)[-1]
    assert "nobody reviewed the ownership, the row reads “No declaration”" in caution


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("https://a.example/licence", "https://a.example/licence"),
        ("licensing@a.example", "mailto:licensing@a.example"),
        ("mailto:licensing@a.example", "mailto:licensing@a.example"),
        ("javascript:alert(1)", None),
        ("https://a.example/<b>", None),
        ("data:text/html,x", None),
        ("ask us", None),
    ],
)
def test_only_web_and_mail_addresses_lead_somewhere(
    contact: str, link: str | None
) -> None:
    assert contact_link(contact) == link
