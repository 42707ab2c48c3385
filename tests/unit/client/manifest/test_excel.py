"""Workbooks: the sheet with the codes is read, and hostile archives are refused."""

import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from sayso.client.manifest import excel, workbook
from sayso.errors import ManifestError
from tests.manifests import CODES, Read, put, read

Sheets = dict[str, list[list[Any]]]


def written(folder: Path, sheets: Sheets) -> Path:
    book = Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = folder / "t.xlsx"
    book.save(path)
    return path


def xlsx(folder: Path, *rows: list[Any]) -> Read:
    return read(written(folder, {"Tracks": list(rows)}))


def test_a_sheet_is_read_as_texts(tmp_path: Path) -> None:
    day = datetime(2026, 1, 2)  # noqa: DTZ001 - a spreadsheet has no zones
    values = [7, 7.0, 7.5, True, None, day, day.replace(hour=3), time(4), "007", "NaN"]
    manifest = xlsx(
        tmp_path,
        ["ISRC", "Title", *"abcdefghij"],
        [CODES[1], "One", *values],
        ["none", None],
    )
    assert manifest.manifest.kind == "xlsx"
    assert manifest.manifest.column == "ISRC, by its name, in the sheet Tracks"
    assert manifest.codes == [CODES[1], "none"]
    assert manifest.titles == ["One", ""]
    assert manifest.artists == []
    assert manifest.cells[0][2:] == [
        *("7", "7", "7.5", "TRUE", "", "2026-01-02", "2026-01-02T03:00:00"),
        *("04:00:00", "007", "NaN"),
    ]
    assert manifest.manifest.done == 1.0
    assert manifest.remarks == []


def test_dates_and_spans_are_texts(tmp_path: Path) -> None:
    row = [CODES[1], date(2026, 1, 2), timedelta(minutes=3)]
    manifest = xlsx(tmp_path, ["isrc", "day", "length"], row)
    assert manifest.cells[0][1:] == ["2026-01-02", "0:03:00"]


def test_the_first_sheet_with_codes_is_taken(tmp_path: Path) -> None:
    sheets: Sheets = {
        "Empty": [],
        "Notes": [["About"], ["text"]],
        "Tracks": [["Artist", "code"], ["Ann", CODES[1]]],
        "Old": [["isrc"], [CODES[2]]],
    }
    manifest = read(written(tmp_path, sheets))
    assert manifest.codes == [CODES[1]]
    assert manifest.artists == ["Ann"]
    assert manifest.manifest.column == (
        "code, by its content: 1 of the first 1 values are ISRCs, in the sheet Tracks"
    )
    assert manifest.remarks == [
        "t.xlsx: only the sheet Tracks is screened, not Empty, Notes, Old"
    ]


@pytest.mark.parametrize(
    ("sheets", "words"),
    [
        ({"A": [["a", "b"], [1, 2]]}, "no column with ISRCs.* its columns are a, b"),
        ({"A": [["a"]], "B": [["b"]]}, "no sheet with ISRCs.* its sheets are A, B"),
        ({"A": []}, "no sheet with ISRCs.* its sheets are A"),
    ],
)
def test_a_workbook_without_codes_is_refused(
    tmp_path: Path, sheets: Sheets, words: str
) -> None:
    with pytest.raises(ManifestError, match=words):
        read(written(tmp_path, sheets))


def test_empty_rows_between_are_said(tmp_path: Path) -> None:
    manifest = xlsx(
        tmp_path, [], [None], ["isrc"], [None], [CODES[1]], [], [], [CODES[2]], [None]
    )
    assert manifest.codes == CODES[1:3]
    assert manifest.remarks == [
        "t.xlsx: nothing stands between the rows 3 and 5; that is no row",
        "t.xlsx: nothing stands between the rows 5 and 8; that is no row",
    ]


def test_cells_without_a_header_are_columns_too(tmp_path: Path) -> None:
    manifest = xlsx(tmp_path, ["isrc"], [CODES[1], "a"], [CODES[2], None, "b"])
    assert manifest.manifest.schema.names == ["isrc", "", ""]
    assert manifest.cells == [[CODES[1], "a", ""], [CODES[2], "", "b"]]


def test_cells_that_were_not_looked_at_are_said(tmp_path: Path) -> None:
    rows = [[code] for code in CODES[:1000]]
    manifest = xlsx(tmp_path, ["isrc"], *rows, [CODES[1000], "late"])
    assert manifest.codes == CODES[:1001]
    assert manifest.remarks == [
        "t.xlsx: the row 1002 has cells beyond the last column, which are left out"
    ]


