"""The lines of a text, some megabytes at a time, as UTF-8 whatever they were in."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Final

import numpy as np

from sayso.client.manifest.origin import HEAD, Origin, Readable
from sayso.client.manifest.rows import Remarks
from sayso.errors import ManifestError

BLOCK: Final = 2**23
"""About how many bytes of a text are worked on at a time."""
RECORD: Final = 2**24
"""No row is longer, in bytes."""

GZIP: Final = b"\x1f\x8b"
_MARK: Final = codecs.BOM_UTF8
_UTF16: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class Lines:
    """A text that is read in blocks of whole lines.

    Attributes:
        sample: its first lines, of which the last is cut off unless it is all.
        is_whole: whether the sample is all of it.
    """

    def __init__(self, origin: Origin, remarks: Remarks) -> None:
        """Look at the first lines.

        Raises:
            ManifestError: they cannot be read.
        """
        self._origin, self._remarks = origin, remarks
        self._is_gzip = origin.head.startswith(GZIP)
        head, self.is_whole = self._unpacked_head()
        self._encoding = _UTF16.get(head[:2])
        if self._encoding is not None:
            decoder = codecs.getincrementaldecoder(self._encoding)("replace")
            head = decoder.decode(head[2:]).encode()
        head = head.removeprefix(_MARK)
        # Once every Macintosh ended its lines so, and some spreadsheets still do.
        self._end = b"\r" if b"\r" in head and b"\n" not in head else b"\n"
        if not self.is_whole:
            head = head[: head.rfind(self._end) + 1] or head
        self.sample = self._mended(head, 1, Remarks())

    def blocks(self) -> Iterator[bytes]:
        """Yield blocks of whole lines, in valid UTF-8 and without a byte order mark.

        Raises:
            ManifestError: the text cannot be read to its end, or a line is too long.
        """
        rest, line = b"", 1
        for piece in self._pieces():
            end = piece.rfind(self._end) + 1
            if not end:
                rest += piece
                if len(rest) > RECORD:
                    raise too_long(self._origin.name, line)
                continue
            block = rest + piece[:end] if rest else piece[:end]
            rest = piece[end:]
            yield self._mended(block, line, self._remarks)
            line += count(block, self._end)
        if rest:
            yield self._mended(rest, line, self._remarks)

    def whole(self, limit: int) -> str:
        """Return all of the text.

        Args:
            limit: its most bytes.

        Raises:
            ManifestError: it cannot be read to its end, or is longer.
        """
        pieces, size = [], 0
        for piece in self._pieces():
            size += len(piece)
            if size > limit:
                raise ManifestError(
                    f"{self._origin.name} is longer than {limit >> 20} MiB, and a JSON "
                    "document is read as a whole; write one object a line instead, as "
                    ".jsonl"
                )
            pieces.append(piece)
        return self._mended(b"".join(pieces), 1, self._remarks).decode()

    def _unpacked_head(self) -> tuple[bytes, bool]:
        head = self._origin.head
        if not self._is_gzip:
            return head, self._origin.is_whole
        pieces, size = [], 0
        try:
            with gzip.GzipFile(fileobj=BytesIO(head)) as text:
                while size < HEAD and (piece := text.read1(HEAD - size)):
                    pieces.append(piece)
                    size += len(piece)
        except EOFError as error:
            if self._origin.is_whole:
                raise _broken(self._origin, error) from error
        except (OSError, zlib.error) as error:
            raise _broken(self._origin, error) from error
        return b"".join(pieces), self._origin.is_whole and size < HEAD

    def _pieces(self) -> Iterator[bytes]:
        """Yield the bytes of the text, unpacked and in UTF-8 if they were in UTF-16."""
        origin = self._origin
        try:
            with origin.opened() as stream, self._unpacked(stream) as text:
                is_first = True
                decoder = codecs.getincrementaldecoder(self._encoding or "utf-8")()
                while piece := text.read(BLOCK):
                    if self._encoding is not None:
                        piece = decoder.decode(piece).encode()
                    yield piece.removeprefix(_MARK) if is_first else piece
                    is_first = False
                decoder.decode(b"", final=True)
        except (OSError, EOFError, zlib.error) as error:
            raise _broken(origin, error) from error
        except UnicodeError as error:
            raise ManifestError(
                f"{origin.name} begins as UTF-16, but is not to its end; save it as "
                "UTF-8"
            ) from error

    @contextmanager
    def _unpacked(self, stream: Readable) -> Iterator[Readable]:
        if not self._is_gzip:
            yield stream
            return
        # It asks for nothing but bytes in order.
        with gzip.GzipFile(fileobj=stream, mode="rb") as text:  # type: ignore[call-overload]
            yield text

    def _mended(self, block: bytes, line: int, remarks: Remarks) -> bytes:
        """Return lines as UTF-8: a line that is none is taken as Windows-1252."""
        try:
            if block.isascii() or block.decode():
                return block
        except UnicodeDecodeError:
            pass
        lines = block.split(self._end)
        for place, data in enumerate(lines):
            try:
                data.decode()
            except UnicodeDecodeError:
                lines[place] = _windows(data).encode()
                remarks.add(
                    "encoding",
                    f"{self._origin.name}:{line + place}: the line is not UTF-8 and "
                    "was read as Windows-1252",
                )
        return self._end.join(lines)


def count(data: bytes, byte: bytes) -> int:
    """Return how often a byte stands in many: bytes.count stops at each of them."""
    return int(np.count_nonzero(np.frombuffer(data, np.uint8) == ord(byte)))


def too_long(name: str, line: int) -> ManifestError:
    """Return what to raise for a row without end."""
    return ManifestError(
        f"{name}:{line}: the row that begins here is longer than {RECORD >> 20} MiB; "
        "is a quotation mark missing, or is this no table?"
    )


def _windows(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _broken(origin: Origin, error: Exception) -> ManifestError:
    if isinstance(error, OSError) and error.errno is not None:
        return origin.unreadable(error)
    return ManifestError(
        f"{origin.name} is damaged: its compressed data are broken or end too early; "
        "fetch it again"
    )
