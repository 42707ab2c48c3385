"""Catalogues: CSV tables of recordings, read into columns.

A row is a line (RFC 4180 without line breaks in cells), so every fault has its line
and column. Rows are checked by columns; Python looks only at the first few bad ones,
to say what is wrong with them.
"""

from collections.abc import Sequence

import polars as pl

from sayso.model.problem import Problem, Rule
from sayso.model.rules import catalogue as catalogue_rules
from sayso.model.rules import fields as field_rules
from sayso.model.rules import identifiers as identifier_rules
from sayso.model.rules import meaning as meaning_rules
from sayso.publish.reading.encoding import read_text
from sayso.publish.reading.forms import CLEAN, FORMULA, KEY, LOOSE, SPELT
from sayso.publish.reading.header import read_header, report_separator
from sayso.publish.reading.rows import Rows, split_rows
from sayso.publish.reading.schema.codes import isrc_fault
from sayso.publish.reading.schema.texts import (
    LONGEST_NAME,
    MIXED,
    MIXED_MESSAGE,
    REMARK,
    UNFIT,
    name_fault,
)
from sayso.publish.reading.sheet import SHOWN, quote

COLUMNS: dict[str, type[pl.DataType]] = {
    "key": pl.Int64,
    "isrc": pl.String,
    "title": pl.String,
    "artist": pl.String,
    "row": pl.UInt32,
}
"""The columns of a catalogue; `row` is the line, from 1."""

_BARE = "[A-Za-z]{2}[ -]?[A-Za-z0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{5}"
_TWO = f"{_BARE}.*{_BARE}"
_NUMBER = r"^[0-9]([.,][0-9]+)?[eE]\+?[0-9]+$"
_CUT = "^[A-Z]{2}[A-Z0-9]{0,3}[0-9]{0,6}$"


def read_catalogue(path: str, data: bytes) -> tuple[pl.DataFrame, list[Problem]]:
    """Return the recordings of a catalogue, and what is wrong with the others.

    Args:
        path: the file's path, for messages.
        data: its bytes.

    Returns:
        A frame with `COLUMNS`, in the order of the file and each code once, and
        problems. Cells are trimmed of spaces; blank ones are null.
    """
    text, sheet = read_text(path, data)
    if text is None:
        line, _, _ = data.partition(b"\n")
        if not sheet.text and b"\x00" not in line:
            report_separator(line.decode("cp1252", "replace"), sheet)
        return empty_catalogue(), sheet.problems
    columns = read_header(sheet)
    if columns is None:
        return empty_catalogue(), sheet.problems
    rows = split_rows(text, columns, sheet)
    if rows.frame.is_empty() and not rows.broken:
        message = "There is no row below the first line."
        sheet.report(catalogue_rules.NO_RECORDINGS, message, line=1)
    frame = _check_isrcs(rows)
    for column in ("title", "artist"):
        if column in columns:
            _check_names(frame, column, rows)
    absent = [c for c in ("title", "artist") if c not in columns]
    frame = frame.with_columns(pl.lit(None, pl.String).alias(c) for c in absent)
    frame = frame.select(KEY.alias("key"), "isrc", "title", "artist", "row")
    return _drop_repeated(frame, rows), sheet.problems


def empty_catalogue() -> pl.DataFrame:
    """Return a catalogue without recordings."""
    return pl.DataFrame(schema=COLUMNS)


def _check_isrcs(rows: Rows) -> pl.DataFrame:
    """Keep the rows with an ISRC, in its twelve-character form; report the others."""
    isrc = pl.col("isrc")
    frame = rows.frame
    loose = frame.filter(isrc.str.contains(CLEAN).fill_null(value=False).not_())
    if loose.is_empty():
        return frame
    frame = frame.with_columns(
        pl.when(isrc.str.contains(CLEAN)).then(isrc).otherwise(SPELT).alias("isrc")
    )
    bad = loose.filter(isrc.str.contains(LOOSE).fill_null(value=False).not_())
    _report_isrcs(bad, rows)
    return frame.filter(isrc.is_not_null())


