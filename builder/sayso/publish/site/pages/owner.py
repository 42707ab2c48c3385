"""The pages of an owner: who, how proved, what declared, which recordings."""

from collections.abc import Iterator
from dataclasses import dataclass

from sayso.model.isrc import format_isrc
from sayso.model.owner import OwnerId
from sayso.publish.site.pages.declaration import (
    DeclarationView,
    UseChip,
    declaration_view,
    own_word,
)
from sayso.publish.site.pages.lists import Pager
from sayso.publish.site.pages.mix import Part, mix_of
from sayso.publish.site.pages.shelf import RecordingRow, Shelf
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
    own_word: tuple[UseChip, ...]
    mix: tuple[Part, ...]
    declarations: tuple[DeclarationView, ...]
    recordings: tuple[RecordingRow, ...]
    pager: Pager
    twin: str


def owner_pages(shelf: Shelf, owner: OwnerEntry) -> Iterator[OwnerPage]:
    """Yield the pages of an owner; the first has all, the others recordings only."""
    entries = shelf.declared_for[owner.id]
    recordings = shelf.of_owner[owner.id]
    declarations = tuple(declaration_view(shelf, entry) for entry in entries)
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
            ownership=reviewed if owner.reviewed else "Claimed; nobody has reviewed it",
            contact=outside(owner.contact) if owner.contact else None,
            website=outside(owner.website) if owner.website else None,
            identifiers=_identifiers(owner),
            relations=_relations(shelf, owner),
            prefixes=tuple(shelf.prefix_link(code) for code in codes),
            own_word=own_word(shelf, entries),
            mix=mix_of(shelf, owner.id),
            declarations=declarations,
            recordings=tuple(map(shelf.row, shelf.on_page(pager, recordings))),
            pager=pager,
            twin="index.json",
        )


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
            href=shelf.speakers.page_of(other),
        )
        for title, other in pairs
    )
