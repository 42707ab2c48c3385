"""Cells by the million: the codes that a column of texts or of lists names.

What is written in the usual ways, twelve characters with or without hyphens, is read
by tables and never touched by Python; each other text is read once, by
`sayso.model.cell`, however often it stands there.
"""

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sayso.columns.codes import NO_KEY, Bytes, Keys, keys_of
from sayso.model.cell import read_cell
from sayso.model.isrc import LENGTH, key_of
from sayso.model.screening import STATUSES, Status

Column: TypeAlias = "pa.Array[Any]"
Places: TypeAlias = npt.NDArray[np.signedinteger]
States: TypeAlias = npt.NDArray[np.uint8]

NAMED: Final = STATUSES.index(Status.ALLOW)
"""The state of a row that names a code and nothing wrong: the weakest."""
INVALID: Final = STATUSES.index(Status.INVALID_IDENTIFIER)
NOTHING: Final = STATUSES.index(Status.NO_IDENTIFIER)

_BINARY: Final = (
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_fixed_size_binary,
    pa.types.is_binary_view,
)
_HYPHENATED: Final = 15
_SPARED: Final = (2, 6, 9)
_KEPT: Final = np.array([0, 1, 3, 4, 5, 7, 8, 10, 11, 12, 13, 14])
_HYPHEN, _BLANK = ord("-"), ord(" ")
_LOWER: Final = np.arange(256, dtype=np.uint8)
_LOWER[ord("a") : ord("z") + 1] -= 32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """Rows and the codes that they name.

    Attributes:
        keys: of the code of each row that names exactly one, else `NO_KEY`.
        states: for each row `NAMED`, `INVALID` where it holds anything that is no
            code, or `NOTHING`.
        more_rows: the rows that name several codes, each as often as it has codes.
        more_keys: those codes.
        is_plain: whether every row is a text that is one code, in its short form.
    """

    keys: Keys
    states: States
    more_rows: Places
    more_keys: Keys
    is_plain: bool = False

    @property
    def several(self) -> int:
        """How many rows name more than one code."""
        return int(np.count_nonzero(np.diff(self.more_rows, prepend=-1)))


def read_cells(column: Column) -> Cells:
    """Return the codes of a column.

    Args:
        column: of texts, bytes, numbers, or lists of them; nulls name nothing. Columns
            of other types name nothing that is a code, so that each value is invalid.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return read_cells(column.dictionary_decode())
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _of_lists(column)
    if pa.types.is_fixed_size_list(kind):
        return _of_lists(column.cast(pa.list_(kind.value_type)))
    return _of_texts(_as_text(column))


def _as_text(column: Column) -> Column:
    """Return a column as texts; what cannot be one becomes a text that is no code."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return column
    if pa.types.is_null(kind):
        return pa.nulls(len(column), pa.large_string())
    if any(is_kind(kind) for is_kind in _BINARY):
        # Only ASCII can be a code: other bytes are replaced before they are a text.
        try:
            return column.cast(pa.large_string())
        except pa.ArrowInvalid:
            values = [_decoded(value) for value in column.to_pylist()]
            return pa.array(values, pa.large_string())
    if pa.types.is_floating(kind):
        column = pc.if_else(pc.is_nan(column), None, column)
    try:
        return column.cast(pa.large_string())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        is_there = column.is_valid()
        return pc.if_else(is_there, "?!", pa.scalar(None, pa.large_string())).cast(
            pa.large_string()
        )


def _decoded(value: bytes | None) -> str | None:
    return None if value is None else value.decode("ascii", "replace")


def _of_texts(texts: Column) -> Cells:
    ends, data = _bytes_of(texts)
    lengths = np.diff(ends)
    if (keys := _plain(ends, data, lengths)) is not None and not texts.null_count:
        return Cells(
            keys=keys,
            states=np.full(len(keys), NAMED, np.uint8),
            more_rows=np.empty(0, np.int64),
            more_keys=np.empty(0, np.int64),
            is_plain=True,
        )
    if texts.null_count:
        # What stands beneath a null is nothing, whatever it is.
        lengths = np.where(np.asarray(texts.is_valid()), lengths, 0)
    keys = _short(ends, data, lengths)
    doubtful = keys == NO_KEY
    if texts.null_count:
        doubtful &= np.asarray(texts.is_valid())
    rows = np.flatnonzero(doubtful)
    if len(rows):
        long = rows[lengths[rows] == _HYPHENATED]
        keys[long] = _hyphenated(ends[long], data)
        rows = rows[keys[rows] == NO_KEY]
    states = np.where(keys == NO_KEY, NOTHING, NAMED).astype(np.uint8)
    more = _careful(texts, rows, keys, states) if len(rows) else ([], [])
    return Cells(
        keys=keys,
        states=states,
        more_rows=np.array(more[0], np.int64),
        more_keys=np.array(more[1], np.int64),
    )


