"""Excel: the first sheet of a workbook that has a column with codes."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, time
from itertools import islice
from typing import Any, Final

import openpyxl
import pyarrow as pa

from sayso.client.manifest.finding import SAMPLE, Found
from sayso.client.manifest.layout import head_of
from sayso.client.manifest.origin import Origin
from sayso.client.manifest.records import Record
from sayso.client.manifest.rows import Remarks, Rows
from sayso.client.manifest.workbook import check_workbook
from sayso.errors import ManifestError

MOST_ROWS: Final = 2**20
"""No sheet has more, in any version of Excel."""

_BATCH: Final = 2**14
_MIDNIGHT: Final = time()


class Excel:
    """A manifest that is a sheet of a workbook."""

    kind = "xlsx"

    def __init__(self, origin: Origin, *, wanted: str | None) -> None:
        """Look at its sheets.

        Args:
            origin: its bytes.
            wanted: the name of the column with the codes, if the user gave one.

        Raises:
            ManifestError: it cannot be read, or no sheet has a column with codes.
        """
        self.name, self.size = origin.name, origin.size
        self.rows: int | None = None
        self.remarks = Remarks()
        self._origin, self._path = origin, origin.file()
        check_workbook(self.name, self._path)
        with self._book() as book, _quiet():
            self._choose(book.worksheets, wanted)
        self.schema = pa.schema([(name, pa.string()) for name in self._names])
        self._place = 0

    @property
    def done(self) -> float:
        """How much of it has been read, from 0 to 1."""
        return min(self._place / self._last, 1.0)

    def read(self) -> Iterator[Rows]:
        """Yield all rows in their order.

        Raises:
            ManifestError: it cannot be read to its end.
        """
        with self._book() as book:
            records = self._filled(_records(self.name, book.worksheets[self._sheet]))
            for _ in range(self._header):
                next(records)
            while batch := _quietly(records):
                self._place = batch[-1].line
                yield self._rows(batch)
        self._place = self._last

    def _choose(self, sheets: Sequence[Any], wanted: str | None) -> None:
        refusals = []
        for place, sheet in enumerate(sheets):
            self._last = sheet.max_row or MOST_ROWS
            records = (r for r in _records(self.name, sheet) if any(r.cells))
            header = next(records, None)
            if header is None:
                continue
            rows = list(islice(records, SAMPLE))
            width = max(len(record.cells) for record in (header, *rows))
            rows = [Record(_padded(row.cells, width), row.line) for row in rows]
            header = Record(_padded(header.cells, width), header.line)
            try:
                self._names, self._found = head_of(self.name, header, rows, wanted)
            except ManifestError as error:
                refusals.append(error)
                continue
            self._sheet = place
            self._header = int(self._names == tuple(header.cells))
            self.column = f"{self._found.words}, in the sheet {sheet.title}"
            self._mention(sheets, place)
            return
        if len(refusals) == 1:
            raise refusals[0]
        raise ManifestError(
            f"{self.name} has no sheet with ISRCs, neither by the name of a column nor "
            "by its content; say which column it is with --column; its sheets are "
            + ", ".join(sheet.title for sheet in sheets)
        )

    def _mention(self, sheets: Sequence[Any], chosen: int) -> None:
        others = [sheet.title for n, sheet in enumerate(sheets) if n != chosen]
        if others:
            self.remarks.add(
                "other-sheets",
                f"{self.name}: only the sheet {sheets[chosen].title} is screened, not "
                f"{', '.join(others)}",
            )

    def _filled(self, records: Iterator[Record]) -> Iterator[Record]:
        """Yield the rows that hold anything, and note those between that do not."""
        before = None
        for record in records:
            if not any(record.cells):
                continue
            if before is not None and record.line > before + 1:
                self.remarks.add(
                    "empty-line",
                    f"{self.name}: nothing stands between the rows {before} and "
                    f"{record.line}; that is no row",
                )
            before = record.line
            yield record

    def _rows(self, batch: Sequence[Record]) -> Rows:
        width = len(self._names)
        for record in batch:
            if any(record.cells[width:]):
                self.remarks.add(
                    "cells-beyond",
                    f"{self.name}: the row {record.line} has cells beyond the last "
                    "column, which are left out",
                )
        cells = [_padded(record.cells, width) for record in batch]
        columns = [pa.array(column, pa.string()) for column in zip(*cells, strict=True)]
        found: Found = self._found
        return Rows(
            table=pa.RecordBatch.from_arrays(columns, schema=self.schema),
            codes=columns[found.codes],
            titles=None if found.titles is None else columns[found.titles],
            artists=None if found.artists is None else columns[found.artists],
        )

    @contextmanager
    def _book(self) -> Iterator[Any]:
        try:
            # Of a path it would believe nothing but the suffix.
            with self._path.open("rb") as stream:
                with _quiet():
                    book = openpyxl.load_workbook(
                        stream, read_only=True, data_only=True, keep_links=False
                    )
                yield book
        except ManifestError:
            raise
        # Of what is broken or hostile it raises whatever it stumbles over.
        except Exception as error:
            raise ManifestError(
                f"{self.name} is no whole Excel workbook: {error}; save it again, or "
                "as CSV"
            ) from error


def _quiet() -> AbstractContextManager[object]:
    """Hush what is said of styles, rules for input and dates out of range."""
    return warnings.catch_warnings(action="ignore")


def _quietly(records: Iterator[Record]) -> list[Record]:
    with _quiet():
        return list(islice(records, _BATCH))


def _records(name: str, sheet: Any) -> Iterator[Record]:  # noqa: ANN401 - untyped
    # What a sheet says of its size is often wrong, and cells beyond would be lost.
    sheet.reset_dimensions()
    for line, row in enumerate(sheet.iter_rows(values_only=True), 1):
        if line > MOST_ROWS:
            raise ManifestError(
                f"{name} has more than {MOST_ROWS:,} rows in a sheet, as no Excel "
                "writes; save it as CSV"
            )
        yield Record([_text(value) for value in row], line)


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [*cells[:width], *[""] * (width - len(cells))]


def _text(value: object) -> str:
    """Return a value as the sheet shows it, about."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == _MIDNIGHT:
            return value.date().isoformat()
        case datetime() | time():
            return value.isoformat()
        case _:
            # Half of a surrogate pair may be in it, and is no text.
            return str(value).encode(errors="replace").decode()
