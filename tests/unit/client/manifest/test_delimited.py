"""Tables of text: every row is read, and nothing in it changes."""

from pathlib import Path

import pytest

from sayso.client.manifest import delimited, lines
from sayso.errors import ManifestError
from tests.manifests import CODES, Read, put, read


def csv(folder: Path, text: str | bytes, name: str = "tracks.csv") -> Read:
    return read(put(folder, name, text))


def test_a_table_is_read_as_typed(tmp_path: Path) -> None:
    manifest = csv(
        tmp_path,
        "ISRC,Track Name,Artist,Plays,Added\r\n"
        'XXF012600001,"Hello, ""World""",Ann,007,2026-01-02\r\n'
        "xx-f01-26-00002,NaN,,1e5,\r\n",
    )
    assert manifest.manifest.kind == "csv"
    assert manifest.manifest.column == "ISRC, by its name"
    assert manifest.manifest.rows is None
    assert manifest.codes == ["XXF012600001", "xx-f01-26-00002"]
    assert manifest.titles == ['Hello, "World"', "NaN"]
    assert manifest.artists == ["Ann", ""]
    assert manifest.cells[0] == [
        *("XXF012600001", 'Hello, "World"', "Ann", "007", "2026-01-02"),
    ]
    assert manifest.manifest.schema.names[1] == "Track Name"
    assert manifest.remarks == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_what_stands_between_cells_is_noticed(tmp_path: Path, delimiter: str) -> None:
    rows = [["title", "isrc"], ["One, two", CODES[1]], ["Three", CODES[2]]]
    rows = [
        [f'"{cell}"' if delimiter in cell else cell for cell in row] for row in rows
    ]
    manifest = csv(tmp_path, "\n".join(delimiter.join(row) for row in rows))
    assert manifest.codes == CODES[1:3]
    assert manifest.titles == ["One, two", "Three"]
    assert manifest.manifest.kind == ("tsv" if delimiter == "\t" else "csv")


def test_what_stands_in_few_rows_is_no_delimiter(tmp_path: Path) -> None:
    manifest = csv(tmp_path, f"isrc|a;b\n{CODES[1]}|c;d\n{CODES[2]}|e\n{CODES[3]}|f\n")
    assert manifest.codes == CODES[1:4]
    assert manifest.manifest.schema.names == ["isrc", "a;b"]


def test_a_line_of_excel_may_name_the_delimiter(tmp_path: Path) -> None:
    manifest = csv(
        tmp_path, f"sep=;\r\nisrc;a,b\r\n{CODES[1]};c,d\r\n{CODES[2]};\r\ne\r\n"
    )
    assert manifest.codes == [CODES[1], CODES[2], None]
    (remark,) = manifest.remarks
    assert remark == (
        "tracks.csv:5: the number of cells is 1 here and 2 in the header; the row was "
        "kept without its code"
    )


def test_tabs_are_expected_where_the_name_says_so(tmp_path: Path) -> None:
    assert csv(tmp_path, f"isrc\n{CODES[1]}\n", "one.tsv").manifest.kind == "tsv"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_system(tmp_path: Path, end: str) -> None:
    text = end.join(["isrc,title", f"{CODES[1]},a", CODES[2], f"{CODES[3]},c"])
    manifest = csv(tmp_path, text)
    assert manifest.codes == [CODES[1], None, CODES[3]]
    assert manifest.remarks[0].startswith("tracks.csv:3: the number of cells is 1")
    assert csv(tmp_path, text + end).cells == manifest.cells


def test_rows_in_disorder_are_kept_without_their_code(tmp_path: Path) -> None:
    manifest = csv(
        tmp_path,
        f"isrc,title,artist\n{CODES[1]},a\n{CODES[2]},b,c,d,e\n{CODES[3]},f,g\n"
        f"{CODES[4]},h,i,,\n",
    )
    assert manifest.codes == [None, None, CODES[3], CODES[4]]
    assert manifest.cells == [
        [CODES[1], "a", ""],
        [CODES[2], "b", "c,d,e"],
        [CODES[3], "f", "g"],
        [CODES[4], "h", "i"],
    ]
    assert manifest.manifest.remarks.counts == {"ragged-row": 2}


