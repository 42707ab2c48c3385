"""Files: their bytes, and the names that Git and we have for them."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from sayso.errors import PublishError

CATALOGUE = ".csv"
"""How the name of a catalogue ends."""

_PIECE = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file as it was read.

    Attributes:
        path: relative to `declarations/`, with forward slashes.
        blob: the id that Git has for its bytes.
        sha256: the SHA-256 of its bytes, in hexadecimal; empty for an earlier
            catalogue, of which Git knows no more than the blob.
        size: how many bytes it has; 0 likewise.
        load: returns its bytes. Those of catalogues are not held, since they are most
            of a registry, nor those of files that need not be read again; raises
            `PublishError` where one has changed since.
    """

    path: str
    blob: str
    sha256: str
    size: int
    load: Callable[[], bytes] = field(repr=False, compare=False)

    @property
    def data(self) -> bytes:
        """The bytes of the file."""
        return self.load()


def source_file(path: str, data: bytes) -> SourceFile:
    """Return a file with the id that Git would give it."""
    return SourceFile(
        path=path,
        blob=blob_id(data),
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        load=lambda: data,
    )


def blob_id(data: bytes) -> str:
    """Return the id that Git has for these bytes."""
    return _blob_hash(len(data), data).hexdigest()


def file_digest(path: "str | os.PathLike[str]") -> str:
    """Return the SHA-256 of the bytes at a path, in hexadecimal."""
    with open(path, "rb") as file:  # noqa: PTH123 - a path of any kind
        return hashlib.file_digest(file, "sha256").hexdigest()


def opened(path: str) -> int:
    """Return the descriptor of an open file, never of what a link leads to."""
    flags = os.O_RDONLY
    # Nor does anybody wait for who writes into a pipe that took the file's place.
    for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):
        flags |= getattr(os, flag, 0)
    return os.open(path, flags)


def small_file(path: str, file: int, size: int, limit: int) -> SourceFile | int:
    """Return a file that is held, or of how many bytes more than `limit` it is.

    Args:
        path: as messages name it.
        file: its descriptor.
        size: how many bytes it has, as far as is known.
        limit: how many it may have.
    """
    data = os.read(file, size + 1)
    if len(data) != size:  # it is being written, or comes in pieces
        with os.fdopen(file, "rb", closefd=False) as rest:
            data += rest.read(limit + 1 - len(data))
    return len(data) if len(data) > limit else source_file(path, data)


def large_file(path: str, place: str, file: int, size: int) -> SourceFile:
    """Return a file whose bytes are read again when they are needed.

    Args:
        path: as messages name it.
        place: where it is.
        file: its descriptor.
        size: how many bytes it has.
    """
    blob, digest = _blob_hash(size), hashlib.sha256()
    left = size + 1
    while left and (piece := os.read(file, min(left, _PIECE))):
        blob.update(piece)
        digest.update(piece)
        left -= len(piece)
    return unread_file(path, place, size, blob.hexdigest(), digest.hexdigest())


def unread_file(path: str, place: str, size: int, blob: str, sha256: str) -> SourceFile:
    """Return a file of which all but its bytes is known.

    Args:
        path: as messages name it.
        place: where it is.
        size: how many bytes it has.
        blob: the id that Git has for them.
        sha256: their SHA-256, in hexadecimal.
    """
    load = partial(_load, path, place, size, sha256)
    return SourceFile(path=path, blob=blob, sha256=sha256, size=size, load=load)


def _load(path: str, place: str, size: int, sha256: str) -> bytes:
    try:
        with os.fdopen(opened(place), "rb") as file:
            data = file.read(size + 1)
    except OSError as error:
        raise PublishError(f"{path} cannot be read again: {error.strerror}") from error
    # Not compared by its blob id, which is a SHA-1 and can be forged.
    if len(data) != size or hashlib.sha256(data).hexdigest() != sha256:
        raise PublishError(
            f"{path} changed while it was read; nothing was taken from it. Try again "
            "when nobody writes to it"
        )
    return data


def _blob_hash(size: int, data: bytes = b"") -> "hashlib._Hash":
    header = b"blob %d\0" % size
    found = hashlib.sha1(header, usedforsecurity=False)
    found.update(data)
    return found
