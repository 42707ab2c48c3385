"""Cells by the million are read as one by one, whatever type the column has."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.columns.cells import INVALID, NAMED, NOTHING, Cells, read_cells
from sayso.columns.codes import NO_KEY
from sayso.model.cell import Cell, read_cell
from sayso.model.isrc import Isrc, format_isrc, isrc_of, key_of
from tests.laws.test_columns_laws import KEYS

CODE = KEYS.map(isrc_of)
SPELT = st.one_of(
    CODE,
    CODE.map(str.lower),
    CODE.map(format_isrc),
    CODE.map(lambda code: f"{format_isrc(code)}\n"),
    st.lists(CODE, min_size=2, max_size=3).map(";".join),
    st.sampled_from(["", "nan", "bad", "-", "XXF01260000x", "XX-F01-26-0000x", "[]"]),
    st.text(max_size=16),
)
TEXTS = st.lists(st.none() | SPELT, max_size=12)


def plainly(cells: list[Cell]) -> list[tuple[int, set[Isrc]]]:
    """Return the state and the codes of each row, in a plain loop."""
    return [
        (
            INVALID if cell.invalid else NAMED if cell.codes else NOTHING,
            set(cell.codes),
        )
        for cell in cells
    ]


def said(cells: Cells) -> list[tuple[int, set[Isrc]]]:
    rows: list[set[Isrc]] = [
        set() if key == NO_KEY else {isrc_of(key)} for key in cells.keys.tolist()
    ]
    for row, key in zip(
        cells.more_rows.tolist(), cells.more_keys.tolist(), strict=True
    ):
        assert cells.keys[row] == NO_KEY
        rows[row].add(isrc_of(key))
    return list(zip(cells.states.tolist(), rows, strict=True))


def one(text: str | None) -> Cell:
    return Cell() if text is None else read_cell(text)


@given(TEXTS, st.sampled_from(["string", "large_string", "dictionary", "sliced"]))
def test_a_column_of_texts_is_read_as_each_text(
    texts: list[str | None], kind: str
) -> None:
    column: Any = pa.array(texts, pa.string())
    if kind == "large_string":
        column = column.cast(pa.large_string())
    elif kind == "dictionary":
        column = column.dictionary_encode()
    elif kind == "sliced":
        column = pa.array(["XXF012600001", "x", *texts, "y"], pa.string())
        column = column.slice(2, len(texts))
    assert said(read_cells(column)) == plainly([*map(one, texts)])


@given(st.lists(CODE, min_size=1))
def test_plain_codes_are_told(codes: list[Isrc]) -> None:
    cells = read_cells(pa.array(codes))
    assert cells.is_plain
    assert cells.keys.tolist() == [*map(key_of, codes)]
    assert cells.several == 0


@given(
    st.lists(st.none() | st.lists(st.none() | SPELT, max_size=4), max_size=8),
    st.sampled_from([pa.list_, pa.large_list]),
)
def test_a_list_names_all_that_its_items_name(
    rows: list[list[str | None] | None], kind: Callable[..., pa.DataType]
) -> None:
    expected = []
    for row in rows:
        cells = [one(text) for text in row or []]
        codes = {code: None for cell in cells for code in cell.codes}
        invalid = any(cell.invalid for cell in cells)
        expected.append(Cell(tuple(codes), invalid=invalid))
    column = pa.array(rows, kind(pa.string()))
    assert said(read_cells(column)) == plainly(expected)


@pytest.mark.parametrize(
    ("column", "states"),
    [
        (pa.nulls(2), [NOTHING, NOTHING]),
        (pa.array([1, None]), [INVALID, NOTHING]),
        (pa.array([float("nan"), 1.5, None]), [NOTHING, INVALID, NOTHING]),
        (pa.array([True, None]), [INVALID, NOTHING]),
        (pa.array([{"isrc": "XXF012600001"}, None]), [INVALID, NOTHING]),
        (pa.array([b"XXF012600001", b"\xff", None]), [NAMED, INVALID, NOTHING]),
        (pa.array([b"XXF012600001", None]), [NAMED, NOTHING]),
        (pa.array([["XXF012600001"]], pa.list_(pa.string(), 1)), [NAMED]),
        (pa.array([], pa.string()), []),
    ],
)
def test_columns_of_other_types_name_no_more_than_they_hold(
    column: "pa.Array[Any]", states: list[int]
) -> None:
    cells = read_cells(column)
    assert cells.states.tolist() == states
    assert np.count_nonzero(cells.keys != NO_KEY) == states.count(NAMED)
