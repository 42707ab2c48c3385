"""Writing JSON: an object on each line, as JSON Lines or as one list."""

from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from sayso.client.outcome.cells import text_bytes
from sayso.client.outcome.draft import Draft
from sayso.client.outcome.json_text import added_members, with_members

_OPEN: Final = b"["


class JsonSink:
    """Writes the objects of the user with members added at their end."""

    def __init__(
        self, kind: str, final: Path, answers_schema: pa.Schema, *, mark: int | None
    ) -> None:
        self._is_list = kind == "json"
        self._names = answers_schema.names
        self._draft = Draft(final, mark=mark)
        if self._is_list and not mark:
            self._draft.write(_OPEN)

    def write(self, table: pa.RecordBatch, answers: pa.RecordBatch) -> None:
        """Add rows."""
        if not len(table):
            return
        lines = table.column(0)
        if self._names:
            lines = with_members(lines, added_members(answers), self._names)
        if not self._is_list:
            self._draft.write(text_bytes(pc.binary_join_element_wise(lines, "\n", "")))
            return
        rows = text_bytes(pc.binary_join_element_wise(",\n", lines, ""))
        is_first = self._draft.size == len(_OPEN)
        self._draft.write(rows[1:] if is_first else rows)

    def checkpoint(self) -> int:
        """Bring everything to the disk, and return the mark to continue after."""
        return self._draft.checkpoint()

    def close(self) -> Path:
        """Finish the file."""
        if self._is_list:
            self._draft.write(b"\n]\n")
        return self._draft.finish()

    def abandon(self) -> None:
        """Leave the draft as it is."""
        self._draft.abandon()
