"""News: what the feeds tell of what waits and of what was left out.

A date is that of a release, and never of the build: the same release makes the same
feeds, and the next one changes none that tells nothing new.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from sayso.model.authority import RECOVERY_WAIT
from sayso.model.owner import OwnerId
from sayso.publish.site.pages.shelf import Shelf
from sayso.publish.site.pages.speakers import owner_address
from sayso.publish.site.pages.status import (
    left_out_line,
    pending_line,
    recovering_line,
)
from sayso.wire.state import LeftOut
from sayso.wire.status import Pending, Recovering
from sayso.wire.text import format_time

STATUS = "status/"
"""The address of the status page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One piece of news.

    Attributes:
        id: an address for ever, which another piece never has.
        updated: the release that first told it, by its time.
        href: the page that says more, from the site's root.
    """

    id: str
    title: str
    summary: str
    updated: datetime
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed, newest first.

    Attributes:
        page: the address of the page beside it, from the site's root.
        updated: when something was last told, or declared at all.
        author: the registry's name.
    """

    id: str
    title: str
    page: str
    updated: datetime
    author: str
    entries: tuple[Entry, ...]


def status_feed(shelf: Shelf) -> Feed:
    """Return the feed of the status page."""
    status = shelf.status
    entries = [
        *_pending(shelf, status.pending, STATUS),
        *_recovering(shelf, status.recovering, STATUS),
        *_left_out(shelf, status.left_out, STATUS),
    ]
    title = f"What waits at {_origin(shelf)}, and what was left out"
    return _feed(shelf, STATUS, title, entries)


def owner_feed(shelf: Shelf, owner: OwnerId) -> Feed:
    """Return the feed of an owner of whom something waits or was left out."""
    page, waits = owner_address(owner), shelf.waiting.of(owner)
    entries = [
        *_pending(shelf, waits.pending, page),
        *_recovering(shelf, filter(None, [waits.recovering]), page),
        *_left_out(shelf, waits.left_out, page),
    ]
    title = f"{shelf.speakers.link(owner).text} at {_origin(shelf)}: what waits"
    return _feed(shelf, page, title, entries)


def _feed(shelf: Shelf, page: str, title: str, entries: list[Entry]) -> Feed:
    entries.sort(key=lambda one: (one.updated, one.id), reverse=True)
    entries = entries[: shelf.limits.rows]
    registry = shelf.registry
    said = [entry.published for entry in registry.declarations.values()]
    moments = [*said, *(one.updated for one in entries)]
    return Feed(
        id=_id(shelf, "feed", page),
        title=title,
        page=page,
        updated=max(moments, default=registry.release.issued),
        author=_origin(shelf),
        entries=tuple(entries),
    )


def _pending(shelf: Shelf, found: Iterable[Pending], page: str) -> Iterator[Entry]:
    for one in found:
        line = pending_line(shelf, one)
        since = format_time(one.since)
        yield Entry(
            id=_id(shelf, "pending", one.declaration, since, *one.uses),
            title=f"{line.statement.text}: permission for {line.uses} waits",
            summary=(
                f"This counts from {since} on, and not before. Whoever has a claim to "
                "these recordings can file a dispute until then."
            ),
            updated=one.announced,
            href=f"{page}#pending",
        )


def _recovering(
    shelf: Shelf, found: Iterable[Recovering], page: str
) -> Iterator[Entry]:
    for one in found:
        line = recovering_line(shelf, one)
        since = format_time(one.since)
        yield Entry(
            id=_id(shelf, "recovering", one.owner, since),
            title=f"New keys of {line.owner.text} wait",
            summary=(
                f"No old key of {one.owner} signed for them. They count from {since} "
                "on, unless an old key signs a manifest before, which ends this."
            ),
            updated=one.since - RECOVERY_WAIT,
            href=f"{page}#recovering",
        )


def _left_out(shelf: Shelf, found: Iterable[LeftOut], page: str) -> Iterator[Entry]:
    recent = sorted(found, key=lambda one: (one.since, one.path), reverse=True)
    for one in recent[: shelf.limits.rows]:
        line = left_out_line(shelf, one)
        since = format_time(one.since)
        what = "The deletion of" if one.blob is None else "A change of"
        name = one.path if line.owner is None else f"{one.path}, {line.owner.text}"
        yield Entry(
            id=_id(shelf, "left-out", one.path, one.ground, one.blob or "", since),
            title=f"Left out: {name}",
            summary=(
                f"{what} {one.path} changes nothing. {line.ground.why} "
                f"What to do: {line.ground.to_do}"
            ),
            updated=one.since,
            href=f"{page}#left-out",
        )


def _id(shelf: Shelf, *parts: str) -> str:
    """Return a name that only these parts have, at whatever address the site is."""
    return uuid5(NAMESPACE_URL, "\n".join(("sayso", _origin(shelf), *parts))).urn


def _origin(shelf: Shelf) -> str:
    return shelf.registry.release.origin
