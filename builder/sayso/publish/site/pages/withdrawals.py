"""The page of withdrawals and transfers: who ended what, why, and who follows."""

from collections.abc import Iterator
from dataclasses import dataclass

from sayso.model.declaration import DeclarationId
from sayso.publish.site.pages.declaration import spell_scope
from sayso.publish.site.pages.shelf import Shelf
from sayso.publish.site.pages.speakers import StatementLink
from sayso.publish.site.pages.transfers import (
    SuccessorView,
    spell_reason,
    successor_of,
)
from sayso.publish.site.pages.words import Day, spell_count, spell_day
from sayso.wire.entries import DeclarationEntry

_SHOWN = 200
"""Withdrawals on the page; the signed file has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawnLine:
    """One declaration that was withdrawn.

    Attributes:
        past: whether its last day is over.
    """

    statement: StatementLink
    scope: str
    on: Day
    past: bool
    reason: str
    successor: SuccessorView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalsPage:
    """What was withdrawn, newest first."""

    withdrawals: tuple[WithdrawnLine, ...]
    names: tuple[DeclarationId, ...]
    left_out: str | None


def withdrawals_page(shelf: Shelf) -> WithdrawalsPage:
    """Return the page of withdrawals and transfers, newest first."""
    found = sorted(_withdrawn(shelf), key=lambda pair: pair[0], reverse=True)
    entries = [entry for _, entry in found[:_SHOWN]]
    left_out = len(found) - len(entries)
    return WithdrawalsPage(
        withdrawals=tuple(_line(shelf, entry) for entry in entries),
        names=tuple(entry.id for entry in entries),
        left_out=spell_count(left_out) if left_out else None,
    )


def _withdrawn(shelf: Shelf) -> Iterator[tuple[tuple[str, str], DeclarationEntry]]:
    for entry in shelf.registry.declarations.values():
        if entry.withdrawn is not None:
            yield (entry.withdrawn.on.isoformat(), entry.id), entry


def _line(shelf: Shelf, entry: DeclarationEntry) -> WithdrawnLine:
    withdrawn = entry.withdrawn
    assert withdrawn is not None  # noqa: S101 - only such entries come here
    return WithdrawnLine(
        statement=shelf.speakers.statement(entry.id),
        scope=spell_scope(entry),
        on=spell_day(withdrawn.on),
        past=withdrawn.on <= shelf.registry.release.issued.date(),
        reason=spell_reason(withdrawn.reason),
        successor=successor_of(shelf, entry),
    )
