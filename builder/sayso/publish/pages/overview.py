"""The pages that are there once: owners, disputes, data, the box without script."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sayso.model.isrc import format_isrc
from sayso.model.owner import OwnerId
from sayso.model.vocabulary import NOTICE, Verdict, Words
from sayso.publish.pages.answers import owner_address
from sayso.publish.pages.recording import DISPUTE_WORDS
from sayso.publish.pages.shelf import Pager, Part, RecordingRow, Shelf
from sayso.publish.pages.words import (
    Day,
    Link,
    count_of,
    spell_count,
    spell_day,
    spell_proof,
    spell_role,
    spell_size,
)
from sayso.wire.entries import DisputeEntry, OwnerEntry
from sayso.wire.header import LICENCE, Profile
from sayso.wire.release import REGISTRY_FILE, RELEASE_FILE
from sayso.wire.text import format_time

_SHOWN = 200
"""Recordings named in one dispute, or in the list of contested ones."""

_FILE_WORDS = {
    REGISTRY_FILE: "the whole registry",
    RELEASE_FILE: "the release: number, date and digest of every file",
}
_FOLDER_WORDS = {
    "schema/": "the form of a file, for editors and programs",
    "state/": "what was accepted: the input of the next release",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A verdict and what it means."""

    verdict: str
    word: str
    meaning: str
    disputed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """Something counted."""

    count: str
    words: str
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What every page knows of the release it was made from.

    Attributes:
        notice_rest: the notice after its first sentence, which pages set apart.
        example: the code of a listed recording, if there is one.
    """

    number: int
    issued: Day
    development: bool
    address: str
    notice: str
    notice_rest: str
    example: str | None
    legend: tuple[Meaning, ...]
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerLine:
    """An owner in the list."""

    id: OwnerId
    name: str
    href: str
    role: str
    proof: str
    recordings: str
    mix: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersPage:
    """One page of the list of owners."""

    words: str
    owners: tuple[OwnerLine, ...]
    pager: Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPage:
    """All prefixes with a page: the way to any answer without script."""

    prefixes: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeView:
    """One dispute."""

    id: str
    anchor: str
    status: str
    status_word: str
    filed: Day
    claimant: Link
    against: Link
    claim: str
    recordings: tuple[Link, ...]
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputesPage:
    """All disputes, and recordings about which owners contradict each other."""

    disputes: tuple[DisputeView, ...]
    contested: tuple[RecordingRow, ...]
    contested_left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """A file of the release; `signature` is the path of its signature."""

    path: str
    size: str
    sha256: str | None
    signature: str | None
    words: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPage:
    """The release and its files."""

    issued_iso: str
    issued_words: str
    origin: str
    commit: str | None
    clean: bool
    previous: str | None
    licence: str
    files: tuple[FileLine, ...]


def facts_of(shelf: Shelf) -> Facts:
    """Return what every page knows of the release."""
    registry = shelf.registry
    isrcs = registry.recordings.isrcs
    first, _, rest = registry.notice.partition(". ")
    return Facts(
        number=registry.release.number,
        issued=spell_day(registry.release.issued),
        development=registry.release.profile is Profile.DEVELOPMENT,
        address=shelf.site.address,
        notice=registry.notice,
        notice_rest=rest if NOTICE.startswith(first) else registry.notice,
        example=format_isrc(isrcs[0]) if isrcs else None,
        legend=tuple(
            Meaning(
                verdict=verdict.value,
                word=Words.VERDICTS[verdict],
                meaning=Words.MEANINGS[verdict],
            )
            for verdict in (
                Verdict.DENY,
                Verdict.ASK,
                Verdict.ALLOW,
                Verdict.UNDECLARED,
            )
        ),
        numbers=tuple(_numbers(shelf)),
    )


def _numbers(shelf: Shelf) -> Iterator[Number]:
    registry = shelf.registry
    counted = (
        (len(registry.recordings.isrcs), "recording listed", "recordings listed", None),
        (len(registry.owners), "owner", "owners", "owners/"),
        (len(registry.declarations), "declaration", "declarations", None),
        (len(shelf.of_prefix), "ISRC prefix", "ISRC prefixes", "check/"),
        (len(registry.disputes), "dispute", "disputes", "disputes/"),
    )
    for count, one, many, href in counted:
        words = one if count == 1 else many
        yield Number(count=spell_count(count), words=words, href=href)


def owners_pages(shelf: Shelf) -> Iterator[OwnersPage]:
    """Yield the list of owners, by name."""
    owners = sorted(
        shelf.registry.owners.values(), key=lambda owner: (owner.name.casefold(), owner)
    )
    words = count_of(len(owners), "owner", "owners")
    for pager in shelf.pagers(len(owners), [owner.name for owner in owners]):
        start = (pager.number - 1) * shelf.limits.rows
        lines = owners[start : start + shelf.limits.rows]
        yield OwnersPage(
            words=words,
            owners=tuple(_owner_line(shelf, owner) for owner in lines),
            pager=pager,
        )


def _owner_line(shelf: Shelf, owner: OwnerEntry) -> OwnerLine:
    rows = shelf.of_owner[owner.id]
    return OwnerLine(
        id=owner.id,
        name=owner.name,
        href=owner_address(owner.id),
        role=spell_role(owner.role),
        proof=spell_proof(owner.level),
        recordings=spell_count(len(rows)),
        mix=shelf.mix(rows),
    )


def check_page(shelf: Shelf) -> CheckPage:
    """Return the page that leads to every prefix."""
    return CheckPage(prefixes=tuple(map(shelf.prefix_link, shelf.of_prefix)))


def contested_rows(shelf: Shelf) -> Sequence[int]:
    """Return the recordings with a disputed answer."""
    disputed = {
        number
        for number, policy in shelf.registry.policies.items()
        if any(cell.disputed for cell in policy.anywhere.values())
    }
    policies = shelf.registry.recordings.policies
    return [row for row, number in enumerate(policies) if number in disputed]


def disputes_page(shelf: Shelf) -> DisputesPage:
    """Return the page of disputes, newest first."""
    disputes = sorted(
        shelf.registry.disputes, key=lambda d: (d.filed, d.id), reverse=True
    )
    rows = contested_rows(shelf)
    return DisputesPage(
        disputes=tuple(_dispute_view(shelf, dispute) for dispute in disputes),
        contested=tuple(shelf.row(row) for row in rows[:_SHOWN]),
        contested_left_out=max(0, len(rows) - _SHOWN),
    )


def _dispute_view(shelf: Shelf, dispute: DisputeEntry) -> DisputeView:
    words = DISPUTE_WORDS[dispute.status]
    return DisputeView(
        id=dispute.id,
        anchor=dispute.id,
        status=dispute.status.value,
        status_word=words[0].upper() + words[1:],
        filed=spell_day(dispute.filed),
        claimant=_party(shelf, dispute.claimant),
        against=_party(shelf, dispute.against),
        claim=dispute.claim,
        recordings=tuple(
            Link(text=format_isrc(isrc), href=shelf.href(isrc))
            for isrc in dispute.recordings[:_SHOWN]
        ),
        left_out=max(0, len(dispute.recordings) - _SHOWN),
    )


def _party(shelf: Shelf, name: str) -> Link:
    """Return a link to an owner, or to the owner of a declaration."""
    owner = OwnerId(name.partition("/")[0])
    entry = shelf.registry.owners.get(owner)
    if entry is None:
        return Link(text=name)
    part = name.partition("/")[2]
    text = f"{entry.name} ({part})" if part else entry.name
    return Link(text=text, href=owner_address(owner))


def data_page(shelf: Shelf, release_size: int) -> DataPage:
    """Return the page of the release's files.

    Args:
        shelf: where things are.
        release_size: of release.json, which cannot name its own, in bytes.
    """
    release = shelf.release
    files = [
        FileLine(
            path=RELEASE_FILE,
            size=spell_size(release_size),
            sha256=None,
            signature=f"{RELEASE_FILE}.minisig",
            words=_FILE_WORDS[RELEASE_FILE],
        )
    ]
    files += [
        FileLine(
            path=file.path,
            size=spell_size(file.bytes),
            sha256=file.sha256,
            signature=f"{file.path}.minisig" if file.path == REGISTRY_FILE else None,
            words=_file_words(file.path),
        )
        for file in release.files
    ]
    issued = release.header.issued
    return DataPage(
        issued_iso=format_time(issued),
        issued_words=f"{spell_day(issued).words}, {issued:%H:%M} UTC",
        origin=release.header.origin,
        commit=release.source.commit,
        clean=release.source.clean,
        previous=release.previous,
        licence=LICENCE,
        files=tuple(files),
    )


def _file_words(path: str) -> str | None:
    folder, slash, _ = path.partition("/")
    return _FILE_WORDS.get(path) or _FOLDER_WORDS.get(folder + slash)
