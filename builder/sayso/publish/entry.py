"""An entry of the cache: a catalogue that was parsed, as an Arrow file.

Its name tells the Git blob id of the catalogue and its own SHA-256, which is compared
before it is used. Only the rows that are asked for are read.
"""

import re
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
from pyarrow import ipc

from sayso.errors import MalformedError
from sayso.model.problem import Problem
from sayso.model.rules import RULES
from sayso.publish.codes import Keys
from sayso.publish.reading.file import file_digest
from sayso.publish.reading.tables import About, Table, batch_of
from sayso.wire.members import Members
from sayso.wire.profile import Json, decode, encode

NAME = re.compile(r"([0-9a-f]{40,64})-([0-9a-f]{64})\.arrow")
_SAID = b"sayso"
_SAID_LIMIT = 2**24


@dataclass(frozen=True, slots=True)
class FileTable:
    """A table in an Arrow file; only the rows that are asked for are read."""

    path: Path
    height: int

    def keys(self, start: int = 0, stop: int | None = None) -> Keys:
        """Return the keys of some rows."""
        column = _mapped(self.path).column("key")
        return np.frombuffer(column.buffers()[1], np.int64)[: self.height][start:stop]

    def rows(self, start: int, stop: int) -> pa.RecordBatch:
        """Return columns `key`, `title`, `artist` of some rows."""
        return _mapped(self.path)[start:stop].replace_schema_metadata()


def entry_of(frame: pl.DataFrame, about: About) -> pa.RecordBatch:
    """Return an entry, to be written."""
    problems = list(map(_plain, about.problems))
    said = encode({**asdict(about), "problems": problems})
    return batch_of(frame).replace_schema_metadata({_SAID: said})


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
    said = decode(metadata.get(_SAID, b""), limit=_SAID_LIMIT)
    about = Members(said, str(path))
    problems = [_problem(item, name) for item in about.items("problems")]
    lines, sha256 = about.number("lines"), about.text("sha256")
    about.end()
    table = FileTable(path, batch.num_rows)
    return table, About(problems=problems, lines=lines, sha256=sha256)


@lru_cache(maxsize=256)
def _mapped(path: Path) -> pa.RecordBatch:
    """Return the rows of an entry, mapped; what holds a part of them keeps the map.

    Ranges are made one after the other, and each asks the same entries as the last.
    """
    with pa.memory_map(str(path)) as source:
        return ipc.open_file(source).get_batch(0)


def _plain(problem: Problem) -> dict[str, Json]:
    return {**asdict(replace(problem, path="")), "rule": problem.rule.code}


def _problem(item: Json, path: str) -> Problem:
    fields = Members(item, "a problem")
    code = fields.text("rule")
    if code not in RULES:
        raise MalformedError(f"there is no rule {code}")
    fields.text("path")
    problem = Problem(
        rule=RULES[code],
        path=path,
        line=fields.number("line"),
        column=fields.number("column"),
        message=fields.text("message"),
        fix=fields.text("fix"),
        excerpt=fields.text("excerpt"),
        width=fields.number("width"),
        counts=fields.flag("counts"),
    )
    fields.end()
    return problem