def _plain(ends: Places, data: Bytes, lengths: Places) -> Keys | None:
    """Return the key of each text, if all of them are codes in their short form."""
    if not len(lengths) or not bool(np.all(lengths == LENGTH)):
        return None
    keys = keys_of(np.ascontiguousarray(data[ends[0] : ends[-1]].reshape(-1, LENGTH)))
    return None if bool(np.any(keys == NO_KEY)) else keys


def _short(ends: Places, data: Bytes, lengths: Places) -> Keys:
    """Return the key of each text of twelve letters and digits, in either case."""
    keys = np.full(len(lengths), NO_KEY, np.int64)
    rows = np.flatnonzero(lengths == LENGTH)
    keys[rows] = keys_of(_taken(data, ends[rows], np.arange(LENGTH)))
    rows = rows[keys[rows] == NO_KEY]
    if len(rows):
        keys[rows] = keys_of(_LOWER[_taken(data, ends[rows], np.arange(LENGTH))])
    return keys


def _hyphenated(starts: Places, data: Bytes) -> Keys:
    """Return the key of each text of fifteen, such as `XX-F01-26-00001`."""
    if not len(starts):
        return np.empty(0, np.int64)
    codes = _taken(data, starts, np.arange(_HYPHENATED))
    between = codes[:, _SPARED]
    is_spaced = np.all((between == _HYPHEN) | (between == _BLANK), axis=1)
    keys = keys_of(np.ascontiguousarray(_LOWER[codes[:, _KEPT]]))
    keys[~is_spaced] = NO_KEY
    return keys


def _taken(data: Bytes, starts: Places, places: Places) -> Bytes:
    if not len(starts):
        return np.empty((0, len(places)), np.uint8)
    taken: Bytes = data[starts[:, None] + places]
    return taken


def _careful(
    texts: Column, rows: Places, keys: Keys, states: States
) -> tuple[list[int], list[int]]:
    """Read what is left, and return the rows and keys of those with several codes."""
    coded = texts.take(pa.array(rows)).dictionary_encode()
    places = coded.indices.to_numpy()
    read = [read_cell(text) for text in coded.dictionary.to_pylist()]
    of_text = np.array(
        [
            INVALID if cell.invalid else NAMED if cell.codes else NOTHING
            for cell in read
        ],
        np.uint8,
    )
    states[rows] = of_text[places]
    single = np.array(
        [key_of(cell.codes[0]) if len(cell.codes) == 1 else NO_KEY for cell in read],
        np.int64,
    )
    keys[rows] = single[places]
    more: tuple[list[int], list[int]] = [], []
    several = np.array([len(cell.codes) > 1 for cell in read])
    for row, place in zip(
        rows[several[places]].tolist(), places[several[places]].tolist(), strict=True
    ):
        codes = read[place].codes
        more[0].extend([row] * len(codes))
        more[1].extend(map(key_of, codes))
    return more


def _of_lists(column: Column) -> Cells:
    """Return the codes of lists: a row names all that its items name."""
    values = read_cells(column.flatten())
    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy()
    lengths = lengths.astype(np.int64)
    parents = np.repeat(np.arange(len(column)), lengths)
    keys = np.full(len(column), NO_KEY, np.int64)
    states = np.full(len(column), NOTHING, np.uint8)
    named = np.flatnonzero(values.keys != NO_KEY)
    rows = np.concatenate([parents[named], parents[values.more_rows]])
    codes = np.concatenate([values.keys[named], values.more_keys])
    states[parents[values.states == NAMED]] = NAMED
    states[parents[values.states == INVALID]] = INVALID
    # Each code of a row once, rows together.
    order = np.lexsort((codes, rows))
    rows, codes = rows[order], codes[order]
    new = (np.diff(rows, prepend=-1) != 0) | (np.diff(codes, prepend=-1) != 0)
    rows, codes = rows[new], codes[new]
    counts = np.bincount(rows, minlength=len(column))
    single = counts[rows] == 1
    keys[rows[single]] = codes[single]
    return Cells(
        keys=keys, states=states, more_rows=rows[~single], more_keys=codes[~single]
    )


def _bytes_of(texts: Column) -> tuple[Places, Bytes]:
    """Return where each text begins and ends, and the bytes of all."""
    _, ends, data = texts.buffers()
    if ends is None or not len(texts):
        return np.zeros(1, np.int64), np.empty(0, np.uint8)
    offsets: Places = np.frombuffer(
        ends, np.int64 if pa.types.is_large_string(texts.type) else np.int32
    )
    part = slice(texts.offset, texts.offset + len(texts) + 1)
    return offsets[part], np.frombuffer(data or b"", np.uint8)
