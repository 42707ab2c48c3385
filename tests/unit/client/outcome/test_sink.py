"""Sinks: what was read is written again, with what screening says beside it."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sayso.client.outcome import parquet
from sayso.client.outcome.sink import Sink, sink_of
from sayso.errors import ManifestError
from tests.manifests import CODES, read

ANSWERS = pa.schema(
    [
        ("sayso_status", pa.dictionary(pa.int8(), pa.string())),
        ("sayso_disputed", pa.bool_()),
        ("sayso_since", pa.string()),
        ("sayso_owners", pa.list_(pa.string())),
    ]
)


def answers(rows: int, since: str | None = None) -> pa.RecordBatch:
    statuses = pa.array(["deny", "allow"] * rows).dictionary_encode().slice(0, rows)
    columns = [
        statuses.cast(ANSWERS.field(0).type),
        pa.array([False] * rows),
        pa.array([since] * rows, pa.string()),
        pa.array([["github:1", "domain:a.example"]] * rows),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=ANSWERS)


def table(columns: dict[str, Any]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict(columns)


def begun(
    kind: str, folder: Path, rows: pa.RecordBatch, mark: int | None = None
) -> Sink:
    return sink_of(kind, folder / "out", rows.schema, ANSWERS, mark=mark)


def sunk(
    kind: str, folder: Path, rows: pa.RecordBatch, since: str | None = None
) -> Path:
    sink = begun(kind, folder, rows)
    sink.write(rows, answers(len(rows), since))
    path = sink.close()
    assert [entry.name for entry in folder.iterdir()] == [path.name]
    return path


def test_a_table_of_text_is_written_with_columns_added(tmp_path: Path) -> None:
    rows = table(
        {"isrc": CODES[:2], "ti,tle": ['a"b', "=1+1"], "sayso_status": ["old"] * 2}
    )
    assert sunk("csv", tmp_path, rows, "2026-01-01").read_text() == (
        'isrc,"ti,tle",sayso_status,sayso_disputed,sayso_since,sayso_owners\n'
        f'{CODES[0]},"a""b",deny,false,2026-01-01,github:1; domain:a.example\n'
        f"{CODES[1]},=1+1,allow,false,2026-01-01,github:1; domain:a.example\n"
    )


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\ta", "\ra"])
def test_added_cells_are_no_formulas(tmp_path: Path, cell: str) -> None:
    path = sunk("tsv", tmp_path, table({"isrc": CODES[:1]}), cell)
    assert read(path).cells[0][3] == f"'{cell}"


def test_cells_that_need_no_marks_have_none(tmp_path: Path) -> None:
    rows = table({"isrc": CODES[:1], "title": ["a,b;c"]})
    assert "\ta,b;c\tdeny\tfalse\t\t" in sunk("tsv", tmp_path, rows).read_text()


def test_nothing_written_is_a_header(tmp_path: Path) -> None:
    rows = table({"isrc": pa.array([], pa.string())})
    assert sunk("csv", tmp_path, rows).read_text().count("\n") == 1


def test_an_empty_cell_alone_is_a_row(tmp_path: Path) -> None:
    rows = table({"isrc": ["", CODES[1]]})
    sink = sink_of("csv", tmp_path / "out", rows.schema, pa.schema([]))
    sink.write(rows, pa.RecordBatch.from_pylist([{}, {}], pa.schema([])))
    assert sink.close().read_text() == f'isrc\n""\n{CODES[1]}\n'


def test_parquet_keeps_the_types_of_columns(tmp_path: Path) -> None:
    rows = table(
        {
            "isrc": CODES,
            "id": range(10_000),
            "same": [1] * 10_000,
            "genre": pa.array(["pop", "jazz"] * 5000).dictionary_encode(),
            "nested": [{"a": [1], "b": {"c": "d"}}] * 10_000,
            "map": pa.array([[("a", 1)]] * 10_000, pa.map_(pa.string(), pa.int8())),
            "bytes": pa.array([bytes(4)] * 10_000, pa.binary(4)),
            "nothing": pa.nulls(10_000),
            "view": pa.array(CODES, pa.string_view()),
        }
    ).replace_schema_metadata({"of": "mine"})
    path = sunk("parquet", tmp_path, rows)
    again = pq.read_table(path)
    assert again.select(rows.schema.names).to_batches()[0].equals(rows)
    assert again.schema.names == [*rows.schema.names, *ANSWERS.names]
    assert again.schema.field("sayso_status").type == ANSWERS.field(0).type
    assert again.schema.metadata == {b"of": b"mine"}
    group = pq.ParquetFile(path).metadata.row_group(0)
    columns = {
        group.column(n).path_in_schema: group.column(n)
        for n in range(group.num_columns)
    }
    assert "DELTA_BINARY_PACKED" in columns["id"].encodings
    for name in ("same", "genre", "nested.a.list.element", "map.key_value.key"):
        assert columns[name].has_dictionary_page, name
    assert not columns["isrc"].has_dictionary_page
    assert columns["isrc"].compression == "ZSTD"


def test_columns_of_an_earlier_screening_are_replaced(tmp_path: Path) -> None:
    rows = table({"sayso_status": [1], "isrc": CODES[:1]})
    names = pq.read_schema(sunk("parquet", tmp_path, rows)).names
    assert names == ["isrc", *ANSWERS.names]


def test_small_batches_become_large_groups(tmp_path: Path) -> None:
    rows = table({"isrc": pa.array(CODES[:9]).dictionary_encode()})
    sink = begun("parquet", tmp_path, rows)
    for n in range(9):
        one = pa.array([CODES[n]]).dictionary_encode()
        sink.write(table({"isrc": one}), answers(1))
    path = sink.close()
    assert pq.ParquetFile(path).metadata.num_row_groups == 1
    assert read(path).codes == CODES[:9]


def test_large_rows_are_written_few_at_a_time(tmp_path: Path) -> None:
    rows = table({"isrc": CODES[:2], "audio": [bytes(2**25)] * 2})
    sink = begun("parquet", tmp_path, rows)
    for _ in range(3):
        sink.write(rows, answers(2))
    assert pq.ParquetFile(sink.close()).metadata.num_row_groups == 3


def test_what_was_not_marked_is_not_continued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "_GROUP_ROWS", 2)
    rows = table({"isrc": CODES[:3]})
    sink = begun("parquet", tmp_path, rows)
    sink.write(rows, answers(len(rows)))
    sink.abandon()
    sink = begun("parquet", tmp_path, rows, mark=0)
    assert read(sink.close()).codes == []


def test_a_new_run_begins_anew(tmp_path: Path) -> None:
    rows = table({"isrc": CODES[:3]})
    old = begun("parquet", tmp_path, rows)
    old.write(rows, answers(3))
    old.checkpoint()
    old.write(rows, answers(3))
    old.abandon()
    assert sunk("parquet", tmp_path, rows).is_file()
    assert read(tmp_path / "out.parquet").codes == CODES[:3]


def test_steps_of_parquet_are_parts_of_a_folder(tmp_path: Path) -> None:
    rows = table({"isrc": CODES[:3]})
    sink = begun("parquet", tmp_path, rows)
    for mark in (1, 2):
        sink.write(rows, answers(3))
        assert sink.checkpoint() == sink.checkpoint() == mark
    path = sink.close()
    assert path == tmp_path / "out.parquet"
    assert sorted(part.name for part in path.iterdir()) == [
        "part-00001.parquet",
        "part-00002.parquet",
    ]
    assert read(path).codes == CODES[:3] * 2
    # The next one has one part, and takes its place.
    assert sunk("parquet", tmp_path, rows).is_file()
    sink = begun("parquet", tmp_path, rows)
    sink.write(rows, answers(3))
    sink.checkpoint()
    sink.write(rows, answers(3))
    assert sink.close().is_dir()


def test_parquet_without_rows_has_its_columns(tmp_path: Path) -> None:
    sink = begun("parquet", tmp_path, table({"isrc": CODES[:1]}))
    assert sink.checkpoint() == 0
    assert pq.read_table(sink.close()).schema.names == ["isrc", *ANSWERS.names]


def test_a_folder_of_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out.parquet").mkdir()
    (tmp_path / "out.parquet" / "notes.txt").touch()
    with pytest.raises(
        ManifestError, match=r"out.parquet is a folder with other files"
    ):
        begun("parquet", tmp_path, table({"isrc": CODES[:1]}))


@pytest.mark.parametrize("kind", ["csv", "tsv", "parquet"])
def test_what_was_interrupted_continues(tmp_path: Path, kind: str) -> None:
    first, second = table({"isrc": CODES[:3]}), table({"isrc": CODES[3:5]})
    whole = begun(kind, tmp_path / "a", first)
    whole.write(first, answers(3))
    whole.checkpoint()
    whole.write(second, answers(2))
    expected = whole.close()

    for late in (False, True):
        folder = tmp_path / str(late)
        sink = begun(kind, folder, first)
        sink.write(first, answers(3))
        mark = sink.checkpoint()
        if late:
            sink.write(first, answers(3))
            sink.write(first, answers(3))
            if kind == "parquet":
                sink.checkpoint()
                sink.write(first, answers(3))
        sink.abandon()
        assert not list(folder.glob("out*"))
        sink = begun(kind, folder, first, mark)
        sink.write(second, answers(2))
        path = sink.close()
        assert read(path).cells == read(expected).cells
        if kind != "parquet":
            assert path.read_bytes() == expected.read_bytes()


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_draft_that_is_gone_is_not_continued(tmp_path: Path, kind: str) -> None:
    with pytest.raises(ManifestError, match="is not there any more"):
        begun(kind, tmp_path, table({"isrc": CODES[:1]}), 2)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_where_nothing_can_be_written_is_said(tmp_path: Path, kind: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ManifestError, match=r"out.* cannot be written: "):
        begun(kind, tmp_path / "file", table({"isrc": CODES[:1]}))


def test_other_kinds_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing writes audio"):
        begun("audio", tmp_path, table({"isrc": CODES[:1]}))


@pytest.mark.parametrize("kind", ["csv", "jsonl", "json", "parquet"])
@pytest.mark.parametrize("parts", [1, 3])
def test_what_was_finished_is_taken_back_where_more_was_to_be_done(
    tmp_path: Path, kind: str, parts: int
) -> None:
    lines = pa.array([json.dumps({"isrc": code}) for code in CODES[:2]])
    rows = table({"row": lines} if "json" in kind else {"isrc": CODES[:2]})
    sink, mark = begun(kind, tmp_path, rows), 0
    for _ in range(parts):
        sink.write(rows, answers(2))
        mark = sink.checkpoint()
    path = sink.close()
    assert path.is_dir() == (kind == "parquet" and parts > 1)
    whole = pq.read_table(path) if kind == "parquet" else path.read_bytes()
    again = begun(kind, tmp_path, rows, mark)
    assert not path.exists()
    path = again.close()
    found = pq.read_table(path) if kind == "parquet" else path.read_bytes()
    assert found == whole
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
