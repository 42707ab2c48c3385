"""Rows of a core: keys and policy numbers as two columns, in pieces that fit a cache.

No Python runs for each recording; memory beyond the columns themselves is some ten
pieces, however many there are.
"""

from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from sayso.errors import MalformedError
from sayso.model.isrc import LAST_KEY
from sayso.wire.delta import REMOVED, Column
from sayso.wire.text import Digest, shown

Keys: TypeAlias = npt.NDArray[np.int64]
Numbers: TypeAlias = npt.NDArray[np.int32]

PIECE = 2**20
"""How many rows are worked on at a time."""

_ROW = np.dtype([("key", "<i8"), ("policy", "<u4")])
_SCHEMA = [("key", pa.int64()), ("policy", pa.int32())]


def content_of(keys: Keys, numbers: Numbers) -> Digest:
    """Return the content digest of recordings: 12 bytes each, key and policy number.

    The key is a signed 64-bit number, the policy's an unsigned one of 32 bits, both
    little-endian. Takes 12 MB of memory, however many there are.
    """
    digest = sha256()
    for start in range(0, len(keys), PIECE):
        piece = slice(start, start + PIECE)
        rows = np.empty(len(keys[piece]), _ROW)
        rows["key"] = keys[piece]
        rows["policy"] = numbers[piece]
        digest.update(rows.data)
    return Digest(digest.hexdigest())


def read_rows(data: bytes) -> tuple[Keys, Numbers]:
    """Return the rows in the bytes of a `.core.parquet`, in whatever order they are.

    Raises:
        MalformedError: the bytes are not such a file.
    """
    try:
        return _rows(pq.ParquetFile(pa.BufferReader(data)))
    except MalformedError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        raise MalformedError(
            f"the core is not a Parquet file: {shown(str(error))}"
        ) from error


def _rows(file: pq.ParquetFile) -> tuple[Keys, Numbers]:
    schema = file.schema_arrow
    if list(zip(schema.names, schema.types, strict=True)) != _SCHEMA:
        raise MalformedError("the core has other columns than key and policy")
    keys = np.empty(file.metadata.num_rows, np.int64)
    numbers = np.empty(len(keys), np.int32)
    end = 0
    for batch in file.iter_batches(PIECE):
        place = slice(end, end := end + len(batch))
        key, policy = batch.columns
        if key.null_count or policy.null_count:
            raise MalformedError("the core has a recording without key or policy")
        keys[place], numbers[place] = key.to_numpy(), policy.to_numpy()
    if end != len(keys):
        raise MalformedError(f"the core has {end} recordings, not {len(keys)}")
    return keys, numbers


def changed_rows(
    keys: Keys, numbers: Numbers, changes: tuple[Column, Column]
) -> tuple[Keys, Numbers]:
    """Return the rows after a delta, in new columns.

    Args:
        keys: ascending.
        numbers: as many.
        changes: keys that change, ascending, and their policies, as in a delta.
    """
    changed = np.frombuffer(changes[0], np.int64)
    set_to = np.frombuffer(changes[1], np.int32)
    new_keys = np.empty(len(keys) + len(changed), np.int64)
    new_numbers = np.empty(len(new_keys), np.int32)
    end = 0
    for rows, part in _pieces(keys, changed):
        piece = _merged(keys[rows], numbers[rows], changed[part], set_to[part])
        place = slice(end, end := end + len(piece[0]))
        new_keys[place], new_numbers[place] = piece
    return new_keys[:end], new_numbers[:end]


def _pieces(keys: Keys, changed: Keys) -> Iterator[tuple[slice, slice]]:
    """Yield which rows and which changes lie in the same range of keys."""
    starts = range(PIECE, len(keys), PIECE)
    rows = [0, *starts, len(keys)]
    edges = changed.searchsorted(keys[PIECE::PIECE]).tolist()
    changes = [0, *edges, len(changed)]
    for (start, stop), (first, last) in zip(
        pairwise(rows), pairwise(changes), strict=True
    ):
        yield slice(start, stop), slice(first, last)


def _merged(
    keys: Keys, numbers: Numbers, changed: Keys, set_to: Numbers
) -> tuple[Keys, Numbers]:
    places = keys.searchsorted(changed)
    # What changes is taken out, if it is there, and what it is now is put in.
    listed = np.append(keys, LAST_KEY + 1)[places] == changed
    kept = np.ones(len(keys), np.bool_)
    kept[places[listed]] = False
    new = set_to != REMOVED
    gone = np.cumsum(listed) - listed
    slots = (places - gone)[new] + np.arange(np.count_nonzero(new))
    old = np.ones(np.count_nonzero(kept) + len(slots), np.bool_)
    old[slots] = False
    columns = np.empty(len(old), np.int64), np.empty(len(old), np.int32)
    columns[0][old], columns[1][old] = keys[kept], numbers[kept]
    columns[0][slots], columns[1][slots] = changed[new], set_to[new]
    return columns
