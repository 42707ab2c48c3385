"""Writing tables of text: CSV and TSV."""

from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from sayso.client.manifest.rows import Column
from sayso.client.outcome.cells import added, cell_texts, quoted, text_bytes
from sayso.client.outcome.draft import Draft
from sayso.client.outcome.joining import joined_schema, kept_places

DELIMITERS: Final = {"csv": ",", "tsv": "\t"}


class DelimitedSink:
    """Writes a table of text with a header.

    The cells of the user are written as they were read; those that are added are no
    formulas.
    """

    def __init__(
        self,
        kind: str,
        final: Path,
        table_schema: pa.Schema,
        answers_schema: pa.Schema,
        *,
        mark: int | None,
    ) -> None:
        self._delimiter = DELIMITERS[kind]
        self._kept = kept_places(table_schema, answers_schema)
        self._draft = Draft(final, mark=mark)
        if not mark:
            names = joined_schema(table_schema, answers_schema).names
            header = [
                quoted(pa.array([name], pa.string()), self._delimiter) for name in names
            ]
            self._draft.write(self._lines(header))

    def write(self, table: pa.RecordBatch, answers: pa.RecordBatch) -> None:
        """Add rows."""
        if not len(table):
            return
        delimiter = self._delimiter
        texts = (cell_texts(table.column(place)) for place in self._kept)
        cells = [quoted(text, delimiter) for text in texts]
        cells += [added(column, delimiter) for column in answers.columns]
        self._draft.write(self._lines(cells))

    def checkpoint(self) -> int:
        """Bring everything to the disk, and return the mark to continue after."""
        return self._draft.checkpoint()

    def close(self) -> Path:
        """Finish the file."""
        return self._draft.finish()

    def abandon(self) -> None:
        """Leave the draft as it is."""
        self._draft.abandon()

    def _lines(self, cells: list[Column]) -> bytes:
        if len(cells) == 1:
            # A line without anything would be none.
            is_empty = pc.equal(cells[0], "")
            cells = [pc.if_else(is_empty, '""', cells[0])]
        cells[-1] = pc.binary_join_element_wise(cells[-1], "\n", "")
        return text_bytes(pc.binary_join_element_wise(*cells, self._delimiter))
