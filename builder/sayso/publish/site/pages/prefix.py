"""The pages of an ISRC prefix: what holds for unlisted codes, then those listed."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from sayso.model.isrc import Isrc, Prefix, format_isrc, year_of
from sayso.publish.site.pages.answers import (
    AnswerRow,
    Chip,
    OwnersOffer,
    chip_of,
    offers_of,
)
from sayso.publish.site.pages.lists import Pager
from sayso.publish.site.pages.shelf import LEAD, RecordingRow, Shelf
from sayso.publish.site.pages.speakers import StatementLink
from sayso.publish.site.pages.words import (
    count_of,
    list_of,
    spell_count,
    spell_range,
)
from sayso.wire.columns import Interval

_FIRST = "0000000"
_LAST = "9999999"
_SHOWN = 200
"""Exceptions shown on a page; more are in the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalView:
    """The default for a range of codes."""

    words: str
    first: Isrc
    last: Isrc
    first_code: str
    last_code: str
    answer: Chip
    by: tuple[StatementLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyView:
    """Every use, for the ranges that share a policy."""

    words: str
    rows: tuple[AnswerRow, ...]
    offers: tuple[OwnersOffer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionView:
    """What an owner leaves out of its default."""

    owner: str
    href: str | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Up to which code the pages of a prefix know; None where they know all.

    Of a code behind it a page says nothing: it may be listed, or have a default,
    among those left out.

    Attributes:
        listed: the last code listed on any page, where some are left out.
        default: the last code of the last range, where some are left out.
    """

    listed: str | None
    default: Isrc | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefixPage:
    """All that one page of a prefix shows.

    Attributes:
        left_out: how many intervals are not shown, in words.
        numbers: the policies that the intervals have.
        complete: whether the intervals cover every code of the prefix.
    """

    prefix: Prefix
    code: str
    words: str
    intervals: tuple[IntervalView, ...]
    left_out: str | None
    known: Known
    policies: tuple[PolicyView, ...]
    numbers: tuple[int, ...]
    spans: tuple[Interval, ...]
    complete: bool
    exceptions: tuple[ExceptionView, ...]
    recordings: tuple[RecordingRow, ...]
    pager: Pager
    twin: str


def prefix_pages(shelf: Shelf, prefix: Prefix) -> Iterator[PrefixPage]:
    """Yield the pages of a prefix."""
    recordings = shelf.of_prefix[prefix]
    spans = intervals_of(shelf, prefix)
    listed = count_of(recordings.total, "recording", "recordings")
    default = "a default" if spans else "no default"
    most = shelf.limits.spans
    for pager in shelf.pagers(recordings, str):
        yield PrefixPage(
            prefix=prefix,
            code=f"{prefix[:2]}-{prefix[2:]}",
            words=f"{listed} listed, and {default} for the others.",
            intervals=tuple(_interval_view(shelf, span) for span in spans[:most]),
            left_out=spell_count(len(spans) - most) if len(spans) > most else None,
            known=Known(
                listed=pager.pages[-1].last if pager.left_out else None,
                default=spans[most - 1].last if len(spans) > most else None,
            ),
            policies=tuple(_policy_views(shelf, spans)),
            numbers=tuple(sorted({span.policy for span in spans})),
            spans=tuple(spans),
            complete=_is_complete(spans),
            exceptions=tuple(_exceptions(shelf, prefix)),
            recordings=tuple(map(shelf.row, shelf.on_page(pager, recordings))),
            pager=pager,
            twin="index.json",
        )


def intervals_of(shelf: Shelf, prefix: Prefix) -> list[Interval]:
    """Return the defaults under a prefix, cut at its ends."""
    first, last = Isrc(prefix + _FIRST), Isrc(prefix + _LAST)
    spans = shelf.registry.prefixes
    start = bisect_left(spans, first, key=lambda span: span.last)
    found = []
    for span in spans[start:]:
        if span.first > last:
            break
        found.append(
            Interval(
                first=max(first, span.first),
                last=min(last, span.last),
                policy=span.policy,
            )
        )
    return found


def spell_interval(span: Interval) -> str:
    """Return a range in words: by years of reference where it is whole years."""
    if span.first.endswith(_FIRST) and span.last.endswith(_LAST):
        return "all codes"
    whole = span.first.endswith("00000") and span.last.endswith("99999")
    first, last = year_of(span.first), year_of(span.last)
    if whole and first <= last:
        years = f"{first}" if first == last else f"{first} to {last}"
        return f"codes of {years}"
    if span.first == span.last:
        return "one code"
    return "a range of codes"


def _interval_view(shelf: Shelf, span: Interval) -> IntervalView:
    cell = shelf.registry.policies[span.policy].anywhere[LEAD]
    words = spell_interval(span)
    return IntervalView(
        words=words[0].upper() + words[1:],
        first=span.first,
        last=span.last,
        first_code=format_isrc(span.first),
        last_code=format_isrc(span.last),
        answer=chip_of(cell),
        by=tuple(map(shelf.speakers.statement, cell.by)),
    )


def _policy_views(shelf: Shelf, spans: list[Interval]) -> Iterator[PolicyView]:
    for number in sorted({span.policy for span in spans}):
        policy = shelf.registry.policies[number]
        ranges = [span for span in spans if span.policy == number]
        words = spell_interval(ranges[0])
        if len(ranges) > 1:
            words = count_of(len(ranges), "range", "ranges of codes")
        elif words == "a range of codes":
            words = spell_range(ranges[0].first, ranges[0].last)
        yield PolicyView(
            words=words,
            rows=shelf.rows(policy),
            offers=offers_of(shelf.speakers, policy),
        )


def _is_complete(spans: list[Interval]) -> bool:
    """Return whether the spans leave no gap; they are ascending and disjoint."""
    covered = sum(int(span.last[5:]) - int(span.first[5:]) + 1 for span in spans)
    return covered == int(_LAST) + 1


def _exceptions(shelf: Shelf, prefix: Prefix) -> Iterator[ExceptionView]:
    for name, scope in shelf.defaults[prefix]:
        parts = [format_isrc(isrc) for isrc in scope.except_isrcs]
        parts += [spell_range(first, last) for first, last in scope.except_ranges]
        if parts:
            left_out = len(parts) - _SHOWN
            parts = parts[:_SHOWN] + ([f"{left_out} more"] if left_out > 0 else [])
            link = shelf.speakers.statement(name)
            yield ExceptionView(owner=link.owner, href=link.href, words=list_of(parts))
