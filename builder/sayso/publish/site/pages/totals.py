"""Totals: how many recordings have a policy, or are under a prefix.

They are counted as columns, so that nothing here grows with the recordings but time.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sayso.columns.codes import runs
from sayso.model.isrc import (
    KEYS_PER_PREFIX,
    PREFIX_LENGTH,
    Prefix,
    isrc_of,
    prefix_keys,
)
from sayso.publish.site.pages.listed import Listed, Places
from sayso.wire.entries import DeclarationEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """How many recordings there are.

    Prefixes are as numbers, which ascend as the codes do; columns of the same length
    belong together.

    Attributes:
        of_policy: in the order of the policies' numbers.
        prefixes: those with a listed recording or a declared default.
        with_default: whether each has a declared default.
        of_prefix: how many recordings each has.
        firsts: where the first of each stands among all recordings.
    """

    of_policy: Places
    prefixes: Places
    with_default: npt.NDArray[np.bool_]
    of_prefix: Places
    firsts: Places

    @property
    def recordings(self) -> int:
        """How many there are of all."""
        return int(self.of_policy.sum())


def count_listed(listed: Listed, declarations: Iterable[DeclarationEntry]) -> Totals:
    """Return how many recordings have what.

    Args:
        listed: the recordings.
        declarations: say which prefixes have a default.

    Raises:
        RegistryError: as iterating over `listed` and reading from it does.
    """
    of_policy = np.zeros(len(listed.numbers), np.int64)
    found, counts = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for chunk in listed:
        keys = chunk.keys()
        places = chunk.policies(listed.numbers)
        of_policy += np.bincount(places, minlength=len(of_policy))
        here = keys // KEYS_PER_PREFIX
        starts, lengths = runs(here)
        found.append(here[starts])
        counts.append(lengths)
    prefixes, of_prefix = _merged(np.concatenate(found), np.concatenate(counts))
    declared = {
        prefix_keys(entry.prefix.prefix).start // KEYS_PER_PREFIX
        for entry in declarations
        if entry.prefix is not None
    }
    defaults = np.array(sorted(declared), np.int64)
    unlisted = np.setdiff1d(defaults, prefixes)
    gaps = np.searchsorted(prefixes, unlisted)
    prefixes = np.insert(prefixes, gaps, unlisted)
    of_prefix = np.insert(of_prefix, gaps, 0)
    return Totals(
        of_policy=of_policy,
        prefixes=prefixes,
        with_default=np.isin(prefixes, defaults),
        of_prefix=of_prefix,
        firsts=np.cumsum(of_prefix) - of_prefix,
    )


def _merged(prefixes: Places, counts: Places) -> tuple[Places, Places]:
    """Return ascending prefixes, each once, with all its recordings."""
    if not len(prefixes):
        return prefixes, counts
    starts, _ = runs(prefixes)
    return prefixes[starts], np.add.reduceat(counts, starts)


def numbered_prefix(number: int) -> Prefix:
    """Return the prefix with a number."""
    return Prefix(isrc_of(number * KEYS_PER_PREFIX)[:PREFIX_LENGTH])