def test_codes_need_no_header(tmp_path: Path) -> None:
    manifest = xlsx(tmp_path, ["a", CODES[1]], ["b", CODES[2]])
    assert manifest.codes == CODES[1:3]
    assert manifest.manifest.schema.names == ["column_1", "isrc"]


def test_large_sheets_are_read_in_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "_BATCH", 7)
    manifest = xlsx(tmp_path, ["isrc"], *([code] for code in CODES[:50]))
    assert manifest.codes == CODES[:50]
    assert len(manifest.batches) == 8


def changed(path: Path, name: str, old: bytes, new: bytes) -> Path:
    """Write a part of a workbook anew."""
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    assert old in parts[name]
    parts[name] = parts[name].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    return path


SHEET = "xl/worksheets/sheet1.xml"


def test_a_sheet_may_lie_about_its_size(tmp_path: Path) -> None:
    path = written(tmp_path, {"A": [["isrc", "a"], [CODES[1], "b"], [CODES[2], "c"]]})
    changed(path, SHEET, b"<sheetData>", b'<dimension ref="A1:A2"/><sheetData>')
    assert read(path).cells == [[CODES[1], "b"], [CODES[2], "c"]]


def test_whole_numbers_have_no_fraction(tmp_path: Path) -> None:
    path = written(tmp_path, {"A": [["isrc", "n"], [CODES[1], 7.5]]})
    changed(path, SHEET, b"<v>7.5</v>", b"<v>7.0</v>")
    assert read(path).cells == [[CODES[1], "7"]]


def test_a_sheet_with_endless_rows_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, {"A": [["isrc"], [CODES[1]], [CODES[2]]]})
    changed(path, SHEET, b'<row r="3">', b'<row r="9999999999">')
    with pytest.raises(ManifestError, match="more than 1,048,576 rows in a sheet"):
        read(path)


def test_a_warning_is_nobodys_business(tmp_path: Path) -> None:
    path = written(tmp_path, {"A": [["isrc", "day"], [CODES[1], date(2026, 1, 1)]]})
    changed(path, SHEET, b"</v>", b"9999999999</v>")
    assert read(path).codes == [CODES[1]]


@pytest.mark.parametrize(
    "declaration",
    [
        b'<!DOCTYPE lolz [<!ENTITY lol "lol">]>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        b"<!-- " + b"x" * (2**20 - 70) + b' --><!DOCTYPE x [<!ENTITY a "b">]>',
    ],
    ids=["entity", "system", "far"],
)
def test_entities_are_refused(tmp_path: Path, declaration: bytes) -> None:
    path = written(tmp_path, {"A": [["isrc"], [CODES[1]]]})
    changed(path, SHEET, b"<worksheet", declaration + b"<worksheet")
    with pytest.raises(ManifestError, match=r"declares entities in xl/worksheets/"):
        read(path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = written(tmp_path, {"A": [["isrc"], [CODES[1]]]})
    bomb = b"<sheetData>" + b" " * 2**27
    changed(path, SHEET, b"<sheetData>", bomb)
    assert path.stat().st_size < 2**20
    with pytest.raises(ManifestError, match=r"would unpack to 128 MiB in \d+ parts"):
        read(path)


@pytest.mark.parametrize("limit", ["ENTRIES", "UNPACKED", "BESIDE"])
def test_too_large_a_workbook_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    path = written(tmp_path, {"A": [["isrc"], [CODES[1]]]})
    monkeypatch.setattr(workbook, limit, 2)
    with pytest.raises(ManifestError, match="so large a workbook is not read"):
        read(path)


def test_an_archive_that_lies_about_its_sizes_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, {"A": [["isrc"], [CODES[1]]]})
    data = bytearray(path.read_bytes())
    name = data.rindex(SHEET.encode())
    data[name - 46 + 25] = 0  # of the unpacked size in the directory
    path.write_bytes(data)
    with pytest.raises(ManifestError, match="is no whole Excel workbook"):
        read(path)


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_broken_parts_are_refused(tmp_path: Path, part: str) -> None:
    path = written(tmp_path, {"A": [["isrc"], [CODES[1]]]})
    changed(path, part, b"</", b"<")
    with pytest.raises(ManifestError, match="is no whole Excel workbook"):
        read(path)


def test_a_broken_archive_is_refused(tmp_path: Path) -> None:
    data = written(tmp_path, {"A": [["isrc"], [CODES[1]]]}).read_bytes()
    for kept in (0, 10, len(data) // 2, len(data) - 1):
        path = put(tmp_path, "broken.xlsx", data[:kept])
        with pytest.raises(ManifestError, match=r"broken.xlsx"):
            read(path)


def test_other_archives_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(
        ManifestError, match="is an OpenDocument file, which is not read"
    ):
        read(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(ManifestError, match="is no whole Excel workbook"):
        read(path)
