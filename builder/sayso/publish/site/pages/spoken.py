"""Spoken of: which owners list the recordings of a policy.

The policy says it, not the row's owner: all declarations that cover its recordings
are in it, whether they decide anything or not.
"""

from collections import defaultdict
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sayso.model.owner import OwnerId
from sayso.publish.site.pages.listed import Places
from sayso.wire.registry import Registry

Pairs: TypeAlias = tuple[Places, Places]
"""Places of recordings, and beside each the place of an owner that speaks of it."""


class Spoken:
    """Which owners speak of the recordings of each policy.

    Owners and policies are places in the registry's order of them.

    Attributes:
        policies: the numbers of the policies of whose recordings an owner speaks.
    """

    def __init__(self, registry: Registry) -> None:
        """Find the owners of each policy: those that list something that it covers."""
        codes = {owner: place for place, owner in enumerate(registry.owners)}
        listing = {
            name: entry.owner
            for name, entry in registry.declarations.items()
            if entry.prefix is None
        }
        self.policies: dict[OwnerId, list[int]] = defaultdict(list)
        owners: list[int] = []
        counts: list[int] = []
        for number, policy in registry.policies.items():
            names = policy.declarations
            found = sorted({listing[name] for name in names if name in listing})
            for owner in found:
                self.policies[owner].append(number)
            owners += [codes[owner] for owner in found]
            counts.append(len(found))
        self._size = len(codes)
        self._owners = np.array(owners, np.int64)
        self._counts = np.array(counts, np.int64)
        self._starts = np.cumsum(self._counts) - self._counts
        self._spoken = np.repeat(np.arange(len(counts)), self._counts)

    def totals(self, of_policy: Places) -> Places:
        """Return of how many recordings each owner speaks."""
        totals = np.zeros(self._size, np.int64)
        np.add.at(totals, self._owners, of_policy[self._spoken])
        return totals

    def wanted(self, left: Places) -> npt.NDArray[np.bool_]:
        """Return whether an owner of each policy has recordings left to take."""
        wanted = np.zeros(len(self._counts), np.bool_)
        wanted[self._spoken[left[self._owners] > 0]] = True
        return wanted

    def pairs(self, rows: Places, policies: Places) -> Pairs:
        """Return each recording with each owner that speaks of it.

        Args:
            rows: the recordings.
            policies: the policy of each.
        """
        counts = self._counts[policies]
        before = np.cumsum(counts) - counts
        steps = np.arange(counts.sum()) - np.repeat(before, counts)
        owners = self._owners[np.repeat(self._starts[policies], counts) + steps]
        return np.repeat(rows, counts), owners
