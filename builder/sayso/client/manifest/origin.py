"""Where the bytes of a manifest come from: a file, or a stream that is read once."""

import os
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from sayso.errors import ManifestError

HEAD: Final = 2**20
"""How many bytes are looked at before reading, in order to know what they are."""

_PIECE: Final = 2**22


class Readable(Protocol):
    """What bytes are read from, in order."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, fewer only at the end."""
        ...


class Origin:
    """The bytes of a manifest.

    Attributes:
        name: as the user wrote it, for messages.
        size: in bytes; None for a stream.
    """

    def __init__(self, source: Path | BinaryIO) -> None:
        """Look at the first bytes.

        Raises:
            ManifestError: there is no such file, or it cannot be read.
        """
        self.name = str(source) if isinstance(source, Path) else "standard input"
        self._position = 0
        try:
            self._source = source = self._settled(source)
            self.size = source.stat().st_size if isinstance(source, Path) else None
            with self._raw() as stream:
                self._head = _read(stream, HEAD)
        except OSError as error:
            raise self.unreadable(error) from error

    @property
    def head(self) -> bytes:
        """The first bytes, at most `HEAD`; they are still there to be read."""
        return self._head

    @property
    def is_whole(self) -> bool:
        """Whether the head is all there is."""
        return len(self._head) < HEAD

    @property
    def done(self) -> float:
        """How much has been read, from 0 to 1; 0 while nobody knows."""
        return min(self._position / self.size, 1.0) if self.size else 0.0

    @contextmanager
    def opened(self) -> Iterator[Readable]:
        """Give the bytes from the first on; of a stream only once."""
        with self._raw() as stream:
            head = b"" if isinstance(self._source, Path) else self._head
            yield _Counted(self, head, stream)
        self._position = self.size or 0

    def file(self) -> Path:
        """Return a file that can be read from anywhere: a stream is copied to one.

        A copy is removed with this object; of a stream there is only one.

        Raises:
            ManifestError: it cannot be copied.
        """
        if isinstance(self._source, Path):
            return self._source
        try:
            return self._copied()
        except OSError as error:
            raise self.unreadable(error) from error

    def advance(self, position: int) -> None:
        """Note how many bytes have been read."""
        self._position = position

    def unreadable(self, error: Exception) -> ManifestError:
        """Return what to raise where reading fails."""
        said = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return ManifestError(f"{self.name} cannot be read: {said}")

    def _settled(self, source: Path | BinaryIO) -> Path | BinaryIO:
        """Return a file, or else what is read once: a pipe has a path, too."""
        if not isinstance(source, Path) or source.is_file():
            return source
        stream = source.open("rb")
        weakref.finalize(self, stream.close)
        return stream

    def _copied(self) -> Path:
        handle, name = tempfile.mkstemp(prefix="sayso-manifest-")
        path = Path(name)
        weakref.finalize(self, path.unlink, missing_ok=True)
        with os.fdopen(handle, "wb") as copy, self.opened() as stream:
            while piece := stream.read(_PIECE):
                copy.write(piece)
        return path

    @contextmanager
    def _raw(self) -> Iterator[BinaryIO]:
        if isinstance(self._source, Path):
            with self._source.open("rb") as stream:
                yield stream
        else:
            yield self._source


class _Counted:
    """Reads what was looked at, then the rest; counts."""

    def __init__(self, origin: Origin, head: bytes, stream: BinaryIO) -> None:
        self._origin, self._head, self._stream = origin, head, stream
        self._read = 0

    def read(self, size: int, /) -> bytes:
        piece, self._head = self._head[:size], self._head[size:]
        if len(piece) < size:
            piece += _read(self._stream, size - len(piece))
        self._read += len(piece)
        self._origin.advance(self._read)
        return piece


def _read(stream: BinaryIO, size: int) -> bytes:
    """Return so many bytes; a pipe gives fewer at a time."""
    data = stream.read(size)
    while len(data) < size and (piece := stream.read(size - len(data))):
        data += piece
    return data
