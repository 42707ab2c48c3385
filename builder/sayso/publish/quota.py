"""The quota: how many listed recordings an account alone may deny.

"`deny` needs level *account* (for at most 500 listed recordings an owner)."
"""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from sayso.model.declaration import CatalogueFile, Level, PrefixRange, RecordingList
from sayso.model.isrc import KEY_LIMIT, key_of
from sayso.model.owner import OwnerId
from sayso.publish.accepted import Accepted, OwnerState, Version
from sayso.publish.codes import Keys

Limits = Mapping[OwnerId, tuple[Mapping[OwnerId, int], ...]]
"""For each owner and state, the highest key that each author's account may deny."""


def state_limits(accepted: Accepted, quota: int, day: date) -> Limits:
    """Return what accounts may deny in each state of each owner."""
    return {
        owner: tuple(
            _account_limits(accepted.versions, state, quota, day) for state in states
        )
        for owner, states in accepted.states.items()
    }


def _account_limits(
    versions: Sequence[Version], state: OwnerState, quota: int, day: date
) -> dict[OwnerId, int]:
    """Return the highest key that each author's account may deny in a state.

    Where an account, without a key, lists more recordings than it may deny, the
    first ones in ISRC order count, so that neither the order nor the number of
    files matters. Only statements that restrict something on that day are counted,
    and a delegate has a share of its own, so that neither takes from the owner's.
    """
    weak: dict[OwnerId, list[Keys]] = {}
    for number in sorted(state.versions):
        version = versions[number]
        if version.statement.level is Level.ACCOUNT and version.statement.restricts(
            day
        ):
            # No more than a share of each can be within the share of all.
            keys = np.sort(listed_keys(version))[: quota + 1]
            weak.setdefault(version.declaration.author, []).append(keys)
    limits: dict[OwnerId, int] = {}
    for author, listed in weak.items():
        keys = np.unique(np.concatenate(listed))
        limits[author] = KEY_LIMIT if len(keys) <= quota else int(keys[quota - 1])
    return limits


def version_limits(accepted: Accepted, limits: Limits) -> dict[int, set[int]]:
    """Return for each version the limits of the states that hold it."""
    tops: dict[int, set[int]] = {version.number: set() for version in accepted.versions}
    for owner, states in accepted.states.items():
        for state, tops_of_state in zip(states, limits[owner], strict=True):
            for number in state.versions:
                tops[number].add(limit_of(accepted.versions[number], tops_of_state))
    return tops


def limit_of(version: Version, limits: Mapping[OwnerId, int]) -> int:
    """Return the highest key for which a version counts in a state."""
    if version.statement.level is not Level.ACCOUNT:
        return KEY_LIMIT
    return limits.get(version.declaration.author, KEY_LIMIT)


def listed_keys(version: Version) -> Keys:
    """Return the keys that a version lists."""
    if version.catalogue is not None:
        return version.catalogue.keys()
    match version.declaration.scope:
        case RecordingList(isrcs=isrcs):
            return np.array([key_of(isrc) for isrc in isrcs], np.int64)
        case CatalogueFile() | PrefixRange():
            return np.empty(0, np.int64)
