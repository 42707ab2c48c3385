"""Declarations and the records about them, as plain values.

A *declaration* is one owner's statement: a scope, preferences per use, dates and
territories. *Decisions* and *disputes* are facts that decide how much of a
statement counts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum, unique
from typing import NewType, TypeAlias

from sayso.model.isrc import Isrc, Prefix
from sayso.model.owner import Fingerprint, OwnerId, is_owner_id
from sayso.model.territory import EVERYWHERE, Territories
from sayso.model.vocabulary import Preference, Use

DeclarationId = NewType("DeclarationId", str)

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)


def is_declaration_id(text: str) -> bool:
    """Return whether a text is its author's id and a file's name, without suffix."""
    author, _, name = text.partition("/")
    return is_owner_id(author) and _NAME.fullmatch(name) is not None


@unique
class Capacity(StrEnum):
    """In what right an owner speaks."""

    OWNER = "owner"
    EXCLUSIVE_LICENSEE = "exclusive-licensee"
    ADMINISTRATOR = "administrator"
    PERFORMER = "performer"

    @property
    def is_owner_side(self) -> bool:
        """Whether it may permit; a performer can restrict, never permit."""
        return self is not Capacity.PERFORMER


@unique
class Level(IntEnum):
    """How well it is proved that the owner wrote a file (Authority)."""

    NONE = 0
    ACCOUNT = 1
    KEY = 2
    DOMAIN = 3

    @property
    def word(self) -> str:
        """The level's name in files and pages."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingList:
    """Recordings named in the declaration itself, as columns of equal length."""

    isrcs: tuple[Isrc, ...]
    titles: tuple[str | None, ...]
    artists: tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueFile:
    """Recordings in a CSV beside the declaration."""

    file: str
    rows: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefixRange:
    """A default for what nobody lists under a prefix code."""

    prefix: Prefix
    years: tuple[int, int] | None = None
    except_ranges: tuple[tuple[Isrc, Isrc], ...] = ()
    except_isrcs: tuple[Isrc, ...] = ()


Scope: TypeAlias = RecordingList | CatalogueFile | PrefixRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Where and on which conditions a licence can be had."""

    contact: str
    conditions: tuple[str, ...] = ()
    terms_url: str | None = None
    terms_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """The end of a statement: an edit, never a deletion."""

    on: date
    reason: str
    successor: OwnerId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One declaration file.

    Attributes:
        id: the path without shard and suffix: `domain:fernwood.example/catalogue`.
        author: the owner in whose folder the file is.
        owner: the owner for whom it speaks; another one only for a delegate.
        effective: asserted first day, from 00:00 UTC; None is "as published".
        expires: first day on which it no longer speaks.
    """

    id: DeclarationId
    author: OwnerId
    owner: OwnerId
    capacity: Capacity
    uses: Mapping[Use, Preference]
    scope: Scope
    territories: Territories = EVERYWHERE
    offer: Offer | None = None
    effective: date | None = None
    expires: date | None = None
    withdrawn: Withdrawal | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it is made of, by name; its own is the first."""
        own = f"{self.id.rpartition('/')[2]}.yaml"
        scope = self.scope
        return (own, scope.file) if isinstance(scope, CatalogueFile) else (own,)


@unique
class DecisionKind(StrEnum):
    """What two operators decided."""

    REVIEWED = "reviewed"
    SETTLED = "settled"
    DISPUTE_ACCEPTED = "dispute-accepted"
    DISPUTE_CLOSED = "dispute-closed"
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Recordings that a decision or a dispute is about."""

    prefixes: tuple[Prefix, ...] = ()
    ranges: tuple[tuple[Isrc, Isrc], ...] = ()
    isrcs: tuple[Isrc, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision file of two operators.

    `reviewed` says that the owner controls the extent; `settled` that other
    owners' prefix defaults yield there; the dispute kinds open and close a dispute;
    `recovered` says that a new key is the owner's, who has none of the old ones.

    Attributes:
        id: the file's name without suffix.
        path: the file, relative to `declarations/`.
    """

    id: str
    kind: DecisionKind
    decided: date
    operators: tuple[str, ...]
    evidence: str
    owner: OwnerId | None = None
    extent: Extent = Extent()
    dispute: str | None = None
    key: Fingerprint | None = None
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """An owner contests another's statements about some recordings.

    Attributes:
        id: the file's name without suffix.
        against: the owner whose statements are contested.
        declaration: the declaration named, if one is.
    """

    id: str
    claimant: OwnerId
    against: OwnerId
    isrcs: tuple[Isrc, ...]
    claim: str
    filed: date
    declaration: DeclarationId | None = None
