"""Ranges: halvings of the key space, and the rows of tables that lie in each.

"The key space [0, 2^49) is halved until a range holds at most L items": so where a
range ends depends on what is in it alone, and a change moves no other range.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sayso.columns.codes import Keys
from sayso.model.isrc import KEY_LIMIT
from sayso.publish.reading.tables import Table

Rank = Callable[[int], int]
"""Returns how many things have a key below the one given."""


@dataclass(frozen=True, slots=True)
class Range:
    """Keys from `start` up to, not including, `stop`, and the places of its things."""

    start: int
    stop: int
    first: int
    end: int

    @property
    def count(self) -> int:
        """How many things it holds."""
        return self.end - self.first

    @property
    def is_one_key(self) -> bool:
        """Whether it cannot be halved."""
        return self.stop - self.start == 1

    def halves(self, rank: Rank) -> "tuple[Range, Range]":
        """Return its lower and its upper half."""
        middle = (self.start + self.stop) // 2
        place = rank(middle)
        return (
            Range(self.start, middle, self.first, place),
            Range(middle, self.stop, place, self.end),
        )


def whole(rank: Rank) -> Range:
    """Return the range of all keys."""
    return Range(0, KEY_LIMIT, rank(0), rank(KEY_LIMIT))


def halvings(here: Range, rank: Rank, fits: Callable[[Range], bool]) -> Iterator[Range]:
    """Yield the largest halvings of a range that fit, ascending.

    Args:
        here: a halving of the key space.
        rank: how many things are below a key.
        fits: whether a range may stay as it is; one of a single key has to.
    """
    left = [here]
    while left:
        here = left.pop()
        if here.is_one_key or fits(here):
            yield here
        else:
            lower, upper = here.halves(rank)
            left += (upper, lower)


def rank_in(keys: Keys) -> Rank:
    """Return the rank in a column of ascending keys."""
    view: memoryview[int] = memoryview(np.ascontiguousarray(keys).data)
    return lambda key: bisect_left(view, key)


Slice = tuple[int, int, int]
"""A table by its place, and the rows from one up to, not including, another."""


def slices(tables: Sequence[Table], bounds: Keys) -> list[list[Slice]]:
    """Return the rows of each table that lie between each two bounds.

    Args:
        tables: each ascending by key.
        bounds: ascending keys; the last range has no end.
    """
    found: list[list[Slice]] = [[] for _ in bounds]
    for place, table in enumerate(tables):
        keys = table.keys()
        if not len(keys):
            continue
        low, high = np.searchsorted(bounds, [keys[0], keys[-1]], side="right") - 1
        inner = np.searchsorted(keys, bounds[low + 1 : high + 1]).tolist()
        starts = [0, *inner]
        ends = [*inner, len(keys)]
        for part, start, stop in zip(range(low, high + 1), starts, ends, strict=True):
            if start < stop:
                found[part].append((place, start, stop))
    return found
