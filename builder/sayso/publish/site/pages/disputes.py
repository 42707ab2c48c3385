"""The page of disputes, and of recordings about which owners contradict each other."""

from dataclasses import dataclass, replace

from sayso.model.isrc import format_isrc
from sayso.model.owner import OwnerId
from sayso.publish.site.pages.shelf import RecordingRow, Shelf
from sayso.publish.site.pages.words import Day, Link, spell_day
from sayso.wire.entries import DisputeEntry, DisputeStatus

_SHOWN = 200
"""Recordings named in one dispute, or in the list of contested ones."""


DISPUTE_WORDS = {
    DisputeStatus.FILED: "filed, not yet looked at",
    DisputeStatus.OPEN: "accepted and open",
    DisputeStatus.CLOSED: "closed",
}
"""Where a dispute stands, in words."""

_MEANINGS = {
    DisputeStatus.FILED: (
        "It changes no answer. Two operators look at it, and accept or close it."
    ),
    DisputeStatus.OPEN: (
        "Until it is closed, a yes of the owner whom it is against does not count for "
        "these recordings, “ask” means no, and the answers are shown as disputed. A no "
        "stays a no."
    ),
    DisputeStatus.CLOSED: (
        "It is over: what the owners say applies, and nothing is held back any more."
    ),
}
"""What AI companies see meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeView:
    """One dispute."""

    id: str
    anchor: str
    status: str
    status_word: str
    meaning: str
    filed: Day
    claimant: Link
    against: Link
    claim: str
    recordings: tuple[Link, ...]
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeLine:
    """A dispute on the page of an owner who has a part in it."""

    href: str
    filed: Day
    words: str
    other: Link
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputesPage:
    """All disputes, and recordings about which owners contradict each other."""

    disputes: tuple[DisputeView, ...]
    contested: tuple[RecordingRow, ...]
    contested_left_out: int


def disputes_page(shelf: Shelf) -> DisputesPage:
    """Return the page of disputes, newest first."""
    disputes = sorted(
        shelf.registry.disputes, key=lambda d: (d.filed, d.id), reverse=True
    )
    contested = shelf.take(shelf.contested.places[:_SHOWN])
    return DisputesPage(
        disputes=tuple(_dispute_view(shelf, dispute) for dispute in disputes),
        contested=tuple(map(shelf.row, contested)),
        contested_left_out=shelf.contested.total - len(contested),
    )


def dispute_lines(shelf: Shelf, owner: OwnerId) -> tuple[DisputeLine, ...]:
    """Return the disputes that an owner filed, or that are against it, newest first."""
    disputes = sorted(
        shelf.disputes_of[owner], key=lambda d: (d.filed, d.id), reverse=True
    )
    return tuple(_line(shelf, dispute, owner) for dispute in disputes[:_SHOWN])


def _line(shelf: Shelf, dispute: DisputeEntry, owner: OwnerId) -> DisputeLine:
    is_claimant = dispute.claimant == owner
    other = dispute.against if is_claimant else dispute.claimant
    return DisputeLine(
        href=f"disputes/#{dispute.id}",
        filed=spell_day(dispute.filed),
        words="against" if is_claimant else "by",
        other=_party(shelf, other),
        status=DISPUTE_WORDS[dispute.status],
    )


def _dispute_view(shelf: Shelf, dispute: DisputeEntry) -> DisputeView:
    words = DISPUTE_WORDS[dispute.status]
    return DisputeView(
        id=dispute.id,
        anchor=dispute.id,
        status=dispute.status.value,
        status_word=words[0].upper() + words[1:],
        meaning=_MEANINGS[dispute.status],
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
    owner, _, part = name.partition("/")
    link = shelf.speakers.link(OwnerId(owner))
    return replace(link, text=f"{link.text} ({part})") if part else link
