"""Owners, declarations and disputes as `registry.json` lists them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, unique

from sayso.model.declaration import (
    Capacity,
    DeclarationId,
    Level,
    Offer,
    PrefixRange,
    Withdrawal,
)
from sayso.model.isrc import Isrc
from sayso.model.owner import OwnerId, Role
from sayso.model.vocabulary import Preference, Use
from sayso.wire.text import Digest


@unique
class ScopeKind(StrEnum):
    """What a declaration covers."""

    RECORDINGS = "recordings"
    CATALOGUE = "catalogue"
    PREFIX = "prefix"


@unique
class DisputeStatus(StrEnum):
    """Where a dispute stands."""

    FILED = "filed"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerEntry:
    """Who declares.

    Attributes:
        level: how well control of the namespace is proved.
        reviewed: whether ownership of any recording was reviewed.
    """

    id: OwnerId
    name: str
    role: Role
    level: Level
    reviewed: bool
    contact: str | None = None
    website: str | None = None
    language: str | None = None
    isni: str | None = None
    ipi: str | None = None
    dpid: str | None = None
    represented_by: tuple[OwnerId, ...] = ()
    acts_for: tuple[OwnerId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationEntry:
    """What an owner says, without the recordings that the declaration lists.

    Attributes:
        author: in whose folder it is; another than `owner` for a delegate.
        file: its path below `declarations/`.
        sha256: of the file's bytes.
        published: when the first release that held it was issued.
        recordings: how many it lists; None for a prefix.
        prefix: the range of codes it covers; None for listed recordings.
        territories: codes, or `worldwide`.
    """

    id: DeclarationId
    author: OwnerId
    owner: OwnerId
    capacity: Capacity
    level: Level
    file: str
    sha256: Digest
    published: datetime
    uses: Mapping[Use, Preference]
    scope: ScopeKind
    recordings: int | None = None
    prefix: PrefixRange | None = None
    territories: tuple[str, ...]
    except_territories: tuple[str, ...] = ()
    offer: Offer | None = None
    effective: date | None = None
    expires: date | None = None
    withdrawn: Withdrawal | None = None

    def says(self, use: Use) -> Preference | None:
        """Return what it says of a use: by name, else by `any-ai`, else nothing."""
        return self.uses.get(use, self.uses.get(Use.ANY_AI))


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeEntry:
    """An owner contests another's statements.

    Attributes:
        against: an owner's or a declaration's id.
    """

    id: str
    claimant: OwnerId
    against: OwnerId | DeclarationId
    claim: str
    recordings: tuple[Isrc, ...]
    filed: date
    status: DisputeStatus
