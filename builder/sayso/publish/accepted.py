"""Accepted versions: every declaration that counts, now or in the waiting period.

A *version* is a declaration with the exact bytes of its files. The versions that an
owner's folder held at one time, with those of delegates it had mandated then, are
one state of that owner.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sayso.errors import PublishError
from sayso.model.declaration import (
    CatalogueFile,
    Declaration,
    DeclarationId,
    Level,
    PrefixRange,
    RecordingList,
    Scope,
)
from sayso.model.owner import Owner, OwnerId
from sayso.model.statement import Specificity, Statement
from sayso.publish.history import Histories
from sayso.publish.reading.registry import Documents
from sayso.publish.reading.tables import Table
from sayso.wire.state import FolderState


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A declaration as it once was accepted.

    Attributes:
        number: its place among all versions.
        path: the file, relative to `declarations/`.
        sha256: the digest of the file's bytes.
        catalogue: the recordings of a catalogue; else None.
        statement: what it says, wherever it covers a recording.
    """

    number: int
    declaration: Declaration
    path: str
    sha256: str
    catalogue: Table | None
    statement: Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerState:
    """The versions that spoke for an owner from one release to another."""

    versions: frozenset[int]
    replaced: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """All versions, and the states of each owner for whom one speaks.

    Attributes:
        current: the numbers of the versions that the newest states hold.
    """

    versions: tuple[Version, ...]
    states: Mapping[OwnerId, tuple[OwnerState, ...]]
    current: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """One owner's folder at one time.

    Attributes:
        spoken: its versions by the owner for whom they speak.
    """

    owner: Owner | None
    spoken: Mapping[OwnerId, list[int]]


def accept(
    histories: Histories,
    documents: Mapping[tuple[OwnerId, int], Documents],
) -> Accepted:
    """Return the versions and states that a release is made from.

    Args:
        histories: the states that count, oldest first, of every folder.
        documents: what each state of each folder says, by owner and place in its
            history.
    """
    collector = _Versions()
    folders = {
        (owner, place): collector.folder(owner, histories[owner][place], said)
        for (owner, place), said in sorted(documents.items())
    }
    versions = tuple(collector.versions)
    speakers: dict[OwnerId, set[OwnerId]] = {}
    for version in versions:
        declared = version.declaration
        speakers.setdefault(declared.owner, {declared.owner}).add(declared.author)
    states = {
        owner: _owner_states(owner, sorted(authors), histories, folders)
        for owner, authors in sorted(speakers.items())
    }
    current = frozenset(
        number
        for owner, history in histories.items()
        if (owner, len(history) - 1) in folders
        for numbers in folders[owner, len(history) - 1].spoken.values()
        for number in numbers
    )
    return Accepted(versions=versions, states=states, current=current)


class _Versions:
    """Numbers each declaration once for each set of bytes and level it had."""

    def __init__(self) -> None:
        self.versions: list[Version] = []
        self._numbers: dict[tuple[DeclarationId, str, str, Level], int] = {}

    def folder(
        self,
        owner: OwnerId,
        state: FolderState,
        documents: Documents,
    ) -> Folder:
        spoken: dict[OwnerId, list[int]] = {}
        for name, declaration in sorted(documents.declarations.items()):
            files = declaration.files
            blobs = [state.files.get(file, "") for file in files]
            if not all(blobs):
                raise PublishError(f"{name}: the accepted state lacks {files[-1]}")
            level = _level(state, files)
            identity = (name, blobs[0], blobs[-1], level)
            number = self._numbers.setdefault(identity, len(self.versions))
            if number == len(self.versions):
                source = documents.files[name]
                self.versions.append(
                    Version(
                        number=number,
                        declaration=declaration,
                        path=source.path,
                        sha256=source.sha256,
                        catalogue=documents.catalogues.get(name),
                        statement=statement_of(declaration, level),
                    )
                )
            spoken.setdefault(declaration.owner, []).append(number)
        return Folder(owner=documents.owners.get(owner), spoken=spoken)


def _level(state: FolderState, files: tuple[str, ...]) -> Level:
    """Return how well it is proved that the owner wrote these files of a state."""
    if not state.signed.issuperset(files):
        return Level.ACCOUNT
    return Level.DOMAIN if state.proved else Level.KEY


def statement_of(declaration: Declaration, level: Level) -> Statement:
    """Return what a declaration says, wherever it covers a recording."""
    withdrawn = declaration.withdrawn
    return Statement(
        declaration=declaration.id,
        uses=declaration.uses,
        specificity=_specificity(declaration.scope),
        level=level,
        capacity=declaration.capacity,
        delegated=declaration.author != declaration.owner,
        territories=declaration.territories,
        effective=declaration.effective,
        expires=declaration.expires,
        withdrawn=withdrawn.on if withdrawn is not None else None,
    )


def _specificity(scope: Scope) -> Specificity:
    match scope:
        case RecordingList():
            return Specificity.RECORDINGS
        case CatalogueFile():
            return Specificity.CATALOGUE
        case PrefixRange(years=years):
            return Specificity.PREFIX_YEARS if years else Specificity.PREFIX


def _owner_states(
    owner: OwnerId,
    authors: list[OwnerId],
    histories: Histories,
    folders: Mapping[tuple[OwnerId, int], Folder],
) -> tuple[OwnerState, ...]:
    """Join an owner's history with those of its delegates, release by release."""
    moments = sorted(
        {state.accepted for name in authors for state in histories.get(name, ())}
    )
    states: list[OwnerState] = []
    ends = [*moments[1:], None]
    for moment, end in zip(moments, ends, strict=True):
        at = {name: _folder_at(name, moment, histories, folders) for name in authors}
        own = at[owner]
        mandated = set(own.owner.represented_by) if own and own.owner else set()
        spoken = frozenset(
            number
            for name, folder in at.items()
            if folder is not None and (name == owner or name in mandated)
            for number in folder.spoken.get(owner, ())
        )
        states.append(OwnerState(versions=spoken, replaced=end))
    return tuple(states)


def _folder_at(
    owner: OwnerId,
    moment: datetime,
    histories: Histories,
    folders: Mapping[tuple[OwnerId, int], Folder],
) -> Folder | None:
    place = -1
    for index, state in enumerate(histories.get(owner, ())):
        if state.accepted <= moment:
            place = index
    return folders.get((owner, place))
