"""Codes by the million: what a receipt says of them, held to a second hand."""

import sys
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from sayso.client.answers_file import AnswersFile
from sayso.client.receipt_codes import screen_codes
from sayso.client.whole import open_core
from sayso.columns.codes import Keys
from sayso.model.isrc import Isrc, isrc_of, key_of
from sayso.wire.receipt_kinds import Screened
from tests.answered import decode_answered, plainly_screened
from tests.receipts import World
from tests.registries import (
    ALLOWED,
    CONTESTED,
    LISTED,
    UNDECLARED,
    UNDER_PREFIX,
    registry_document,
)

QUESTION = World().release().question()
CORE = open_core(QUESTION.fetcher, QUESTION.release)
SALT = bytes(range(32))
CODES = sorted(map(Isrc, [ALLOWED, CONTESTED, LISTED, UNDECLARED, UNDER_PREFIX]))
KEYS = np.array([key_of(isrc) for isrc in CODES], np.int64)


def screened(parts: list[Keys]) -> tuple[Screened, bytes]:
    out = BytesIO()
    said = screen_codes(CORE, parts, out, salt=SALT, territory="DE", now=QUESTION.asked)
    return said, out.getvalue()


def test_codes_are_answered_as_a_second_hand_does() -> None:
    said, answers = screened([KEYS])
    expected, answered = plainly_screened(
        registry_document(), CODES, salt=SALT, territory="DE", now=QUESTION.asked
    )
    assert said == expected
    assert answers == answered.encode()
    assert decode_answered(answers) == answered


@pytest.mark.parametrize("together", [1, 2, 3, 5])
def test_pieces_and_parts_change_nothing(
    monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    whole = screened([KEYS])
    monkeypatch.setattr("sayso.client.receipt_codes._TOGETHER", together)
    assert screened([KEYS]) == whole
    assert screened([KEYS[:0], KEYS[:2], KEYS[2:2], KEYS[2:], KEYS[:0]]) == whole


def test_no_codes_are_codes_too() -> None:
    expected, answered = plainly_screened(
        registry_document(), [], salt=SALT, territory="DE", now=QUESTION.asked
    )
    for parts in ([], [KEYS[:0]]):
        assert screened(parts) == (expected, answered.encode())


def test_a_receipt_says_the_same_where_nothing_is_written() -> None:
    said = screen_codes(
        CORE, [KEYS], None, salt=SALT, territory="DE", now=QUESTION.asked
    )
    assert said == screened([KEYS])[0]


@pytest.mark.parametrize(
    "parts",
    [
        [KEYS[::-1].copy()],
        [KEYS[:2], KEYS[1:]],
        [KEYS[2:], KEYS[:2]],
        [np.array([-1], np.int64)],
    ],
)
def test_codes_that_do_not_ascend_are_a_fault_of_the_caller(parts: list[Keys]) -> None:
    with pytest.raises(ValueError, match="do not ascend"):
        screened(parts)


def many(count: int) -> Keys:
    """Return keys of one range."""
    return int(KEYS[0]) + np.arange(count, dtype=np.int64)


def calls(work: Callable[[], object]) -> int:
    """Return how often a function is called or left, ours or of a library."""
    events: list[str] = []
    before = sys.getprofile()
    sys.setprofile(lambda _, event, __: events.append(event))
    try:
        work()
    finally:
        sys.setprofile(before)
    return len(events)


def test_more_codes_are_no_more_steps(tmp_path: Path) -> None:
    """What is called for each code would be called more often."""
    steps = []
    for count in (2, 2_000, 10_000):
        keys = many(count)
        said, answers = screened([keys])
        path = tmp_path / f"{count}.tsv"
        path.write_bytes(answers)
        writing = calls(partial(screened, [keys]))
        steps.append((writing, calls(partial(AnswersFile(path).check, said))))
    # The first makes tables that stay.
    assert steps[1] == steps[2]


class Sink(BytesIO):
    """Keeps nothing."""

    def write(self, data: object) -> int:
        assert isinstance(data, bytes)
        return len(data)


@pytest.mark.parametrize("pieces", [4, 32])
def test_memory_does_not_grow_with_the_codes(
    monkeypatch: pytest.MonkeyPatch, pieces: int
) -> None:
    """It is that of a piece, however many there are."""
    together = 2**12
    monkeypatch.setattr("sayso.client.receipt_codes._TOGETHER", together)
    screened([many(2)])

    def parts() -> Iterator[Keys]:
        for number in range(pieces):
            yield many(together) + number * together

    tracemalloc.start()
    try:
        screen_codes(
            CORE, parts(), Sink(), salt=SALT, territory=None, now=QUESTION.asked
        )
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 600 * together


def test_a_list_reaches_every_key() -> None:
    ends = [Isrc("AA0000000000"), Isrc("ZZZZZ9999999")]
    keys = np.array([key_of(isrc) for isrc in ends], np.int64)
    _, answers = screened([keys])
    assert [isrc_of(key) for key in keys.tolist()] == ends
    assert decode_answered(answers).isrcs == ends
