"""Parts: the recordings of one range of codes, in files of their own.

Every registry.json lists them. One that would be too long leaves its `recordings` to
them.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from sayso.errors import MalformedError
from sayso.model.isrc import Isrc
from sayso.wire.members import Members
from sayso.wire.profile import Json
from sayso.wire.reading import read_isrc
from sayso.wire.release_file import ReleaseFile, encode_file, read_file

PART_RECORDINGS: Final = 131_072
"""A part never holds more recordings."""

PART_BYTES: Final = 19 * 2**20
"""The JSON Lines of a part are never longer, in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The recordings from one code to another; both ends belong to it.

    Attributes:
        recordings: how many there are.
        jsonl: them as JSON Lines, each a row of registry.json, packed with Zstandard.
        parquet: the same rows as columns.
    """

    first: Isrc
    last: Isrc
    recordings: int
    jsonl: ReleaseFile
    parquet: ReleaseFile

    @property
    def files(self) -> tuple[ReleaseFile, ReleaseFile]:
        """Both files, in ascending order of their paths."""
        return self.jsonl, self.parquet


def encode_part(part: Part) -> dict[str, Json]:
    """Return a part as an item of `parts`."""
    return {
        "first": part.first,
        "jsonl": encode_file(part.jsonl),
        "last": part.last,
        "parquet": encode_file(part.parquet),
        "recordings": part.recordings,
    }


def read_parts(rows: list[Json]) -> tuple[Part, ...]:
    """Return the items of `parts`.

    Raises:
        MalformedError: an item is not a part, or they do not ascend apart.
    """
    parts = tuple(map(_read_part, rows))
    for one, next_one in pairwise(parts):
        if one.last >= next_one.first:
            raise MalformedError(f"parts overlap at {next_one.first}")
    return parts


def check_rows(parts: tuple[Part, ...], isrcs: list[Isrc]) -> None:
    """Check that the rows of registry.json are none, or exactly those of the parts.

    Args:
        parts: as `read_parts` returns them.
        isrcs: of the rows, ascending.

    Raises:
        MalformedError: they are others.
    """
    if not isrcs:
        return
    for part in parts:
        found = bisect_right(isrcs, part.last) - bisect_left(isrcs, part.first)
        if found != part.recordings:
            raise MalformedError(
                f"the part at {part.first} has {part.recordings} recordings, and "
                f"{found} stand in its range"
            )
    if len(isrcs) != sum(part.recordings for part in parts):
        raise MalformedError("recordings stand outside of all parts")


def _read_part(row: Json) -> Part:
    members = Members(row, "a part")
    part = Part(
        first=read_isrc(members.text("first")),
        last=read_isrc(members.text("last")),
        recordings=members.number("recordings", least=1),
        jsonl=read_file(members.take("jsonl")),
        parquet=read_file(members.take("parquet")),
    )
    members.end()
    if part.first > part.last:
        raise MalformedError(f"a part ends before {part.first}, its first")
    if part.recordings > PART_RECORDINGS:
        raise members.wrong("recordings", f"at most {PART_RECORDINGS}")
    if part.jsonl.content_sha256 != part.parquet.content_sha256:
        raise MalformedError(f"the files of the part at {part.first} differ in content")
    return part
