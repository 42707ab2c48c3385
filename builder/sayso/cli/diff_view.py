"""What changed between two releases, in a few lines for the terminal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import click

from sayso.cli.diff_ends import End, From, revocation
from sayso.cli.panel import COLOURS, DEVELOPMENT
from sayso.cli.terminal import fields, paragraph, printable
from sayso.client.difference.found import Difference, OfUse
from sayso.client.difference.states import State
from sayso.model.isrc import format_isrc
from sayso.model.vocabulary import NOTICE, Use, Verdict, Words, is_looser
from sayso.wire.header import Profile
from sayso.wire.text import format_time

WAS = (
    "Each release is read as of the moment when it was issued, so that a permission "
    "that ran out since is no change. This says what was said; what holds today, sayso "
    "lookup and sayso screen say."
)
_SHOWN = 10
"""How many ranges are shown on a terminal."""
_ROOM = max(map(len, Words.TITLES.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A comparison to be shown.

    Attributes:
        ends: before and after.
        now: the moment of showing.
        use: the one that was asked about; None for all.
        file: the name of the file with all recordings, if there is one.
    """

    ends: tuple[End, End]
    difference: Difference
    now: datetime
    use: Use | None
    territory: str | None
    file: str | None

    @property
    def revoked(self) -> tuple[str | None, str | None]:
        """Why each release was revoked since, as far as it is known."""
        before, after = self.ends
        known = revocation(before, after), revocation(after, before)
        old, new = (None if one is None else one.reason for one in known)
        return old, new


def lines(seen: Seen, columns: int) -> list[str]:
    """Return it in lines for a terminal, at most `columns` wide."""
    found, (before, after) = seen.difference, seen.ends
    made = []
    if Profile.DEVELOPMENT in {before.release.profile, after.release.profile}:
        made += [click.style(t, bold=True) for t in paragraph(DEVELOPMENT, columns)]
        made.append("")
    made.append(click.style(_title(before, after), bold=True))
    made += fields([*_facts(seen)], columns)
    made += [
        click.style(t, fg="red", bold=True)
        for words in _revocations(seen)
        for t in paragraph(words, columns)
    ]
    made.append("")
    if found.is_nothing:
        made.append("Nothing changed.")
    else:
        made += _counts(found.uses[0]) if seen.use else _table(found.uses)
        made += ["", *_lists(found)]
        made += _ranges(seen, columns)
    if seen.file is not None:
        where = f"Every recording that changed is in {printable(seen.file)}."
        made += ["", *paragraph(where, columns)]
    return [*made, "", *paragraph(WAS, columns), *paragraph(NOTICE, columns)]


def _title(before: End, after: End) -> str:
    numbers = f"{before.release.number} → {after.release.number}"
    return f"Release {numbers} of {after.release.origin}"


def _facts(seen: Seen) -> Iterator[tuple[str, str]]:
    for label, end in zip(("before", "after"), seen.ends, strict=True):
        yield label, f"issued {format_time(end.release.issued)}, {_source(end)}"
        if end.fresh_until is not None and end.fresh_until <= seen.now:
            until = format_time(end.fresh_until)
            yield "", f"too old to answer: it was good until {until}"
    use = "every use" if seen.use is None else Words.TITLES[seen.use]
    where = "any country" if seen.territory is None else seen.territory
    yield "asked", f"{use}, in {where}"


def _source(end: End) -> str:
    words = {
        From.LOG: "proved by the log of",
        From.FOLDER: "from the folder",
        From.ADDRESS: "from",
        From.COPY: "from the copy in",
    }
    return f"{words[end.kind]} {printable(end.named)}"


def _revocations(seen: Seen) -> Iterator[str]:
    for end, reason in zip(seen.ends, seen.revoked, strict=True):
        if reason is not None:
            number = end.release.number
            yield f"REVOKED: release {number}: {printable(reason)}. Do not rely on it."


