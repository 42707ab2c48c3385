"""What was found for a code, and the registry that says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, Self

from sayso.client.synced.copy import Copy
from sayso.model.declaration import DeclarationId
from sayso.model.isrc import Isrc
from sayso.model.owner import OwnerId
from sayso.wire.entries import DeclarationEntry, DisputeEntry, OwnerEntry
from sayso.wire.header import ReleaseHeader
from sayso.wire.listing import Listing
from sayso.wire.text import Digest


class Directory(Protocol):
    """Who speaks in a registry, and what they declare."""

    @property
    def owners(self) -> Mapping[OwnerId, OwnerEntry]:
        """The owners by their ids."""
        ...

    @property
    def declarations(self) -> Mapping[DeclarationId, DeclarationEntry]:
        """The declarations by their ids."""
        ...

    def covering(self, listing: Listing) -> tuple[DeclarationEntry, ...]:
        """Return the declarations that cover a recording, deciding or not."""
        ...

    def disputes_of(self, isrc: Isrc) -> tuple[DisputeEntry, ...]:
        """Return the disputes that name a recording."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What holds for a code, from a release that is believed.

    Attributes:
        root: SHA-256 of the root by which it is believed.
    """

    listing: Listing
    release: ReleaseHeader
    registry: Directory
    root: Digest

    @classmethod
    def of_copy(cls, copy: Copy, isrc: Isrc) -> Self:
        """Return what a copy on this machine says."""
        return cls(
            listing=copy.listing(isrc),
            release=copy.standing.release,
            registry=copy,
            root=copy.standing.root,
        )
