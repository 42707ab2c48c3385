"""An entry of the cache: a catalogue that was parsed, as an Arrow file.

Its name tells the Git blob id of the catalogue and its own SHA-256, which is compared
before it is used. Only the rows that are asked for are read.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import GenericAlias

import numpy as np
import polars as pl
import pyarrow as pa
from msgspec import MsgspecError, json
from pyarrow import ipc

from sayso.columns.codes import Keys
from sayso.errors import MalformedError
from sayso.publish.reading.file import file_digest
from sayso.publish.reading.flaws import FLAW, Flaw, flaws_of, problems_of
from sayso.publish.reading.tables import About, Table, batch_of

NAME = re.compile(r"([0-9a-f]{40,64})-([0-9a-f]{64})\.arrow")
_SAID = b"sayso"
_decode: Callable[[bytes], tuple[list[Flaw], int, str]] = json.Decoder(
    GenericAlias(tuple, (GenericAlias(list, (FLAW,)), int, str))
).decode
_FEW = 2**13
"""Up to how many rows parts are copied: a registry may have far more catalogues than
the system lets a process map."""


@dataclass(frozen=True, slots=True)
class FileTable:
    """A table in an Arrow file; only the rows that are asked for are read."""

    path: Path
    height: int

    def keys(self, start: int = 0, stop: int | None = None) -> Keys:
        """Return the keys of some rows."""
        column = _mapped(self.path).column("key")
        keys = np.frombuffer(column.buffers()[1], np.int64)[: self.height][start:stop]
        return keys.copy() if self.height <= _FEW else keys

    def rows(self, start: int, stop: int) -> pa.RecordBatch:
        """Return columns `key`, `title`, `artist` of some rows."""
        rows = _mapped(self.path)[start:stop].replace_schema_metadata()
        if self.height > _FEW:
            return rows
        return ipc.read_record_batch(rows.serialize(), rows.schema)


def entry_of(frame: pl.DataFrame, about: About) -> pa.RecordBatch:
    """Return an entry, to be written."""
    said = flaws_of(about.problems), about.lines, about.sha256
    return batch_of(frame).replace_schema_metadata({_SAID: json.encode(said)})


def open_entry(path: Path, digest: str, name: str) -> tuple[Table, About]:
    """Return the recordings of an entry, and what else the catalogue tells.

    Args:
        path: of the entry.
        digest: its SHA-256, as its name says.
        name: the path of the catalogue, for its problems.

    Raises:
        MalformedError: it is another, or was made by somebody else.
        OSError: it cannot be read.
        pa.ArrowInvalid: it is no Arrow file.
    """
    if file_digest(path) != digest:
        raise MalformedError("its content is not what its name says")
    batch = _mapped(path)
    metadata = batch.schema.metadata or {}
    try:
        flaws, lines, sha256 = _decode(metadata.get(_SAID, b""))
    except MsgspecError as error:
        raise MalformedError(
            f"it does not tell what a catalogue does: {error}"
        ) from error
    about = About(problems=problems_of(flaws, name), lines=lines, sha256=sha256)
    return FileTable(path, batch.num_rows), about


def delete_entry(path: Path) -> None:
    """Delete an entry that cannot be used, and forget what is mapped of it."""
    path.unlink(missing_ok=True)
    _mapped.cache_clear()


@lru_cache(maxsize=256)
def _mapped(path: Path) -> pa.RecordBatch:
    """Return the rows of an entry, mapped; what holds a part of them keeps the map.

    Ranges are made one after the other, and each asks the same entries as the last.
    """
    with pa.memory_map(str(path)) as source:
        return ipc.open_file(source).get_batch(0)
