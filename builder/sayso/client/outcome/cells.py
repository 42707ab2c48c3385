"""Columns as cells of a table of text."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sayso.client.manifest.rows import Column

_BEGINNINGS: Final = "=+@\t\r-"
_FORMULA: Final = f"^[{_BEGINNINGS}]"


def cell_texts(column: Column) -> Column:
    """Return values as texts: nothing for null, the items of a list in one."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        column = pc.binary_join(column.cast(pa.list_(pa.string())), "; ")
    if column.type != pa.string():
        column = column.cast(pa.string())
    return pc.fill_null(column, "") if column.null_count else column


def harmless(texts: Column) -> Column:
    """Return texts that no spreadsheet takes for a formula."""
    data = text_bytes(texts)
    if not any(character.encode() in data for character in _BEGINNINGS):
        return texts
    is_formula = pc.match_substring_regex(texts, _FORMULA)
    if not pc.any(is_formula).as_py():
        return texts
    return _replaced(texts, is_formula, _joined("'", texts.filter(is_formula), ""))


def added(column: Column, delimiter: str) -> Column:
    """Return the cells of a column of ours, each word of a dictionary made once."""
    if not pa.types.is_dictionary(column.type):
        return quoted(harmless(cell_texts(column)), delimiter)
    words = quoted(harmless(cell_texts(column.dictionary)), delimiter)
    cells = words.take(column.indices)
    return pc.fill_null(cells, "") if cells.null_count else cells


def quoted(texts: Column, delimiter: str) -> Column:
    """Return texts as cells: in quotation marks where these are needed."""
    data = text_bytes(texts)
    special = [byte for byte in ('"', delimiter, "\n", "\r") if byte.encode() in data]
    if not special:
        return texts
    needed = pc.match_substring(texts, special[0])
    for character in special[1:]:
        needed = pc.or_(needed, pc.match_substring(texts, character))
    cells = texts.filter(needed)
    if '"' in special:
        cells = pc.replace_substring(cells, '"', '""')
    return _replaced(texts, needed, _joined('"', cells, '"'))


def text_bytes(texts: Column) -> bytes:
    """Return the bytes of all texts of a column, one after the other."""
    _, ends, data = texts.buffers()
    if not len(texts) or data is None:
        return b""
    wide = pa.types.is_large_string(texts.type)
    offsets = np.frombuffer(ends, np.int64 if wide else np.int32)
    first, last = offsets[texts.offset], offsets[texts.offset + len(texts)]
    content: bytes = data[int(first) : int(last)].to_pybytes()
    return content


def _replaced(texts: Column, mask: Column, values: Column) -> Column:
    return pc.replace_with_mask(texts, mask, values)


def _joined(before: str, texts: Column, after: str) -> Column:
    return pc.binary_join_element_wise(before, texts, after, "")
