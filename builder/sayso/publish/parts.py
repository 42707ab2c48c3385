"""Parts: the recordings of one range of keys, as every file has them.

A range is put together once: its rows are made into lines, of which JSON Lines, the
leaves of the look-up tree and registry.json are made, and into columns for Parquet.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from sayso.columns.codes import Keys, isrcs_of
from sayso.model.isrc import Isrc
from sayso.model.vocabulary import Use, Verdict
from sayso.publish.leaves import Entries, Items, Leaves
from sayso.publish.names import Names
from sayso.publish.numbering import Numbering, Numbers
from sayso.publish.output import Output
from sayso.publish.ranges import Range, halvings, rank_in
from sayso.publish.spill import Spill
from sayso.wire.parts import PART_BYTES, Part
from sayso.wire.release_file import ReleaseFile
from sayso.wire.text import Digest

_LINE = 10
_VERDICTS = tuple(Verdict)
_LEVEL = 3
MICROSECOND = pa.timestamp("us", tz="UTC")
PARQUET: Final = {
    "compression": "zstd",
    "compression_level": _LEVEL,
    "store_schema": False,
}
"""How every Parquet file is written: so that each reader takes it for what it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made of a range.

    Attributes:
        keys: of its recordings, ascending.
        numbers: the policy of each.
        lines: them as JSON Lines.
        parts: the files that hold them.
        entries: the leaves.
    """

    keys: Keys
    numbers: Numbers
    lines: bytes
    parts: tuple[Part, ...]
    entries: Entries


class PartMaker:
    """Makes the files of ranges of keys, in any order and from any thread."""

    def __init__(
        self,
        *,
        recordings: Spill,
        numbering: Numbering,
        names: Names,
        leaves: Leaves,
        kept: Mapping[Digest, Part],
        output: Output,
    ) -> None:
        """Prepare to make parts.

        Args:
            recordings: the set of facts of each.
            numbering: the policy of each set.
            names: titles, artists and owners.
            leaves: makes leaves.
            kept: parts of the release before, by their content.
            output: takes the files.
        """
        self._recordings = recordings
        self._numbering = numbering
        self._names = names
        self._leaves = leaves
        self._kept = kept
        self._output = output
        self._columns = _PolicyColumns(numbering)

    def make(self, place: int, here: Range) -> Made:
        """Write the files of a range, the one at this place."""
        keys = self._recordings.keys(here.first, here.end)
        sets = self._recordings.sets(here.first, here.end)
        numbers = self._numbering.numbers(sets)
        named = self._names.of(place, keys)
        frame = named.select(
            "artist",
            pl.Series("isrc", isrcs_of(keys), dtype=pl.String),
            "owner",
            pl.Series("policy", numbers),
            "title",
        )
        lines = _lines(frame)
        ends = np.flatnonzero(np.frombuffer(lines, np.uint8) == _LINE) + 1
        ends = np.concatenate([np.zeros(1, np.int64), ends])
        items = Items(keys=keys, numbers=numbers, lines=lines, ends=ends)
        return Made(
            keys=keys,
            numbers=numbers,
            lines=lines,
            parts=tuple(self._parts(here, items, frame)),
            entries=self._leaves.of(here, items),
        )

    def _parts(self, here: Range, items: Items, frame: pl.DataFrame) -> Iterator[Part]:
        """Write the rows, in two or more parts where they would be too long."""
        ends = items.ends
        inner = Range(here.start, here.stop, 0, len(items.keys))
        for part in halvings(
            inner,
            rank_in(items.keys),
            lambda r: int(ends[r.end] - ends[r.first]) <= PART_BYTES,
        ):
            if part.count:
                lines = items.lines[ends[part.first] : ends[part.end]]
                yield self._part(lines, frame[part.first : part.end])

    def _part(self, lines: bytes, frame: pl.DataFrame) -> Part:
        content = Digest(hashlib.sha256(lines).hexdigest())
        kept = self._kept.get(content)
        jsonl = None if kept is None else self._keep(kept.jsonl)
        if jsonl is None:
            packed = pa.Codec("zstd", _LEVEL).compress(lines, asbytes=True)
            jsonl = self._file(content, "jsonl.zst", packed)
        parquet = None if kept is None else self._keep(kept.parquet)
        if parquet is None:
            data = as_parquet(self._columns.table(frame))
            parquet = self._file(content, "parquet", data)
        codes = frame["isrc"]
        return Part(
            first=Isrc(codes[0]),
            last=Isrc(codes[-1]),
            recordings=frame.height,
            jsonl=jsonl,
            parquet=parquet,
        )

    def _keep(self, file: ReleaseFile) -> ReleaseFile | None:
        """Take a file over from the release before, if it is there as it was."""
        return file if self._output.keep(file.path, file.sha256) else None

    def _file(self, content: Digest, kind: str, data: bytes) -> ReleaseFile:
        path = f"bulk/{content}.registry.{kind}"
        self._output.write(path, data)
        return listed(path, data, content)


def listed(path: str, data: bytes, content: Digest) -> ReleaseFile:
    """Return the entry of a file."""
    return ReleaseFile(
        path=path,
        bytes=len(data),
        sha256=Digest(hashlib.sha256(data).hexdigest()),
        content_sha256=content,
    )


def as_parquet(table: pa.Table) -> bytes:
    """Return a table as Parquet that every reader takes for what it says."""
    file = BytesIO()
    encodings = {"isrc": "DELTA_BYTE_ARRAY"} if "isrc" in table.column_names else None
    pq.write_table(
        table,
        file,
        **PARQUET,
        use_dictionary=[name for name in table.column_names if name != "isrc"],
        column_encoding=encodings,
    )
    return file.getvalue()


def _lines(frame: pl.DataFrame) -> bytes:
    """Return rows as JSON Lines, each as an item of `recordings` in registry.json."""
    file = BytesIO()
    frame.write_ndjson(file)
    return file.getvalue()


class _PolicyColumns:
    """What policies say, as columns beside the recordings."""

    def __init__(self, numbering: Numbering) -> None:
        policies = [one.policy for one in numbering.policies.values()]
        self._numbers = np.array([*numbering.policies], np.int32)
        self._disputed = np.array([p.is_disputed for p in policies], np.bool_)
        self._until = pa.array([p.until for p in policies], MICROSECOND)
        self._verdicts = {
            use: np.array(
                [_VERDICTS.index(p.anywhere[use].verdict) for p in policies], np.int8
            )
            for use in Use
        }

    def table(self, frame: pl.DataFrame) -> pa.Table:
        """Return the columns of a part: who, what, and the verdict for each use."""
        numbers = frame["policy"].to_numpy()
        place = np.searchsorted(self._numbers, numbers)
        words = pa.array([str(verdict) for verdict in _VERDICTS])
        names = ("isrc", "title", "artist", "owner")
        columns = {name: frame[name].to_arrow() for name in names}
        columns["policy"] = pa.array(numbers)
        columns["disputed"] = pa.array(self._disputed[place])
        columns["until"] = self._until.take(pa.array(place))
        for use, verdicts in self._verdicts.items():
            answers = pa.DictionaryArray.from_arrays(pa.array(verdicts[place]), words)
            columns[use.replace("-", "_")] = answers
        return pa.table(columns)
