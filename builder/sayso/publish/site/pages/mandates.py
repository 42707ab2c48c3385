"""Mandates: who says that somebody speaks for somebody, and who of both says so."""

from collections import defaultdict
from dataclasses import dataclass

from sayso.model.declaration import DeclarationId
from sayso.model.owner import OwnerId
from sayso.publish.site.pages.speakers import Speakers, StatementLink
from sayso.publish.site.pages.words import Link, count_of
from sayso.wire.entries import DeclarationEntry
from sayso.wire.registry import Registry

_SHOWN = 20
"""Declarations named of one who files for another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateView:
    """One owner who speaks for another, seen from either side.

    Attributes:
        other: the owner on the other side.
        counts: whether what is filed counts.
        words: who of both says so, and what follows.
        filed: declarations of the one for the other.
        left_out: how many more there are, in words.
    """

    other: Link
    counts: bool
    words: str
    filed: tuple[StatementLink, ...]
    left_out: str | None


class Mandates:
    """Who is named as a representative, and who says to be one.

    Only the owner who is represented can give a mandate: "a delegate files with
    `on_behalf_of` for an owner who lists it in `represented_by`" (Authority).
    """

    def __init__(self, registry: Registry) -> None:
        self._owners = registry.owners
        self._filed: dict[tuple[OwnerId, OwnerId], list[DeclarationId]] = defaultdict(
            list
        )
        self._claimants: dict[OwnerId, set[OwnerId]] = defaultdict(set)
        self._clients: dict[OwnerId, set[OwnerId]] = defaultdict(set)
        for owner in registry.owners.values():
            self._clients[owner.id] |= set(owner.acts_for)
            for client in owner.acts_for:
                self._claimants[client].add(owner.id)
            for delegate in owner.represented_by:
                self._clients[delegate].add(owner.id)
        for entry in registry.declarations.values():
            if entry.author != entry.owner:
                self._filed[entry.author, entry.owner].append(entry.id)
                self._claimants[entry.owner].add(entry.author)
                self._clients[entry.author].add(entry.owner)

    def covers(self, entry: DeclarationEntry) -> bool:
        """Return whether a declaration was filed by its owner, or with its mandate."""
        return entry.author == entry.owner or self._is_named(entry.author, entry.owner)

    def of(self, owner: OwnerId, speakers: Speakers) -> tuple[MandateView, ...]:
        """Return who speaks for an owner, or says so."""
        named = self._owners[owner].represented_by
        rest = sorted(self._claimants.get(owner, set()) - set(named))
        return tuple(
            self._view(delegate, owner, delegate, speakers)
            for delegate in (*named, *rest)
        )

    def by(self, owner: OwnerId, speakers: Speakers) -> tuple[MandateView, ...]:
        """Return for whom an owner speaks, or says so."""
        return tuple(
            self._view(owner, client, client, speakers)
            for client in sorted(self._clients.get(owner, set()))
        )

    def _is_named(self, delegate: OwnerId, client: OwnerId) -> bool:
        owner = self._owners.get(client)
        return owner is not None and delegate in owner.represented_by

    def _view(
        self, delegate: OwnerId, client: OwnerId, other: OwnerId, speakers: Speakers
    ) -> MandateView:
        filed = sorted(self._filed.get((delegate, client), ()))
        left_out = len(filed) - _SHOWN
        counts = self._is_named(delegate, client)
        return MandateView(
            other=speakers.link(other),
            counts=counts,
            words=self._words(delegate, client, counts=counts, speakers=speakers),
            filed=tuple(map(speakers.statement, filed[:_SHOWN])),
            left_out=(
                count_of(left_out, "declaration", "declarations")
                if left_out > 0
                else None
            ),
        )

    def _words(
        self, delegate: OwnerId, client: OwnerId, *, counts: bool, speakers: Speakers
    ) -> str:
        files = speakers.link(delegate).text
        owns = speakers.link(client).text
        if not counts:
            return (
                f"Only {files} says so. {owns} does not name it, so what it files for "
                f"{owns} does not count."
            )
        if delegate in self._claimants.get(client, ()):
            return (
                f"Both say so. What {files} files for {owns} counts, and gives way to "
                f"the word of {owns}."
            )
        return (
            f"{owns} says so. {files} has filed nothing for it, and does not say that "
            "it acts for it."
        )
