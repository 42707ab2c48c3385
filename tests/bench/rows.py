"""Rows of catalogues: codes with titles and artists, as columns of text."""

from io import BytesIO

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from tests.bench import words
from tests.bench.cells import Codes, Whole, mix

HEADER = b"isrc,title,artist\n"
_ALBUM = 12
_DIGITS = np.frombuffer(
    "".join(f"{number:04d}" for number in range(10_000)).encode(), dtype=np.uint8
).reshape(-1, 4)


class Rows:
    """Makes rows of codes; the same code has the same title everywhere."""

    def __init__(self, prefixes: list[str]) -> None:
        letters = "".join(prefixes).encode()
        self._prefixes = np.frombuffer(letters, dtype=np.uint8).reshape(-1, 5)
        self._title = [
            pl.Series(pool, dtype=pl.String)
            for pool in (
                words.openings(),
                words.phrases(),
                words.endings(),
                words.tails(),
            )
        ]
        self._artist = [
            pl.Series(pool, dtype=pl.String)
            for pool in (words.given(), words.invented())
        ]

    def frame(self, codes: Codes, *, hyphens: bool = False) -> pl.DataFrame:
        """Return columns `isrc`, `title` and `artist`."""
        one = codes.seed + codes.place.astype(np.uint64)
        album = codes.seed + (codes.place // _ALBUM).astype(np.uint64)
        roster = mix(album + np.uint64(1)) % np.uint64(7)
        title = _joined(self._title, mix(one ^ np.uint64(0xA5A5)), "")
        artist = _joined(self._artist, mix(codes.seed + roster), " ")
        isrc = self.isrcs(codes, hyphens=hyphens)
        return pl.DataFrame({"isrc": isrc, "title": title, "artist": artist})

    def isrcs(self, codes: Codes, *, hyphens: bool = False) -> pl.Series:
        """Return the codes as text: `XXF012600001`, or `XX-F01-26-00001`."""
        high, low = codes.number // 10_000, codes.number % 10_000
        text = np.concatenate(
            [self._prefixes[codes.prefix], _DIGITS[high][:, 1:], _DIGITS[low]], axis=1
        )
        if hyphens:
            text = np.insert(text, [2, 5, 7], ord("-"), axis=1)
        return _texts(text)


def as_csv(frame: pl.DataFrame) -> bytes:
    """Return rows as CSV without a first line, cells quoted where they must be."""
    file = BytesIO()
    frame.write_csv(file, include_header=False)
    return file.getvalue()


def _joined(pools: list[pl.Series], dice: Whole, separator: str) -> pl.Series:
    parts = []
    for place, pool in enumerate(pools):
        chosen = (dice >> np.uint64(14 * place)) % np.uint64(len(pool))
        parts.append(pool.gather(chosen.astype(np.uint32)).alias(str(place)))
    joined = pl.concat_str([part.name for part in parts], separator=separator)
    return pl.DataFrame(parts).select(joined.alias("text")).to_series()


def _texts(matrix: NDArray[np.uint8]) -> pl.Series:
    """Return the rows of a matrix of ASCII as a column of text."""
    count, width = matrix.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int64)
    array = pa.LargeStringArray.from_buffers(
        count,
        pa.py_buffer(offsets.tobytes()),
        pa.py_buffer(np.ascontiguousarray(matrix).tobytes()),
    )
    series = pl.from_arrow(array)
    assert isinstance(series, pl.Series)
    return series
