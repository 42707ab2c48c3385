"""Comparison: what a release changes of the one before, and how much of it loosens.

Recordings are compared a range of keys at a time, while the new ones are written. What
a delta says is held only as long as that is shorter than the core; what is looser is
counted in any case, by pairs of policies: the one until now, and the one from now on.
A code that is listed for the first time, or no longer, is compared with what holds for
it where nobody lists it.
"""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from sayso.model.loosening import loosens
from sayso.model.policy import Policy
from sayso.publish.core import CoreReader, joined
from sayso.publish.delta import MOST_CHANGES, Rows, difference
from sayso.publish.numbering import Breakpoints, NumberedPolicy, Numbers
from sayso.wire.delta import REMOVED
from sayso.wire.policies import read_policy
from sayso.wire.profile import decode_item

Pairs = Counter[tuple[int, int]]
"""How often one policy takes the place of another, by number; 0 where nobody speaks."""


_NUMBER = 0xFFFFFFFF
"""The bits in which a pair has its second number."""


class Comparison:
    """Compares the recordings of a release with those of the one before."""

    def __init__(
        self, old: CoreReader, before: Breakpoints, after: Breakpoints
    ) -> None:
        """Begin with the first range.

        Args:
            old: the core of the release before.
            before: what that release says of codes that nobody lists.
            after: what the new one says of them.
        """
        self._old = old
        self._before = before
        self._after = after
        self._changes: list[Rows] | None = []
        self._pairs: Pairs = Counter()

    def take(self, stop: int, rows: Rows) -> None:
        """Compare the recordings of the next range, which ends before `stop`."""
        keys, old, new = difference(self._old.until(stop), rows)
        if not len(keys):
            return
        was = np.where(old == REMOVED, self._before.at(keys), old)
        becomes = np.where(new == REMOVED, self._after.at(keys), new)
        self._pairs.update(pairs_of(was, becomes))
        if self._changes is None:
            return
        self._changes.append((keys, new))
        if sum(len(keys) for keys, _ in self._changes) > MOST_CHANGES:
            self._changes = None

    @property
    def changes(self) -> Rows | None:
        """Which recordings changed, or None where the core is the shorter way."""
        return None if self._changes is None else joined(self._changes)

    def loosened(
        self, before: Mapping[int, bytes], after: Mapping[int, NumberedPolicy]
    ) -> tuple[int, int]:
        """Return how many recordings, and ranges of unlisted codes, became looser.

        A range is as long as each of the releases has one policy for it.

        Args:
            before: the policies of the release before, as registry.json has them.
            after: those of the new one.
        """
        keys = np.union1d(self._before.keys, self._after.keys)
        ranges = pairs_of(self._before.at(keys), self._after.at(keys))
        looser = {
            (old, new)
            for old, new in self._pairs.keys() | ranges.keys()
            if loosens(_policy(before.get(old)), after[new].policy if new else None)
        }
        return (
            sum(self._pairs[pair] for pair in looser),
            sum(ranges[pair] for pair in looser),
        )


def pairs_of(before: Numbers, after: Numbers) -> Pairs:
    """Count the pairs of two columns, but those of equal numbers."""
    codes = before.astype(np.int64) << 32 | after.astype(np.int64)
    distinct, counts = np.unique(codes[before != after], return_counts=True)
    pairs = zip(distinct.tolist(), counts.tolist(), strict=True)
    return Counter({(code >> 32, code & _NUMBER): n for code, n in pairs})


def _policy(item: bytes | None) -> Policy | None:
    return None if item is None else read_policy(decode_item(item, limit=len(item)))[1]