def _counts(of_use: OfUse) -> Iterator[str]:
    """Yield how many recordings changed from which verdict to which."""
    rows = sorted(of_use.pairs.items(), key=lambda row: row[1], reverse=True)
    longest = max(map(len, Words.VERDICTS.values()))
    room = max((len(f"{count:,}") for _, count in rows), default=0)
    for (old, new), count in rows:
        way = "stricter" if is_looser(old, new) else "looser"
        to = _verdict(new) + " " * (longest - len(Words.VERDICTS[new]))
        from_ = f"{Words.VERDICTS[old].lower():<{longest}}"
        yield f"  {from_} → {to}  {count:>{room},}  {way}"
    if not rows:
        yield "  no verdict changed of a recording that is listed"
    if of_use.disputed or of_use.settled:
        yield f"  disputed now: {of_use.disputed:,}; no longer: {of_use.settled:,}"


def _table(uses: tuple[OfUse, ...]) -> Iterator[str]:
    """Yield a line for each use."""
    heads = ("stricter", "looser", "disputed", "settled")
    rows = [tuple(f"{getattr(each, head):,}" for head in heads) for each in uses]
    rooms = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    yield f"  {'':<{_ROOM}}  {_cells(heads, rooms)}"
    for each, row in zip(uses, rows, strict=True):
        yield f"  {Words.TITLES[each.use]:<{_ROOM}}  {_cells(row, rooms)}"


def _cells(cells: tuple[str, ...], rooms: list[int]) -> str:
    return "  ".join(f"{cell:>{room}}" for cell, room in zip(cells, rooms, strict=True))


def _lists(found: Difference) -> Iterator[str]:
    old, new = found.recordings
    rows = [
        ("recordings", f"{old:,} → {new:,}"),
        ("newly listed", f"{found.listed:,}"),
        ("gone", f"{found.gone:,}"),
        ("changed", f"{found.changed:,}"),
    ]
    label = max(len(name) for name, _ in rows)
    for name, text in rows:
        yield f"  {name:<{label}}  {text}"


def _ranges(seen: Seen, columns: int) -> Iterator[str]:
    """Yield what changed for codes that neither release lists."""
    spans = seen.difference.spans
    if not spans:
        return
    yield ""
    yield from paragraph(
        "Codes that neither release lists by themselves, by their range:", columns
    )
    for span in spans[:_SHOWN]:
        yield f"  {format_isrc(span.first)} to {format_isrc(span.last)}"
        alike: dict[tuple[State, State], list[Use]] = {}
        for use, pair in span.changes.items():
            alike.setdefault(pair, []).append(use)
        for pair, uses in alike.items():
            yield from _change(pair, None if seen.use else uses, columns)
    if len(spans) > _SHOWN:
        yield f"  and {len(spans) - _SHOWN:,} ranges more: --json has all of them"


def _change(
    pair: tuple[State, State], uses: list[Use] | None, columns: int
) -> Iterator[str]:
    """Yield what was said and is said now, and of which uses, where that is open."""
    old, new = (
        Words.VERDICTS[state.verdict].lower() + (", disputed" if state.disputed else "")
        for state in pair
    )
    colour = COLOURS[pair[1].verdict]
    if uses is None:
        yield f"    {old} → {click.style(new, fg=colour, bold=True)}"
        return
    titles = "every use"
    if len(uses) < len(Use):
        titles = "; ".join(Words.TITLES[use] for use in uses)
    # Wrapped without its colour, which takes no room.
    plain = f"    {old} → {new}: "
    first, *others = paragraph(titles, columns, first=plain, rest="      ")
    yield f"    {old} → {click.style(new, fg=colour, bold=True)}: {first[len(plain) :]}"
    yield from others


def _verdict(verdict: Verdict) -> str:
    return click.style(Words.VERDICTS[verdict].lower(), fg=COLOURS[verdict], bold=True)
