"""The kernel: what each row is told, and why, from a registry with every case."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.client.screening.kernel import ANSWERS, Kernel
from sayso.client.screening.question import Question
from sayso.client.screening.siblings import NO_SIBLING, Titled, siblings_of
from sayso.client.screening.verdicts import CLAIMED_ONLY, RULES
from sayso.client.synced.copy import Copy, open_copy
from sayso.columns.codes import NO_KEY, Keys
from sayso.columns.titles import NO_TITLE, marks_of
from sayso.model.isrc import Isrc, key_of
from sayso.model.screening import STATUSES, Status, read_handling
from sayso.model.vocabulary import Use
from tests.copies import (
    ALLOWED,
    ASKED,
    DENIED,
    DISPUTED,
    EXPIRED,
    HOUR,
    IN_GERMANY,
    IN_RANGE,
    NOW,
    REVIEWED_DENY,
    UNLISTED,
    written,
)

Row = dict[str, Any]
ALL = [DENIED, DISPUTED, ALLOWED, EXPIRED, ASKED, IN_GERMANY, REVIEWED_DENY, IN_RANGE]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    found = open_copy(written(tmp_path_factory.mktemp("copy") / "copy"))
    assert found is not None
    return found


def rows(copy: Copy, codes: list[str], **asked: Any) -> list[Row]:  # noqa: ANN401
    question = Question(**{"use": Use.SEARCH, "now": NOW, **asked})
    found: list[Row] = (
        Kernel(copy.core(), question).answer(pa.array(codes)).columns.to_pylist()
    )
    return found


def statuses(copy: Copy, codes: list[str], **asked: Any) -> list[str]:  # noqa: ANN401
    return [row["status"] for row in rows(copy, codes, **asked)]


def test_every_status_has_its_grounds(copy: Copy) -> None:
    found = rows(copy, [*ALL, UNLISTED, "", "bad"])
    assert [row["status"] for row in found] == [
        *("deny", "deny", "allow", "undeclared", "ask", "undeclared", "deny", "deny"),
        *("undeclared", "no-identifier", "invalid-identifier"),
    ]
    assert [row["action"] for row in found] == [
        *("exclude", "exclude", "keep", "exclude", "exclude", "exclude"),
        *("exclude", "exclude", "exclude", "apart", "apart"),
    ]
    assert [row["disputed"] for row in found] == [n == 1 for n in range(11)]
    assert [row["isrc"] for row in found] == [*ALL, UNLISTED, None, None]
    assert [row["basis"] for row in found] == [
        *["recording"] * 7,
        "range",
        *[None] * 3,
    ]
    assert [row["ownership"] for row in found] == [
        *("claimed", "claimed", "reviewed", None, "claimed", None),
        *("reviewed", "claimed", None, None, None),
    ]
    assert {row["rule"] for row in found} - {None} <= {*map(str, RULES)}
    assert (found[3]["rule"], found[8]["rule"]) == ("out-of-date", "nothing-declared")
    assert [row["by"] is None for row in found] == [
        *(False, False, False, False, False, True, False, False, True, True, True)
    ]


def test_a_permission_ends_at_its_moment(copy: Copy) -> None:
    until = NOW - HOUR
    second = timedelta(seconds=1)
    assert statuses(copy, [EXPIRED], now=until - second) == ["allow"]
    assert statuses(copy, [EXPIRED], now=until) == ["undeclared"]


@pytest.mark.parametrize(
    ("country", "status"), [(None, "undeclared"), ("DE", "allow"), ("FR", "undeclared")]
)
def test_a_country_is_asked_about(copy: Copy, country: str | None, status: str) -> None:
    assert statuses(copy, [IN_GERMANY], territory=country) == [status]


def test_who_believes_only_reviewed_owners_never_reads_a_yes_for_it(
    copy: Copy,
) -> None:
    found = rows(copy, ALL, reviewed_only=True)
    assert [row["status"] for row in found] == [
        *("undeclared", "undeclared", "allow", "undeclared", "undeclared"),
        *("undeclared", "deny", "undeclared"),
    ]
    assert [row["rule"] == CLAIMED_ONLY for row in found] == [
        *(True, True, False, False, True, False, False, True)
    ]
    handling = read_handling("reservations")
    with pytest.raises(ValueError, match="would be kept as undeclared"):
        Question(use=Use.SEARCH, now=NOW, reviewed_only=True, handling=handling)


def test_of_equally_strict_codes_the_disputed_one_decides(copy: Copy) -> None:
    question = {"handling": read_handling("deny=keep")}
    for cell in (f"{DENIED};{DISPUTED}", f"{DISPUTED};{DENIED}"):
        (row,) = rows(copy, [cell], **question)
        assert (row["isrc"], row["disputed"]) == (DISPUTED, True)
        assert row["action"] == "exclude"


@pytest.mark.parametrize(
    ("cell", "status", "action"),
    [
        (f"{ALLOWED};{UNLISTED}", "undeclared", "exclude"),
        (f"{ALLOWED};bad", "invalid-identifier", "apart"),
        (f"{UNLISTED};bad", "invalid-identifier", "apart"),
        (f"{ASKED};bad", "ask", "exclude"),
        (f"{ALLOWED};{ASKED};{DENIED}", "deny", "exclude"),
        (f"{ALLOWED};nan", "allow", "keep"),
    ],
)
def test_the_strictest_of_several_codes_decides(
    copy: Copy, cell: str, status: str, action: str
) -> None:
    (row,) = rows(copy, [cell])
    assert (row["status"], row["action"]) == (status, action)


def test_rows_answer_for_themselves_however_they_are_cut(copy: Copy) -> None:
    kernel = Kernel(copy.core(), Question(use=Use.SEARCH, now=NOW))
    codes = pa.array([*ALL, UNLISTED, "", "bad", f"{ALLOWED};{DENIED}"])
    whole = kernel.answer(codes).columns
    assert whole.schema == kernel.schema == ANSWERS
    parts = [kernel.answer(codes.slice(n, 1)).columns for n in range(len(codes))]
    assert [row for part in parts for row in part.to_pylist()] == whole.to_pylist()
    assert kernel.answer(codes.slice(0, 0)).columns.num_rows == 0


# Siblings.


def test_the_sibling_of_a_reserved_recording_is_not_kept(copy: Copy) -> None:
    question = Question(use=Use.SEARCH, now=NOW, siblings=True)
    kernel = Kernel(copy.core(), question, copy.titled())
    titles = pa.array(
        ["Slow River", "slow river!", "Open", "Other", None, "Slow River"]
    )
    artists = pa.array(["Mara Lindqvist"] * 2 + ["Mara"] * 3 + ["Mara Lindqvist"])
    codes = pa.array([DENIED, ALLOWED, ALLOWED, ALLOWED, ALLOWED, ""])
    answered = kernel.answer(codes, titles, artists)
    found = answered.columns.to_pylist()
    assert [row["sibling"] for row in found] == [None, "deny", None, None, None, "deny"]
    assert [row["action"] for row in found] == [
        *("exclude", "exclude", "keep", "keep", "keep", "apart")
    ]
    assert answered.siblings.tolist() == [False, True, False, False, False, True]


STATUS_PLACES = st.integers(0, len(STATUSES) - 1)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), STATUS_PLACES), max_size=12),
    st.lists(
        st.tuples(st.integers(-1, 13), st.sampled_from(["a", "b", "c", "d", ""])),
        max_size=8,
    ),
)
def test_siblings_are_those_of_a_plain_loop(
    listed: list[tuple[str, int]], asked: list[tuple[int, str]]
) -> None:
    texts = pa.string()
    marks = marks_of(
        pa.array([title for title, _ in listed], texts),
        pa.array(["x"] * len(listed), texts),
    )
    keys = np.arange(len(listed), dtype=np.int64)
    order = np.lexsort((keys, marks))
    known = np.array([status for _, status in listed], np.uint8)

    def statuses_of(some: Keys) -> "np.ndarray[Any, np.dtype[np.uint8]]":
        return known[some]

    found = siblings_of(
        np.array([key for key, _ in asked], np.int64),
        pa.array([title for _, title in asked], texts),
        pa.array(["x"] * len(asked), texts),
        Titled(marks=marks[order], keys=keys[order]),
        statuses_of,
    )
    expected = []
    for key, title in asked:
        others = [
            status
            for place, (other, status) in enumerate(listed)
            if other == title and place != key
        ]
        expected.append(max(others, default=NO_SIBLING))
    assert found.tolist() == expected


def test_many_recordings_of_one_title_cost_no_more_than_each_once() -> None:
    """Some titles are those of thousands, and stand in thousands of rows."""
    count = 20_000
    titles, artists = pa.array(["Intro"] * count), pa.array(["Various"] * count)
    marks = marks_of(titles, artists)
    assert NO_TITLE not in marks
    keys = np.arange(count, dtype=np.int64)
    asked: list[int] = []

    def statuses_of(some: Keys) -> "np.ndarray[Any, np.dtype[np.uint8]]":
        asked.append(len(some))
        found = np.zeros(len(some), np.uint8)
        found[some == 7] = STATUSES.index(Status.DENY)
        return found

    found = siblings_of(
        keys, titles, artists, Titled(marks=marks, keys=keys), statuses_of
    )
    assert asked == [count]
    assert found[7] == STATUSES.index(Status.ALLOW)
    assert set(np.delete(found, 7).tolist()) == {STATUSES.index(Status.DENY)}


def test_titles_are_not_asked_about_unless_they_are_given(copy: Copy) -> None:
    question = Question(use=Use.SEARCH, now=NOW, siblings=True)
    kernel = Kernel(copy.core(), question, copy.titled())
    answered = kernel.answer(pa.array([ALLOWED]), pa.array(["Slow River"]))
    assert answered.columns.column("sibling").to_pylist() == [None]
    with pytest.raises(ValueError, match="those of a synced registry"):
        Kernel(copy.core(), question)


def test_every_code_of_a_row_is_told_to_whoever_counts(copy: Copy) -> None:
    kernel = Kernel(copy.core(), Question(use=Use.SEARCH, now=NOW))
    answered = kernel.answer(pa.array([f"{ALLOWED};{DENIED}", ALLOWED, "bad", None]))
    codes = [ALLOWED, DENIED, ALLOWED]
    assert sorted(answered.keys.tolist()) == sorted(key_of(Isrc(c)) for c in codes)
    assert NO_KEY not in answered.keys
    assert answered.several == 1


def test_a_copy_without_titles_has_none_to_compare(tmp_path: Path) -> None:
    found = open_copy(written(tmp_path / "copy", titles=False))
    assert found is not None
    assert found.titled() is None
