"""The core: key and policy of every recording.

It is written as ranges come, so that it may be longer than memory.
"""

import hashlib
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sayso.columns.codes import Keys
from sayso.publish.delta import Rows
from sayso.publish.numbering import Numbers
from sayso.publish.output import Output
from sayso.publish.parts import PARQUET
from sayso.wire.release_file import ReleaseFile
from sayso.wire.text import Digest

_ROWS = 2**20
_ROW = np.dtype([("key", "<i8"), ("policy", "<u4")])
_SCHEMA = pa.schema([("key", pa.int64()), ("policy", pa.int32())])
_NOTHING: Rows = (np.empty(0, np.int64), np.empty(0, np.int32))


class CoreWriter:
    """Writes the core from ranges of keys that follow one another."""

    def __init__(self, output: Output) -> None:
        """Begin a core that an output takes."""
        self._output = output
        self._stream: BinaryIO = output.stream()
        self._hashed = _Hashed(self._stream)
        self._writer = pq.ParquetWriter(
            pa.PythonFile(self._hashed, mode="w"),
            _SCHEMA,
            **PARQUET,
            use_dictionary=["policy"],
            column_encoding={"key": "DELTA_BINARY_PACKED"},
        )
        self._content = hashlib.sha256()
        self._held: list[Rows] = []

    def add(self, keys: Keys, numbers: Numbers) -> None:
        """Add the recordings of the next range."""
        rows = np.empty(len(keys), _ROW)
        rows["key"], rows["policy"] = keys, numbers
        self._content.update(rows.tobytes())
        self._held.append((keys, numbers))
        if sum(len(keys) for keys, _ in self._held) >= _ROWS:
            self._flush()

    def close(self) -> ReleaseFile:
        """End the core, and return its entry."""
        self._flush()
        self._writer.close()
        content = Digest(self._content.hexdigest())
        path = f"bulk/{content}.core.parquet"
        self._output.name(self._stream, path)
        return ReleaseFile(
            path=path,
            bytes=self._hashed.size,
            sha256=Digest(self._hashed.digest.hexdigest()),
            content_sha256=content,
        )

    def _flush(self) -> None:
        keys, numbers = joined(self._held)
        self._held = []
        if len(keys):
            columns = [pa.array(keys), pa.array(numbers)]
            self._writer.write_table(pa.table(columns, schema=_SCHEMA), _ROWS)


class CoreReader:
    """Reads a core from its beginning to its end."""

    def __init__(self, data: bytes) -> None:
        """Begin to read the bytes of a core."""
        self._rows = _batches(data)
        self._held: Rows = _NOTHING

    def until(self, stop: int) -> Rows:
        """Return the rows that follow, up to the first whose key is not below one."""
        taken: list[Rows] = []
        while True:
            keys, numbers = self._held
            end = int(np.searchsorted(keys, stop))
            taken.append((keys[:end], numbers[:end]))
            self._held = keys[end:], numbers[end:]
            if end < len(keys):
                break
            following = next(self._rows, None)
            if following is None:
                break
            self._held = following
        return joined(taken)


class _Hashed:
    """A file that is hashed while it is written."""

    closed = False

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self._stream.write(data)

    def flush(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        """Leave the file open: it is not named yet."""


def _batches(data: bytes) -> Iterator[Rows]:
    file = pq.ParquetFile(BytesIO(data))
    for batch in file.iter_batches(_ROWS):
        key, policy = batch.columns
        yield key.to_numpy(), policy.to_numpy()


def joined(rows: list[Rows]) -> Rows:
    """Return the rows of ranges that follow one another."""
    keys, numbers = zip(*([_NOTHING, *rows]), strict=True)
    return np.concatenate(keys), np.concatenate(numbers)
