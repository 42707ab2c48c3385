"""Cover: which facts bear on which recordings, as columns.

"Recordings covered by the same set of declaration versions share one policy." Here
every recording gets one small number, that of its set of facts. Keys are taken in
ranges, so that memory holds one range at a time; Python loops run over facts, spans
and distinct sets, never over recordings.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
import numpy.typing as npt

from sayso.columns.codes import Keys, cuts, runs
from sayso.publish.facts import Facts, Spoken
from sayso.publish.ranges import Slice, slices
from sayso.publish.reading.tables import Table
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
    named, added = _codes(facts)
    numbers = _Sets(facts, added)
    tables = [table for _, table, _ in named]
    bounds = cuts([facts.keys, *(table.keys() for table in tables)], rows)
    listed = np.append(np.searchsorted(facts.keys, bounds), len(facts.keys))
    used: set[int] = set()
    parts = slices(tables, bounds)
    for place, part in enumerate(parts):
        progress(place, len(parts))
        here = slice(listed[place], listed[place + 1])
        keys, sets = numbers.of(*_gather(facts, named, part, here))
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


Named = tuple[int, Table, int]
"""A code, the catalogue whose recordings it names, and up to which key."""


def _codes(facts: Facts) -> tuple[list[Named], list[frozenset[int]]]:
    """Return each catalogue once, and which facts each code stands for.

    Many declarations may name one catalogue: its rows are gone through once. The first
    codes are the facts themselves.
    """
    added = [frozenset({fact}) for fact in range(len(facts.facts))]
    tables: dict[tuple[int, int], Table] = {}
    together: dict[tuple[int, int], set[int]] = {}
    for fact, table, limit in facts.tables:
        tables[id(table), limit] = table
        together.setdefault((id(table), limit), set()).add(fact)
    named: list[Named] = []
    for same, found in together.items():
        named.append((len(added), tables[same], same[1]))
        added.append(frozenset(found))
    return named, added


def _gather(
    facts: Facts, tables: list[Named], part: list[Slice], listed: slice
) -> tuple[Keys, npt.NDArray[np.uint32]]:
    """Return the keys of a range, ascending, each with a code that names it."""
    columns, named = [facts.keys[listed]], [facts.named[listed]]
    for place, start, stop in part:
        code, table, limit = tables[place]
        keys = table.keys(start, stop)
        keys = keys[: np.searchsorted(keys, limit, side="right")]
        columns.append(keys)
        named.append(np.full(len(keys), code, np.uint32))
    keys = np.concatenate(columns)
    order = np.argsort(keys, kind="stable")
    return keys[order], np.concatenate(named)[order]


class _Sets:
    """Gives each distinct set of facts a number.

    A recording gathers its facts one after the other. What it has on the way is a
    *node*, which knows only the node before and what came to it: else a recording in
    a thousand lists would make a thousand sets.

    Attributes:
        sets: the sets by number; the first is empty.
        spans: the number of each span's own facts.
    """

    def __init__(self, facts: Facts, added: Sequence[frozenset[int]]) -> None:
        """Begin with the sets of spans.

        Args:
            facts: all there are.
            added: the facts that each code stands for with which keys are named.
        """
        self._added = added
        self._numbers: dict[frozenset[int], int] = {frozenset(): 0}
        self.sets: list[frozenset[int]] = [frozenset()]
        self.spans = [self._number(span.facts) for span in facts.spans]
        # The first nodes are the sets of spans, under the same numbers.
        self._nodes = [(0, facts) for facts in self.sets]
        self._roots = len(self._nodes)
        self._grown: dict[int, int] = {}
        self._of_node: dict[int, int] = {}
        self._starts = np.array([span.start for span in facts.spans], np.int64)
        self._stops = np.array([span.stop for span in facts.spans], np.int64)
        self._of_span = np.array([*self.spans, 0], np.uint32)
        self._speaks = [isinstance(fact, Spoken) for fact in facts.facts]

    def of(self, keys: Keys, named: npt.NDArray[np.uint32]) -> tuple[Keys, Sets]:
        """Return each key once with the number of its set, where anybody speaks."""
        first, counts = runs(keys)
        each = keys[first]
        nodes = self._with(self._spanned(each), named[first])
        more = np.flatnonzero(counts > 1)
        for turn in count(1):
            if not len(more):
                break
            nodes[more] = self._with(nodes[more], named[first[more] + turn])
            more = more[counts[more] > turn + 1]
        used = np.zeros(len(self._nodes), np.bool_)
        used[nodes] = True
        numbers = np.zeros(len(used), np.uint32)
        spoken = np.ones(len(used), np.bool_)
        for node in np.flatnonzero(used).tolist():
            number = self._set_of(node)
            numbers[node], spoken[node] = number, self._is_spoken(number)
        sets = numbers[nodes]
        if not spoken.all():
            heard = spoken[nodes]
            each, sets = each[heard], sets[heard]
        return each, sets

    def _spanned(self, keys: Keys) -> Sets:
        """Return the number of the facts that hold by default at each key."""
        if not len(self._stops):
            return np.zeros(len(keys), np.uint32)
        place = np.searchsorted(self._starts, keys, side="right") - 1
        inside = (place >= 0) & (keys < self._stops[place])
        return np.where(inside, self._of_span[place], 0).astype(np.uint32)

    def _with(self, nodes: Sets, named: npt.NDArray[np.uint32]) -> Sets:
        """Return each node with what is named by one more code."""
        codes = nodes.astype(np.int64) << 32 | named
        # Neighbours mostly stand in one catalogue: look at each run once.
        starts, lengths = runs(codes)
        distinct, place = np.unique(codes[starts], return_inverse=True)
        grown = [self._grow(code) for code in distinct.tolist()]
        return np.repeat(np.array(grown, np.uint32)[place], lengths)

    def _grow(self, code: int) -> int:
        node = self._grown.setdefault(code, len(self._nodes))
        if node == len(self._nodes):
            self._nodes.append((code >> 32, self._added[code & 0xFFFFFFFF]))
        return node

    def _set_of(self, node: int) -> int:
        """Return the number of a node's set."""
        if node not in self._of_node:
            facts: set[int] = set()
            at = node
            while at >= self._roots:
                at, added = self._nodes[at]
                facts |= added
            self._of_node[node] = self._number(self.sets[at].union(facts))
        return self._of_node[node]

    def _number(self, facts: frozenset[int]) -> int:
        number = self._numbers.setdefault(facts, len(self.sets))
        if number == len(self.sets):
            self.sets.append(facts)
        return number

    def _is_spoken(self, number: int) -> bool:
        return any(self._speaks[fact] for fact in self.sets[number])