def _report_isrcs(bad: pl.DataFrame, rows: Rows) -> None:
    """Report cells that are no ISRC, the first few of each kind in words."""
    isrc = pl.col("isrc")
    kinds = (
        (isrc.str.contains(FORMULA), catalogue_rules.FORMULA),
        (isrc.str.contains(_NUMBER), catalogue_rules.SPREADSHEET_NUMBER),
        (isrc.str.contains(_TWO), identifier_rules.TWO_CODES),
        (pl.col("row").is_not_null(), identifier_rules.ISRC),
    )
    if not rows.ends and not bad.is_empty() and bad["row"][-1] == rows.last:
        cut = bad["isrc"][-1]
        if len(rows.columns) == 1 and cut and pl.Series([cut]).str.contains(_CUT).all():
            rows.report_cut()
            bad = bad.head(-1)
    for matches, rule in kinds:
        found = bad.filter(matches)
        bad = bad.filter(matches.fill_null(value=False).not_())
        for row, text in found.head(SHOWN).select("row", "isrc").iter_rows():
            if rule is catalogue_rules.FORMULA:
                rows.report(rule, row, "isrc", _formula(text))
            else:
                _, message, fix = isrc_fault(text or "")
                rows.report(rule, row, "isrc", message, fix)
        rows.sheet.count(rule, max(found.height - SHOWN, 0))


def _check_names(frame: pl.DataFrame, column: str, rows: Rows) -> None:
    """Report titles and artists that hold what no name holds."""
    cell = pl.col(column)
    formula = cell.str.contains(FORMULA)
    unfit = (
        (cell.str.len_chars() > LONGEST_NAME)
        | cell.str.contains("\t", literal=True)
        | pl.any_horizontal(cell.str.contains(pattern) for pattern, _ in UNFIT)
    )
    for matches, rule in (
        (formula, catalogue_rules.FORMULA),
        (unfit & formula.not_(), field_rules.UNFIT_TEXT),
        (cell.str.contains(MIXED), meaning_rules.MIXED_SCRIPTS),
    ):
        found = frame.filter(matches)
        for row, text in found.head(SHOWN).select("row", column).iter_rows():
            rows.report(rule, row, column, _name_message(rule, text))
        rows.sheet.count(rule, max(found.height - SHOWN, 0))


def _name_message(rule: Rule, text: str) -> str:
    if rule is catalogue_rules.FORMULA:
        return _formula(text)
    if rule is meaning_rules.MIXED_SCRIPTS:
        return MIXED_MESSAGE
    return name_fault(text) or rule.title


def _formula(text: str) -> str:
    return f"A cell that begins with {text[:1]} is a formula to a spreadsheet."


def _drop_repeated(frame: pl.DataFrame, rows: Rows) -> pl.DataFrame:
    """Keep each recording once; report what is listed again."""
    repeated = frame["key"].is_first_distinct().not_()
    if not repeated.any():
        return frame
    kept = frame.filter(~repeated)
    again = frame.filter(repeated).join(
        kept.select("key", first="row", known="title"), on="key", how="left"
    )
    differs = _without_remarks("title") != _without_remarks("known")
    for matches, rule in (
        (differs.fill_null(value=False), identifier_rules.TWO_TITLES),
        (differs.fill_null(value=False).not_(), identifier_rules.LISTED_TWICE),
    ):
        _report_repeated(again.filter(matches).sort("row"), rule, rows)
    return kept


def _without_remarks(column: str) -> pl.Expr:
    """Return titles as `same_title` compares them."""
    return pl.col(column).str.to_lowercase().str.replace_all(REMARK.pattern, "")


def _report_repeated(found: pl.DataFrame, rule: Rule, rows: Rows) -> None:
    shown: Sequence[tuple[int, str, int, str | None]] = (
        found.head(SHOWN).select("row", "isrc", "first", "known").rows()
    )
    for row, isrc, first, known in shown:
        message = f"{isrc} already stands on line {first:,}"
        if rule is identifier_rules.TWO_TITLES:
            message += f", with the title {quote(known or '')}"
        rows.report(rule, row, "isrc", f"{message}.")
    rows.sheet.count(rule, max(found.height - SHOWN, 0))
