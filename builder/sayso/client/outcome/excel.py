"""Writing Excel: one sheet, of texts."""

import weakref
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from sayso.client.outcome.cells import cell_texts
from sayso.client.outcome.draft import Draft, draft_of, written
from sayso.client.outcome.joining import joined_schema, kept_places
from sayso.errors import ManifestError

MOST_ROWS: Final = 2**20 - 1
"""A sheet has no more, beside its header."""

_LEADING: Final = ("=", "#")


class ExcelSink:
    """Writes a workbook, which cannot be continued once it was interrupted."""

    def __init__(
        self, final: Path, table_schema: pa.Schema, answers_schema: pa.Schema
    ) -> None:
        self._final = final
        self._kept = kept_places(table_schema, answers_schema)
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet("Recordings")
        # What is interrupted complains otherwise that its stream is closed already.
        self._end = weakref.finalize(self, self._sheet.close)
        self._rows = 0
        self._append(joined_schema(table_schema, answers_schema).names)

    def write(self, table: pa.RecordBatch, answers: pa.RecordBatch) -> None:
        """Add rows.

        Raises:
            ManifestError: a sheet has no room for so many.
        """
        self._rows += len(table)
        if self._rows > MOST_ROWS:
            raise ManifestError(
                f"{self._final} would have more than {MOST_ROWS:,} rows, and a sheet "
                "of Excel has no room for them; write CSV or Parquet"
            )
        columns = [table.column(place) for place in self._kept] + answers.columns
        for row in zip(
            *(cell_texts(column).to_pylist() for column in columns), strict=True
        ):
            self._append(list(row))

    def checkpoint(self) -> int:
        """Return a mark to begin again from: a workbook is written at its end."""
        return 0

    def close(self) -> Path:
        """Finish the file."""
        self._end.detach()
        draft = Draft(self._final, mark=None)
        with written(self._final):
            self._book.save(draft_of(self._final))
        return draft.finish()

    def abandon(self) -> None:
        """Leave nothing."""
        self._end()

    def _append(self, texts: list[str]) -> None:
        self._sheet.append([self._cell(text) for text in texts])

    def _cell(self, text: str) -> Any:  # noqa: ANN401 - untyped
        """Return a text as a cell that stays one: no formula, no error, no number."""
        text = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", text)
        if not text.startswith(_LEADING):
            return text or None
        cell = WriteOnlyCell(self._sheet, value=text)
        cell.data_type = "s"
        return cell
