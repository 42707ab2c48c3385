"""The files of a release: how each is named, and the index of most of them.

"Each file has `content_sha256` (what a rebuilder recomputes) and `sha256` (the
transfer bytes)." (Release) release.json is fetched by everybody and names few files;
the index, which it names, lists the others. So every byte still hangs from it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from sayso.errors import MalformedError
from sayso.wire.members import Members
from sayso.wire.profile import Json, decode, encode
from sayso.wire.text import Digest, shown

INDEX_FORMAT: Final = "sayso/index/1"
INDEX_LIMIT: Final = 2**20
"""No index is longer, in bytes: that is some three thousand files."""

_PATH = re.compile(
    r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}(?:/[A-Za-z0-9_][A-Za-z0-9._-]{0,127}){0,7}",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFile:
    """One file of a release.

    Attributes:
        path: relative to release.json, with forward slashes.
        bytes: its length as served.
        sha256: of the bytes as served.
        content_sha256: of what a rebuilder recomputes: the unpacked bytes.
    """

    path: str
    bytes: int
    sha256: Digest
    content_sha256: Digest


def is_path(text: str) -> bool:
    """Return whether a text is a relative path that stays below its folder."""
    return _PATH.fullmatch(text) is not None


def index_path(content: Digest) -> str:
    """Return where the index with this content is."""
    return f"index/{content}.json"


def encode_file(file: ReleaseFile) -> dict[str, Json]:
    """Return the entry of a file, as release.json and registry.json list it."""
    return {
        "bytes": file.bytes,
        "content_sha256": file.content_sha256,
        "path": file.path,
        "sha256": file.sha256,
    }


def read_file(value: Json) -> ReleaseFile:
    """Return the file that `encode_file` described.

    Raises:
        MalformedError: it is not the entry of a file.
    """
    members = Members(value, "a file of the release")
    file = ReleaseFile(
        path=members.text("path"),
        bytes=members.number("bytes"),
        sha256=members.digest("sha256"),
        content_sha256=members.digest("content_sha256"),
    )
    members.end()
    if not is_path(file.path):
        raise MalformedError(f"not a path of a release: {shown(file.path)}")
    return file


def read_files(items: Iterable[Json]) -> tuple[ReleaseFile, ...]:
    """Return the files of a list.

    Raises:
        MalformedError: an item is not the entry of a file, or they do not ascend.
    """
    files = tuple(map(read_file, items))
    if any(one.path >= other.path for one, other in pairwise(files)):
        raise MalformedError("files of the release are not in ascending order")
    return files


def file_named(
    files: Iterable[ReleaseFile], start: str, end: str, *, place: str
) -> ReleaseFile:
    """Return the one file whose path begins and ends so.

    Args:
        files: those of a list.
        start: how its path begins.
        end: how it ends.
        place: what to call the list in messages.

    Raises:
        MalformedError: there is none, or more than one.
    """
    found = [
        file
        for file in files
        if file.path.startswith(start) and file.path.endswith(end)
    ]
    if len(found) != 1:
        raise MalformedError(
            f"{place} lists {len(found)} files {start}…{end}, where there is one"
        )
    return found[0]


def encode_index(files: Iterable[ReleaseFile]) -> bytes:
    """Return the bytes of an index.

    Raises:
        MalformedError: two files have one path, a path is none, or they are too many.
    """
    ordered = sorted(files, key=lambda file: file.path)
    data = encode({"files": [*map(encode_file, ordered)], "format": INDEX_FORMAT})
    decode_index(data)
    return data


def decode_index(data: bytes) -> tuple[ReleaseFile, ...]:
    """Return the files that `encode_index` listed, in ascending order of their paths.

    Raises:
        MalformedError: `encode_index` never makes these bytes.
    """
    members = Members(decode(data, limit=INDEX_LIMIT), "the index of the release")
    members.constant("format", INDEX_FORMAT)
    files = read_files(members.items("files"))
    members.end()
    return files
