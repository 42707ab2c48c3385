"""Siblings: recordings with the title and artist of another, found by the million."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sayso.columns.codes import NO_KEY, Keys
from sayso.columns.titles import NO_TITLE, Marks, marks_of

Column: TypeAlias = pa.Array
Statuses: TypeAlias = npt.NDArray[np.uint8]

NO_SIBLING: Final = 255
"""Stands for the status of a sibling where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Titled:
    """What stands for the titles of a registry, ascending, and whose they are."""

    marks: Marks
    keys: Keys


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Groups:
    """Recordings with the same title and artist, many or few: a row for each group.

    Attributes:
        keys: of a recording with the strictest status of the group.
        statuses: its status; `_NO_SIBLING` for a group without recordings.
        next_statuses: the strictest one of the others.
    """

    keys: Keys
    statuses: Statuses
    next_statuses: Statuses


def siblings_of(
    keys: Keys,
    titles: Column,
    artists: Column,
    titled: Titled,
    statuses_of: Callable[[Keys], Statuses],
) -> Statuses:
    """Return the strictest status of another recording of each row's title and artist.

    What it takes grows with the rows and with what has their titles, each once: however
    many recordings share a title, the rows of that title are looked up together.

    Args:
        keys: of the code of each row, or `NO_KEY`; it is not its own sibling.
        titles: of the rows.
        artists: likewise.
        titled: the recordings among which siblings are.
        statuses_of: says the status of each of some recordings.
    """
    marks = marks_of(titles, artists)
    distinct, of_row = np.unique(marks, return_inverse=True)
    groups = _groups(distinct, titled, statuses_of)
    is_own = groups.keys[of_row] == keys
    found = np.where(is_own, groups.next_statuses[of_row], groups.statuses[of_row])
    found[marks == NO_TITLE] = NO_SIBLING
    return found


def _groups(
    marks: Marks, titled: Titled, statuses_of: Callable[[Keys], Statuses]
) -> _Groups:
    """Return what holds for the recordings of each mark; no mark stands twice."""
    first = titled.marks.searchsorted(marks)
    counts = titled.marks.searchsorted(marks, side="right") - first
    group = np.repeat(np.arange(len(marks)), counts)
    ends = np.cumsum(counts)
    within = np.arange(len(group)) - np.repeat(ends - counts, counts)
    others = titled.keys[np.repeat(first, counts) + within]
    statuses = statuses_of(others)
    order = np.lexsort((-statuses.astype(np.int16), group))
    strictest = order[(ends - counts)[counts > 0]]
    following = order[(ends - counts)[counts > 1] + 1]
    groups = _Groups(
        keys=np.full(len(marks), NO_KEY, np.int64),
        statuses=np.full(len(marks), NO_SIBLING, np.uint8),
        next_statuses=np.full(len(marks), NO_SIBLING, np.uint8),
    )
    groups.keys[counts > 0] = others[strictest]
    groups.statuses[counts > 0] = statuses[strictest]
    groups.next_statuses[counts > 1] = statuses[following]
    return groups
