"""Writing Parquet: a file, or a folder of parts where it was written in steps.

Each checkpoint ends a part, since a Parquet file can be read only once it is whole. Of
one part becomes `NAME.parquet`; several are a folder of that name, with
`part-00001.parquet` and so on, which is read as one table by what reads Parquet.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sayso.client.manifest.rows import Column
from sayso.client.outcome.draft import draft_of, lost, settle, written
from sayso.client.outcome.joining import joined_schema, kept_places
from sayso.errors import ManifestError

_GROUP_ROWS: Final = 2**20
_GROUP: Final = 2**26
"""About how many bytes are written at a time, if rows are large."""
_SAMPLE: Final = 2**13


class ParquetSink:
    """Writes a Parquet file, or a folder of them."""

    def __init__(
        self,
        final: Path,
        table_schema: pa.Schema,
        answers_schema: pa.Schema,
        *,
        mark: int | None,
    ) -> None:
        self._final, self._folder = final, draft_of(final)
        self._schema = joined_schema(table_schema, answers_schema)
        self._kept = kept_places(table_schema, answers_schema)
        self._pending: list[pa.RecordBatch] = []
        self._writer: pq.ParquetWriter | None = None
        self._parts = mark or 0
        with written(final):
            self._begin()

    def write(self, table: pa.RecordBatch, answers: pa.RecordBatch) -> None:
        """Add rows."""
        columns = [table.column(place) for place in self._kept] + answers.columns
        self._pending.append(pa.RecordBatch.from_arrays(columns, schema=self._schema))
        rows = sum(map(len, self._pending))
        if rows >= _GROUP_ROWS or sum(b.nbytes for b in self._pending) >= _GROUP:
            self._flush()

    def checkpoint(self) -> int:
        """End the part, and return the mark to continue after: how many there are."""
        self._flush()
        self._end_part()
        return self._parts

    def close(self) -> Path:
        """Finish the file, or the folder."""
        if not self.checkpoint():
            self._pending = [pa.RecordBatch.from_pylist([], schema=self._schema)]
            self._flush()
            self._end_part()
        with written(self._final):
            self._put()
        return self._final

    def abandon(self) -> None:
        """Leave the parts that are whole."""
        if self._writer is not None:
            with written(self._final):
                self._writer.close()
            self._writer = None
        self._pending = []

    def _begin(self) -> None:
        """Make the folder of the draft, or take away what was written after a mark."""
        if self._final.is_dir() and not _is_ours(self._final):
            raise ManifestError(
                f"{self._final} is a folder with other files; remove it, or write "
                "elsewhere"
            )
        if self._parts == 0 and self._folder.exists():
            shutil.rmtree(self._folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._parts and not self._part(1).exists():
            self._take_back()
        if not all(self._part(n).is_file() for n in range(1, self._parts + 1)):
            raise lost(self._folder)
        place = self._parts + 1
        while self._part(place).exists():
            self._part(place).unlink()
            place += 1

    def _take_back(self) -> None:
        """Take what was finished from its place; what else had to be done was not."""
        if self._final.is_dir():
            self._final.rename(self._folder)
        elif self._final.is_file():
            self._final.replace(self._part(1))

    def _flush(self) -> None:
        if not self._pending:
            return
        rows = pa.Table.from_batches(self._pending, self._schema)
        self._pending = []
        with written(self._final):
            if self._writer is None:
                path = self._part(self._parts + 1)
                self._writer = _writer(path, self._schema, rows)
            # Of several dictionaries in a row group only the first would be kept.
            self._writer.write_table(rows.unify_dictionaries(), max(len(rows), 1))

    def _end_part(self) -> None:
        writer, self._writer = self._writer, None
        if writer is None:
            return
        with written(self._final):
            writer.close()
            _sync(self._part(self._parts + 1))
            settle(self._folder)
        self._parts += 1

    def _put(self) -> None:
        """Put the only part, or the folder of all, in its place."""
        if self._final.is_dir():
            shutil.rmtree(self._final)
        if self._parts == 1:
            self._part(1).replace(self._final)
            self._folder.rmdir()
        else:
            self._final.unlink(missing_ok=True)
            self._folder.rename(self._final)
        settle(self._final.parent)

    def _part(self, number: int) -> Path:
        return self._folder / f"part-{number:05}.parquet"


def _is_ours(folder: Path) -> bool:
    parts = {path.name for path in folder.glob("part-*.parquet")}
    return parts == {path.name for path in folder.iterdir()}


def _sync(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def _writer(path: Path, schema: pa.Schema, rows: pa.Table) -> pq.ParquetWriter:
    """Return a writer that encodes each column as suits its first rows."""
    dictionaries: list[str] = []
    encodings: dict[str, str] = {}
    # Of the few words of a column, the smallest and the largest help nobody.
    plain = [f.name for f in schema if not pa.types.is_dictionary(f.type)]
    for place, field in enumerate(schema):
        kind = field.type
        if pa.types.is_nested(kind):
            dictionaries += _leaves(field)
        elif pa.types.is_boolean(kind) or pa.types.is_null(kind):
            continue
        elif _repeats(rows.column(place)):
            dictionaries.append(field.name)
        elif pa.types.is_integer(kind):
            encodings[field.name] = "DELTA_BINARY_PACKED"
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        use_dictionary=dictionaries or False,
        column_encoding=encodings or None,
        write_statistics=plain or False,
    )


def _repeats(column: Column) -> bool:
    """Return whether a column has few values, so that a dictionary of them is small."""
    if pa.types.is_dictionary(column.type):
        return True
    first = column.slice(0, _SAMPLE)
    try:
        return bool(pc.count_distinct(first).as_py() * 2 <= len(first))
    except pa.ArrowNotImplementedError:
        return False


def _leaves(field: pa.Field, before: str = "") -> Iterator[str]:
    """Yield the paths of the columns of a nested one, as Parquet calls them."""
    path, kind = f"{before}{field.name}", field.type
    if pa.types.is_struct(kind):
        for place in range(kind.num_fields):
            yield from _leaves(kind.field(place), f"{path}.")
    elif pa.types.is_map(kind):
        for inner in (kind.key_field, kind.item_field):
            yield from _leaves(inner, f"{path}.key_value.")
    elif pa.types.is_nested(kind):
        yield from _leaves(kind.value_field.with_name("element"), f"{path}.list.")
    else:
        yield path
