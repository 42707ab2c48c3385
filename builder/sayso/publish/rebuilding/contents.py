"""Comparing what files say, whatever packed them: line by line, or row by row."""

from itertools import zip_longest
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from sayso.errors import MalformedError
from sayso.publish.rebuilding.difference import Difference, differs
from sayso.publish.rebuilding.frames import is_one_frame
from sayso.wire.parts import PART_BYTES
from sayso.wire.text import shown

_BEFORE: Final = 16
"""How many bytes of a line are shown before the first that differs."""

_MAGIC: Final = 4
_END: Final = 8
"""A Parquet file begins with four bytes, and ends with a length and the same four."""


def lines_difference(place: str, theirs: bytes, ours: bytes) -> Difference | None:
    """Return where two texts first differ.

    Args:
        place: what to call them.
        theirs: the unpacked bytes of what is published.
        ours: those of what the rebuild has.
    """
    if theirs == ours:
        return None
    pairs = zip_longest(theirs.split(b"\n"), ours.split(b"\n"))
    number, (one, other) = next(
        (number, pair) for number, pair in enumerate(pairs, 1) if pair[0] != pair[1]
    )
    start = max(0, _common(one or b"", other or b"") - _BEFORE)
    return differs(f"{place}: line {number}", _line(one, start), _line(other, start))


def unpack_lines(packed: bytes) -> bytes:
    """Return the JSON Lines of a part, and never hold more than a part may have.

    Raises:
        MalformedError: it is no Zstandard file, or is longer.
    """
    try:
        with pa.input_stream(pa.BufferReader(packed), compression="zstd") as stream:
            data: bytes = stream.read(PART_BYTES + 1)
    except (pa.ArrowException, OSError) as error:
        raise MalformedError(f"it does not unpack: {error}") from error
    if len(data) > PART_BYTES:
        raise MalformedError(f"it unpacks to more than {PART_BYTES} bytes")
    if not is_one_frame(packed):
        raise MalformedError("it has bytes that belong to none of its lines")
    return data


def tables_difference(place: str, theirs: bytes, ours: bytes) -> Difference | None:
    """Return where two Parquet files first differ, in whatever they say.

    Args:
        place: what to call them.
        theirs: the bytes of what is published.
        ours: those of what the rebuild has.

    Raises:
        MalformedError: what is published is no Parquet file, or has bytes that no
            reader sees.
    """
    other = pq.ParquetFile(pa.BufferReader(ours))
    try:
        one = pq.ParquetFile(pa.BufferReader(theirs))
        _check_all_read(one.metadata, len(theirs))
        # Said before anything is unpacked, which may be much.
        if one.metadata.num_rows != other.metadata.num_rows:
            counts = (f"{each.metadata.num_rows} rows" for each in (one, other))
            return differs(place, *counts)
        if not one.schema_arrow.equals(other.schema_arrow, check_metadata=True):
            schemas = (shown(str(each.schema_arrow)) for each in (one, other))
            return differs(f"{place}: columns", *schemas)
        return _rows_difference(place, one.read(), other.read())
    except (pa.ArrowException, OSError) as error:
        raise MalformedError(f"it is no Parquet file: {error}") from error


def _check_all_read(metadata: pq.FileMetaData, size: int) -> None:
    """Check that a file has no bytes but those of its columns and its footer."""
    groups = map(metadata.row_group, range(metadata.num_row_groups))
    columns = (each.column(at) for each in groups for at in range(each.num_columns))
    seen = sum(column.total_compressed_size for column in columns)
    seen += _MAGIC + metadata.serialized_size + _END
    if seen != size or metadata.metadata is not None:
        raise MalformedError("it has bytes that belong to none of its columns")


def _rows_difference(place: str, theirs: pa.Table, ours: pa.Table) -> Difference | None:
    for name in theirs.column_names:
        one, other = theirs.column(name), ours.column(name)
        if one.equals(other):
            continue
        row, key = _first_row(one, other), theirs.column_names[0]
        called = (
            f"row {row + 1}" if name == key else f"{key} {_value(theirs, key, row)}"
        )
        values = (_value(each, name, row) for each in (theirs, ours))
        return differs(f"{place}: {called}: {name}", *values)
    return None


def _first_row(one: pa.ChunkedArray, other: pa.ChunkedArray) -> int:
    """Return the first row in which two columns of one length differ, by halving."""
    start, size = 0, len(one)
    while size > 1:
        half = size // 2
        if one.slice(start, half).equals(other.slice(start, half)):
            start, half = start + half, size - half
        size = half
    return start


def _value(table: pa.Table, name: str, row: int) -> str:
    value = table.column(name)[row].as_py()
    return shown(value) if isinstance(value, str) else shown(str(value)).strip("'")


def _line(line: bytes | None, start: int) -> str:
    """Return a line from where it becomes interesting."""
    if line is None:
        return "an end"
    return ("…" if start else "") + shown(line[start:].decode(errors="replace"))


def _common(one: bytes, other: bytes) -> int:
    """Return how many bytes two lines have in common from their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
