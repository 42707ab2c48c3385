"""The pages of an owner: who, how proved, what declared, which recordings."""

from collections.abc import Iterator
from dataclasses import dataclass

from sayso.model.isrc import format_isrc
from sayso.model.owner import OwnerId
from sayso.publish.hosting.serving import FEED_FILE
from sayso.publish.site.pages.declaration import (
    DeclarationView,
    UseChip,
    declaration_view,
    own_word,
)
from sayso.publish.site.pages.disputes import DisputeLine, dispute_lines
from sayso.publish.site.pages.lists import Pager
from sayso.publish.site.pages.mandates import MandateView
from sayso.publish.site.pages.mix import Part, mix_of
from sayso.publish.site.pages.proof import ProofView, proof_view
from sayso.publish.site.pages.shelf import RecordingRow, Shelf
from sayso.publish.site.pages.status import StatusLines, owner_status
from sayso.publish.site.pages.words import (
    Link,
    count_of,
    outside,
    spell_proof,
    spell_role,
)
from sayso.wire.entries import OwnerEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A titled fact about an owner."""

    title: str
    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerPage:
    """All that one page of an owner shows.

    Attributes:
        represented_by: who speaks for it, or says so.
        acts_for: for whom it speaks, or says so.
        claims: what others filed for it without its mandate, which does not count.
        disputes: those that it filed, and those against it.
        status: what was left out of its files, and what of it waits.
        feed: the address of the feed that tells of it, if there is one.
    """

    id: OwnerId
    name: str
    role: str
    words: str
    proof: str
    shown: ProofView
    ownership: str
    contact: Link | None
    website: Link | None
    identifiers: tuple[Fact, ...]
    represented_by: tuple[MandateView, ...]
    acts_for: tuple[MandateView, ...]
    prefixes: tuple[Link, ...]
    own_word: tuple[UseChip, ...]
    mix: tuple[Part, ...]
    declarations: tuple[DeclarationView, ...]
    claims: tuple[DeclarationView, ...]
    disputes: tuple[DisputeLine, ...]
    status: StatusLines
    recordings: tuple[RecordingRow, ...]
    pager: Pager
    twin: str
    feed: str | None


def owner_pages(shelf: Shelf, owner: OwnerEntry) -> Iterator[OwnerPage]:
    """Yield the pages of an owner; the first has all, the others recordings only."""
    entries = shelf.declared_for[owner.id]
    recordings = shelf.of_owner[owner.id]
    declarations = tuple(declaration_view(shelf, entry) for entry in entries)
    claimed = shelf.claimed_for[owner.id]
    claims = tuple(declaration_view(shelf, entry) for entry in claimed)
    disputes = dispute_lines(shelf, owner.id)
    status, shown = owner_status(shelf, owner.id), proof_view(shelf, owner)
    feed = FEED_FILE if owner.id in shelf.fed else None
    codes = sorted({e.prefix.prefix for e in entries if e.prefix is not None})
    listed = count_of(recordings.total, "recording", "recordings")
    stated = count_of(len(entries), "declaration", "declarations")
    reviewed = "Reviewed by two operators for some or all of its recordings"
    for pager in shelf.pagers(recordings, format_isrc):
        yield OwnerPage(
            id=owner.id,
            name=owner.name,
            role=spell_role(owner.role),
            words=f"{stated}, {listed} listed.",
            proof=spell_proof(owner.level),
            shown=shown,
            ownership=reviewed if owner.reviewed else "Claimed; nobody has reviewed it",
            contact=outside(owner.contact) if owner.contact else None,
            website=outside(owner.website) if owner.website else None,
            identifiers=_identifiers(owner),
            represented_by=shelf.mandates.of(owner.id, shelf.speakers),
            acts_for=shelf.mandates.by(owner.id, shelf.speakers),
            prefixes=tuple(shelf.prefix_link(code) for code in codes),
            own_word=own_word(shelf, entries),
            mix=mix_of(shelf, owner.id),
            declarations=declarations,
            claims=claims,
            disputes=disputes,
            status=status,
            recordings=tuple(map(shelf.row, shelf.on_page(pager, recordings))),
            pager=pager,
            twin="index.json",
            feed=feed if pager.number == 1 else None,
        )


def _identifiers(owner: OwnerEntry) -> tuple[Fact, ...]:
    pairs = (("ISNI", owner.isni), ("IPI", owner.ipi), ("DDEX party", owner.dpid))
    return tuple(Fact(title=title, text=text) for title, text in pairs if text)
