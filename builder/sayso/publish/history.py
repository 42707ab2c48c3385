"""History: which states of an owner's folder count at a release (rule 4).

A state is the set of a folder's files as a release accepted them. The states of
the waiting period are carried from release to release, so that loosening waits in
public; "nothing waits in a registry's genesis release".
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sayso.model.authority import Held
from sayso.model.owner import OwnerId
from sayso.wire.state import FolderState, RegistryState

Folders = Mapping[OwnerId, Held]
_NOTHING = Held()
Histories = dict[OwnerId, tuple[FolderState, ...]]


def continue_histories(
    folders: Folders,
    previous: RegistryState | None,
    *,
    proved: Collection[OwnerId],
    now: datetime,
    waiting: timedelta,
) -> Histories:
    """Return the states that count now for every owner, oldest first.

    Args:
        folders: each owner's folder, as it is accepted now.
        previous: what the release before accepted; None for a genesis.
        proved: the owners of whom a domain names a key. That is part of a state, so
            that what such a proof loosens waits as well.
        now: when the new release is issued.
        waiting: how long a replaced state still counts.
    """
    earlier = previous.owners if previous is not None else {}
    histories: Histories = {}
    for owner in sorted({*folders, *earlier}):
        states = earlier.get(owner, ())
        if not states and previous is not None:
            states = (FolderState(accepted=previous.issued, files={}),)
        held = folders.get(owner, _NOTHING)
        new = FolderState(
            accepted=now,
            files=dict(held.files),
            signed=held.signed,
            proved=owner in proved,
        )
        if not states or replace(states[-1], accepted=now) != new:
            states = (*states, new)
        kept = _still_counting(states, now - waiting)
        if any(state.files for state in kept):
            histories[owner] = kept
    return histories


def _still_counting(
    states: tuple[FolderState, ...], since: datetime
) -> tuple[FolderState, ...]:
    """Drop the states that were replaced before the waiting period began."""
    replaced = [*(state.accepted for state in states[1:]), None]
    return tuple(
        state
        for state, end in zip(states, replaced, strict=True)
        if end is None or end > since
    )
