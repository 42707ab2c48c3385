"""The lists that lead to everything: owners by name, and prefixes."""

from collections.abc import Iterator
from dataclasses import dataclass

from sayso.model.owner import OwnerId
from sayso.publish.site.pages.answers import owner_address
from sayso.publish.site.pages.declaration import UseChip, own_word
from sayso.publish.site.pages.lists import Pager
from sayso.publish.site.pages.shelf import Part, Shelf
from sayso.publish.site.pages.words import (
    Link,
    count_of,
    spell_count,
    spell_proof,
    spell_role,
)
from sayso.wire.entries import OwnerEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerLine:
    """An owner in the list."""

    id: OwnerId
    name: str
    href: str
    role: str
    proof: str
    recordings: str
    own_word: tuple[UseChip, ...]
    mix: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersPage:
    """One page of the list of owners."""

    words: str
    owners: tuple[OwnerLine, ...]
    pager: Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPage:
    """All prefixes with a page: the way to any answer without script."""

    prefixes: tuple[Link, ...]


def owners_pages(shelf: Shelf) -> Iterator[OwnersPage]:
    """Yield the list of owners, by name."""
    owners = sorted(
        shelf.registry.owners.values(), key=lambda owner: (owner.name.casefold(), owner)
    )
    words = count_of(len(owners), "owner", "owners")
    for pager in shelf.pagers(len(owners), [owner.name for owner in owners]):
        start = (pager.number - 1) * shelf.limits.rows
        lines = owners[start : start + shelf.limits.rows]
        yield OwnersPage(
            words=words,
            owners=tuple(_owner_line(shelf, owner) for owner in lines),
            pager=pager,
        )


def _owner_line(shelf: Shelf, owner: OwnerEntry) -> OwnerLine:
    rows = shelf.of_owner[owner.id]
    return OwnerLine(
        id=owner.id,
        name=owner.name,
        href=owner_address(owner.id),
        role=spell_role(owner.role),
        proof=spell_proof(owner.level),
        recordings=spell_count(len(rows)),
        own_word=own_word(shelf, shelf.declared_for[owner.id]),
        mix=shelf.mix(owner.id),
    )


def check_page(shelf: Shelf) -> CheckPage:
    """Return the page that leads to every prefix."""
    return CheckPage(prefixes=tuple(map(shelf.prefix_link, shelf.of_prefix)))
