"""The page of one recording: the verdict first, then who, why and how sure."""

from collections.abc import Iterable
from dataclasses import dataclass

from sayso.model.declaration import Level
from sayso.model.isrc import Isrc, format_isrc, prefix_of
from sayso.model.owner import OwnerId
from sayso.model.policy import Cell
from sayso.publish.site.pages.answers import (
    AnswerRow,
    OwnersOffer,
    Place,
    answer_row,
    offers_of,
    places_of,
    since_of,
)
from sayso.publish.site.pages.conflict import Conflict, conflict_of
from sayso.publish.site.pages.history import Event, history_of
from sayso.publish.site.pages.selection import Recording
from sayso.publish.site.pages.shelf import LEAD, Shelf
from sayso.publish.site.pages.words import Day, Link, spell_day, spell_proof
from sayso.wire.entries import DeclarationEntry
from sayso.wire.header import LICENCE, Profile
from sayso.wire.profile import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """An owner whose declaration decides."""

    name: str
    href: str | None
    since: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Something that was checked, or not."""

    done: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingPage:
    """All that the page of a recording shows."""

    isrc: Isrc
    code: str
    heading: str
    artist: str | None
    prefix: Link
    lead: AnswerRow
    speakers: tuple[Speaker, ...]
    checks: tuple[Check, ...]
    until: Day | None
    conflict: Conflict | None
    offers: tuple[OwnersOffer, ...]
    rows: tuple[AnswerRow, ...]
    places: tuple[Place, ...]
    history: tuple[Event, ...]
    linked_data: dict[str, Json]


def recording_page(shelf: Shelf, recording: Recording) -> RecordingPage:
    """Return the page of a listed recording."""
    speakers, isrc = shelf.speakers, recording.isrc
    policy = shelf.policy(recording)
    cell = policy.anywhere[LEAD]
    offers = offers_of(speakers, policy)
    disputes = tuple(shelf.disputes[isrc])
    return RecordingPage(
        isrc=isrc,
        code=format_isrc(isrc),
        heading=recording.title or format_isrc(isrc),
        artist=recording.artist,
        prefix=shelf.prefix_link(prefix_of(isrc)),
        lead=answer_row(speakers, LEAD, cell),
        speakers=_speakers(shelf, cell),
        checks=_checks(shelf, cell),
        until=spell_day(policy.until) if policy.until else None,
        conflict=conflict_of(shelf, policy, disputes),
        offers=offers,
        rows=shelf.rows(policy),
        places=places_of(speakers, policy),
        history=history_of(shelf, policy, disputes),
        linked_data=_linked_data(shelf, recording, offers),
    )


def _speakers(shelf: Shelf, cell: Cell) -> tuple[Speaker, ...]:
    found: dict[OwnerId, Speaker] = {}
    for name in cell.by:
        entry = shelf.speakers.declarations[name]
        since = since_of(entry)
        known = found.get(entry.owner)
        if known is None or since.iso < known.since.iso:
            found[entry.owner] = Speaker(
                name=shelf.speakers.owners[entry.owner].name,
                href=shelf.speakers.page_of(entry.owner),
                since=since,
            )
    return tuple(found.values())


def _checks(shelf: Shelf, cell: Cell) -> tuple[Check, ...]:
    registry = shelf.registry
    entries = [registry.declarations[name] for name in cell.by]
    checks = []
    for owner, level in _levels(entries).items():
        words = spell_proof(level)
        if len(_levels(entries)) > 1:
            words = f"{registry.owners[owner].name}: {words[0].lower()}{words[1:]}"
        checks.append(Check(done=level is not Level.NONE, words=words))
    if cell.reviewed is not None:
        words = (
            "reviewed by two operators" if cell.reviewed else "claimed, not reviewed"
        )
        checks.append(Check(done=cell.reviewed, words=f"Ownership {words}"))
    trial = registry.release.profile is Profile.DEVELOPMENT
    key = "a development key" if trial else "the registry’s key"
    checks.append(Check(done=not trial, words=f"In a release signed with {key}"))
    return tuple(checks)


def _levels(entries: Iterable[DeclarationEntry]) -> dict[OwnerId, Level]:
    """Return, for each owner that decides, the best proof among its declarations."""
    levels: dict[OwnerId, Level] = {}
    for entry in entries:
        levels[entry.owner] = max(levels.get(entry.owner, Level.NONE), entry.level)
    return levels


def _linked_data(
    shelf: Shelf, recording: Recording, offers: tuple[OwnersOffer, ...]
) -> dict[str, Json]:
    """Return the recording in the terms of schema.org, for search engines."""
    page = f"{shelf.site.address}isrc/{recording.isrc}/"
    data: dict[str, Json] = {
        "@context": "https://schema.org",
        "@type": "MusicRecording",
        "isrcCode": recording.isrc,
        "sdLicense": f"https://spdx.org/licenses/{LICENCE}",
        "url": page,
        "usageInfo": page,
    }
    if recording.title:
        data["name"] = recording.title
    if recording.artist:
        data["byArtist"] = {"@type": "MusicGroup", "name": recording.artist}
    addresses = [offer.offer.contact.href for offer in offers]
    if addresses and addresses[0] and addresses[0].startswith("http"):
        data["acquireLicensePage"] = addresses[0]
    return data
