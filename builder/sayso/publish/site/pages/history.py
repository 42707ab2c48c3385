"""History: what the release knows of the past, and of days to come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sayso.model.owner import OwnerId
from sayso.model.policy import Policy
from sayso.publish.site.pages.disputes import DISPUTE_WORDS
from sayso.publish.site.pages.shelf import Shelf
from sayso.publish.site.pages.transfers import spell_reason
from sayso.publish.site.pages.words import Day, spell_day
from sayso.wire.entries import DeclarationEntry, DisputeEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened, or will happen by a date already declared."""

    day: Day
    who: str
    href: str | None
    words: str
    detail: str | None = None


def history_of(
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
    link = shelf.speakers.statement(entry.id)

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
        reason = spell_reason(entry.withdrawn.reason)
        yield event(entry.withdrawn.on, "was withdrawn", "is withdrawn", reason)


def _name(shelf: Shelf, owner: OwnerId) -> str:
    entry = shelf.registry.owners.get(owner)
    return entry.name if entry else owner
