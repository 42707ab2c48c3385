"""Speakers: who says something, and where a page says more of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sayso.model.declaration import DeclarationId
from sayso.model.owner import OwnerId, slug_of
from sayso.publish.site.pages.words import Link
from sayso.wire.entries import DeclarationEntry, OwnerEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLink:
    """The declaration behind an answer: `Fernwood Records (catalogue)`."""

    owner: str
    name: str
    href: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Speakers:
    """Owners and their declarations.

    Attributes:
        shown: the owners that have a page; nothing links to that of another.
    """

    owners: Mapping[OwnerId, OwnerEntry]
    declarations: Mapping[DeclarationId, DeclarationEntry]
    shown: frozenset[OwnerId]

    def page_of(self, owner: OwnerId) -> str | None:
        """Return the address of an owner's page, if it has one."""
        return owner_address(owner) if owner in self.shown else None

    def link(self, owner: OwnerId) -> Link:
        """Return an owner's name with a link to its page; the id of a stranger."""
        known = self.owners.get(owner)
        return Link(text=known.name if known else owner, href=self.page_of(owner))

    def statement(self, declaration: DeclarationId) -> StatementLink:
        """Return a link to a declaration on the page of the owner it speaks for."""
        entry = self.declarations[declaration]
        page = self.page_of(entry.owner)
        return StatementLink(
            owner=self.owners[entry.owner].name,
            name=name_of(declaration),
            href=None if page is None else f"{page}#{anchor_of(entry)}",
        )


def owner_address(owner: OwnerId) -> str:
    """Return the address of an owner's page, from the site's root."""
    return f"owner/{slug_of(owner)}/"


def name_of(declaration: DeclarationId) -> str:
    """Return a declaration's own name: the part after its author's id."""
    return declaration.partition("/")[2] or declaration


def anchor_of(entry: DeclarationEntry) -> str:
    """Return the place of a declaration on its owner's page."""
    prefix = "" if entry.author == entry.owner else f"{slug_of(entry.author)}-"
    return f"declaration-{prefix}{name_of(entry.id)}"
