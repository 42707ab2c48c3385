"""Sinks: what takes screened rows, and writes them as the manifest was written."""

from pathlib import Path
from typing import Protocol

import pyarrow as pa

from sayso.client.outcome.delimited import DelimitedSink
from sayso.client.outcome.json import JsonSink
from sayso.client.outcome.parquet import ParquetSink


class Sink(Protocol):
    """Takes rows with what screening says of them, and makes a file of them."""

    def write(self, table: pa.RecordBatch, answers: pa.RecordBatch) -> None:
        """Add rows.

        Args:
            table: as they were read.
            answers: the columns that are added, as many rows.

        Raises:
            ManifestError: they cannot be written.
        """
        ...

    def checkpoint(self) -> int:
        """Bring everything so far to the disk.

        Returns:
            A mark, after which another sink can continue.
        """
        ...

    def close(self) -> Path:
        """Return the finished file, or folder of files, which now is in its place."""
        ...

    def abandon(self) -> None:
        """Leave the draft, to be continued from the last mark or removed."""
        ...


def sink_of(
    kind: str,
    path: Path,
    table_schema: pa.Schema,
    answers_schema: pa.Schema,
    *,
    mark: int | None = None,
) -> Sink:
    """Return a sink.

    Args:
        kind: of the manifest, as `Manifest.kind` says it.
        path: where to write, without the suffix.
        table_schema: of the rows that were read.
        answers_schema: of what is added; columns with these names are replaced.
        mark: what a checkpoint returned, to continue after it; None to begin.

    Raises:
        ManifestError: the file cannot be written, or its draft is gone.
        ModuleNotFoundError: what writes this kind is not installed.
    """
    final = path.with_name(f"{path.name}.{kind}")
    schemas = table_schema, answers_schema
    match kind:
        case "parquet":
            return ParquetSink(final, *schemas, mark=mark)
        case "csv" | "tsv":
            return DelimitedSink(kind, final, *schemas, mark=mark)
        case "json" | "jsonl":
            return JsonSink(kind, final, answers_schema, mark=mark)
        case "xlsx":
            from sayso.client.outcome.excel import ExcelSink  # noqa: PLC0415 - an extra

            return ExcelSink(final, *schemas)
        case _:
            raise ValueError(f"nothing writes {kind}")
