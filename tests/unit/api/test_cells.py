"""Cells of every type that Arrow has, in pieces of any length."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sayso.api.screening import cells
from sayso.api.screening.cells import column_of, pieces
from sayso.client.screening.kernel import Column
from sayso.columns.cells import INVALID, NAMED, NOTHING, read_cells
from tests.copies import ALLOWED, DENIED

COLUMNS: dict[str, tuple[Column, list[int]]] = {
    "string_view": (pa.array([ALLOWED, None], pa.string_view()), [NAMED, NOTHING]),
    "binary_view": (
        pa.array([ALLOWED.encode(), b"\xff"], pa.binary_view()),
        [NAMED, INVALID],
    ),
    "fixed_size_binary": (pa.array([ALLOWED.encode()], pa.binary(12)), [NAMED]),
    "list_view": (
        pa.array([[ALLOWED], None, [ALLOWED, DENIED], []], pa.list_view(pa.string())),
        [NAMED, NOTHING, NAMED, NOTHING],
    ),
    "large_list_view": (
        pa.array([[ALLOWED], None], pa.large_list_view(pa.string())),
        [NAMED, NOTHING],
    ),
    "run_end_encoded": (
        pc.run_end_encode(pa.array([ALLOWED, ALLOWED, None])),
        [NAMED, NAMED, NOTHING],
    ),
    "dictionary_of_views": (
        pa.DictionaryArray.from_arrays(
            pa.array([0, None], pa.int8()), pa.array([ALLOWED], pa.string_view())
        ),
        [NAMED, NOTHING],
    ),
    "extension": (pa.array([f'["{ALLOWED}"]', None], pa.json_()), [NAMED, NOTHING]),
    "no_utf8": (
        pa.Array.from_buffers(
            pa.string(),
            1,
            [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe")],
        ),
        [INVALID],
    ),
    "null": (pa.nulls(2), [NOTHING, NOTHING]),
    "struct": (pa.array([{"isrc": ALLOWED}, None]), [INVALID, NOTHING]),
    "number": (pa.array([float("nan"), 1.0]), [NOTHING, INVALID]),
}


@pytest.mark.parametrize(("column", "states"), COLUMNS.values(), ids=COLUMNS)
def test_a_column_of_any_type_is_read(column: Column, states: list[int]) -> None:
    for given in (column, pa.chunked_array([column, column])[: len(column)]):
        ((codes, _, _),) = pieces(given, None, None)
        assert read_cells(codes).states.tolist() == states


@pytest.mark.parametrize(("column", "states"), COLUMNS.values(), ids=COLUMNS)
def test_titles_of_any_type_become_texts(column: Column, states: list[int]) -> None:
    ((_, titles, artists),) = pieces(column, column, column)
    assert titles is not None
    assert artists is not None
    assert len(titles) == len(artists) == len(states)
    assert pa.types.is_string(titles.type) or pa.types.is_large_string(titles.type)


def test_no_rows_are_no_pieces() -> None:
    assert [*pieces(pa.array([], pa.string()), None, None)] == []
    assert [*pieces(pa.chunked_array([], pa.string()), None, None)] == []


def test_pieces_are_cut_across_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "ROWS", 3)
    column = pa.chunked_array([[str(n)] for n in range(7)])
    cut = [codes.to_pylist() for codes, _, _ in pieces(column, None, None)]
    assert cut == [["0", "1", "2"], ["3", "4", "5"], ["6"]]


def test_dictionaries_of_chunks_may_differ() -> None:
    chunks = [pa.array([word]).dictionary_encode() for word in (ALLOWED, DENIED)]
    ((codes, _, _),) = pieces(pa.chunked_array(chunks), None, None)
    assert codes.to_pylist() == [ALLOWED, DENIED]


def test_values_of_one_kind_stay_what_they_are() -> None:
    assert column_of([1, None]).type == pa.int64()
    assert column_of([[ALLOWED], None]).type == pa.list_(pa.string())
    assert column_of([]).type == pa.null()


def test_values_of_many_kinds_become_texts() -> None:
    column = column_of([ALLOWED, 2**70, b"\xff", None, float("nan")])
    assert column.to_pylist() == [ALLOWED, str(2**70), "\ufffd", None, None]
