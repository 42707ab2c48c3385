"""The bytes of a tar, as `tarfile` may read them: forwards, and only so many.

`tarfile` reads what stands before a member whole into memory, takes a broken header
for the end, and does not mind where the end is missing. All of that is refused here,
and what it reads as a member is what those read who train with the tar.
"""

import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from gzip import GzipFile
from tarfile import (
    BLOCKSIZE,
    GNUTYPE_LONGLINK,
    GNUTYPE_LONGNAME,
    SOLARIS_XHDTYPE,
    XGLTYPE,
    XHDTYPE,
    TarInfo,
)
from typing import IO, BinaryIO, Final, Self, cast

from sayso.client.manifest.tags.part import Part
from sayso.errors import MalformedError

MOST_UNPACKED: Final = 2**40
MOST_RATIO: Final = 200
"""How many times its size a tar may become, once it is longer than `_DOUBTFUL`."""
MOST_HELD: Final = 2**26
"""Bytes of a member of a compressed tar that are held to read its tags."""

_DOUBTFUL: Final = 2**30
_PIECE: Final = 2**20
_GZIP: Final = b"\x1f\x8b"
_BEFORE: Final = frozenset(
    {XHDTYPE, SOLARIS_XHDTYPE, XGLTYPE, GNUTYPE_LONGNAME, GNUTYPE_LONGLINK}
)
_MOST_BEFORE: Final = 2**18
"""Bytes of one header before a member."""
_MOST_GLOBAL: Final = 2**16
"""Bytes of headers for all members: `tarfile` copies them for each."""
_LONGEST_REASON: Final = 200
_MOST_HEADERS: Final = 8
_MOST_FOR_HEADERS: Final = 2**20
# A search in `tarfile` takes the square of the length of a row of digits.
_DIGITS: Final = re.compile(rb"[0-9]{100}")


class Tape:
    """A tar that is open, compressed with gzip or not.

    Attributes:
        is_cut: whether it ended without the mark of its end.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Begin to read a file."""
        self._file = file
        self._packed = file.read(len(_GZIP)) == _GZIP
        file.seek(0)
        self._stream = GzipFile(fileobj=file) if self._packed else file
        self._place = 0
        self._allowed = self._headers = 0
        self._globals = _MOST_GLOBAL
        self.is_cut = False

    def members(self) -> Iterator[TarInfo]:
        """Yield what `tarfile` finds in it; `part` reads the last one.

        Raises:
            MalformedError: it cannot be read to its end, in words about it as `it`.
            OSError: likewise.
        """
        self._allow()
        with _in_words():
            tar = tarfile.open(  # noqa: SIM115 - the file is the caller's
                fileobj=cast("IO[bytes]", self), mode="r:", tarinfo=_header(self)
            )
        while (member := self._next(tar)) is not None:
            yield member

    def part(self, size: int) -> Part:
        """Return the content of the member that was found last."""
        start = self._place
        if not self._packed:

            def read(place: int, length: int) -> bytes:
                self._file.seek(start + place)
                return self._file.read(length)

            return Part.of_file(read, size)
        with _in_words():
            head = self._take(min(size, MOST_HELD))
        return Part.of_file(_held(head), size)

    def has_more(self) -> bool:
        """Return whether anything but padding follows the end.

        Raises:
            MalformedError: it is damaged, as the checksum at its very end may tell.
            OSError: likewise.
        """
        with _in_words():
            rest = self._take(_PIECE)
        return len(rest) == _PIECE or bool(rest.strip(b"\0"))

    def tell(self) -> int:
        """For `tarfile`: return where it is."""
        return self._place

    def seek(self, place: int) -> None:
        """For `tarfile`: pass over what is not wanted."""
        if not self._packed:
            self._place = place
        while self._place < place and self._take(min(place - self._place, _PIECE)):
            pass

    def read(self, size: int) -> bytes:
        """For `tarfile`: return the next bytes, which belong to headers."""
        self._allowed -= size
        if self._allowed < 0:
            raise MalformedError("it has headers that are too long")
        data = self._take(size)
        self.is_cut = not data
        if _DIGITS.search(data):
            raise MalformedError("it has a header with a number that is too long")
        return data

    def check(self, header: TarInfo) -> None:
        """For `tarfile`: count a header, and look at it before it is believed."""
        self._headers -= 1
        if self._headers < 0:
            raise MalformedError("it has too many headers for one member")
        if header.type == XGLTYPE:
            self._globals -= header.size
        is_long = header.type in _BEFORE and header.size > _MOST_BEFORE
        if header.size < 0 or is_long or self._globals < 0:
            raise MalformedError(f"it has a header of {header.size:,} bytes")

    def _next(self, tar: tarfile.TarFile) -> TarInfo | None:
        self._allow()
        with _in_words():
            member = tar.next()
        tar.members.clear()  # type: ignore[attr-defined] # they are kept otherwise
        if member is not None and member.isreg() and not member.issparse():
            # Headers for many members, and those of files with gaps, may say another
            # size than that by which the next member is found.
            blocks = -(-member.size // BLOCKSIZE)
            if member.size < 0 or tar.offset != member.offset_data + blocks * BLOCKSIZE:
                raise MalformedError("it has a member whose size contradicts itself")
        return member

    def _allow(self) -> None:
        self._allowed, self._headers = _MOST_FOR_HEADERS, _MOST_HEADERS

    def _take(self, size: int) -> bytes:
        if not self._packed:
            self._file.seek(self._place)
        data = self._stream.read(size)
        self._place += len(data)
        most = max(_DOUBTFUL, MOST_RATIO * self._file.tell())
        if self._packed and self._place > min(most, MOST_UNPACKED):
            raise MalformedError(
                f"it unpacks to more than {MOST_RATIO} times its size, or to more than "
                f"{MOST_UNPACKED >> 40} TiB"
            )
        return data


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (MalformedError, OSError):
        raise
    except (EOFError, zlib.error) as error:
        raise MalformedError(f"it is cut off or damaged: {error}") from error
    except Exception as error:  # whatever `tarfile` stumbles on
        reason = str(error)[:_LONGEST_REASON]
        raise MalformedError(f"it is no tar, or a damaged one: {reason}") from error


def _held(head: bytes) -> Callable[[int, int], bytes]:
    def read(place: int, length: int) -> bytes:
        if place + length > len(head):
            raise MalformedError(
                f"its tags are beyond its first {MOST_HELD >> 20} MiB, and the tar is "
                "compressed"
            )
        return head[place : place + length]

    return read


def _header(tape: Tape) -> type[TarInfo]:
    """Return how `tarfile` is to read the headers of a tar."""

    class Header(TarInfo):
        @classmethod
        def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
            if len(buf) % BLOCKSIZE:
                raise MalformedError("it ends within a header")
            try:
                header = super().frombuf(buf, encoding, errors)
            except tarfile.HeaderError as error:
                if buf.strip(b"\0"):
                    raise MalformedError(
                        f"it has a broken header at byte {tape.tell() - BLOCKSIZE:,} "
                        f"({error})"
                    ) from error
                raise  # the end
            tape.check(header)
            return header

    return Header
