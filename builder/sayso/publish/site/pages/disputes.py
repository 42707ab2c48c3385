"""The page of disputes, and of recordings about which owners contradict each other."""

from collections.abc import Sequence
from dataclasses import dataclass

from sayso.model.isrc import format_isrc
from sayso.model.owner import OwnerId
from sayso.publish.site.pages.answers import owner_address
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


def contested_rows(shelf: Shelf) -> Sequence[int]:
    """Return the recordings with a disputed answer."""
    disputed = {
        number
        for number, policy in shelf.registry.policies.items()
        if policy.is_disputed
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
    entry = shelf.registry.owners[owner]
    part = name.partition("/")[2]
    text = f"{entry.name} ({part})" if part else entry.name
    return Link(text=text, href=owner_address(owner))
