"""Defaults: what each release says of a code that it does not list by itself.

The ranges of both cut the codes into segments, in each of which both say one thing.
"""

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sayso.client.core import Intervals
from sayso.client.difference.found import Span
from sayso.client.difference.states import STATES, Kinds, Policies
from sayso.columns.policies import NOBODY, Places
from sayso.columns.rows import Keys, Numbers
from sayso.errors import MalformedError
from sayso.model.isrc import LAST_KEY, isrc_of

Segments: TypeAlias = npt.NDArray[np.intp]


class Defaults:
    """What holds before and after for codes that are not listed.

    Attributes:
        before: where the policy of each segment stands among those before.
        after: where it stands among those after.
    """

    def __init__(
        self, spans: tuple[Intervals, Intervals], policies: tuple[Policies, Policies]
    ) -> None:
        """Cut the codes into segments.

        Args:
            spans: of the release before, and of the one after.
            policies: likewise.

        Raises:
            MalformedError: ranges overlap, or have a policy that is not there.
        """
        ends = [np.zeros(1, np.int64)]
        for intervals in spans:
            _check(intervals)
            ends += [intervals.firsts, intervals.lasts + 1]
        edges = np.unique(np.concatenate(ends))
        self._firsts = edges[edges <= LAST_KEY]
        self._policies = policies
        self.before, self.after = (
            said.places(_numbers_at(intervals, self._firsts))
            for intervals, said in zip(spans, policies, strict=True)
        )

    def segments(self, keys: Keys) -> Segments:
        """Return the segment in which each key lies."""
        return self._firsts.searchsorted(keys, side="right") - 1

    def changed(self, kinds: Kinds) -> Iterator[Span]:
        """Yield ranges of which something else is said now.

        Neighbours are one where both releases say the same of all of them.
        """
        before = self._policies[0].kinds[self.before]
        after = self._policies[1].kinds[self.after]
        starts = np.flatnonzero(_differs(before) | _differs(after))
        ends = np.append(self._firsts[starts[1:]], LAST_KEY + 1) - 1
        states = kinds.states()
        for start, last in zip(starts.tolist(), ends.tolist(), strict=True):
            old, new = states[:, before[start]], states[:, after[start]]
            rows = np.flatnonzero(old != new).tolist()
            if rows:
                yield Span(
                    first=isrc_of(int(self._firsts[start])),
                    last=isrc_of(last),
                    changes={
                        kinds.uses[row]: (STATES[old[row]], STATES[new[row]])
                        for row in rows
                    },
                )


def _differs(column: Places) -> npt.NDArray[np.bool_]:
    """Return which items differ from the one before; the first does."""
    differs: npt.NDArray[np.bool_] = np.diff(column, prepend=-1) != 0
    return differs


def _numbers_at(intervals: Intervals, keys: Keys) -> Numbers:
    numbers = np.full(len(keys), NOBODY, np.int32)
    if len(intervals.firsts):
        last = intervals.firsts.searchsorted(keys, side="right") - 1
        place = np.maximum(last, 0)
        within = (intervals.firsts[place] <= keys) & (keys <= intervals.lasts[place])
        numbers[within] = intervals.numbers[place[within]]
    return numbers


def _check(intervals: Intervals) -> None:
    firsts, lasts = intervals.firsts, intervals.lasts
    if not len(firsts) == len(lasts) == len(intervals.numbers):
        raise MalformedError("ranges of codes are cut off; run sayso sync again")
    bounds = np.column_stack([firsts, lasts]).reshape(-1)
    is_within = not len(bounds) or (bounds[0] >= 0 and bounds[-1] <= LAST_KEY)
    if np.any(firsts > lasts) or np.any(firsts[1:] <= lasts[:-1]) or not is_within:
        raise MalformedError("ranges of codes overlap; run sayso sync again")
