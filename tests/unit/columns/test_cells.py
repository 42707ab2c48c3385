"""Columns of cells: every type that Arrow has, and what lies where nobody looks."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sayso.columns.cells import INVALID, NAMED, NOTHING, read_cells
from sayso.columns.codes import NO_KEY
from sayso.model.isrc import Isrc, key_of

CODE, OTHER = "XXF012600001", "XXF012600002"
KEY, OTHER_KEY = key_of(Isrc(CODE)), key_of(Isrc(OTHER))
BYTES = [CODE.encode(), None, b"\xff" * 12, OTHER.encode()]


def hidden(*, lists: bool) -> "pa.Array[Any]":
    """Return a code and a null beneath which the same code lies."""
    ends, valid = pa.py_buffer(np.array([0, 12, 24], np.int32)), pa.py_buffer(b"\x01")
    texts = pa.py_buffer((CODE * 2).encode())
    if not lists:
        return pa.StringArray.from_buffers(2, ends, texts, valid, 1)
    ones = pa.py_buffer(np.array([0, 1, 2], np.int32))
    items = pa.array([CODE, CODE])
    kind = pa.list_(pa.string())
    return pa.Array.from_buffers(kind, 2, [valid, ones], 1, children=[items])


@pytest.mark.parametrize("lists", [False, True])
def test_what_lies_beneath_a_null_is_not_read(lists: bool) -> None:  # noqa: FBT001
    cells = read_cells(hidden(lists=lists))
    assert cells.keys.tolist() == [KEY, NO_KEY]
    assert cells.states.tolist() == [NAMED, NOTHING]


@pytest.mark.parametrize(
    "kind", [pa.binary(), pa.large_binary(), pa.binary(12), pa.binary_view()]
)
def test_one_value_of_strange_bytes_spoils_no_other(kind: pa.DataType) -> None:
    cells = read_cells(pa.array(BYTES, kind))
    assert cells.keys.tolist() == [KEY, NO_KEY, NO_KEY, OTHER_KEY]
    assert cells.states.tolist() == [NAMED, NOTHING, INVALID, NAMED]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_texts_of_every_kind_are_read(kind: pa.DataType) -> None:
    column = pa.array(["x", CODE, None, "xx-f01-26-00002"], kind).slice(1)
    assert read_cells(column).keys.tolist() == [KEY, NO_KEY, OTHER_KEY]


@pytest.mark.parametrize(
    "kind",
    [
        pa.list_(pa.string()),
        pa.large_list(pa.large_string()),
        pa.list_(pa.dictionary(pa.int8(), pa.string())),
        pa.list_(pa.list_(pa.string())),
    ],
)
def test_a_part_of_a_column_of_lists_is_read_as_that_part(kind: pa.DataType) -> None:
    rows: list[Any] = [[OTHER], ["x", OTHER], None, [CODE, CODE], [], [OTHER, CODE]]
    if kind == pa.list_(pa.list_(pa.string())):
        rows = [None if row is None else [row, None] for row in rows]
        column = pa.array(rows, kind)
    else:
        column = pa.array(rows, pa.list_(pa.string())).cast(kind)
    cells = read_cells(column.slice(2))
    assert cells.keys.tolist() == [NO_KEY, KEY, NO_KEY, NO_KEY]
    assert cells.states.tolist() == [NOTHING, NAMED, NOTHING, NAMED]
    assert cells.more_rows.tolist() == [3, 3]
    assert cells.more_keys.tolist() == [KEY, OTHER_KEY]
    assert cells.several == 1


def test_lists_of_one_length_are_read() -> None:
    rows = [[OTHER, OTHER], [CODE, None], None, ["x", CODE]]
    cells = read_cells(pa.array(rows, pa.list_(pa.string(), 2)).slice(1))
    assert cells.keys.tolist() == [KEY, NO_KEY, KEY]
    assert cells.states.tolist() == [NAMED, NOTHING, INVALID]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([[CODE], None], pa.list_view(pa.string())),
        pa.array([{"isrc": CODE}, None]),
        pa.array([[("isrc", CODE)], None], pa.map_(pa.string(), pa.string())),
        pa.array([1, None], pa.timestamp("us")),
        pa.array([1, None]).cast(pa.decimal128(38, 2)),
        pa.array([1, None], pa.date32()),
        pa.array(np.array([1.5]), mask=None).take(pa.array([0, None])),
        pa.array([True, None]),
    ],
    ids=lambda column: str(column.type),
)
def test_what_cannot_hold_codes_is_invalid_and_never_nothing(
    column: "pa.Array[Any]",
) -> None:
    cells = read_cells(column)
    assert cells.keys.tolist() == [NO_KEY, NO_KEY]
    assert cells.states.tolist() == [INVALID, NOTHING]


def test_numbers_with_missing_ones_are_no_codes() -> None:
    halves = pa.array(np.array([1, np.nan], np.float16))
    assert read_cells(halves).states.tolist() == [INVALID, NOTHING]
    union = pa.UnionArray.from_sparse(
        pa.array([0, 1], pa.int8()), [pa.array([CODE, "x"]), pa.array([1, 2])]
    )
    assert read_cells(union).states.tolist() == [INVALID, INVALID]


def test_a_dictionary_with_nulls_on_both_sides_is_read() -> None:
    words = pa.array([CODE, None, "x"])
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 2, 0]), words)
    cells = read_cells(column.slice(0, 4))
    assert cells.states.tolist() == [NAMED, NOTHING, NOTHING, INVALID]
    lists = pa.DictionaryArray.from_arrays(pa.array([1, 0]), pa.array([[CODE], ["x"]]))
    assert read_cells(lists).states.tolist() == [INVALID, NAMED]
