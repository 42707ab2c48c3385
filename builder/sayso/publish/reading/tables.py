"""Tables: the recordings of catalogues, as columns that can be read in part.

A registry's catalogues are far larger than memory. A table gives its keys and, for a
range of rows, its names; where these are kept is not the asker's business.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import polars as pl
import pyarrow as pa

from sayso.columns.codes import Keys
from sayso.model.problem import Problem
from sayso.publish.reading.catalogue import read_catalogue
from sayso.publish.reading.regular import REGULAR, read_regular
from sayso.publish.reading.sources import SourceFile

_BLANK = re.compile(rb"\n[ ,\r]*(?=\n|\Z)")


class Table(Protocol):
    """The recordings of one catalogue, ascending by key, each once."""

    @property
    def height(self) -> int:
        """How many there are."""
        ...

    def keys(self, start: int = 0, stop: int | None = None) -> Keys:
        """Return the keys of some rows."""
        ...

    def rows(self, start: int, stop: int) -> pa.RecordBatch:
        """Return columns `key`, `title`, `artist` of some rows."""
        ...


@dataclass(frozen=True, slots=True)
class HeldTable:
    """A table in memory."""

    frame: pl.DataFrame

    @property
    def height(self) -> int:
        """How many recordings there are."""
        return self.frame.height

    def keys(self, start: int = 0, stop: int | None = None) -> Keys:
        """Return the keys of some rows."""
        return self.frame["key"].to_numpy()[start:stop]

    def rows(self, start: int, stop: int) -> pa.RecordBatch:
        """Return columns `key`, `title`, `artist` of some rows."""
        return batch_of(self.frame[start:stop])


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What else a catalogue tells.

    Attributes:
        problems: what is wrong with it.
        lines: how many lines below the first are not blank.
        sha256: of the file.
    """

    problems: Sequence[Problem]
    lines: int
    sha256: str


def batch_of(frame: pl.DataFrame) -> pa.RecordBatch:
    """Return the rows of a frame as one batch of Arrow."""
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    columns = [table[name].combine_chunks() for name in table.column_names]
    return pa.RecordBatch.from_arrays(columns, schema=table.schema)


class Tables(Protocol):
    """Reads catalogues, each once."""

    def prepare(self, files: Sequence[SourceFile]) -> None:
        """Read catalogues ahead, as many at once as are good for this machine.

        Raises:
            PublishError: a file has changed since it was found.
        """
        ...

    def read(self, file: SourceFile) -> tuple[Table, About]:
        """Return the recordings of a catalogue, and what else it tells.

        Raises:
            PublishError: the file has changed since it was found.
        """
        ...


class HeldTables:
    """Reads catalogues into memory."""

    def prepare(self, files: Sequence[SourceFile]) -> None:
        """Do nothing: each is read when it is asked for."""

    def read(self, file: SourceFile) -> tuple[Table, About]:
        """Return the recordings of a catalogue, and what else it tells."""
        frame, about = parse_table(file)
        return HeldTable(frame), about


def parse_table(file: SourceFile) -> tuple[pl.DataFrame, About]:
    """Return the recordings of a catalogue by key, and what else it tells.

    Raises:
        PublishError: the file has changed since it was found.
    """
    data = file.data
    digest = hashlib.sha256(data).hexdigest()
    if (frame := read_regular(file.path, data)) is not None:
        return frame, About(problems=(), lines=frame.height, sha256=digest)
    found, problems = read_catalogue(file.path, data)
    about = About(problems=problems, lines=_count_lines(data), sha256=digest)
    return found.select(list(REGULAR)).sort("key"), about


def _count_lines(data: bytes) -> int:
    """Return how many lines below the first are not blank."""
    return data.count(b"\n") - sum(1 for _ in _BLANK.finditer(data))
