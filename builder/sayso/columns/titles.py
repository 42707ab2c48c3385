"""Titles by the million: what stands for a title with its artist, in eight bytes.

"One song, many ISRCs": a recording that nobody declared may have the title and artist
of one that somebody did. What is compared is letters and digits alone, in lower case,
of the title and of the first artist. That two texts are alike is a hint for people;
nothing is ever permitted by it.
"""

from functools import cache
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Column: TypeAlias = "pa.Array[Any]"
Marks: TypeAlias = npt.NDArray[np.uint64]

NO_TITLE: Final = 0
"""The mark where the title or the artist is missing."""

LONGEST: Final = 200
"""How many letters and digits of a title, and of an artist, are compared."""

_OTHERS: Final = (
    r"(?s)(?:[,;/&+|\x00]|\s(?:feat|ft|featuring|with|vs|x|and|und|et|y)\b\.?).*$"
)
_UNSPOKEN: Final = r"[^\p{L}\p{N}]+"
_BETWEEN: Final = "\x1f"
_ODD: Final = 0x9E3779B97F4A7C15


def marks_of(titles: Column, artists: Column) -> Marks:
    """Return what stands for each title with its artist, `NO_TITLE` for none.

    Args:
        titles: texts or nulls.
        artists: as many; of several artists in one text the first one counts.
    """
    spoken_artists = pc.replace_substring_regex(_lower(artists), _OTHERS, "")
    title, artist = _spoken(_lower(titles)), _spoken(spoken_artists)
    is_there = pc.and_(
        pc.greater(pc.binary_length(title), 0), pc.greater(pc.binary_length(artist), 0)
    )
    between = pa.scalar(_BETWEEN, pa.large_string())
    texts = pc.binary_join_element_wise(title, artist, between)
    marks = _hashed(texts)
    marks[~np.asarray(is_there)] = NO_TITLE
    return marks


def _lower(texts: Column) -> Column:
    texts = pc.fill_null(texts.cast(pa.large_string()), "")
    # Some letters are one with their accent only when they are small.
    small = pc.utf8_lower(pc.utf8_normalize(texts, "NFKC"))
    return pc.utf8_normalize(small, "NFKC")


def _spoken(texts: Column) -> Column:
    letters = pc.replace_substring_regex(texts, _UNSPOKEN, "")
    return pc.utf8_slice_codeunits(letters, 0, LONGEST)


def _hashed(texts: Column) -> Marks:
    """Return a sum of each text's bytes, each weighted by its place.

    The weights are odd and without a pattern, so that texts which differ have different
    sums as good as always.
    """
    _, ends, data = texts.buffers()
    offsets = np.frombuffer(ends, np.int64)[texts.offset :][: len(texts) + 1]
    if not len(texts):
        return np.empty(0, np.uint64)
    letters = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]]
    starts = offsets[:-1] - offsets[0]
    lengths = np.diff(offsets)
    places = np.arange(len(letters)) - np.repeat(starts, lengths)
    weighted = (letters.astype(np.uint64) + np.uint64(1)) * _weights()[places]
    sums: Marks = np.add.reduceat(weighted, starts)
    return _mixed(sums)


def _mixed(numbers: Marks) -> Marks:
    """Return numbers whose every bit depends on all bits (splitmix64)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


@cache
def _weights() -> Marks:
    # Of the letters of both texts, each of four bytes at most, and what is between.
    places = np.arange(1, 8 * LONGEST + 2, dtype=np.uint64)
    return _mixed(places * np.uint64(_ODD)) | np.uint64(1)
