"""Conflicts: both sides of a contested use, and the disputes about it."""

from collections import defaultdict
from dataclasses import dataclass

from sayso.model.owner import OwnerId
from sayso.model.policy import Policy
from sayso.model.vocabulary import Preference, Use, Words
from sayso.publish.site.pages.answers import link_to
from sayso.publish.site.pages.disputes import DISPUTE_WORDS
from sayso.publish.site.pages.shelf import LEAD, Shelf
from sayso.publish.site.pages.words import Day, spell_day, spell_proof, verdict_of
from sayso.wire.entries import DeclarationEntry, DisputeEntry, DisputeStatus, ScopeKind
from sayso.wire.text import format_day


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


_CLOSENESS = {ScopeKind.RECORDINGS: 2, ScopeKind.CATALOGUE: 1, ScopeKind.PREFIX: 0}
_STRICTNESS = {Preference.DENY: 2, Preference.ASK: 1, Preference.ALLOW: 0, None: -1}


def conflict_of(
    shelf: Shelf, policy: Policy, disputes: tuple[DisputeEntry, ...]
) -> Conflict | None:
    """Return the conflict of a recording's policy, or None where nobody contradicts."""
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


def _speaks(entry: DeclarationEntry, use: Use, today: str) -> bool:
    begins = format_day(entry.effective) if entry.effective else today
    ends = [entry.expires, entry.withdrawn.on if entry.withdrawn else None]
    return (
        entry.says(use) is not None
        and begins <= today
        and all(end is None or today < format_day(end) for end in ends)
    )


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
