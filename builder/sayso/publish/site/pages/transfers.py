"""Transfers: whether who is named as a successor confirms it by its own word."""

from dataclasses import dataclass
from typing import Final

from sayso.model.owner import OwnerId
from sayso.publish.site.pages.shelf import Shelf
from sayso.publish.site.pages.standing import silence_of
from sayso.publish.site.pages.words import Link, spell_count
from sayso.wire.entries import DeclarationEntry

REASONS: Final = {
    "sold": "The recordings were sold",
    "error": "It was a mistake",
    "licence-signed": "A licence was signed",
    "duplicate": "Another declaration says the same",
    "other": "For another reason",
}
"""The reasons that `sayso withdraw` writes, in words; others stand as typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessorView:
    """Who is named as a successor.

    Attributes:
        confirmed: whether it has declared all these recordings itself.
        words: how far it has, as a sentence.
    """

    who: Link
    confirmed: bool
    words: str


def spell_reason(reason: str) -> str:
    """Return why a declaration was withdrawn, in words."""
    return REASONS.get(reason, reason)


def successor_of(shelf: Shelf, entry: DeclarationEntry) -> SuccessorView | None:
    """Return who is named as the successor of a withdrawn declaration."""
    successor = entry.withdrawn.successor if entry.withdrawn else None
    if successor is None:
        return None
    who = shelf.speakers.link(successor)
    if successor not in shelf.registry.owners:
        words = f"Not confirmed: {successor} is not in this registry."
        return SuccessorView(who=who, confirmed=False, words=words)
    said, total = _confirmed(shelf, entry, successor)
    if said == 0:
        words = f"Not confirmed: {who.text} has not declared these recordings."
    elif said == total:
        words = f"Confirmed: {who.text} has declared the same recordings itself."
    elif entry.prefix is None:
        words = (
            f"Confirmed in part: {who.text} has declared {spell_count(said)} of these "
            f"{spell_count(total)} recordings itself."
        )
    else:
        words = (
            f"Confirmed in part: {who.text} has declared some of these codes itself."
        )
    return SuccessorView(who=who, confirmed=0 < said == total, words=words)


def _confirmed(
    shelf: Shelf, entry: DeclarationEntry, successor: OwnerId
) -> tuple[int, int]:
    """Return of how much of a declaration its successor speaks, and how much it is.

    Recordings are counted where it lists some; of a prefix, the sets of codes that
    share a policy.
    """
    said = total = 0
    declarations = shelf.registry.declarations
    for policy, listed in shelf.policies_with(entry.id):
        weight = listed if entry.prefix is None else 1
        total += weight
        known = (declarations[n] for n in policy.declarations if n in declarations)
        if any(
            other.owner == successor and silence_of(shelf, other) is None
            for other in known
        ):
            said += weight
    return said, total
