"""Parquet: a file, or a folder of files with the same columns."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sayso.client.manifest.finding import CODES, SAMPLE, find, is_named
from sayso.client.manifest.origin import Origin
from sayso.client.manifest.rows import Column, Remarks, Rows
from sayso.client.manifest.texts import sound, text_column
from sayso.errors import ManifestError
from sayso.wire.text import shown

MAGIC: Final = b"PAR1"

_MOST_ROWS: Final = 2**20
_BATCH: Final = 2**26
"""About how many bytes are read at a time, in fewer rows if these are large."""
_BUFFER: Final = 2**20
_DEEPEST: Final = 4
_ERRORS: Final = (
    pa.ArrowException,
    ArithmeticError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What Arrow raises for hostile files."""


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A column, or one within another.

    Attributes:
        name: with dots between its parts.
        path: the place of each part within the one before.
    """

    name: str
    path: tuple[int, ...]
    kind: pa.DataType


class Parquet:
    """A manifest in Parquet."""

    kind = "parquet"

    def __init__(
        self,
        name: str,
        files: Sequence[Path],
        *,
        wanted: str | None,
        origin: Origin | None = None,
    ) -> None:
        """Look at its columns and its first rows.

        Args:
            name: as the user wrote it.
            files: which follow one another; at least one.
            wanted: the name of the column with the codes, if the user gave one.
            origin: what the file was copied from, to be kept as long as this.

        Raises:
            ManifestError: it cannot be read, or has no column with codes.
        """
        self.name, self.remarks = name, Remarks()
        self._files, self._done, self._origin = files, 0, origin
        with self._reading(files[0]) as file:
            self.schema = file.schema_arrow
            leaves = _leaves(self.schema)
            found = find(
                name,
                [leaf.name for leaf in leaves],
                _sample(file, leaves),
                wanted=wanted,
            )
        self.column = found.words
        self._codes = leaves[found.codes]
        self._titles = None if found.titles is None else leaves[found.titles]
        self._artists = None if found.artists is None else leaves[found.artists]
        self._counts = [self._count(file) for file in files]
        self.rows: int | None = sum(self._counts)
        self.size: int | None = sum(file.stat().st_size for file in files)

    @property
    def done(self) -> float:
        """How much of it has been read, from 0 to 1."""
        return self._done / self.rows if self.rows else 1.0

    def read(self) -> Iterator[Rows]:
        """Yield all rows in their order.

        Raises:
            ManifestError: it cannot be read to its end.
        """
        for path, rows in zip(self._files, self._counts, strict=True):
            before = self._done
            with self._reading(path) as file:
                for batch in file.iter_batches(_rows_at_a_time(file.metadata)):
                    self._done += len(batch)
                    yield self._rows(batch)
            if self._done - before != rows:
                raise ManifestError(
                    f"{path} is damaged: it has {self._done - before:,} rows, and says "
                    f"that it has {rows:,}"
                )

    def _rows(self, batch: pa.RecordBatch) -> Rows:
        return Rows(
            table=batch,
            codes=sound(_taken(batch, self._codes)),
            titles=_text(batch, self._titles),
            artists=_text(batch, self._artists),
        )

    def _count(self, path: Path) -> int:
        with self._reading(path) as file:
            if not file.schema_arrow.equals(self.schema):
                raise ManifestError(
                    f"{path} has other columns than {self._files[0]}; screen them one "
                    "by one"
                )
            return int(file.metadata.num_rows)

    @contextmanager
    def _reading(self, path: Path) -> Iterator[pq.ParquetFile]:
        try:
            # Neither mapped, since another process may cut the file, nor read ahead.
            with pq.ParquetFile(path, pre_buffer=False, buffer_size=_BUFFER) as file:
                yield file
        except ManifestError:
            raise
        except _ERRORS as error:
            raise ManifestError(
                f"{path} is not a whole Parquet file: {shown(str(error))}"
            ) from error


def _leaves(schema: pa.Schema) -> list[_Leaf]:
    leaves: list[_Leaf] = []
    for place, field in enumerate(schema):
        _descend(field, field.name, (place,), leaves)
    return leaves


def _descend(
    field: pa.Field, name: str, path: tuple[int, ...], leaves: list[_Leaf]
) -> None:
    if not pa.types.is_struct(field.type) or len(path) == _DEEPEST:
        leaves.append(_Leaf(name, path, field.type))
        return
    for place in range(field.type.num_fields):
        inner = field.type.field(place)
        _descend(inner, f"{name}.{inner.name}", (*path, place), leaves)


def _sample(file: pq.ParquetFile, leaves: Sequence[_Leaf]) -> dict[int, Column]:
    """Return the first rows of the columns that may hold codes or texts."""
    looked_at = [
        place
        for place, leaf in enumerate(leaves)
        if _is_text(leaf.kind) or is_named(leaf.name, CODES)
    ]
    columns = [leaves[place].name for place in looked_at]
    rows = min(SAMPLE, _rows_at_a_time(file.metadata))
    batch = next(file.iter_batches(rows, columns=columns), None)
    if batch is None:
        return {}
    read = {leaf.name: _taken(batch, leaf) for leaf in _leaves(batch.schema)}
    return {place: sound(read[leaves[place].name]) for place in looked_at}


def _is_text(kind: pa.DataType) -> bool:
    types = pa.types
    if types.is_dictionary(kind) or types.is_list(kind) or types.is_large_list(kind):
        kind = kind.value_type
    return bool(
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_string_view(kind)
    )


def _taken(batch: pa.RecordBatch, leaf: _Leaf) -> Column:
    column = batch.column(leaf.path[0])
    return pc.struct_field(column, leaf.path[1:]) if leaf.path[1:] else column


def _text(batch: pa.RecordBatch, leaf: _Leaf | None) -> Column | None:
    return None if leaf is None else text_column(sound(_taken(batch, leaf)))


def _rows_at_a_time(metadata: pq.FileMetaData) -> int:
    """Return how many rows are read at a time: a row may hold a whole recording."""
    groups = (metadata.row_group(place) for place in range(metadata.num_row_groups))
    size = sum(group.total_byte_size for group in groups)
    per_row = size // max(metadata.num_rows, 1)
    return int(min(max(_BATCH // max(per_row, 1), 1), _MOST_ROWS))
