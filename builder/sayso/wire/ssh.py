"""The bytes of SSH: numbers and strings one after the other, RFC 4251 §5.

A string is its length in four bytes, and so many bytes; an mpint is a string that
holds a number in as few bytes as there can be. Each value has one spelling here.
"""

from typing import Final

from sayso.errors import MalformedError

_LENGTH_BYTES: Final = 4


class Reading:
    """Reads the values of some bytes one after the other.

    Every method raises MalformedError where the next value is not what it reads.
    """

    __slots__ = ("_at", "_data")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        """Return so many bytes."""
        end = self._at + count
        if end > len(self._data):
            raise MalformedError(
                f"it ends after {len(self._data)} bytes, within a value"
            )
        part = self._data[self._at : end]
        self._at = end
        return part

    def number(self, count: int = _LENGTH_BYTES) -> int:
        """Return an unsigned number of so many bytes."""
        return int.from_bytes(self.take(count))

    def string(self) -> bytes:
        """Return a string; its length is bounded by that of all the bytes."""
        return self.take(self.number())

    def text(self) -> str:
        """Return a string of visible ASCII, such as a name."""
        data = self.string()
        text = data.decode("latin-1")
        if not (text.isascii() and text.isprintable()):
            raise MalformedError(f"a name has other bytes than ASCII: {data[:40]!r}")
        return text

    def positive(self, limit: int) -> int:
        """Return an mpint above 0 that fits into so many bytes."""
        data = self.string()
        number = int.from_bytes(data)
        if not number or data != _mpint(number):
            raise MalformedError("a number is not positive, or has bytes too many")
        if number.bit_length() > 8 * limit:
            raise MalformedError(f"a number has more than {limit} bytes")
        return number

    def end(self) -> None:
        """Check that nothing follows."""
        if rest := len(self._data) - self._at:
            raise MalformedError(f"{rest} bytes follow after the end")


def to_string(data: bytes) -> bytes:
    """Return the bytes as a string."""
    return len(data).to_bytes(_LENGTH_BYTES) + data


def to_positive(number: int) -> bytes:
    """Return a number above 0 as an mpint."""
    return to_string(_mpint(number))


def _mpint(number: int) -> bytes:
    # The highest bit is the sign's, so that a number may need a byte of zeros.
    return number.to_bytes(number.bit_length() // 8 + 1)
