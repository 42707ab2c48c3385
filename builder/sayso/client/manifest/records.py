"""Records of a table of text, one by one: for text whose quoting is in doubt.

It is read as Python's `csv` does, with one difference. Where a quotation mark is not
closed as it should be, `csv` takes all that follows into one cell, and rows would
vanish; here the line alone is kept, as a broken record.
"""

import csv
import io
from collections.abc import Iterator
from typing import Final, NamedTuple

_LARGEST: Final = 2**31 - 1


class Record(NamedTuple):
    """One record.

    Attributes:
        cells: none where the line is empty.
        line: on which it begins, from 1.
        is_broken: whether its quoting is.
    """

    cells: list[str]
    line: int
    is_broken: bool = False


class Records:
    """Takes records from a text that begins with one.

    Attributes:
        rest: what is left after the last whole record, once all are taken.
    """

    def __init__(
        self, text: str, delimiter: str, *, line: int = 1, final: bool
    ) -> None:
        """Prepare to take them.

        Args:
            text: whole lines.
            delimiter: between cells.
            line: the number of its first line.
            final: whether nothing follows; otherwise a record that is not closed is
                left in `rest`.
        """
        self.rest = ""
        self._lines = list(io.StringIO(text, newline=""))
        self._delimiter, self._first, self._final = delimiter, line, final
        self._place, self._ended = 0, False

    @property
    def line(self) -> int:
        """The number of the line after the last record that was taken."""
        return self._first + self._place

    @property
    def taken(self) -> str:
        """The lines of the records that were taken."""
        return "".join(self._lines[: self._place])

    def __iter__(self) -> Iterator[Record]:
        # The limit is one for the whole process, and too small for lyrics.
        before = csv.field_size_limit(_LARGEST)
        try:
            yield from self._records()
        finally:
            csv.field_size_limit(before)

    def _records(self) -> Iterator[Record]:
        reader = csv.reader(self._feed(), delimiter=self._delimiter, strict=True)
        while self._place < len(self._lines):
            start = self._place
            try:
                yield Record(next(reader), self._first + start)
                continue
            except csv.Error:
                pass
            if self._ended and not self._final:
                self.rest = "".join(self._lines[start:])
                self._place = start
                return
            cells, is_closed = self._alone(start)
            is_broken = self._ended or self._place > start + 1 or not is_closed
            self._place, self._ended = start + 1, False
            reader = csv.reader(self._feed(), delimiter=self._delimiter, strict=True)
            yield Record(cells, self._first + start, is_broken)

    def _feed(self) -> Iterator[str]:
        while self._place < len(self._lines):
            self._place += 1
            yield self._lines[self._place - 1]
        self._ended = True

    def _alone(self, place: int) -> tuple[list[str], bool]:
        """Return the cells of a line alone, and whether its last one is closed."""
        is_closed = True

        def feed() -> Iterator[str]:
            nonlocal is_closed
            yield self._lines[place].rstrip("\r\n")
            is_closed = False

        cells = next(csv.reader(feed(), delimiter=self._delimiter), [])
        return cells, is_closed
