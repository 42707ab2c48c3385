"""How a table of text is laid out: what stands between its cells, and its header."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

import pyarrow as pa

from sayso.client.manifest.finding import CODES, SAMPLE, Found, find, is_named
from sayso.client.manifest.origin import HEAD
from sayso.client.manifest.records import Record, Records
from sayso.client.manifest.rows import Column
from sayso.errors import ManifestError
from sayso.model.cell import read_cell

MOST_COLUMNS: Final = 10_000
_CODE: Final = "isrc"
_DELIMITERS: Final = (",", "\t", ";", "|")
_HINT: Final = re.compile(r"sep=([,;|\t])\r?\n")
_LOOKED_AT: Final = 50
_CODE_LIKE: Final = re.compile(r"(?=(?:.*[0-9]){5})[A-Za-z0-9]{9,15}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How to read a table of text.

    Attributes:
        delimiter: between cells.
        names: of the columns, as typed.
        header: how many bytes stand before the first row.
        lines: how many lines those are.
        found: which columns matter.
    """

    delimiter: str
    names: tuple[str, ...]
    header: int
    lines: int
    found: Found


def lay_out(
    manifest: str, text: str, *, tabs: bool, wanted: str | None, is_whole: bool
) -> Layout:
    """Return how a table is laid out.

    Args:
        manifest: its name, for messages.
        text: its first lines.
        tabs: whether its name says that tabs stand between the cells.
        wanted: the name of the column with the codes, if the user gave one.
        is_whole: whether the text is all of it.

    Raises:
        ManifestError: it has no rows, no column with codes, or too many columns.
    """
    if not is_whole and not text.endswith(("\n", "\r")):
        raise ManifestError(
            f"{manifest}:1: the first line is longer than {HEAD >> 20} MiB; is this a "
            "table?"
        )
    hint = _HINT.match(text)
    start = hint[0] if hint else ""
    text = text.removeprefix(start)
    delimiter = hint[1] if hint else _delimiter(text, tabs=tabs, is_whole=is_whole)
    records = Records(text, delimiter, final=is_whole)
    filled = (record for record in records if record.cells)
    header = next(filled, None)
    if header is None:
        raise ManifestError(
            f"{manifest} is empty; a manifest has a row for each recording"
        )
    _check_width(manifest, header)
    before, lines = start + records.taken, records.line - 1
    rows = list(islice(filled, SAMPLE))
    names, found = head_of(manifest, header, rows, wanted)
    if names != tuple(header.cells):
        before, lines = start, 0
    return Layout(
        delimiter=delimiter,
        names=names,
        header=len(before.encode()),
        lines=lines + (1 if hint else 0),
        found=found,
    )


def _check_width(manifest: str, header: Record) -> None:
    if len(header.cells) > MOST_COLUMNS:
        raise ManifestError(
            f"{manifest}:{header.line}: {len(header.cells):,} columns, where at most "
            f"{MOST_COLUMNS:,} are read; is this a table?"
        )


def head_of(
    manifest: str, header: Record, rows: Sequence[Record], wanted: str | None
) -> tuple[tuple[str, ...], Found]:
    """Return the names of the columns, as typed or invented, and what they hold.

    Args:
        manifest: its name, for messages.
        header: the first row, which may be of codes already: then names are invented.
        rows: those that follow.
        wanted: the name of the column with the codes, if the user gave one.

    Raises:
        ManifestError: no column holds codes, or none is called so.
    """
    names = tuple(header.cells)
    code = next((place for place, cell in enumerate(names) if _is_code(cell)), None)
    if code is None:
        found = find(manifest, names, _columns(len(names), rows), wanted=wanted)
        # A first code with a slip of the pen is no header, and may not vanish as one.
        is_like_code = _CODE_LIKE.fullmatch(re.sub(r"[\s-]", "", names[found.codes]))
        if wanted is not None or not is_like_code:
            return names, found
        code = found.codes
    names = tuple(
        _CODE if place == code else f"column_{place + 1}" for place in range(len(names))
    )
    found = find(
        manifest, names, _columns(len(names), [header, *rows]), wanted=wanted or _CODE
    )
    if wanted is not None:
        return names, found
    return names, replace(found, words=f"{_CODE}, by its content: no header")


def _is_code(cell: str) -> bool:
    read = read_cell(cell)
    return bool(read.codes) and not read.invalid


def _columns(width: int, rows: Sequence[Record]) -> dict[int, Column]:
    cells = [row.cells for row in rows if len(row.cells) == width]
    return {
        place: pa.array([row[place] for row in cells], pa.string())
        for place in range(width)
    }


def _delimiter(text: str, *, tabs: bool, is_whole: bool) -> str:
    """Return what stands between cells: what most rows have as often as the first."""
    usual = "\t" if tabs else ","
    best, best_score = usual, (False, 0.5, 0)
    for delimiter in _DELIMITERS:
        records = iter(Records(text, delimiter, final=is_whole))
        filled = (record for record in records if record.cells)
        first, *rows = [*islice(filled, _LOOKED_AT)] or [Record([], 1)]
        if len(first.cells) < 2:  # noqa: PLR2004 - it stands between two
            continue
        equal = sum(len(row.cells) == len(first.cells) for row in rows)
        score = (
            any(is_named(name, CODES) for name in first.cells),
            equal / len(rows) if rows else 1.0,
            len(first.cells),
        )
        if score > best_score:
            best, best_score = delimiter, score
    return best
