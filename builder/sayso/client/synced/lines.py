"""Lines on the disk: items of JSON of which a look-up reads only those it needs."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from sayso.client.synced.layout import ENDS, LINES
from sayso.client.synced.numbers import Numbers, mapped
from sayso.errors import FetchError, MalformedError
from sayso.wire.profile import Json, decode_item

_Key = TypeVar("_Key", bound=str)
_Item = TypeVar("_Item")


class Lines(Sequence[bytes]):
    """A file of lines, and where each of them ends."""

    def __init__(self, path: Path) -> None:
        """Open a file; `path` is that of its lines, without a suffix.

        Raises:
            FetchError: it is not there, or is cut off.
        """
        self._ends = Numbers(path.with_suffix(ENDS), "q")
        self._bytes = mapped(path.with_suffix(LINES))
        size = self._ends[-1] if len(self._ends) else 0
        if size != len(self._bytes):
            raise FetchError(f"{path}{LINES} is cut off; run sayso sync again")

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, place: int) -> bytes:  # type: ignore[override] # no slices
        start = self._ends[place - 1] if place else 0
        return bytes(self._bytes[start : self._ends[place]]).removesuffix(b"\n")

    def item(self, place: int) -> Json:
        """Return the item of a line."""
        line = self[place]
        return decode_item(line, limit=len(line))


class Items(Mapping[_Key, _Item], Generic[_Key, _Item]):
    """Items by their ids, in whose order their lines stand."""

    def __init__(self, lines: Lines, read: Callable[[Json], _Item]) -> None:
        """Prepare to read items, each when it is asked for.

        Args:
            lines: of objects that have an `id`, ascending.
            read: makes an item of an object.
        """
        self._lines = lines
        self._read = read

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[_Key]:
        return (self._id(place) for place in range(len(self._lines)))  # type: ignore[misc] # ids are texts

    def __getitem__(self, key: _Key) -> _Item:
        place = bisect_left(range(len(self._lines)), str(key), key=self._id)
        if place == len(self._lines) or self._id(place) != key:
            raise KeyError(key)
        return self._read(self._lines.item(place))

    def _id(self, place: int) -> str:
        item = self._lines.item(place)
        if not isinstance(item, dict) or "id" not in item:
            raise MalformedError("the copy is damaged; run sayso sync again")
        return str(item["id"])
