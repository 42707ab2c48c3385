"""Columns of manifests as columns of text."""

from collections.abc import Sequence
from math import isnan
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from sayso.client.manifest.rows import Column


def text_column(column: Column) -> Column:
    """Return texts, coded or in lists, as plain ones: of a list joined by commas."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return column
    if pa.types.is_dictionary(kind):
        return text_column(column.dictionary_decode())
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pc.binary_join(column.cast(pa.list_(pa.string())), ", ")
    return column.cast(pa.large_string())


def sound(column: Column) -> Column:
    """Return a column whose texts are valid: other bytes in them are replaced.

    Files may call anything a text, and Arrow believes them.
    """
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        kind = column.type
        is_list = pa.types.is_list(kind) or pa.types.is_large_list(kind)
        as_bytes = column.cast(pa.list_(pa.binary()) if is_list else pa.binary())
        return values_column([_decoded(value) for value in as_bytes.to_pylist()])
    return column


def values_column(values: Sequence[Any]) -> Column:
    """Return values of JSON as a column: of texts, or of lists if any is one."""
    if any(isinstance(value, list) for value in values):
        return pa.array([_items(value) for value in values], pa.list_(pa.string()))
    return pa.array([_text(value) for value in values], pa.string())


def _decoded(value: bytes | list[bytes] | None) -> str | list[Any] | None:
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    return None if value is None else value.decode(errors="replace")


def _items(value: object) -> list[str | None] | None:
    if isinstance(value, list):
        return [_text(item) for item in value]
    text = _text(value)
    return None if text is None else [text]


def _text(value: object) -> str | None:
    if value is None or (isinstance(value, float) and isnan(value)):
        return None
    # Half of a surrogate pair is no text; what replaces it is in no code.
    return str(value).encode(errors="replace").decode()
