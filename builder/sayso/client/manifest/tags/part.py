"""A part of a file, read from front to back: tags are read, the sound is passed over.

What is read of one file is bounded in bytes and in steps together, so that sizes that
lie, and headers by the million, end in an error and not in a day of work.
"""

from collections.abc import Callable
from io import SEEK_END
from typing import BinaryIO, Final, Literal

from sayso.errors import MalformedError

MOST_READ: Final = 2**24
"""Bytes that are read of one file; embedded pictures are passed over, mostly."""

LONGEST_TEXT: Final = 2**16
_STEP: Final = 64
"""What a step costs, as if it were so many bytes."""

Order = Literal["little", "big"]


class Source:
    """A file from which at most `MOST_READ` bytes are taken."""

    __slots__ = ("_left", "_read", "size")

    def __init__(self, read: Callable[[int, int], bytes], size: int) -> None:
        """Read a file with a function of a place and a length."""
        self._read = read
        self.size = size
        self._left = MOST_READ

    def at(self, place: int, length: int) -> bytes:
        """Return so many bytes of the file.

        Raises:
            MalformedError: they are not there, or too much has been read.
        """
        self._left -= length + _STEP
        if self._left < 0:
            raise MalformedError(f"its tags take more than {MOST_READ >> 20} MiB")
        data = self._read(place, length)
        if len(data) != length:
            raise MalformedError("it ends too early")
        return data


class Part:
    """Some bytes that follow one another in a file, and how far they were read."""

    __slots__ = ("_end", "_place", "_source")

    def __init__(self, source: Source, place: int, end: int) -> None:
        self._source = source
        self._place = place
        self._end = end

    @classmethod
    def of_file(cls, read: Callable[[int, int], bytes], size: int) -> "Part":
        """Return a whole file, read with a function of a place and a length."""
        return cls(Source(read, size), 0, size)

    @classmethod
    def of_stream(cls, stream: BinaryIO) -> "Part":
        """Return a whole file that is open."""

        def read(place: int, length: int) -> bytes:
            stream.seek(place)
            return stream.read(length)

        return cls.of_file(read, stream.seek(0, SEEK_END))

    @classmethod
    def of_bytes(cls, data: bytes) -> "Part":
        """Return bytes that are at hand."""
        return cls.of_file(
            lambda place, length: data[place : place + length], len(data)
        )

    @property
    def left(self) -> int:
        """How many bytes follow."""
        return self._end - self._place

    def take(self, length: int) -> bytes:
        """Return the next bytes and pass over them.

        Raises:
            MalformedError: there are fewer, as for all that follow here.
        """
        self._require(length)
        data = self._source.at(self._place, length)
        self._place += length
        return data

    def peek(self, length: int, *, after: int = 0) -> bytes:
        """Return the bytes, or the fewer that are left, some way ahead."""
        length = min(length, self.left - after)
        return self._source.at(self._place + after, length) if length > 0 else b""

    def skip(self, length: int) -> None:
        """Pass over bytes."""
        self._require(length)
        self._place += length

    def part(self, length: int) -> "Part":
        """Return the next bytes as a part of their own, and pass over them."""
        self.skip(length)
        return Part(self._source, self._place - length, self._place)

    def tail(self, length: int) -> "Part":
        """Return the last bytes as a part of their own, and leave them out here."""
        self._require(length)
        self._end -= length
        return Part(self._source, self._end, self._end + length)

    def number(self, width: int, order: Order) -> int:
        """Return the next bytes as a number without sign."""
        return int.from_bytes(self.take(width), order)

    def rest(self) -> bytes:
        """Return all that is left, where a text of bounded length stands."""
        if self.left > LONGEST_TEXT:
            raise MalformedError(f"a text of {self.left:,} bytes in a tag")
        return self.take(self.left)

    def _require(self, length: int) -> None:
        if not 0 <= length <= self.left:
            raise MalformedError("it ends too early")
