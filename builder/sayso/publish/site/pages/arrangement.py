"""The arrangement: which lists of recordings there are, and what stands on which.

Recordings are read twice, a part at a time: they are counted, which says how many
pages each list has, and then those are taken that stand on one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sayso.model.isrc import Prefix
from sayso.model.owner import OwnerId
from sayso.publish.site.pages.depth import share_pages
from sayso.publish.site.pages.limits import Limits
from sayso.publish.site.pages.listed import Listed, Places
from sayso.publish.site.pages.selection import Selection, Wanted, select
from sayso.publish.site.pages.spoken import Spoken
from sayso.publish.site.pages.totals import Totals, count_listed, numbered_prefix
from sayso.wire.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingList:
    """Recordings that belong together.

    Attributes:
        total: how many there are.
        pages: how many pages show them; 0 where there is not even one.
        places: of those that are shown, in the selection.
    """

    total: int
    pages: int
    places: Places


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """What the pages of a release show of its recordings.

    Attributes:
        selection: all that any page shows.
        of_policy: how many recordings have a policy, by its number.
        prefixes: how many prefixes have a default or a listed recording.
        policies: those of whose recordings an owner speaks.
        of_owner: the recordings that an owner speaks of.
        of_prefix: the recordings under a prefix, for those that have a page.
        contested: the recordings with a disputed answer.
        own: the places of the recordings that have a page of their own.
    """

    selection: Selection
    of_policy: Mapping[int, int]
    prefixes: int
    policies: Mapping[OwnerId, list[int]]
    of_owner: Mapping[OwnerId, RecordingList]
    of_prefix: Mapping[Prefix, RecordingList]
    contested: RecordingList
    own: Places


def arrange(registry: Registry, listed: Listed, limits: Limits) -> Arrangement:
    """Return what the pages show.

    Args:
        registry: says who speaks of what.
        listed: its recordings.
        limits: of the pages.

    Raises:
        RegistryError: a part is missing, or is not what the registry says.
    """
    totals = count_listed(listed, registry.declarations.values())
    spoken = Spoken(registry)
    by_owner = spoken.totals(totals.of_policy)
    pages_of_owners, pages_of_prefixes = _room(registry, by_owner, totals, limits)
    disputed = np.array([p.is_disputed for p in registry.policies.values()], np.bool_)
    wanted = Wanted(
        first=max(1, limits.recordings),
        disputed=max(limits.recordings, limits.longest),
        of_owner=np.minimum(by_owner, pages_of_owners * limits.rows),
        of_prefix=np.minimum(totals.of_prefix, pages_of_prefixes * limits.rows),
    )
    selection = select(listed, wanted, totals, spoken, disputed)
    counts = zip(listed.numbers.tolist(), totals.of_policy.tolist(), strict=True)
    return Arrangement(
        selection=selection,
        of_policy=dict(counts),
        prefixes=len(totals.prefixes),
        policies=spoken.policies,
        of_owner=_owner_lists(registry, by_owner, pages_of_owners, selection),
        of_prefix=_prefix_lists(totals, pages_of_prefixes, wanted, selection),
        contested=RecordingList(
            total=int(totals.of_policy[disputed].sum()),
            pages=1,
            places=selection.disputed[: limits.longest],
        ),
        own=_own(selection, limits.recordings, totals.recordings),
    )


def _room(
    registry: Registry, by_owner: Places, totals: Totals, limits: Limits
) -> tuple[Places, Places]:
    """Return how many pages each owner and each prefix has.

    Where not all have one, those do that have declared a default, which speaks of
    more codes than any list; then those of the longest lists.
    """

    def pages(counts: Places) -> Places:
        return np.clip(-(-counts // limits.rows), 1, limits.pages)

    entries = registry.declarations.values()
    speaking = {entry.owner for entry in entries if entry.prefix is not None}
    with_default = np.array([owner in speaking for owner in registry.owners], np.bool_)
    # The last key is the first to decide; what is equal stays in its order.
    owners = np.lexsort((-by_owner, ~with_default))
    prefixes = np.lexsort((-totals.of_prefix, ~totals.with_default))
    rooms = share_pages(
        pages(by_owner)[owners], pages(totals.of_prefix)[prefixes], limit=limits.lists
    )
    of_owners, of_prefixes = (np.empty_like(room) for room in rooms)
    of_owners[owners], of_prefixes[prefixes] = rooms
    return of_owners, of_prefixes


def _owner_lists(
    registry: Registry, totals: Places, pages: Places, selection: Selection
) -> dict[OwnerId, RecordingList]:
    return {
        owner: RecordingList(
            total=int(totals[place]),
            pages=int(pages[place]),
            places=selection.of_owner(place),
        )
        for place, owner in enumerate(registry.owners)
    }


def _prefix_lists(
    totals: Totals, pages: Places, wanted: Wanted, selection: Selection
) -> dict[Prefix, RecordingList]:
    found = {}
    for place in np.flatnonzero(pages):
        start = int(totals.firsts[place])
        found[numbered_prefix(int(totals.prefixes[place]))] = RecordingList(
            total=int(totals.of_prefix[place]),
            pages=int(pages[place]),
            places=selection.span(start, start + int(wanted.of_prefix[place])),
        )
    return found


def _own(selection: Selection, limit: int, recordings: int) -> Places:
    """Return what gets pages of its own: disputed ones first, then by code."""
    disputed = selection.disputed[:limit]
    first = selection.span(0, min(limit, recordings))
    others = np.setdiff1d(first, disputed)[: limit - len(disputed)]
    return np.union1d(disputed, others)
