"""Waiting: what the status of a release says of each owner, found once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from sayso.model.declaration import DeclarationId
from sayso.model.owner import OwnerId
from sayso.publish.reading.layout import Place, place_of
from sayso.wire.entries import DeclarationEntry
from sayso.wire.state import LeftOut
from sayso.wire.status import Ageing, Pending, Recovering, Status

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """What was left out of one owner's files, and what of it waits.

    Attributes:
        left_out: by path.
        pending: in order of time.
        recovering: None where no new keys wait.
        ageing: None where no proof grows old.
    """

    left_out: tuple[LeftOut, ...] = ()
    pending: tuple[Pending, ...] = ()
    recovering: Recovering | None = None
    ageing: Ageing | None = None

    @property
    def is_told(self) -> bool:
        """Whether a feed tells of it: a proof that grows old is no news."""
        return bool(self.left_out or self.pending or self.recovering)


_NOTHING = Waits()


class Waiting:
    """What a status says, by owner."""

    def __init__(
        self,
        status: Status,
        declarations: Mapping[DeclarationId, DeclarationEntry],
    ) -> None:
        """Sort what a status says.

        Args:
            status: of the release.
            declarations: what is declared; what waits in one is of its author and of
                the owner for whom it speaks.
        """
        left_out = _grouped((owner_at(one.path), one) for one in status.left_out)
        pending = _grouped(
            (owner, one)
            for one in status.pending
            for owner in _speakers(one.declaration, declarations)
        )
        recovering = {one.owner: one for one in status.recovering}
        ageing = {one.owner: one for one in status.ageing}
        self._waits = {
            owner: Waits(
                left_out=tuple(left_out.get(owner, ())),
                pending=tuple(pending.get(owner, ())),
                recovering=recovering.get(owner),
                ageing=ageing.get(owner),
            )
            for owner in sorted({*left_out, *pending, *recovering, *ageing})
        }

    def of(self, owner: OwnerId) -> Waits:
        """Return what waits of an owner; mostly nothing."""
        return self._waits.get(owner, _NOTHING)

    def told(self) -> tuple[OwnerId, ...]:
        """Return the owners of whom a feed has something to tell, in order."""
        return tuple(owner for owner, one in self._waits.items() if one.is_told)


def owner_at(path: str) -> OwnerId | None:
    """Return whose a file is; None for one of the registry's own."""
    place = place_of(path)
    return place.owner if isinstance(place, Place) else None


def _speakers(
    name: DeclarationId, declarations: Mapping[DeclarationId, DeclarationEntry]
) -> set[OwnerId]:
    entry = declarations.get(name)
    return set() if entry is None else {entry.author, entry.owner}


def _grouped(
    pairs: Iterable[tuple[OwnerId | None, _Item]],
) -> dict[OwnerId, list[_Item]]:
    found: dict[OwnerId, list[_Item]] = defaultdict(list)
    for owner, item in pairs:
        if owner is not None:
            found[owner].append(item)
    return found
