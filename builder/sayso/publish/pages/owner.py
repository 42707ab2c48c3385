"""The pages of an owner: who, how proved, what declared, which recordings."""

from collections.abc import Iterator
from dataclasses import dataclass

from sayso.model.isrc import format_isrc
from sayso.model.owner import OwnerId
from sayso.model.vocabulary import Use, Words
from sayso.publish.pages.answers import (
    OfferView,
    anchor_of,
    name_of,
    offer_view,
    owner_address,
)
from sayso.publish.pages.shelf import Pager, Part, RecordingRow, Shelf
from sayso.publish.pages.words import (
    Day,
    Link,
    count_of,
    outside,
    spell_capacity,
    spell_day,
    spell_proof,
    spell_role,
    spell_territories,
    verdict_of,
)
from sayso.wire.entries import DeclarationEntry, OwnerEntry, ScopeKind
from sayso.wire.text import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class UseChip:
    """What a declaration says of one use."""

    title: str
    verdict: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalView:
    """When and why a declaration ended."""

    on: Day
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationView:
    """One declaration, as its owner filed it.

    Attributes:
        ended: a word for a declaration that no longer speaks, or not yet.
        source: the web address of its file, where there is one.
    """

    anchor: str
    name: str
    scope: str
    ended: str | None
    uses: tuple[UseChip, ...]
    capacity: str
    on_behalf_of: Link | None
    published: Day
    effective: Day | None
    expires: Day | None
    withdrawn: WithdrawalView | None
    where: str
    proof: str
    offer: OfferView | None
    file: str
    source: str | None
    sha256: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A titled fact about an owner."""

    title: str
    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerPage:
    """All that one page of an owner shows."""

    id: OwnerId
    name: str
    role: str
    words: str
    proof: str
    ownership: str
    contact: Link | None
    website: Link | None
    identifiers: tuple[Fact, ...]
    relations: tuple[Fact, ...]
    prefixes: tuple[Link, ...]
    mix: tuple[Part, ...]
    declarations: tuple[DeclarationView, ...]
    recordings: tuple[RecordingRow, ...]
    pager: Pager
    twin: str


def owner_pages(
    shelf: Shelf, owner: OwnerEntry, entries: tuple[DeclarationEntry, ...]
) -> Iterator[OwnerPage]:
    """Yield the pages of an owner; the first has all, the others recordings only.

    Args:
        shelf: where things are.
        owner: whose pages.
        entries: the declarations that speak for the owner.
    """
    rows = shelf.of_owner[owner.id]
    isrcs = shelf.registry.recordings.isrcs
    declarations = tuple(declaration_view(shelf, entry) for entry in entries)
    codes = sorted({e.prefix.prefix for e in entries if e.prefix is not None})
    listed = count_of(len(rows), "recording", "recordings")
    stated = count_of(len(entries), "declaration", "declarations")
    reviewed = "Reviewed by two operators for some or all of its recordings"
    for pager in shelf.pagers(len(rows), [format_isrc(isrcs[row]) for row in rows]):
        yield OwnerPage(
            id=owner.id,
            name=owner.name,
            role=spell_role(owner.role),
            words=f"{stated}, {listed} listed.",
            proof=spell_proof(owner.level),
            ownership=reviewed if owner.reviewed else "Claimed; nobody has reviewed it",
            contact=outside(owner.contact) if owner.contact else None,
            website=outside(owner.website) if owner.website else None,
            identifiers=_identifiers(owner),
            relations=_relations(shelf, owner),
            prefixes=tuple(shelf.prefix_link(code) for code in codes),
            mix=shelf.mix(rows),
            declarations=declarations,
            recordings=tuple(shelf.row(row) for row in shelf.on_page(pager, rows)),
            pager=pager,
            twin="index.json",
        )


def declaration_view(shelf: Shelf, entry: DeclarationEntry) -> DeclarationView:
    """Return a declaration as a page shows it."""
    delegate = shelf.registry.owners[entry.author]
    withdrawn = entry.withdrawn
    return DeclarationView(
        anchor=anchor_of(entry),
        name=name_of(entry.id),
        scope=_scope(entry),
        ended=_ended(shelf, entry),
        uses=tuple(
            UseChip(
                title=Words.TITLES[use],
                verdict=verdict_of(entry.uses[use]).value,
                word=Words.VERDICTS[verdict_of(entry.uses[use])],
            )
            for use in Use
            if use in entry.uses
        ),
        capacity=spell_capacity(entry.capacity),
        on_behalf_of=(
            Link(text=delegate.name, href=owner_address(entry.author))
            if entry.author != entry.owner
            else None
        ),
        published=spell_day(entry.published),
        effective=spell_day(entry.effective) if entry.effective else None,
        expires=spell_day(entry.expires) if entry.expires else None,
        withdrawn=(
            WithdrawalView(on=spell_day(withdrawn.on), reason=withdrawn.reason)
            if withdrawn
            else None
        ),
        where=spell_territories(entry.territories, entry.except_territories),
        proof=spell_proof(entry.level),
        offer=offer_view(entry.offer) if entry.offer else None,
        file=entry.file,
        source=shelf.site.source + entry.file if shelf.site.source else None,
        sha256=entry.sha256,
    )


def _scope(entry: DeclarationEntry) -> str:
    if entry.prefix is None:
        listed = count_of(entry.recordings or 0, "recording", "recordings")
        in_table = entry.scope is ScopeKind.CATALOGUE
        return f"{listed}, listed in {'a catalogue' if in_table else 'the file'}."
    code = entry.prefix.prefix
    words = f"Every code under {code[:2]}-{code[2:]} that nobody lists"
    if entry.prefix.years:
        first, last = entry.prefix.years
        years = f"of {first}" if first == last else f"of {first} to {last}"
        words += f", {years}"
    if entry.prefix.except_isrcs or entry.prefix.except_ranges:
        words += ", with exceptions"
    return f"{words}."


def _ended(shelf: Shelf, entry: DeclarationEntry) -> str | None:
    today = shelf.registry.release.issued.date()
    if entry.withdrawn and entry.withdrawn.on <= today:
        return "Withdrawn"
    if entry.expires and entry.expires <= today:
        return "Ended"
    if entry.effective and entry.effective > today:
        return "Not yet in effect"
    return None


def _identifiers(owner: OwnerEntry) -> tuple[Fact, ...]:
    pairs = (("ISNI", owner.isni), ("IPI", owner.ipi), ("DDEX party", owner.dpid))
    return tuple(Fact(title=title, text=text) for title, text in pairs if text)


def _relations(shelf: Shelf, owner: OwnerEntry) -> tuple[Fact, ...]:
    pairs = [("Represented by", other) for other in owner.represented_by]
    pairs += [("Acts for", other) for other in owner.acts_for]
    owners = shelf.registry.owners
    return tuple(
        Fact(
            title=title,
            text=owners[other].name if other in owners else other,
            href=owner_address(other) if other in owners else None,
        )
        for title, other in pairs
    )
