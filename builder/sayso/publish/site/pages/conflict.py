"""Conflicts: both sides of a contested use, and the disputes about it."""

from dataclasses import dataclass

from sayso.model.policy import Policy, Side
from sayso.model.vocabulary import Use, Words
from sayso.publish.site.pages.disputes import DISPUTE_WORDS
from sayso.publish.site.pages.shelf import LEAD, Shelf
from sayso.publish.site.pages.words import Day, spell_day, spell_proof
from sayso.wire.entries import DisputeEntry, DisputeStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class SideView:
    """What one of several owners says of the contested use."""

    owner: str
    href: str | None
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
    sides: tuple[SideView, ...]
    disputes: tuple[DisputeNote, ...]


def conflict_of(
    shelf: Shelf, policy: Policy, disputes: tuple[DisputeEntry, ...]
) -> Conflict | None:
    """Return the conflict of a recording's policy, or None where nobody contradicts."""
    contested = [use for use in (LEAD, *Use) if policy.anywhere[use].disputed]
    if not contested:
        return None
    use = contested[0]
    return Conflict(
        use=Words.TITLES[use],
        sides=tuple(_side_view(shelf, side) for side in policy.anywhere[use].sides),
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


def _side_view(shelf: Shelf, side: Side) -> SideView:
    speakers = shelf.speakers
    return SideView(
        owner=speakers.owners[side.owner].name,
        href=speakers.statement(side.by[0]).href,
        verdict=side.verdict.value,
        word=Words.VERDICTS[side.verdict],
        proof=spell_proof(max(speakers.declarations[by].level for by in side.by)),
    )
