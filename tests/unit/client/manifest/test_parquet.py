"""Parquet: every column comes unchanged, and the codes from whatever holds them."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sayso.client.manifest.rows import Column
from sayso.errors import ManifestError
from tests.manifests import CODES, put, read

BAD = pa.Array.from_buffers(
    pa.string(),
    2,
    [
        None,
        pa.py_buffer(b"\0\0\0\0\1\0\0\0\15\0\0\0"),
        pa.py_buffer(b"\xffXXF012600001"),
    ],
)


def written(folder: Path, columns: dict[str, Any], **options: object) -> Path:
    path = folder / "t.parquet"
    pq.write_table(pa.table(columns), path, **options)
    return path


def test_a_file_is_read_in_batches_with_all_its_columns(tmp_path: Path) -> None:
    columns = {
        "isrc": CODES,
        "title": pa.array(CODES).dictionary_encode(),
        "artists": [["Ann", "Bob"]] * len(CODES),
        "view": pa.array(CODES, pa.string_view()),
        "nested": [{"a": [n], "b": {"c": n}} for n in range(len(CODES))],
        "nothing": pa.nulls(len(CODES)),
        "bytes": [b"\xff\0"] * len(CODES),
    }
    path = written(tmp_path, columns, row_group_size=3000)
    manifest = read(path)
    assert manifest.manifest.kind == "parquet"
    assert manifest.manifest.column == "isrc, by its name"
    assert manifest.manifest.rows == len(CODES)
    assert manifest.manifest.size == path.stat().st_size
    assert manifest.manifest.done == 1.0
    assert manifest.codes == CODES
    assert manifest.titles == CODES
    assert manifest.artists == ["Ann, Bob"] * len(CODES)
    table = pa.Table.from_batches([rows.table for rows in manifest.batches])
    assert table.equals(pq.read_table(path))
    assert table.schema.equals(manifest.manifest.schema)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([CODES[1], None, "nan"]),
        pa.array([CODES[1], None, "nan"], pa.large_string()),
        pa.array([CODES[1], None, "nan"], pa.string_view()),
        pa.array([CODES[1], None, "nan"]).dictionary_encode(),
        pa.array([CODES[1].encode(), None, b"\xff"]),
        pa.array([[CODES[1], CODES[2]], None, []]),
        pa.array([[CODES[1], CODES[2]], None, []], pa.large_list(pa.large_string())),
        pa.array([1, None, 3]),
        pa.array([1.5, None, float("nan")]),
        pa.nulls(3),
    ],
    ids=lambda column: str(column.type),
)
def test_codes_may_be_of_any_type(tmp_path: Path, column: Column) -> None:
    manifest = read(written(tmp_path, {"n": [1, 2, 3], "ISRC": column}))
    assert str(manifest.codes) == str(column.to_pylist())


def test_codes_may_be_within_another_column(tmp_path: Path) -> None:
    rows = [{"name": "a", "external_ids": {"isrc": CODES[1]}}, None]
    path = written(tmp_path, {"name": ["album", "x"], "track": rows})
    manifest = read(path)
    assert manifest.manifest.column == "track.external_ids.isrc, by its name"
    assert manifest.codes == [CODES[1], None]
    assert manifest.titles == ["a", None]
    assert read(path, column="track.external_ids.isrc").codes == [CODES[1], None]


def test_codes_are_found_by_what_stands_there(tmp_path: Path) -> None:
    path = written(tmp_path, {"id": range(3), "a": ["x"] * 3, "code": CODES[:3]})
    assert read(path).manifest.column == (
        "code, by its content: 3 of the first 3 values are ISRCs"
    )


def test_what_is_called_text_and_is_none_is_no_code(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {
            "isrc": BAD,
            "title": BAD,
            "isrcs": pa.ListArray.from_arrays([0, 1, 2], BAD),
        },
    )
    assert read(path).codes == ["\N{REPLACEMENT CHARACTER}", CODES[1]]
    assert read(path).titles == read(path).codes
    manifest = read(path, column="isrcs")
    assert manifest.codes == [["\N{REPLACEMENT CHARACTER}"], [CODES[1]]]


@pytest.mark.parametrize("column", [[1.5], [None], [{"a": 1}], [[{"a": 1}]]])
def test_titles_that_are_no_texts_are_none(tmp_path: Path, column: list[Any]) -> None:
    titles = read(written(tmp_path, {"isrc": [CODES[1]], "title": column})).titles
    assert titles in ([], [None], ["1.5"])


def test_titles_may_be_texts_of_any_kind(tmp_path: Path) -> None:
    for kind in (pa.string(), pa.large_string(), pa.string_view()):
        titles = pa.array(["a", None], kind)
        assert read(written(tmp_path, {"isrc": CODES[:2], "title": titles})).titles == [
            "a",
            None,
        ]


def test_a_file_without_rows_is_read_by_its_names(tmp_path: Path) -> None:
    manifest = read(written(tmp_path, {"isrc": pa.array([], pa.string())}))
    assert manifest.codes == []
    assert manifest.manifest.done == 1.0
    path = written(
        tmp_path, {"code": pa.array([], pa.string()), "n": pa.array([], "i4")}
    )
    with pytest.raises(
        ManifestError, match=r"no column with ISRCs.* columns are code, n"
    ):
        read(path)


def test_large_rows_are_read_few_at_a_time(tmp_path: Path) -> None:
    columns = {"isrc": CODES[:300], "audio": [{"bytes": bytes(2**20)}] * 300}
    path = written(tmp_path, columns, use_dictionary=False, row_group_size=50)
    manifest = read(path)
    assert manifest.codes == CODES[:300]
    assert max(len(rows.codes) for rows in manifest.batches) <= 64


def test_a_folder_of_parts_is_one_manifest(tmp_path: Path) -> None:
    for n in range(3):
        pq.write_table(pa.table({"isrc": CODES[n : n + 2]}), tmp_path / f"{n}.parquet")
    manifest = read(tmp_path)
    assert manifest.codes == [CODES[n] for n in (0, 1, 1, 2, 2, 3)]
    assert manifest.manifest.rows == 6
    pq.write_table(pa.table({"isrc": [1]}), tmp_path / "3.parquet")
    with pytest.raises(ManifestError, match=r"3.parquet has other columns than .*0.p"):
        read(tmp_path)


@pytest.mark.parametrize("kept", [0, 3, 4, 100, 2000, -9, -1])
def test_a_broken_file_is_refused(tmp_path: Path, kept: int) -> None:
    path = written(tmp_path, {"isrc": CODES})
    data = path.read_bytes()[:kept]
    with pytest.raises(ManifestError, match=r"t.parquet is not a whole Parquet file"):
        read(put(tmp_path, "t.parquet", data))


def test_broken_pages_are_refused_or_read(tmp_path: Path) -> None:
    path = written(
        tmp_path, {"isrc": CODES, "n": range(len(CODES))}, compression="zstd"
    )
    data = bytearray(path.read_bytes())
    for place in range(0, len(data), max(len(data) // 300, 1)):
        broken = bytearray(data)
        broken[place] ^= 0x55
        put(tmp_path, "b.parquet", bytes(broken))
        try:
            count = len(read(tmp_path / "b.parquet").codes)
        except ManifestError:
            continue
        assert count == len(CODES)


def test_a_file_that_has_fewer_rows_than_it_says_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, {"isrc": CODES})
    monkeypatch.setattr(pq.ParquetFile, "iter_batches", lambda *_, **__: iter([]))
    with pytest.raises(ManifestError, match="has 0 rows, and says that it has 10,000"):
        read(path)
