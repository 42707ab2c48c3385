"""What two files say, whatever packed them."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sayso.errors import MalformedError
from sayso.publish.parts import as_parquet
from sayso.publish.rebuilding import contents
from sayso.publish.rebuilding.contents import (
    lines_difference,
    tables_difference,
    unpack_lines,
)

ROWS = pa.table({"key": pa.array(range(1000), pa.int64()), "name": ["a"] * 1000})


def zstd(data: bytes) -> bytes:
    packed: bytes = pa.Codec("zstd").compress(data, asbytes=True)
    return packed


def said(theirs: pa.Table, ours: pa.Table) -> str | None:
    found = tables_difference("x", as_parquet(theirs), as_parquet(ours))
    return None if found is None else f"{found.place}: {found.says}"


def with_name(row: int, name: str | None) -> pa.Table:
    names = ["a"] * 1000
    return ROWS.set_column(1, "name", pa.array([*names[:row], name, *names[row + 1 :]]))


def test_texts_differ_in_a_line() -> None:
    assert lines_difference("x", b"a\nb\n", b"a\nb\n") is None
    found = lines_difference("x", b"a\nb\n", b"a\nc\n")
    assert found is not None
    assert (found.place, found.says) == ("x: line 2", "'b', where the rebuild has 'c'")
    found = lines_difference("x", b"a\n", b"a\nc\n")
    assert found is not None
    assert found.says == "'', where the rebuild has 'c'"
    found = lines_difference("x", b"a", b"a\nc")
    assert found is not None
    assert found.says == "an end, where the rebuild has 'c'"


def test_a_long_line_is_shown_from_where_it_differs() -> None:
    found = lines_difference("x", b"a" * 99 + b"bc", b"a" * 99 + b"bd")
    assert found is not None
    same = "a" * 15 + "b"
    assert found.says == f"…'{same}c', where the rebuild has …'{same}d'"


def test_lines_are_unpacked() -> None:
    assert unpack_lines(zstd(b"{}\n" * 1000)) == b"{}\n" * 1000


SKIPPED = b"\x50\x2a\x4d\x18\x04\x00\x00\x00more"
"""A frame that every unpacker passes over."""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        zstd(b"a") + SKIPPED,
        SKIPPED + zstd(b"a"),
        zstd(b"a") + zstd(b"b"),
        zstd(b"a") + zstd(b""),
    ],
)
def test_nothing_hides_beside_the_lines(data: bytes) -> None:
    with pytest.raises(MalformedError, match="none of its lines"):
        unpack_lines(data)


def test_no_more_is_unpacked_than_a_part_may_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(contents, "PART_BYTES", 999)
    assert unpack_lines(zstd(b"a" * 999)) == b"a" * 999
    with pytest.raises(MalformedError, match="more than 999 bytes"):
        unpack_lines(zstd(b"a" * 1000))


@pytest.mark.parametrize("data", [b"hello", zstd(b"a" * 99)[:-3], zstd(b"a") + b"more"])
def test_what_is_not_packed_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError, match="does not unpack"):
        unpack_lines(data)


@pytest.mark.parametrize("row", [0, 1, 499, 500, 999])
def test_the_first_row_that_differs_is_found(row: int) -> None:
    says = "'b', where the rebuild has 'a'"
    assert said(with_name(row, "b"), ROWS) == f"x: key {row}: name: {says}"
    assert said(with_name(row, None), ROWS) is not None


def test_equal_tables_have_no_difference_however_they_are_packed() -> None:
    assert said(ROWS, ROWS) is None
    assert said(ROWS.slice(0, 0), ROWS.slice(0, 0)) is None
    sink = pa.BufferOutputStream()
    pq.write_table(ROWS, sink, compression="none", store_schema=False, row_group_size=7)
    other = sink.getvalue().to_pybytes()
    assert tables_difference("x", other, as_parquet(ROWS)) is None


def test_a_key_that_differs_is_called_by_its_row() -> None:
    keys = pa.array([7, *range(1, 1000)], pa.int64())
    other = ROWS.set_column(0, "key", keys)
    assert said(other, ROWS) == "x: row 1: key: 7, where the rebuild has 0"


def test_rows_are_counted_before_they_are_read() -> None:
    found = said(ROWS.slice(1), ROWS)
    assert found == "x: 999 rows, where the rebuild has 1000 rows"


def test_columns_are_compared_by_name_and_type() -> None:
    found = said(ROWS.set_column(1, "name", pa.array([1] * 1000)), ROWS)
    assert found is not None
    assert found.startswith("x: columns: ")


def test_what_no_reader_sees_is_refused() -> None:
    data = as_parquet(ROWS)
    at = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    with pytest.raises(MalformedError, match="none of its columns"):
        tables_difference("x", data[:at] + b"more" + data[at:], data)
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, ROWS.schema, store_schema=False) as writer:
        writer.write_table(ROWS)
        writer.add_key_value_metadata({"note": "more"})
    with pytest.raises(MalformedError, match="none of its columns"):
        tables_difference("x", sink.getvalue().to_pybytes(), data)


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1PAR1", b"hello" * 100])
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError, match="no Parquet file"):
        tables_difference("x", data, as_parquet(ROWS))
