"""Cover: which facts bear on which recordings, as columns.

"Recordings covered by the same set of declaration versions share one policy." Here
every recording gets one small number, that of its set of facts. Keys are taken in
ranges, so that memory holds one range at a time; Python loops run over facts, spans
and distinct sets, never over recordings.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count

import numpy as np
import numpy.typing as npt

from sayso.publish.codes import Keys, cuts, runs
from sayso.publish.facts import Facts, Spoken
from sayso.publish.ranges import Slice, slices
from sayso.publish.spill import Sets, Spill

ROWS = 2**20
"""How many rows of lists and catalogues are put together at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The facts that bear on every recording and on every unlisted code.

    Attributes:
        sets: the distinct sets of facts by number, as places in `Facts.facts`.
        recordings: the key of each recording, and the number of its set.
        spans: unlisted codes with any fact: start, stop and the number of a set.
    """

    sets: Mapping[int, frozenset[int]]
    recordings: Spill
    spans: tuple[tuple[int, int, int], ...]


def cover(
    facts: Facts,
    recordings: Spill,
    *,
    rows: int = ROWS,
    progress: Callable[[int, int], None],
) -> Cover:
    """Return the facts that bear on every recording.

    Args:
        facts: all that bear on any.
        recordings: an empty place for their columns.
        rows: how many rows are put together at once.
        progress: is told how many ranges are done, of how many.
    """
    numbers = _Sets(facts)
    tables = [table for _, table, _ in facts.tables]
    bounds = cuts([facts.keys, *(table.keys() for table in tables)], rows)
    listed = np.append(np.searchsorted(facts.keys, bounds), len(facts.keys))
    used: set[int] = set()
    parts = slices(tables, bounds)
    for place, part in enumerate(parts):
        progress(place, len(parts))
        here = slice(listed[place], listed[place + 1])
        keys, named = _gather(facts, part, here)
        keys, sets = numbers.of(keys, named)
        used.update(np.unique(sets).tolist())
        recordings.append(keys, sets)
    recordings.seal()
    spans = tuple(
        (span.start, span.stop, number)
        for span, number in zip(facts.spans, numbers.spans, strict=True)
    )
    used.update(number for _, _, number in spans)
    return Cover(
        sets={number: numbers.sets[number] for number in sorted(used)},
        recordings=recordings,
        spans=spans,
    )


def _gather(
    facts: Facts, part: list[Slice], listed: slice
) -> tuple[Keys, npt.NDArray[np.uint32]]:
    """Return the keys of a range, ascending, each with a fact that names it."""
    columns, named = [facts.keys[listed]], [facts.named[listed]]
    for place, start, stop in part:
        fact, table, limit = facts.tables[place]
        keys = table.keys(start, stop)
        keys = keys[: np.searchsorted(keys, limit, side="right")]
        columns.append(keys)
        named.append(np.full(len(keys), fact, np.uint32))
    keys = np.concatenate(columns)
    order = np.argsort(keys, kind="stable")
    return keys[order], np.concatenate(named)[order]


class _Sets:
    """Gives each distinct set of facts a number.

    Attributes:
        sets: the sets by number; the first is empty.
        spans: the number of each span's own facts.
    """

    def __init__(self, facts: Facts) -> None:
        self._numbers: dict[frozenset[int], int] = {frozenset(): 0}
        self.sets: list[frozenset[int]] = [frozenset()]
        self.spans = [self._number(span.facts) for span in facts.spans]
        self._starts = np.array([span.start for span in facts.spans], np.int64)
        self._stops = np.array([span.stop for span in facts.spans], np.int64)
        self._of_span = np.array([*self.spans, 0], np.uint32)
        self._speaks = np.array([isinstance(f, Spoken) for f in facts.facts], np.bool_)

    def of(self, keys: Keys, named: npt.NDArray[np.uint32]) -> tuple[Keys, Sets]:
        """Return each key once with the number of its set, where anybody speaks."""
        first, counts = runs(keys)
        each = keys[first]
        sets = self._spanned(each)
        for turn in count():
            more = np.flatnonzero(counts > turn)
            if not len(more):
                break
            sets[more] = self._with(sets[more], named[first[more] + turn])
        spoken = np.array([self._is_spoken(number) for number in np.unique(sets)])
        if not spoken.all():
            heard = spoken[np.searchsorted(np.unique(sets), sets)]
            each, sets = each[heard], sets[heard]
        return each, sets

    def _spanned(self, keys: Keys) -> Sets:
        """Return the number of the facts that hold by default at each key."""
        if not len(self._stops):
            return np.zeros(len(keys), np.uint32)
        place = np.searchsorted(self._starts, keys, side="right") - 1
        inside = (place >= 0) & (keys < self._stops[place])
        return np.where(inside, self._of_span[place], 0).astype(np.uint32)

    def _with(self, sets: Sets, named: npt.NDArray[np.uint32]) -> Sets:
        """Return the number of each set with one more fact."""
        codes = sets.astype(np.int64) << 32 | named
        # Neighbours mostly stand in one catalogue: look at each run once.
        starts, lengths = runs(codes)
        distinct, place = np.unique(codes[starts], return_inverse=True)
        numbers = [
            self._number(self.sets[code >> 32] | {code & 0xFFFFFFFF})
            for code in distinct.tolist()
        ]
        return np.repeat(np.array(numbers, np.uint32)[place], lengths)

    def _number(self, facts: frozenset[int]) -> int:
        number = self._numbers.setdefault(facts, len(self.sets))
        if number == len(self.sets):
            self.sets.append(facts)
        return number

    def _is_spoken(self, number: int) -> bool:
        return any(self._speaks[fact] for fact in self.sets[number])
