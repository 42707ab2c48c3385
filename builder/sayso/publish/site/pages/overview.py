"""The lists that lead to everything: owners by name, and prefixes."""

from collections.abc import Iterator
from dataclasses import dataclass

from sayso.model.owner import OwnerId
from sayso.publish.site.pages.declaration import UseChip, own_word
from sayso.publish.site.pages.lists import Pager, pagers
from sayso.publish.site.pages.mix import Part, mix_of
from sayso.publish.site.pages.shelf import Shelf
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
    href: str | None
    role: str
    proof: str
    recordings: str
    own_word: tuple[UseChip, ...]
    mix: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersPage:
    """One page of the list of owners.

    Attributes:
        without: how many owners have no page of their own, in words.
    """

    words: str
    without: str | None
    owners: tuple[OwnerLine, ...]
    pager: Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPage:
    """All prefixes with a page: the way to any answer without script.

    Attributes:
        left_out: how many prefixes have none, in words.
    """

    prefixes: tuple[Link, ...]
    left_out: str | None


def owners_pages(shelf: Shelf) -> Iterator[OwnersPage]:
    """Yield the list of owners, by name."""
    owners = sorted(
        shelf.registry.owners.values(), key=lambda owner: (owner.name.casefold(), owner)
    )
    words = count_of(len(owners), "owner", "owners")
    without = len(owners) - len(shelf.speakers.shown)
    rows, names = shelf.limits.rows, [owner.name for owner in owners]
    for pager in pagers(len(owners), names, rows=rows, limit=shelf.limits.pages):
        start = (pager.number - 1) * rows
        lines = owners[start : start + rows]
        yield OwnersPage(
            words=words,
            without=count_of(without, "owner", "owners") if without else None,
            owners=tuple(_owner_line(shelf, owner) for owner in lines),
            pager=pager,
        )


def _owner_line(shelf: Shelf, owner: OwnerEntry) -> OwnerLine:
    return OwnerLine(
        id=owner.id,
        name=owner.name,
        href=shelf.speakers.page_of(owner.id),
        role=spell_role(owner.role),
        proof=spell_proof(owner.level),
        recordings=spell_count(shelf.of_owner[owner.id].total),
        own_word=own_word(shelf, shelf.declared_for[owner.id]),
        mix=mix_of(shelf, owner.id),
    )


def check_page(shelf: Shelf) -> CheckPage:
    """Return the page that leads to every prefix."""
    left_out = shelf.prefixes_left_out
    return CheckPage(
        prefixes=tuple(map(shelf.prefix_link, shelf.of_prefix)),
        left_out=count_of(left_out, "prefix", "prefixes") if left_out else None,
    )