def test_a_mark_that_is_never_closed_takes_no_rows_away(tmp_path: Path) -> None:
    manifest = csv(
        tmp_path,
        f'isrc,title\n{CODES[1]},"a\n{CODES[2]},b\n{CODES[3]},"c"\n{CODES[4]},"d\n',
    )
    assert manifest.codes == [None, CODES[2], CODES[3], None]
    assert [row[1] for row in manifest.cells] == ["a", "b", "c", "d"]
    assert manifest.remarks == [
        f"tracks.csv:{line}: a quotation mark is not closed as it should be; the line "
        "was kept as a row without its code"
        for line in (2, 5)
    ]


def test_marks_within_cells_are_what_they_are(tmp_path: Path) -> None:
    manifest = csv(tmp_path, f'isrc,title\n{CODES[1]},12" mix\n{CODES[2]},"a"b\n')
    assert manifest.codes == CODES[1:3]
    assert manifest.titles == ['12" mix', "ab"]


def test_a_cell_may_have_several_lines(tmp_path: Path) -> None:
    manifest = csv(
        tmp_path, f'isrc,title\n{CODES[1]},"a\n\nb"\r\n{CODES[2]},"c\r\nd"\n'
    )
    assert manifest.titles == ["a\n\nb", "c\r\nd"]
    assert manifest.remarks == []


def test_empty_lines_are_no_rows_and_are_said(tmp_path: Path) -> None:
    manifest = csv(tmp_path, f"\n\nisrc,title\n\n{CODES[1]},a\n\n\n{CODES[2]},b\n")
    assert manifest.codes == CODES[1:3]
    assert manifest.remarks == [
        f"tracks.csv:{line}: the line is empty and is no row" for line in (4, 6, 7)
    ]


def test_a_line_in_another_encoding_is_mended(tmp_path: Path) -> None:
    manifest = csv(
        tmp_path,
        b"isrc,title\n%b,caf\xc3\xa9\n%b,caf\xe9 \x80\n%b,\x81\xe9\n"
        % tuple(code.encode() for code in CODES[1:4]),
    )
    assert manifest.titles == ["café", "café €", "\x81é"]
    assert manifest.remarks == [
        f"tracks.csv:{line}: the line is not UTF-8 and was read as Windows-1252"
        for line in (3, 4)
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_marks_of_byte_order_are_understood(tmp_path: Path, encoding: str) -> None:
    text = f"isrc,title\n{CODES[1]},Beyoncé 🎵\n"
    if encoding.endswith("e"):
        text = "\ufeff" + text
    manifest = csv(tmp_path, text.encode(encoding))
    assert manifest.cells == [[CODES[1], "Beyoncé 🎵"]]
    assert manifest.manifest.schema.names[0] == "isrc"


def test_half_a_character_at_the_end_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, "t.csv", f"isrc\n{CODES[1]}\n".encode("utf-16") + b"\n")
    with pytest.raises(ManifestError, match="begins as UTF-16, but is not to its end"):
        read(path)


def test_zero_bytes_are_characters_like_others(tmp_path: Path) -> None:
    manifest = csv(tmp_path, f"isrc,title\n{CODES[1]},a\0b\n{CODES[2]}\0,c\n")
    assert manifest.codes == [CODES[1], CODES[2] + "\0"]
    assert manifest.titles == ["a\0b", "c"]


def test_columns_may_share_a_name_or_have_none(tmp_path: Path) -> None:
    manifest = csv(tmp_path, f",isrc,a,a,isrc\n0,,1,2,{CODES[1]}\n")
    assert manifest.manifest.schema.names == ["", "isrc", "a", "a", "isrc"]
    assert manifest.codes == [CODES[1]]
    assert manifest.manifest.column == (
        "isrc, by its name, and the most ISRCs: 1 of the first 1 values are ISRCs"
    )


def test_there_may_be_many_columns(tmp_path: Path) -> None:
    names = ",".join(f"c{number}" for number in range(300))
    manifest = csv(tmp_path, f"{names},isrc\n" + f"{'x,' * 300}{CODES[1]}\n" * 3)
    assert manifest.codes == [CODES[1]] * 3
    with pytest.raises(ManifestError, match=r"tracks.csv:1: 10,002 columns"):
        csv(tmp_path, "isrc" + "," * 10_001)


@pytest.mark.parametrize("text", ["", "\n\r\n", "\ufeff"])
def test_an_empty_file_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ManifestError, match=r"tracks.csv is empty; a manifest has a"):
        csv(tmp_path, text)


