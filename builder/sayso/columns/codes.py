"""ISRCs and their keys as columns: the formula of `sayso.model.isrc`, for millions.

A code is twelve bytes. Two bytes at a time are looked up in a table that holds what
they add to the key, or a mark that makes the sum too large to be one.
"""

from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sayso.model.isrc import (
    KEY_LIMIT,
    KEYS_PER_PREFIX,
    LAST_KEY,
    LENGTH,
    PREFIX_LENGTH,
    isrc_of,
)

Keys: TypeAlias = npt.NDArray[np.int64]
Bytes: TypeAlias = npt.NDArray[np.uint8]
Places: TypeAlias = npt.NDArray[np.intp]

NO_KEY = -1
"""What stands for a code that is no ISRC."""

_BAD = 2**59  # twelve of them still fit
_PIECE = 2**16
_DIGITS = 10**4
_REGISTRANTS = 36**3


def keys_of(codes: Bytes) -> Keys:
    """Return the key of each code, `NO_KEY` for what is no ISRC in its short form.

    Args:
        codes: a row of twelve bytes for each code, without gaps.
    """
    pairs = codes.reshape(-1, LENGTH).view(np.dtype("<u2"))
    keys = np.empty(len(pairs), np.int64)
    tables = _tables()
    # In pieces that stay in the processor's cache.
    for start in range(0, len(pairs), _PIECE):
        piece = pairs[start : start + _PIECE]
        total = tables[0][piece[:, 0]]
        for place in range(1, len(tables)):
            total += tables[place][piece[:, place]]
        total[total >= _BAD] = NO_KEY
        keys[start : start + _PIECE] = total
    return keys


def isrcs_of(keys: Keys) -> "pa.LargeStringArray":
    """Return the ISRC of each key as text, in its short form."""
    codes = code_bytes(keys)
    ends = np.arange(0, LENGTH * (len(keys) + 1), LENGTH, dtype=np.int64)
    return pa.LargeStringArray.from_buffers(
        len(keys), pa.py_buffer(ends), pa.py_buffer(codes)
    )


def code_bytes(keys: Keys) -> Bytes:
    """Return the ISRC of each key as a row of twelve bytes."""
    codes = np.empty((len(keys), LENGTH), np.uint8)
    prefixes, numbers = np.divmod(keys, KEYS_PER_PREFIX)
    countries, registrants = np.divmod(prefixes, _REGISTRANTS)
    codes[:, :2] = _letters()[countries]
    codes[:, 2:PREFIX_LENGTH] = _three()[registrants]
    high, low = np.divmod(numbers, _DIGITS)
    digits = _four_digits()
    codes[:, PREFIX_LENGTH:8] = digits[high][:, 1:]
    codes[:, 8:] = digits[low]
    return codes


def cuts(columns: Sequence[Keys], rows: int) -> Keys:
    """Return bounds between which about so many rows of the columns lie.

    Args:
        columns: ascending keys.
        rows: how many; a sample of the keys decides.
    """
    total = sum(map(len, columns))
    if total <= rows:
        return np.zeros(1, np.int64)
    step = max(rows // 256, 1)
    # A column shorter than the step counts by chance otherwise: begin with its middle.
    sample = np.sort(np.concatenate([keys[step // 2 :: step] for keys in columns]))
    inner = np.unique(sample[256::256])
    return np.concatenate([np.zeros(1, np.int64), inner[inner > 0]])


def runs(column: npt.NDArray[np.signedinteger]) -> tuple[Places, Places]:
    """Return where each run of equal neighbours begins, and how long it is.

    Args:
        column: of no negative numbers.
    """
    starts = np.flatnonzero(np.diff(column, prepend=-1))
    return starts, np.diff(starts, append=len(column))


def bytes_of(texts: pa.StringArray) -> tuple[npt.NDArray[np.int32], Bytes]:
    """Return where each text of a column begins and ends, and the bytes of all."""
    _, ends, data = texts.buffers()
    offsets = np.frombuffer(ends, np.int32)[texts.offset :][: len(texts) + 1]
    return offsets, np.frombuffer(data or b"", np.uint8)


@cache
def _tables() -> tuple[Keys, ...]:
    """Return what each two bytes of a code add to its key."""
    letters = {ord("A") + n: n for n in range(26)}
    digits = {ord("0") + n: n for n in range(10)}
    either = {**digits, **{byte: n + 10 for byte, n in letters.items()}}
    per_place = [letters, letters, either, either, either, *[digits] * 7]
    weights = [26 * 36**3 * 10**7, 36**3 * 10**7, 36**2 * 10**7, 36 * 10**7, 10**7]
    weights += [10**place for place in range(6, -1, -1)]
    singles = []
    for values, weight in zip(per_place, weights, strict=True):
        single = np.full(256, _BAD, np.int64)
        for byte, value in values.items():
            single[byte] = value * weight
        singles.append(single)
    # The first byte of a pair is the low one of a little-endian number.
    return tuple(
        (singles[place + 1][:, None] + singles[place][None, :]).reshape(-1)
        for place in range(0, LENGTH, 2)
    )


@cache
def _four_digits() -> Bytes:
    return _spelt("".join(f"{number:04}" for number in range(_DIGITS)), 4)


@cache
def _letters() -> Bytes:
    """Return the first two characters of every ISRC."""
    step = _REGISTRANTS * KEYS_PER_PREFIX
    codes = (isrc_of(key)[:2] for key in range(0, LAST_KEY, step))
    return _spelt("".join(codes), 2)


@cache
def _three() -> Bytes:
    """Return the three characters that follow."""
    keys = range(0, _REGISTRANTS * KEYS_PER_PREFIX, KEYS_PER_PREFIX)
    return _spelt("".join(isrc_of(key)[2:PREFIX_LENGTH] for key in keys), 3)


def _spelt(text: str, width: int) -> Bytes:
    return np.frombuffer(text.encode("ascii"), np.uint8).reshape(-1, width)


assert KEY_LIMIT < _BAD  # noqa: S101 - the mark is beyond every key
