"""Whether a text of rows is quoted as RFC 4180 says, and where its last row ends."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from sayso.columns.codes import Bytes, Places

_QUOTE, _FEED, _RETURN = (ord(character) for character in '"\n\r')
_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Extent:
    """The whole rows at the beginning of a text.

    Attributes:
        end: where they end, in bytes.
        rows: how many there are.
        lines: how many lines those take.
    """

    end: int
    rows: int
    lines: int


def regular(data: bytes, delimiter: bytes, *, final: bool) -> Extent | None:
    """Return the extent of the rows of a text; None where anything is in doubt.

    There is doubt about empty lines, lone carriage returns, quotation marks anywhere
    but around a whole cell or doubled within one, and a cell that is never closed.

    Args:
        data: begins with a row.
        delimiter: one byte.
        final: whether nothing follows; otherwise rows end with a line feed.
    """
    if data.startswith(_MARK) or (
        b"\r" in data and data.count(b"\r") != data.count(b"\r\n")
    ):
        return None
    text = np.frombuffer(data, np.uint8)
    feeds = np.flatnonzero(text == _FEED)
    if _has_empty_line(text, feeds):
        return None
    ends, is_open = feeds, False
    if b'"' in data:
        quotes = np.flatnonzero(text == _QUOTE)
        if not _is_regular(text, quotes, ord(delimiter)):
            return None
        ends = feeds[quotes.searchsorted(feeds) % 2 == 0]
        is_open = len(quotes) % 2 == 1
    end = int(ends[-1]) + 1 if len(ends) else 0
    if final and end < len(data):
        return None if is_open else Extent(len(data), len(ends) + 1, len(feeds) + 1)
    return Extent(end, len(ends), int(feeds.searchsorted(end)))


def _has_empty_line(text: Bytes, feeds: Places) -> bool:
    lengths = np.diff(feeds, prepend=-1)
    if bool(np.any(lengths == 1)):
        return True
    return bool(np.any(text[feeds[lengths == 2] - 1] == _RETURN))  # noqa: PLR2004 - CR LF


def _is_regular(data: Bytes, quotes: Places, delimiter: int) -> bool:
    """Return whether each mark opens or closes a cell, or is one of two in a cell.

    Marks open and close in turn. One that closes and is followed at once by one that
    opens is a doubled one.
    """
    opening, closing = quotes[::2], quotes[1::2]
    before = data[opening - 1]
    before[opening == 0] = _FEED
    is_open = (before == delimiter) | (before == _FEED) | (before == _QUOTE)
    after = data[np.minimum(closing + 1, len(data) - 1)]
    after[closing == len(data) - 1] = _FEED
    is_closed = (
        (after == delimiter) | (after == _FEED) | (after == _RETURN) | (after == _QUOTE)
    )
    return bool(np.all(is_open) and np.all(is_closed))