@pytest.mark.parametrize("text", ["isrc,title", "isrc,title\n"])
def test_a_header_alone_is_a_manifest_without_rows(tmp_path: Path, text: str) -> None:
    manifest = csv(tmp_path, text)
    assert manifest.cells == []
    assert manifest.manifest.done == 1.0


@pytest.mark.parametrize("name", ["codes.txt", "codes.csv", "codes"])
def test_codes_one_a_line_need_no_header(tmp_path: Path, name: str) -> None:
    manifest = csv(tmp_path, f"{CODES[1]}\nxx-f01-26-00002\nnone\n", name)
    assert manifest.manifest.column == "isrc, by its content: no header"
    assert manifest.codes == [CODES[1], "xx-f01-26-00002", "none"]
    assert manifest.manifest.schema.names == ["isrc"]


def test_a_first_code_with_a_slip_is_no_header(tmp_path: Path) -> None:
    manifest = csv(tmp_path, f"a,XXF01260000\nb,{CODES[1]}\nc,{CODES[2]}\n")
    assert manifest.codes == ["XXF01260000", CODES[1], CODES[2]]
    assert manifest.manifest.schema.names == ["column_1", "isrc"]


def test_a_table_without_header_has_columns_to_name(tmp_path: Path) -> None:
    path = put(tmp_path, "t.csv", f"{CODES[1]},{CODES[2]}\n{CODES[3]},{CODES[4]}\n")
    manifest = read(path, column="column_2")
    assert manifest.codes == [CODES[2], CODES[4]]
    assert manifest.manifest.column == "column_2, as asked"


@pytest.mark.parametrize("size", [16, 40, 100])
def test_blocks_make_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    text = "isrc,title\n" + "".join(
        f'{code},"{"é" * (n % 9)}\n{n}"\n{code},{n}\n' + (n % 7 == 3) * f"{code}\n"
        for n, code in enumerate(CODES[:200])
    )
    whole = csv(tmp_path, text)
    monkeypatch.setattr(lines, "BLOCK", size)
    parts = csv(tmp_path, text)
    assert parts.cells == whole.cells
    assert parts.codes == whole.codes
    assert parts.remarks == whole.remarks
    assert len(parts.batches) > 50
    assert len(whole.batches) == 1


@pytest.mark.parametrize("least", [1, 100, 3000])
def test_what_is_in_doubt_does_not_slow_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: int
) -> None:
    rows = [f'{code},"{n}\n"\n' for n, code in enumerate(CODES[:500])]
    rows[100] = f"{CODES[100]}\n"
    rows[200] = "\n"
    rows[300] = f'{CODES[300]},"' + "x\n" * 1000 + '"\n'
    rows[400] = f'{CODES[400]},"a"b\n'
    path = put(tmp_path, "t.csv", "isrc,title\n" + "".join(rows))
    whole = read(path)
    monkeypatch.setattr(delimited, "_LEAST", least)
    careful = delimited._Parser._careful
    taken = []

    def counted(self: delimited._Parser, text: str, *, final: bool) -> object:
        taken.append(len(text))
        return careful(self, text, final=final)

    monkeypatch.setattr(delimited._Parser, "_careful", counted)
    parts = read(path)
    assert parts.cells == whole.cells
    assert parts.codes == whole.codes
    assert parts.remarks == whole.remarks
    assert len(parts.remarks) == 2
    assert len(parts.batches) == 1
    assert sum(taken) < 3 * max(least, 3000)


def test_a_table_is_never_held_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "BLOCK", 2**16)
    row = f"{CODES[1]},{'x' * 84}\n"
    path = put(tmp_path, "t.csv", "isrc,title\n" + row * 50_000)
    manifest = read(path)
    assert len(manifest.codes) == 50_000
    assert max(rows.table.nbytes for rows in manifest.batches) < 2**17


@pytest.mark.parametrize("body", [b"x" * 3000, b'"x\n' + b"y\n" * 3000])
def test_a_row_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    monkeypatch.setattr(lines, "BLOCK", 100)
    monkeypatch.setattr(lines, "RECORD", 1000)
    monkeypatch.setattr(delimited, "RECORD", 1000)
    path = put(tmp_path, "t.csv", b"isrc\n%b\n%b" % (CODES[1].encode(), body))
    with pytest.raises(ManifestError, match=r"t.csv:3: the row that begins here is"):
        read(path)


def test_a_first_line_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="the first line is longer than 1 MiB"):
        csv(tmp_path, f"isrc,{'x' * 2**20}\n{CODES[1]},y\n")
