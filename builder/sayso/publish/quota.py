"""The quota: how many listed recordings an account alone may deny.

"`deny` needs level *account* (for at most 500 listed recordings an owner)."
"""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from sayso.columns.codes import Keys
from sayso.model.declaration import CatalogueFile, Level, PrefixRange, RecordingList
from sayso.model.isrc import KEY_LIMIT, key_of
from sayso.model.owner import OwnerId
from sayso.publish.accepted import Accepted, OwnerState, Version

Limits = Mapping[OwnerId, tuple[Mapping[OwnerId, int], ...]]
"""For each owner and state, the highest key that each author's account may deny."""

_NONE: Keys = np.empty(0, np.int64)


def state_limits(accepted: Accepted, quota: int, day: date) -> Limits:
    """Return what accounts may deny in each state of each owner."""
    return {
        owner: _owner_limits(accepted.versions, states, quota, day)
        for owner, states in accepted.states.items()
    }


def _owner_limits(
    versions: Sequence[Version], states: Sequence[OwnerState], quota: int, day: date
) -> tuple[dict[OwnerId, int], ...]:
    """Return the highest key that each author's account may deny in each state.

    Where an account, without a key, lists more recordings than it may deny, the
    first ones in ISRC order count, so that neither the order nor the number of
    files matters. What earlier states deny beyond the newest is as many at most, of
    the latest first: else another list in each release would deny any number. Only
    statements that restrict something on that day are counted, and a delegate has a
    share of its own, so that neither takes from the owner's.
    """
    newest: dict[OwnerId, Keys] = {}
    beyond: dict[OwnerId, Keys] = {}
    limits: list[dict[OwnerId, int]] = []
    for state in reversed(states):
        limits.append({})
        for author, keys in _weak_keys(versions, state, quota, day).items():
            limit = KEY_LIMIT if len(keys) <= quota else int(keys[quota - 1])
            share = keys[:quota]
            if state is states[-1]:
                newest[author] = share
            else:
                taken = beyond.get(author, _NONE)
                new = np.setdiff1d(
                    share, np.concatenate([newest.get(author, _NONE), taken])
                )
                room = quota - len(taken)
                limit = limit if len(new) <= room else int(new[room]) - 1
                beyond[author] = np.concatenate([taken, new[:room]])
            limits[-1][author] = limit
    return tuple(reversed(limits))


def _weak_keys(
    versions: Sequence[Version], state: OwnerState, quota: int, day: date
) -> dict[OwnerId, Keys]:
    """Return what each author restricts by account alone, ascending."""
    weak: dict[OwnerId, list[Keys]] = {}
    for number in sorted(state.versions):
        version = versions[number]
        statement = version.statement
        if statement.level is Level.ACCOUNT and statement.restricts(day):
            # No more than a share of each can be within the share of all.
            keys = listed_keys(version, quota + 1)
            weak.setdefault(version.declaration.author, []).append(keys)
    return {author: np.unique(np.concatenate(keys)) for author, keys in weak.items()}


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


def listed_keys(version: Version, most: int | None = None) -> Keys:
    """Return the keys that a version lists, ascending; at most so many of them."""
    if version.catalogue is not None:
        return version.catalogue.keys(0, most)
    match version.declaration.scope:
        case RecordingList(isrcs=isrcs):
            return np.sort(np.array([key_of(isrc) for isrc in isrcs], np.int64))[:most]
        case CatalogueFile() | PrefixRange():
            return _NONE
