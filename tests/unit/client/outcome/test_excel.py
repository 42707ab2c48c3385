"""A workbook is written as texts, in one sheet."""

from pathlib import Path

import pyarrow as pa
import pytest
from openpyxl import load_workbook

from sayso.client.outcome import excel
from sayso.client.outcome.sink import sink_of
from sayso.errors import ManifestError
from tests.manifests import CODES, read

ANSWERS = pa.schema([("sayso_status", pa.dictionary(pa.int32(), pa.string()))])
CELLS = ["=1+1", "#N/A", "007", "", " a ", "é\n2", "a\x01b", "1.50", "-1", "@a"]


def table(values: list[str]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"isrc": CODES[: len(values)], "=t": values})


def answers(values: list[str]) -> pa.RecordBatch:
    column = pa.array(values).dictionary_encode()
    return pa.RecordBatch.from_arrays([column], schema=ANSWERS)


def test_cells_stay_the_texts_that_they_are(tmp_path: Path) -> None:
    rows = table(CELLS)
    sink = sink_of("xlsx", tmp_path / "out", rows.schema, ANSWERS)
    sink.write(rows, answers(CELLS))
    assert sink.checkpoint() == 0
    path = sink.close()
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.xlsx"]
    texts = [cell.replace("\x01", "\N{REPLACEMENT CHARACTER}") for cell in CELLS]
    assert read(path).cells == [
        list(row) for row in zip(CODES, texts, texts, strict=False)
    ]
    assert read(path).manifest.schema.names == ["isrc", "=t", "sayso_status"]
    sheet = load_workbook(path).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert sheet["B2"].data_type == sheet["C3"].data_type == "s"


def test_a_sheet_has_room_for_so_many_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert excel.MOST_ROWS == 1_048_575
    monkeypatch.setattr(excel, "MOST_ROWS", 3)
    sink = sink_of("xlsx", tmp_path / "out", table([]).schema, ANSWERS)
    sink.write(table(["a"] * 3), answers(["b"] * 3))
    with pytest.raises(
        ManifestError, match=r"out.xlsx would have more than 3 rows.*CSV"
    ):
        sink.write(table(["a"]), answers(["b"]))
    sink.abandon()
    assert not list(tmp_path.iterdir())


def test_an_interrupted_workbook_begins_again(tmp_path: Path) -> None:
    sink = sink_of("xlsx", tmp_path / "out", table([]).schema, ANSWERS)
    sink.write(table(["a"]), answers(["b"]))
    mark = sink.checkpoint()
    sink.abandon()
    sink = sink_of("xlsx", tmp_path / "out", table([]).schema, ANSWERS, mark=mark)
    sink.write(table(["c"]), answers(["d"]))
    assert read(sink.close()).cells == [[CODES[0], "c", "d"]]
