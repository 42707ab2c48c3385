"""What the cells of a table are in Arrow, whichever engine they come from."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sayso.api.native import Native
from sayso.client.manifest.texts import sound, text_column, values_column
from sayso.client.screening.kernel import Column

ROWS: Final = 2**20
"""How many rows are answered at once."""


def pieces(
    codes: Column, titles: Column | None, artists: Column | None
) -> Iterator[tuple[Column, Column | None, Column | None]]:
    """Yield columns of equal length in pieces of at most `ROWS` rows, as arrays."""
    for start in range(0, len(codes), ROWS):
        cut = slice(start, start + ROWS)
        yield (
            sound(_usual(_joined(codes[cut]))),
            None if titles is None else _text(titles[cut]),
            None if artists is None else _text(artists[cut]),
        )


def column_of(values: Sequence[Native]) -> Column:
    """Return Python values as a column of what stands where the ISRC belongs.

    Where they are of many kinds, each is read as the text that it is written as.
    """
    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        return values_column([_listed(value) for value in values])


def _listed(value: Native) -> Native:
    if isinstance(value, bytes):
        return value.decode("ascii", "replace")
    if isinstance(value, (tuple, set, frozenset, np.ndarray)):
        return list(value)
    return value


def _text(column: Column) -> Column:
    try:
        return text_column(sound(_usual(_joined(column))))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        # What is no text is no title.
        return pa.nulls(len(column), pa.string())


def _joined(column: Column) -> Column:
    if not isinstance(column, pa.ChunkedArray):
        return column
    chunks = column.chunks
    return chunks[0] if len(chunks) == 1 else pa.concat_arrays(chunks)


def _usual(column: Column) -> Column:
    """Return a column in the layout of its type that every function takes."""
    kind, types = column.type, pa.types
    if isinstance(kind, pa.BaseExtensionType):
        return _usual(column.storage)
    if types.is_run_end_encoded(kind):
        return _usual(pc.run_end_decode(column))
    if types.is_string_view(kind) or types.is_binary_view(kind):
        is_text = types.is_string_view(kind)
        return column.cast(pa.large_string() if is_text else pa.large_binary())
    if types.is_list_view(kind) or types.is_large_list_view(kind):
        # A cast to lists mixes rows up where one of them is null.
        return column_of(column.to_pylist())
    if types.is_dictionary(kind):
        words = _usual(column.dictionary)
        return pa.DictionaryArray.from_arrays(column.indices, words)
    return column
