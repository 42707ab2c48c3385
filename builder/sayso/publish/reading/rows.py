"""The lines of a catalogue, taken apart into cells by columns."""

import re
from dataclasses import dataclass

import polars as pl

from sayso.model.problem import Rule
from sayso.model.rules import catalogue as catalogue_rules
from sayso.publish.reading.sheet import SHOWN, Sheet

_CELL = '(?:"(?:[^"]|"")*"|[^",]*)'
_CAPTURED = '(?:"((?:[^"]|"")*)"|([^",]*))'
_WELL_FORMED = f"^(?:{_CELL},)*{_CELL}$"
_SPAN = re.compile(_CELL)
_CELLS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The rows of a catalogue.

    Attributes:
        sheet: the file's text and problems.
        columns: the names of the columns, in the file's order.
        frame: a column of each name, all text, and `row`, the line from 1.
        broken: how many rows could not be taken apart.
        last: the line of the last row.
        ends: whether the file ends with a line end.
    """

    sheet: Sheet
    columns: list[str]
    frame: pl.DataFrame
    broken: int
    last: int
    ends: bool

    def report(
        self, rule: Rule, row: int, column: str, message: str, fix: str = ""
    ) -> None:
        """Report a breach in one cell."""
        line = self.sheet.line(row)
        start, end = _spans(line)[self.columns.index(column)]
        self.sheet.report(
            rule, message, fix=fix, line=row, column=start + 1, width=end - start
        )

    def report_cut(self) -> None:
        """Report that the file ends within its last row."""
        report_cut(self.sheet, self.last)


def split_rows(text: str, columns: list[str], sheet: Sheet) -> Rows:
    """Return the rows below the first line; report those that have other cells."""
    _, _, body = text.partition("\n")
    line = pl.col("line")
    lines = (
        pl.DataFrame({"line": [body]})
        .select(
            line.str.split("\n").list.explode(keep_nulls=False, empty_as_null=False)
        )
        .with_row_index("row", offset=2)
        .filter(line.str.strip_chars(" ") != "")
    )
    last = lines["row"][-1] if lines.height else 1
    # Spreadsheets save rows below the table as commas alone.
    lines = lines.filter(line.str.strip_chars(" ,") != "")
    ends = text.endswith("\n")
    has_quotes = line.str.contains('"', literal=True)
    plain, with_quotes = lines.filter(has_quotes.not_()), lines.filter(has_quotes)
    commas = len(columns) - 1
    fits = line.str.count_matches(",", literal=True) == commas
    pattern = f"^{','.join([_CAPTURED] * len(columns))}$"
    matches = line.str.contains(pattern)
    bad = pl.concat([plain.filter(fits.not_()), with_quotes.filter(matches.not_())])
    frame = pl.concat(
        [
            plain.filter(fits).select("row", *_plain_cells(columns)),
            with_quotes.filter(matches).select("row", *_quoted_cells(columns, pattern)),
        ]
    ).sort("row")
    frame = frame.with_columns(_blank_to_null(name) for name in columns)
    _report_rows(bad.sort("row"), columns, sheet, last=last, ends=ends)
    return Rows(
        sheet=sheet,
        columns=columns,
        frame=frame,
        broken=bad.height,
        last=last,
        ends=ends,
    )


def _plain_cells(columns: list[str]) -> list[pl.Expr]:
    cells = pl.col("line").str.splitn(",", len(columns))
    return [
        cells.struct.field(f"field_{place}").alias(name)
        for place, name in enumerate(columns)
    ]


def _quoted_cells(columns: list[str], pattern: str) -> list[pl.Expr]:
    groups = pl.col("line").str.extract_groups(pattern)
    return [
        pl.coalesce(
            groups.struct.field(str(2 * place + 1)).str.replace_all(
                '""', '"', literal=True
            ),
            groups.struct.field(str(2 * place + 2)),
        ).alias(name)
        for place, name in enumerate(columns)
    ]


def _blank_to_null(name: str) -> pl.Expr:
    cell = pl.col(name).str.strip_chars(" ")
    return pl.when(cell != "").then(cell).alias(name)


def _report_rows(
    bad: pl.DataFrame, columns: list[str], sheet: Sheet, *, last: int, ends: bool
) -> None:
    """Say what is wrong with rows that could not be taken apart."""
    line = pl.col("line")
    if not ends and not bad.is_empty() and bad["row"][-1] == last:
        text = bad["line"][-1]
        if text.count('"') % 2 or len(_spans(text)) < len(columns):
            report_cut(sheet, last)
            bad = bad.head(-1)
    wrong_count = bad.filter(line.str.contains(_WELL_FORMED))
    for row, text in wrong_count.head(SHOWN).select("row", "line").iter_rows():
        count = len(_spans(text))
        words = "1 cell" if count == 1 else f"{count} cells"
        words = f"{_CELLS} cells or more" if count == _CELLS else words
        sheet.report(
            catalogue_rules.CELL_COUNT,
            f"The row has {words}, the first line {len(columns)}.",
            fix=""
            if count > len(columns)
            else "Add the missing cells; they may be empty.",
            line=row,
            column=1,
            width=len(text),
        )
    sheet.count(catalogue_rules.CELL_COUNT, max(wrong_count.height - SHOWN, 0))
    quotes = bad.filter(line.str.contains(_WELL_FORMED).not_())
    for row, text in quotes.head(SHOWN).select("row", "line").iter_rows():
        start, cell, fix = _bad_cell(text, len(columns))
        sheet.report(
            catalogue_rules.QUOTES,
            "A cell with a double quote begins and ends with one.",
            fix=fix,
            line=row,
            column=start + 1,
            width=len(cell),
        )
    sheet.count(catalogue_rules.QUOTES, max(quotes.height - SHOWN, 0))


def _bad_cell(line: str, columns: int) -> tuple[int, str, str]:
    """Return where the first cell with wrong quotes begins, the cell, and it mended.

    Where commas leave it open what the cell is, nothing is proposed.
    """
    start = 0
    cells = line.split(",", columns)
    for cell in cells:
        if re.fullmatch(_CELL, cell) is None:
            break
        start += len(cell) + 1
    if len(cells) != columns:
        place = line.index('"')
        return place, '"', ""
    return start, cell, _requoted(cell.strip(" "))


def _requoted(cell: str) -> str:
    """Return a cell in double quotes, with those inside it doubled."""
    if cell.startswith('"') and cell.count('"') == 1:
        return f'{cell}"'
    inner = cell.replace('""', '"').replace('"', '""')
    return f'"{inner}"'


def report_cut(sheet: Sheet, last: int) -> None:
    """Report that a file ends within its last row."""
    sheet.report(
        catalogue_rules.CUT_OFF,
        "The file ends in the middle of this row.",
        line=last,
        column=len(sheet.line(last)) + 1,
    )


def _spans(line: str) -> list[tuple[int, int]]:
    """Return where the first cells of a line begin and end."""
    spans: list[tuple[int, int]] = []
    start = 0
    while (match := _SPAN.match(line, start)) and len(spans) < _CELLS:
        spans.append(match.span())
        start = match.end() + 1
        if match.end() >= len(line) or line[match.end()] != ",":
            break
    return spans
