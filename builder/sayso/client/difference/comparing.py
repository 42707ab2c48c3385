"""Comparing two releases: two sorted columns of keys, walked side by side in pieces.

Memory beyond the columns themselves is that of a few pieces, however many recordings
there are, and no Python runs for each of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from sayso.client.core import Core
from sayso.client.difference.defaults import Defaults
from sayso.client.difference.found import Difference, OfUse
from sayso.client.difference.states import STATES, Kinds, Policies, Texts
from sayso.columns.codes import cuts
from sayso.columns.policies import Places
from sayso.columns.rows import Keys
from sayso.errors import MalformedError
from sayso.model.isrc import LAST_KEY
from sayso.model.vocabulary import Use, Verdict

Counts: TypeAlias = npt.NDArray[np.int64]

PIECE: Final = 2**18
"""How many rows of both releases are compared at a time, about."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """One of two releases.

    Attributes:
        core: what it says; its columns are checked once more, as those of a copy are
            read from a disk.
        moment: when it was issued, in UTC; its policies are asked as of then.
    """

    core: Core
    moment: datetime


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Changes:
    """Answers that changed, as columns; a recording has a row for each use.

    Attributes:
        keys: ascending.
        uses: which of those that are asked about.
        before: the state of then, as a place in `STATES`.
        after: the state of now.
        by_before: the declarations that decided then, separated by blanks.
        by_after: those that decide now.
    """

    keys: Keys
    uses: npt.NDArray[np.intp]
    before: npt.NDArray[np.uint8]
    after: npt.NDArray[np.uint8]
    by_before: Texts
    by_after: Texts


def compare(
    before: Side,
    after: Side,
    *,
    uses: Sequence[Use],
    territory: str | None,
    take: Callable[[Changes], None] | None = None,
    told: Callable[[str, int, int], None] = lambda *_: None,
) -> Difference:
    """Return what changed from one release to another.

    Args:
        before: the earlier one, or the one that is taken for it.
        after: the other one.
        uses: that are asked about.
        territory: an ISO 3166-1 alpha-2 code, or None for every country.
        take: is given what changed of recordings that either lists, in their order.
        told: is told of the progress.

    Raises:
        MalformedError: a release contradicts itself.
    """
    comparison = _Comparison(before, after, Kinds(uses, territory))
    pieces = _pieces(before.core.keys, after.core.keys)
    for done, (old, new) in enumerate(pieces):
        told("Comparing", done, len(pieces))
        rows = comparison.rows(old, new)
        comparison.count(rows)
        if take is not None and len(rows.keys):
            take(comparison.changes(rows))
    return comparison.found()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Rows:
    """Recordings whose kind changed: where their policies stand, before and after."""

    keys: Keys
    before: Places
    after: Places


class _Comparison:
    def __init__(self, before: Side, after: Side, kinds: Kinds) -> None:
        self._cores = before.core, after.core
        for core in self._cores:
            _check(core)
        self._kinds = kinds
        self._policies: tuple[Policies, Policies] = (
            kinds.policies(before.core.policies, now=before.moment),
            kinds.policies(after.core.policies, now=after.moment),
        )
        spans = before.core.intervals, after.core.intervals
        self._defaults = Defaults(spans, self._policies)
        self._states = kinds.states()
        self._listed = self._gone = self._changed = 0
        self._counts: Counts = np.zeros((len(kinds.uses), len(STATES) ** 2), np.int64)

    def rows(self, old: slice, new: slice) -> _Rows:
        """Return the recordings of a piece that changed, ascending."""
        (first, second), defaults = self._cores, self._defaults
        keys, others = first.keys[old], second.keys[new]
        before = self._policies[0].places(first.numbers[old])
        said = self._policies[1].places(second.numbers[new])
        place, is_both = _matched(keys, others)
        is_new = np.ones(len(others), np.bool_)
        is_new[place[is_both]] = False
        gone, more = keys[~is_both], others[is_new]
        after = np.empty(len(keys), np.int32)
        after[is_both] = said[place[is_both]]
        after[~is_both] = defaults.after[defaults.segments(gone)]
        self._listed += len(more)
        self._gone += len(gone)
        if len(more):
            keys = np.concatenate([keys, more])
            before = np.concatenate(
                [before, defaults.before[defaults.segments(more)]], dtype=np.int32
            )
            after = np.concatenate([after, said[is_new]], dtype=np.int32)
        kinds = self._policies[0].kinds[before], self._policies[1].kinds[after]
        rows = np.flatnonzero(kinds[0] != kinds[1])
        rows = rows[np.argsort(keys[rows], kind="stable")]
        return _Rows(keys=keys[rows], before=before[rows], after=after[rows])

    def count(self, rows: _Rows) -> None:
        """Add what changed to the counts."""
        self._changed += len(rows.keys)
        if not len(rows.keys):
            return
        old = self._policies[0].kinds[rows.before]
        new = self._policies[1].kinds[rows.after]
        for row, states in enumerate(self._states):
            pairs = states[old] * np.uint8(len(STATES)) + states[new]
            self._counts[row] += np.bincount(pairs, minlength=len(STATES) ** 2)

    def changes(self, rows: _Rows) -> Changes:
        """Return the answers that changed, a row for each recording and use."""
        first, second = self._policies
        old = self._states[:, first.kinds[rows.before]]
        new = self._states[:, second.kinds[rows.after]]
        row, use = np.nonzero((old != new).T)
        by_before = first.by[rows.before[row], use]
        by_after = second.by[rows.after[row], use]
        return Changes(
            keys=rows.keys[row],
            uses=use,
            before=old[use, row],
            after=new[use, row],
            by_before=self._kinds.words(by_before),
            by_after=self._kinds.words(by_after),
        )

    def found(self) -> Difference:
        """Return what was found."""
        return Difference(
            recordings=(len(self._cores[0].keys), len(self._cores[1].keys)),
            listed=self._listed,
            gone=self._gone,
            changed=self._changed,
            uses=tuple(map(_of_use, self._kinds.uses, self._counts)),
            spans=tuple(self._defaults.changed(self._kinds)),
        )


def _of_use(use: Use, counts: Counts) -> OfUse:
    pairs: dict[tuple[Verdict, Verdict], int] = {}
    disputed = settled = 0
    for place, count in enumerate(counts.tolist()):
        old, new = (STATES[each] for each in divmod(place, len(STATES)))
        if count and old.verdict is not new.verdict:
            pair = old.verdict, new.verdict
            pairs[pair] = pairs.get(pair, 0) + count
        disputed += count * (new.disputed and not old.disputed)
        settled += count * (old.disputed and not new.disputed)
    return OfUse(use=use, pairs=pairs, disputed=disputed, settled=settled)


def _matched(
    keys: Keys, others: Keys
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """Return where each key would stand among others, and whether it does."""
    if len(keys) == len(others) and np.array_equal(keys, others):
        return np.arange(len(keys)), np.ones(len(keys), np.bool_)
    if not len(others):
        return np.zeros(len(keys), np.intp), np.zeros(len(keys), np.bool_)
    place = np.minimum(others.searchsorted(keys), len(others) - 1)
    return place, others[place] == keys


def _pieces(keys: Keys, others: Keys) -> list[tuple[slice, slice]]:
    """Return which rows of both lie in the same range of keys."""
    inner = cuts([keys, others], PIECE)[1:]
    ends = [
        [0, *column.searchsorted(inner).tolist(), len(column)]
        for column in (keys, others)
    ]
    old, new = ([slice(*pair) for pair in pairwise(each)] for each in ends)
    return list(zip(old, new, strict=True))


def _check(core: Core) -> None:
    """Check that the recordings of a core ascend."""
    keys = core.keys
    if len(keys) != len(core.numbers):
        raise MalformedError("recordings are cut off; run sayso sync again")
    for start in range(0, len(keys), PIECE):
        # With the first of the next piece, so that no step is left out.
        piece = keys[start : start + PIECE + 1]
        if np.any(piece[1:] <= piece[:-1]):
            raise MalformedError("recordings do not ascend; run sayso sync again")
    if len(keys) and not 0 <= keys[0] <= keys[-1] <= LAST_KEY:
        raise MalformedError("a recording has no ISRC; run sayso sync again")
