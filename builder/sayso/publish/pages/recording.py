"""The page of one recording: the verdict first, then who, why and how sure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sayso.model.declaration import Level
from sayso.model.isrc import Isrc, format_isrc, prefix_of
from sayso.model.owner import OwnerId
from sayso.model.policy import Cell, Policy
from sayso.model.vocabulary import Preference, Use, Words
from sayso.publish.pages.answers import (
    AnswerRow,
    OwnersOffer,
    Place,
    answer_row,
    link_to,
    offers_of,
    owner_address,
    places_of,
    since_of,
)
from sayso.publish.pages.shelf import LEAD, Shelf
from sayso.publish.pages.words import Day, Link, spell_day, spell_proof, verdict_of
from sayso.wire.entries import (
    DeclarationEntry,
    DisputeEntry,
    DisputeStatus,
    ScopeKind,
)
from sayso.wire.header import LICENCE, Profile
from sayso.wire.profile import Json
from sayso.wire.text import format_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """An owner whose declaration decides."""

    name: str
    href: str
    since: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Something that was checked, or not."""

    done: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one of several owners says of the contested use."""

    owner: str
    href: str
    verdict: str
    word: str
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeNote:
    """A dispute that names the recording."""

    href: str
    filed: Day
    status: str
    claim: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A contested use: what its owners say, and the disputes about it."""

    use: str
    sides: tuple[Side, ...]
    disputes: tuple[DisputeNote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened, or will happen by a date already declared."""

    day: Day
    who: str
    href: str
    words: str
    detail: str | None = None


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


def recording_page(shelf: Shelf, row: int) -> RecordingPage:
    """Return the page of a listed recording."""
    registry = shelf.registry
    isrc = registry.recordings.isrcs[row]
    title = registry.recordings.titles[row]
    artist = registry.recordings.artists[row]
    policy = shelf.policy(row)
    cell = policy.anywhere[LEAD]
    offers = offers_of(registry, policy)
    disputes = registry.disputes_of(isrc)
    return RecordingPage(
        isrc=isrc,
        code=format_isrc(isrc),
        heading=title or format_isrc(isrc),
        artist=artist,
        prefix=shelf.prefix_link(prefix_of(isrc)),
        lead=answer_row(registry, LEAD, cell),
        speakers=_speakers(shelf, cell),
        checks=_checks(shelf, cell),
        until=spell_day(policy.until) if policy.until else None,
        conflict=_conflict(shelf, policy, disputes),
        offers=offers,
        rows=shelf.rows(policy),
        places=places_of(registry, policy),
        history=_history(shelf, policy, disputes),
        linked_data=_linked_data(shelf, isrc, title, artist, offers),
    )


def _speakers(shelf: Shelf, cell: Cell) -> tuple[Speaker, ...]:
    found: dict[OwnerId, Speaker] = {}
    for name in cell.by:
        entry = shelf.registry.declarations[name]
        since = since_of(entry)
        known = found.get(entry.owner)
        if known is None or since.iso < known.since.iso:
            found[entry.owner] = Speaker(
                name=shelf.registry.owners[entry.owner].name,
                href=owner_address(entry.owner),
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
    header = registry.release
    trial = header.profile is Profile.DEVELOPMENT
    words = f"In release {header.number} of {spell_day(header.issued).words}"
    key = "a development key" if trial else "the registry’s key"
    checks.append(Check(done=not trial, words=f"{words}, signed with {key}"))
    return tuple(checks)


def _levels(entries: Iterable[DeclarationEntry]) -> dict[OwnerId, Level]:
    """Return, for each owner that decides, the best proof among its declarations."""
    levels: dict[OwnerId, Level] = {}
    for entry in entries:
        levels[entry.owner] = max(levels.get(entry.owner, Level.NONE), entry.level)
    return levels


def _conflict(
    shelf: Shelf, policy: Policy, disputes: tuple[DisputeEntry, ...]
) -> Conflict | None:
    contested = [use for use in (LEAD, *Use) if policy.anywhere[use].disputed]
    if not contested:
        return None
    registry = shelf.registry
    today = registry.release.issued.date()
    said: dict[OwnerId, list[DeclarationEntry]] = defaultdict(list)
    for name in policy.declarations:
        entry = registry.declarations.get(name)
        if entry and _speaks(entry, contested[0], format_day(today)):
            said[entry.owner].append(entry)
    return Conflict(
        use=Words.TITLES[contested[0]],
        sides=tuple(_side(shelf, said[owner], contested[0]) for owner in sorted(said)),
        disputes=tuple(
            DisputeNote(
                href=f"disputes/#{dispute.id}",
                filed=spell_day(dispute.filed),
                status=DISPUTE_WORDS[dispute.status],
                claim=dispute.claim,
            )
            for dispute in disputes
            if dispute.status is not DisputeStatus.CLOSED
        ),
    )


DISPUTE_WORDS = {
    DisputeStatus.FILED: "filed, not yet looked at",
    DisputeStatus.OPEN: "accepted and open",
    DisputeStatus.CLOSED: "closed",
}
"""Where a dispute stands, in words."""


def _speaks(entry: DeclarationEntry, use: Use, today: str) -> bool:
    begins = format_day(entry.effective) if entry.effective else today
    ends = [entry.expires, entry.withdrawn.on if entry.withdrawn else None]
    return (
        entry.says(use) is not None
        and begins <= today
        and all(end is None or today < format_day(end) for end in ends)
    )


_CLOSENESS = {ScopeKind.RECORDINGS: 2, ScopeKind.CATALOGUE: 1, ScopeKind.PREFIX: 0}
_STRICTNESS = {Preference.DENY: 2, Preference.ASK: 1, Preference.ALLOW: 0, None: -1}


def _side(shelf: Shelf, entries: list[DeclarationEntry], use: Use) -> Side:
    """Return what an owner's closest declaration says; of equals, the strictest."""
    entry = max(
        entries, key=lambda e: (_CLOSENESS[e.scope], _STRICTNESS[e.says(use)], e.id)
    )
    preference = entry.says(use) or Preference.DENY
    link = link_to(shelf.registry, entry.id)
    verdict = verdict_of(preference)
    return Side(
        owner=link.owner,
        href=link.href,
        verdict=verdict.value,
        word=Words.VERDICTS[verdict],
        proof=spell_proof(entry.level),
    )


def _history(
    shelf: Shelf, policy: Policy, disputes: tuple[DisputeEntry, ...]
) -> tuple[Event, ...]:
    """Return what the release knows of the past and of the days to come."""
    declarations = shelf.registry.declarations
    events = [
        event
        for name in policy.declarations
        if name in declarations
        for event in _statement_events(shelf, declarations[name])
    ]
    events += [
        Event(
            day=spell_day(dispute.filed),
            who=_name(shelf, dispute.claimant),
            href=f"disputes/#{dispute.id}",
            words=f"filed a dispute ({DISPUTE_WORDS[dispute.status]})",
            detail=dispute.claim,
        )
        for dispute in disputes
    ]
    return tuple(sorted(events, key=lambda event: (event.day.iso, event.who)))


def _statement_events(shelf: Shelf, entry: DeclarationEntry) -> Iterator[Event]:
    today = shelf.registry.release.issued.date()
    published = entry.published.date()
    link = link_to(shelf.registry, entry.id)

    def event(day: date, past: str, future: str, detail: str | None = None) -> Event:
        return Event(
            day=spell_day(day),
            who=f"{link.owner} ({link.name})",
            href=link.href,
            words=past if day <= today else future,
            detail=detail,
        )

    yield event(published, "declared", "declares")
    if entry.effective and entry.effective > published:
        yield event(entry.effective, "began to apply", "begins to apply")
    if entry.expires:
        yield event(entry.expires, "ended", "ends")
    if entry.withdrawn:
        reason = entry.withdrawn.reason
        yield event(entry.withdrawn.on, "was withdrawn", "is withdrawn", reason)


def _name(shelf: Shelf, owner: OwnerId) -> str:
    entry = shelf.registry.owners.get(owner)
    return entry.name if entry else owner


def _linked_data(
    shelf: Shelf,
    isrc: Isrc,
    title: str | None,
    artist: str | None,
    offers: tuple[OwnersOffer, ...],
) -> dict[str, Json]:
    """Return the recording in the terms of schema.org, for search engines."""
    page = f"{shelf.site.address}isrc/{isrc}/"
    data: dict[str, Json] = {
        "@context": "https://schema.org",
        "@type": "MusicRecording",
        "isrcCode": isrc,
        "sdDatePublished": format_day(shelf.registry.release.issued),
        "sdLicense": f"https://spdx.org/licenses/{LICENCE}",
        "url": page,
        "usageInfo": page,
    }
    if title:
        data["name"] = title
    if artist:
        data["byArtist"] = {"@type": "MusicGroup", "name": artist}
    addresses = [offer.offer.contact.href for offer in offers]
    if addresses and addresses[0] and addresses[0].startswith("http"):
        data["acquireLicensePage"] = addresses[0]
    return data
