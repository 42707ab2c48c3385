"""The first line of a catalogue: which column is which."""

import csv

from sayso.errors import InvalidIsrcError
from sayso.model.isrc import parse_isrc
from sayso.model.rules import catalogue as catalogue_rules
from sayso.publish.reading.schema.field import nearest
from sayso.publish.reading.sheet import Sheet, quote

NAMES = ("isrc", "title", "artist")

_ALIKE = {
    "isrc": ("code", "isrc code", "isrc-code", "isrc_code", "isrcs", "isrc number"),
    "title": (
        "track",
        "track title",
        "track name",
        "track_name",
        "song",
        "song title",
        "name",
        "recording",
        "recording title",
        "titel",
        "titre",
        "título",
        "titulo",
    ),
    "artist": (
        "artists",
        "artist name",
        "artist_name",
        "main artist",
        "performer",
        "band",
        "interpret",
        "artiste",
        "artista",
    ),
}
_MEANT = {alike: name for name, words in _ALIKE.items() for alike in words}
_LONGEST = 5000
"""How many characters of a first line are looked at; it never needs a hundred."""
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def read_header(sheet: Sheet) -> list[str] | None:
    """Return the names of the columns in order; None after reporting why not."""
    line, _, _ = sheet.text.partition("\n")
    if report_separator(line, sheet):
        return None
    if len(line) > _LONGEST:
        message = f"The first line has {len(line):,} characters; it names columns."
        _report(sheet, message, "Write isrc,title,artist.")
        return None
    try:
        cells = [cell.strip(" ") for cell in next(csv.reader([line], strict=True))]
    except (csv.Error, StopIteration):
        cells = [line]
    columns = [cell.lower() for cell in cells]
    if all(name in NAMES for name in columns) and "isrc" in columns:
        if len(set(columns)) == len(columns):
            return columns
        _report(sheet, "A column stands twice in the first line.")
        return None
    _report_columns(cells, sheet)
    return None


def separator_of(line: str) -> str | None:
    """Return what separates the cells of a first line, if it is not the comma."""
    if "," in line:
        return None
    return next((separator for separator in _SEPARATORS if separator in line), None)


def report_separator(line: str, sheet: Sheet) -> bool:
    """Report another separator than the comma; return whether there is one."""
    separator = separator_of(line)
    if separator is None:
        return False
    sheet.report(
        catalogue_rules.SEPARATOR,
        f"The cells are separated by {_SEPARATORS[separator]}, not by commas.",
        line=1,
        column=line.index(separator) + 1,
    )
    return True


def _report_columns(cells: list[str], sheet: Sheet) -> None:
    """Say which columns are missing or too many."""
    if any(map(_is_isrc, cells)):
        message = "The first line is a recording; it has to name the columns."
        _report(sheet, message, "Write isrc,title,artist on a line above it.")
        return
    unknown = [cell for cell in cells if cell.lower() not in NAMES]
    for cell in unknown:
        meant = _meant(cell)
        fix = f"Write {meant}." if meant else "Delete this column."
        column = sheet.line(1).find(cell) + 1
        _report(sheet, f"There is no column {quote(cell)}.", fix, column, len(cell))
    if "isrc" not in map(_meant, cells):
        _report(sheet, "There is no column isrc.")


def _meant(cell: str) -> str | None:
    return _MEANT.get(cell.lower()) or nearest(cell, NAMES)


def _is_isrc(cell: str) -> bool:
    try:
        parse_isrc(cell)
    except InvalidIsrcError:
        return False
    return True


def _report(
    sheet: Sheet, message: str, fix: str = "", column: int = 1, width: int = 1
) -> None:
    rule = catalogue_rules.HEADER
    sheet.report(rule, message, fix=fix, line=1, column=column, width=width)
