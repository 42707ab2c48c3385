"""The status page: what a release left out, and what waits in public."""

from collections.abc import Iterable
from dataclasses import dataclass

from sayso.model.authority import RECOVERY_WAIT
from sayso.model.owner import OwnerId
from sayso.model.vocabulary import Use, Words
from sayso.publish.site.pages.grounds import GroundView, ground_view
from sayso.publish.site.pages.shelf import Shelf
from sayso.publish.site.pages.waiting import owner_at
from sayso.publish.site.pages.words import Day, Link, list_of, spell_count, spell_day
from sayso.wire.state import LeftOut
from sayso.wire.status import Ageing, Pending, Recovering

_NOTED = 20
"""Files that were left out of one owner's, on the owner's page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutLine:
    """A file that was merged without authority.

    Attributes:
        owner: whose it would be; None for one of the registry's own.
        deleted: whether it is a deletion that does not count.
    """

    path: str
    owner: Link | None
    deleted: bool
    ground: GroundView
    since: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingLine:
    """A yes that does not count yet.

    Attributes:
        uses: for what, in words.
    """

    statement: Link
    uses: str
    announced: Day
    since: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveringLine:
    """New keys of an owner that wait in public."""

    owner: Link
    began: Day
    since: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeingLine:
    """An owner whose domain could not be asked again in time."""

    owner: Link
    checked: Day
    until: Day


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusLines:
    """What was left out and what waits, of all owners or of one.

    Attributes:
        more: how many files were left out beyond those here, in words.
        more_pending: likewise of what waits.
    """

    left_out: tuple[LeftOutLine, ...]
    more: str | None
    pending: tuple[PendingLine, ...]
    more_pending: str | None
    recovering: tuple[RecoveringLine, ...]
    ageing: tuple[AgeingLine, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.left_out or self.pending or self.recovering or self.ageing)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPage:
    """All that the status page shows.

    Attributes:
        file: the address of the signed list, where the release has one.
    """

    lines: StatusLines
    file: str | None


def status_page(shelf: Shelf) -> StatusPage:
    """Return the status page, what was left out last first."""
    status = shelf.status
    rows = shelf.limits.rows
    recent = sorted(status.left_out, key=lambda one: (one.since, one.path))[::-1]
    return StatusPage(
        lines=StatusLines(
            left_out=tuple(left_out_line(shelf, one) for one in recent[:rows]),
            more=_more(len(recent), rows),
            pending=_pending(shelf, status.pending[:rows]),
            more_pending=_more(len(status.pending), rows),
            recovering=tuple(
                recovering_line(shelf, one) for one in status.recovering[:rows]
            ),
            ageing=tuple(_ageing_line(shelf, one) for one in status.ageing[:rows]),
        ),
        file=_file(shelf),
    )


def owner_status(shelf: Shelf, owner: OwnerId) -> StatusLines:
    """Return what was left out of an owner's files, and what of it waits."""
    waits = shelf.waiting.of(owner)
    left_out = waits.left_out[:_NOTED]
    return StatusLines(
        left_out=tuple(left_out_line(shelf, one) for one in left_out),
        more=_more(len(waits.left_out), _NOTED),
        pending=_pending(shelf, waits.pending[:_NOTED]),
        more_pending=_more(len(waits.pending), _NOTED),
        recovering=(
            (recovering_line(shelf, waits.recovering),) if waits.recovering else ()
        ),
        ageing=(_ageing_line(shelf, waits.ageing),) if waits.ageing else (),
    )


def left_out_line(shelf: Shelf, one: LeftOut) -> LeftOutLine:
    """Return a file that was left out, in words."""
    owner = owner_at(one.path)
    return LeftOutLine(
        path=one.path,
        owner=None if owner is None else shelf.speakers.link(owner),
        deleted=one.blob is None,
        ground=ground_view(one),
        since=spell_day(one.since),
    )


def pending_line(shelf: Shelf, one: Pending) -> PendingLine:
    """Return a yes that waits, in words."""
    return PendingLine(
        statement=_statement(shelf, one),
        uses=list_of([f"“{Words.TITLES[use]}”" for use in Use if use in one.uses]),
        announced=spell_day(one.announced),
        since=spell_day(one.since),
    )


def recovering_line(shelf: Shelf, one: Recovering) -> RecoveringLine:
    """Return new keys that wait, in words."""
    return RecoveringLine(
        owner=shelf.speakers.link(one.owner),
        began=spell_day(one.since - RECOVERY_WAIT),
        since=spell_day(one.since),
    )


def _ageing_line(shelf: Shelf, one: Ageing) -> AgeingLine:
    return AgeingLine(
        owner=shelf.speakers.link(one.owner),
        checked=spell_day(one.checked),
        until=spell_day(one.until),
    )


def _pending(shelf: Shelf, found: Iterable[Pending]) -> tuple[PendingLine, ...]:
    return tuple(pending_line(shelf, one) for one in found)


def _statement(shelf: Shelf, one: Pending) -> Link:
    if one.declaration not in shelf.registry.declarations:
        return Link(text=one.declaration)
    statement = shelf.speakers.statement(one.declaration)
    return Link(text=f"{statement.owner} ({statement.name})", href=statement.href)


def _more(total: int, shown: int) -> str | None:
    return spell_count(total - shown) if total > shown else None


def _file(shelf: Shelf) -> str | None:
    found = (file.path for file in shelf.index if file.path.startswith("status/"))
    return next(found, None)
