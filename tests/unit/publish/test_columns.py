"""Recordings are columns: nothing in Python is made or called for each of them."""

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import pytest

from sayso.publish import bulk, dataset
from tests.declared import FERNWOOD, HARROW, declaration, publish, recordings

_EVERY = 5
"""Counting objects takes a while: only so few calls look."""


@dataclass
class Counts:
    """What was counted.

    Attributes:
        blocks: how many objects there were at once, at most, beyond those before.
        calls: how often anything was called, in Python or in C, by any thread.
    """

    blocks: int = 0
    calls: int = 0


@contextmanager
def counted() -> Iterator[Counts]:
    """Count at calls, so that hardly a list lives unseen between two looks."""
    counts = Counts()
    gc.collect()
    before = sys.getallocatedblocks()

    def note(_frame: FrameType, _event: str, _what: Any) -> None:  # noqa: ANN401
        counts.calls += 1
        if counts.calls % _EVERY == 0:
            counts.blocks = max(counts.blocks, sys.getallocatedblocks() - before)

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield counts
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def texts_of(count: int) -> dict[str, str]:
    """Return two catalogues of so many recordings together, a third of them in both."""
    rows = [f'{code_of(n)},"Say ""{n}""",Mára\n' for n in range(count)]
    shared = count * 2 // 3
    head = "isrc,title,artist\n"
    return {
        f"{FERNWOOD}/a.yaml": declaration("{any-ai: deny}", "catalogue: {file: a.csv}"),
        f"{FERNWOOD}/a.csv": head + "".join(rows[:shared]),
        f"{HARROW}/b.yaml": declaration("{search: deny}", "catalogue: {file: b.csv}"),
        f"{HARROW}/b.csv": head + "".join(rows[shared // 2 :]),
        f"{FERNWOOD}/c.yaml": declaration("{search: deny}", recordings(code_of(7))),
        f"{FERNWOOD}/p.yaml": declaration("{benchmark: deny}", "prefix: XXF02"),
    }


def code_of(number: int) -> str:
    return f"XXF01{number % 50:02}{number // 50:05}"


def measured(count: int) -> Counts:
    texts = texts_of(count)
    with counted() as counts:
        published = publish(texts, workers=2)
    assert published.release.counts["recordings"] == count
    return counts


def test_no_object_is_made_and_nothing_called_for_each_recording(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (bulk, dataset):
        monkeypatch.setattr(module, "INLINE_LIMIT", 2**20)
    measured(1000)  # what is made once is made by then
    few, many = measured(50_000), measured(100_000)
    assert many.blocks - few.blocks < 50_000 // 10
    # A leaf of some 200 recordings takes 150 calls; one call more for each is too many.
    assert many.calls - few.calls < 75_000


def test_a_list_of_all_recordings_would_be_seen() -> None:
    """Else the test above would count nothing."""
    numbers = range(10**6, 10**6 + 50_000)
    with counted() as counts:
        held = [*numbers]
        for _ in range(_EVERY):
            len(held)
    assert counts.blocks > 49_000
    with counted() as counts:
        list(map(abs, held))
        for number in held:
            code_of(number)
    assert counts.calls > 49_000
