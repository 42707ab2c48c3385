"""Listed recordings as columns, a part of the release at a time.

The site never holds them all. A registry that has its recordings in itself is read in
the same way: it is one part.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from sayso.columns.codes import NO_KEY, Keys, bytes_of, keys_of
from sayso.errors import FetchError, MalformedError, UntrustedError
from sayso.model.isrc import LENGTH, key_of
from sayso.wire.columns import Recordings
from sayso.wire.parts import Part
from sayso.wire.registry import Registry
from sayso.wire.release_file import ReleaseFile

Places: TypeAlias = npt.NDArray[np.int64]
"""Places in a column, or how many there are of what stands in one."""

ReadFile: TypeAlias = Callable[[ReleaseFile], bytes]
"""Returns the bytes that stand where a file of the release should, not verified."""

_SCHEMA = pa.schema(
    [
        ("isrc", pa.string()),
        ("title", pa.string()),
        ("artist", pa.string()),
        ("owner", pa.string()),
        ("policy", pa.int32()),
    ]
)
_NEVER_NULL = ("isrc", "policy")
_BROKEN = (pa.ArrowException, OSError)


def no_files(file: ReleaseFile) -> bytes:
    """Refuse to read: for a registry that has its recordings in itself."""
    raise FetchError(f"{file.path} cannot be read here")


class Chunk:
    """Recordings that follow one another, ascending by ISRC."""

    def __init__(
        self, name: str, height: int, read: Callable[[list[str]], pa.Table]
    ) -> None:
        """Prepare to read.

        Args:
            name: of the file, for messages.
            height: how many recordings there are.
            read: returns columns by their names.
        """
        self.name = name
        self.height = height
        self._read = read

    def keys(self) -> Keys:
        """Return the keys of the recordings.

        Raises:
            MalformedError: they do not ascend, or a code is no ISRC.
        """
        offsets, data = bytes_of(self._column("isrc").combine_chunks())
        if (np.diff(offsets) != LENGTH).any():
            raise MalformedError(f"a code in {self.name} is no ISRC")
        found = keys_of(data[offsets[0] : offsets[-1]])
        if (found == NO_KEY).any() or (np.diff(found) <= 0).any():
            raise MalformedError(f"the codes in {self.name} do not ascend")
        return found

    def policies(self, numbers: Places) -> Places:
        """Return the place of each recording's policy among all numbers.

        Raises:
            MalformedError: one is not among them.
        """
        named: Places = self._column("policy").to_numpy()
        places: Places = np.searchsorted(numbers, named)
        known = places < len(numbers)
        if not known.all() or (numbers[places] != named).any():
            raise MalformedError(f"{self.name} names a policy that there is not")
        return places

    def rows(self, places: Places) -> pl.DataFrame:
        """Return the recordings at these places."""
        table = self._read(_SCHEMA.names).take(pa.array(places))
        return pl.DataFrame(pl.from_arrow(table))

    def _column(self, name: str) -> pa.ChunkedArray:
        return self._read([name]).column(0)


class Listed:
    """The recordings of a release."""

    def __init__(self, registry: Registry, read_file: ReadFile) -> None:
        """Prepare to read.

        Args:
            registry: names the parts, or holds the recordings.
            read_file: reads a part.
        """
        self.numbers: Places = np.array([*registry.policies], np.int64)
        self._registry = registry
        self._read_file = read_file

    def __iter__(self) -> Iterator[Chunk]:
        """Yield the recordings part by part, ascending by ISRC.

        Raises:
            UntrustedError: a file is not the one that registry.json names.
            MalformedError: a file is not a part, or not of these recordings.
            FetchError: a file cannot be read.
        """
        if self._registry.is_whole:
            if self._registry.recordings.isrcs:
                yield _whole(self._registry.recordings)
            return
        for part in self._registry.parts:
            yield self._open(part)

    def _open(self, part: Part) -> Chunk:
        file = part.parquet
        data = self._read_file(file)
        if len(data) != file.bytes or sha256(data).hexdigest() != file.sha256:
            raise UntrustedError(f"{file.path} is not the one that the registry names")
        try:
            table = pq.ParquetFile(pa.BufferReader(data))
            schema = table.schema_arrow
        except _BROKEN as error:
            raise MalformedError(f"{file.path} is not Parquet: {error}") from error
        if any(
            schema.get_field_index(field.name) < 0
            or schema.field(field.name).type != field.type
            for field in _SCHEMA
        ):
            raise MalformedError(f"{file.path} has not the columns of a part")
        if table.metadata.num_rows != part.recordings:
            raise MalformedError(
                f"{file.path} has {table.metadata.num_rows} recordings, and the "
                f"registry says {part.recordings}"
            )

        def read(names: list[str]) -> pa.Table:
            try:
                columns = table.read(names)
            except _BROKEN as error:
                raise MalformedError(f"{file.path} is broken: {error}") from error
            if any(columns[n].null_count for n in names if n in _NEVER_NULL):
                raise MalformedError(f"{file.path} has a row without code or policy")
            return columns.select(names)

        return _Bounded(part, read)


class _Bounded(Chunk):
    """The recordings of a part, which are in its range."""

    def __init__(self, part: Part, read: Callable[[list[str]], pa.Table]) -> None:
        super().__init__(part.parquet.path, part.recordings, read)
        self._first, self._last = key_of(part.first), key_of(part.last)

    def keys(self) -> Keys:
        found = super().keys()
        if found[0] < self._first or found[-1] > self._last:
            raise MalformedError(f"{self.name} has codes outside of its range")
        return found


def _whole(recordings: Recordings) -> Chunk:
    table = pa.table(
        {
            "isrc": recordings.isrcs,
            "title": recordings.titles,
            "artist": recordings.artists,
            "owner": recordings.owners,
            "policy": recordings.policies,
        },
        _SCHEMA,
    )
    return Chunk("the registry", len(recordings.isrcs), table.select)
