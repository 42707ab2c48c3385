"""Columns on the disk: numbers side by side, searched without reading them.

Nothing but the standard library is loaded: a look-up touches a few pages of a file of
any length.
"""

import mmap
from bisect import bisect_left
from pathlib import Path
from typing import Final, Literal, TypeAlias

from sayso.errors import FetchError

Kind: TypeAlias = Literal["q", "i", "Q"]
"""What a column is made of: `q` and `Q` of 8 bytes, `i` of 4, little-endian."""

SIZES: Final[dict[str, int]] = {"q": 8, "i": 4, "Q": 8}
_EMPTY: Final = memoryview(b"")


def mapped(path: Path) -> memoryview:
    """Return the bytes of a file, which stay where they are, even when it is removed.

    Raises:
        FetchError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            if not file.seek(0, 2):
                return _EMPTY  # of an empty file nothing can be mapped
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as error:
        raise FetchError(
            f"{path} cannot be read: {error.strerror}; run sayso sync again"
        ) from error


class Numbers:
    """A column of numbers in a file, which stays where it is."""

    def __init__(self, path: Path, kind: Kind) -> None:
        """Map a file.

        Raises:
            FetchError: it is not there, or has no whole numbers.
        """
        self.path = path
        self.bytes = mapped(path)
        if len(self.bytes) % SIZES[kind]:
            raise FetchError(f"{path} is cut off; run sayso sync again")
        self.items = self.bytes.cast(kind)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, place: int) -> int:
        return int(self.items[place])

    def place_of(self, number: int) -> int | None:
        """Return where a number stands in a column that ascends, or None."""
        place = bisect_left(self.items, number)
        if place < len(self.items) and self.items[place] == number:
            return place
        return None

    def places_until(self, number: int) -> int:
        """Return how many numbers of a column that ascends are at most this one."""
        return bisect_left(self.items, number + 1)
