import polars as pl
import pytest

from sayso.model.isrc import Isrc, key_of
from sayso.publish.reading.catalogue import COLUMNS, read_catalogue
from sayso.publish.reading.schema.texts import same_title
from sayso.publish.reading.sheet import SHOWN


def read(text: str | bytes) -> tuple[pl.DataFrame, list[tuple[str, int, int]]]:
    data = text if isinstance(text, bytes) else text.encode()
    frame, problems = read_catalogue("catalogue.csv", data)
    assert dict(frame.schema) == COLUMNS
    return frame, [(p.rule.code, p.line, p.column) for p in problems]


def rows(text: str) -> list[tuple[object, ...]]:
    frame, problems = read(text)
    assert problems == []
    return frame.select("isrc", "title", "artist", "row").rows()


def test_rows_are_read_into_columns() -> None:
    frame, problems = read("isrc,title,artist\nXXF012600001,Slow River,Mara\n")

    assert problems == []
    assert frame.rows() == [
        (key_of(Isrc("XXF012600001")), "XXF012600001", "Slow River", "Mara", 2)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "isrc,title,artist\nXXF012600001,Slow River,Mara\n",
        "artist,isrc,title\nMara,XXF012600001,Slow River\n",
        "ISRC,Title,Artist\r\nxx-f01-26-00001,Slow River,Mara\r\n",
        "isrc,title,artist\nISRC XX F01 26 00001, Slow River ,Mara",
        '"isrc","title","artist"\n"XXF012600001","Slow River","Mara"\n',
        'isrc,title,artist\nXXF012600001,"Slow River",Mara\n',
    ],
)
def test_spellings_of_the_same_catalogue(text: str) -> None:
    assert rows(text) == [("XXF012600001", "Slow River", "Mara", 2)]


def test_only_the_code_is_needed() -> None:
    assert rows("isrc\nXXF012600001\n") == [("XXF012600001", None, None, 2)]


def test_blank_cells_are_nothing() -> None:
    text = 'isrc,title,artist\nXXF012600001,," "\nXXF012600002,"",\n'

    assert rows(text) == [
        ("XXF012600001", None, None, 2),
        ("XXF012600002", None, None, 3),
    ]


def test_quoted_cells_have_commas_and_quotes() -> None:
    text = 'isrc,title\nXXF012600001,"Hello, ""Goodbye"""\nXXF012600002,x\n'

    assert rows(text) == [
        ("XXF012600001", 'Hello, "Goodbye"', None, 2),
        ("XXF012600002", "x", None, 3),
    ]


def test_blank_lines_are_passed_over_and_lines_keep_their_numbers() -> None:
    text = "isrc\n\nXXF012600001\n   \nXXF012600002\n\n\n"

    assert [row[3] for row in rows(text)] == [3, 5]


def test_a_complete_last_row_needs_no_line_end() -> None:
    assert len(rows("isrc,title\nXXF012600001,a\nXXF012600002,b")) == 2
    assert len(rows("isrc,title\nXXF012600001,a\nXXF012600002,")) == 2


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("isrc,title\n", ["SAY611"]),
        ("isrc,title", ["SAY611"]),
        ("title,artist\na,b\n", ["SAY601"]),
        ("isrc,isrc\na,b\n", ["SAY601"]),
        ("isrc,year\nXXF012600001,1999\n", ["SAY601"]),
        ("XXF012600001,a\n", ["SAY601"]),
        ('"isrc,title\nXXF012600001,a\n', ["SAY601", "SAY601"]),
        ("\nisrc\nXXF012600001\n", ["SAY601"]),
        ("isrc;title\nXXF012600001;a\n", ["SAY605"]),
        ("isrc|title\nXXF012600001|a\n", ["SAY605"]),
        ("isrc\ttitle\nXXF012600001\ta\n", ["SAY605"]),
    ],
)
def test_a_table_without_usable_columns_has_no_rows(
    text: str, codes: list[str]
) -> None:
    frame, problems = read(text)

    assert frame.is_empty()
    assert [code for code, _, _ in problems] == codes


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("XXF012600001,a,b,c", ("SAY602", 2, 1)),
        ("XXF012600001,a", ("SAY602", 2, 1)),
        ('"XXF012600001","a"', ("SAY602", 2, 1)),
        ('XXF012600001,"a"b,c', ("SAY607", 2, 14)),
        ('XXF012600001,"a,b', ("SAY607", 2, 14)),
        (",a,b", ("SAY401", 2, 1)),
        ("XXF01260000O,a,b", ("SAY401", 2, 1)),
        ("XXF012600001x,a,b", ("SAY401", 2, 1)),
        ("XXF012600001/XXF012600002,a,b", ("SAY402", 2, 1)),
        ("1.2E+11,a,b", ("SAY604", 2, 1)),
        ("=A1,a,b", ("SAY606", 2, 1)),
        ("XXF012600001,=A1,b", ("SAY606", 2, 14)),
        ("XXF012600001,= HYPERLINK(A1),b", ("SAY606", 2, 14)),
        ("XXF012600001,=,b", ("SAY606", 2, 14)),
        ("XXF012600001,a,@home", ("SAY606", 2, 16)),
        ("XXF012600001,+44,b", ("SAY606", 2, 14)),
        ("XXF012600001,-1,b", ("SAY606", 2, 14)),
        ("XXF012600001,see https://x.example,b", ("SAY312", 2, 14)),
        ("XXF012600001,a,me@x.example", ("SAY312", 2, 16)),
        ("XXF012600001,<b>a</b>,b", ("SAY312", 2, 14)),
        ("XXF012600001,a\tb,c", ("SAY312", 2, 14)),
        (f"XXF012600001,{'a' * 201},b", ("SAY312", 2, 14)),
        ("XXF012600001,a,M\u0430ra", ("SAY508", 2, 16)),
    ],
)
def test_what_is_wrong_with_a_row_has_its_place(
    row: str, problem: tuple[str, int, int]
) -> None:
    _, problems = read(f"isrc,title,artist\n{row}\nXXF012600009,x,y\n")

    assert problems == [problem]


@pytest.mark.parametrize("title", ["-", "+", "- Intro -", "1+1=2", "Meet Me @ Ten"])
def test_titles_that_only_look_odd_are_read(title: str) -> None:
    assert rows(f"isrc,title\nXXF012600001,{title}\n")[0][1] == title


@pytest.mark.parametrize(
    ("end", "line"),
    [
        ("XXF0126000", 3),
        ("XXF012600002,Kit", 3),
        ('XXF012600002,"Kitchen Li', 3),
        ('XXF012600002,"Kitchen Light",Mara,"', 3),
    ],
)
def test_a_file_that_was_cut_off_is_told(end: str, line: int) -> None:
    _, problems = read(f"isrc,title,artist\nXXF012600001,a,b\n{end}")

    assert [(code, at) for code, at, _ in problems] == [("SAY603", line)]


def test_a_single_column_that_was_cut_off_is_told() -> None:
    assert read("isrc\nXXF012600001\nXXF01")[1] == [("SAY603", 3, 6)]


def test_a_wrong_last_code_is_not_taken_for_a_cut() -> None:
    assert read("isrc\nXXF012600001\nXXF01260000O")[1] == [("SAY401", 3, 1)]
    assert read("isrc\nXXF012600001\nXXF01\n")[1] == [("SAY401", 3, 1)]


def test_a_blank_last_cell_in_quotes_is_no_code_and_no_cut() -> None:
    assert read('isrc\n""')[1] == [("SAY401", 2, 1)]
    assert read('isrc\nXXF012600001\n" "')[1] == [("SAY401", 3, 1)]


def test_each_recording_is_kept_once() -> None:
    text = "isrc,title\nXXF012600001,a\nxxf012600001,a\nXXF012600001,b\nXXF012600001,\n"

    frame, problems = read(text)

    assert frame.select("title", "row").rows() == [("a", 2)]
    assert sorted(problems) == [("SAY403", 3, 1), ("SAY403", 5, 1), ("SAY404", 4, 1)]


def test_many_bad_rows_are_counted() -> None:
    bad = "".join(f"XXF01260{number:03d},a\n" for number in range(1000))

    frame, problems = read_catalogue("c.csv", f"isrc,title\n{bad}".encode())

    assert frame.is_empty()
    assert len(problems) == SHOWN + 1
    assert problems[-1].message == "980 more of these are in this file."
    assert problems[-1].line == 0


def test_rows_without_anything_in_a_cell_are_passed_over() -> None:
    text = "isrc,title,artist\n,,\nXXF012600001,a,b\n , ,\n,,"

    assert rows(text) == [("XXF012600001", "a", "b", 3)]


def test_a_bad_row_before_empty_ones_is_not_taken_for_a_cut() -> None:
    assert read("isrc,title\nXXF012600001\n,")[1] == [("SAY602", 2, 1)]


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (b"\xef\xbb\xbfisrc\nXXF012600001\n", []),
        (b"isrc,title\nXXF012600001,Caf\xe9\n", ["SAY001"]),
        (b"isrc;title\nXXF012600001;Caf\xe9\n", ["SAY001", "SAY605"]),
        ("isrc\ttitle\nXXF012600001\ta\n".encode("utf-16"), ["SAY002"]),
        ("isrc,title\nXXF012600001,a\n".encode("utf-16"), ["SAY002"]),
        (b"isrc,title\nXXF012600001,a\x07\n", ["SAY005"]),
        (b"", ["SAY009"]),
    ],
)
def test_bytes_are_checked_first(data: bytes, codes: list[str]) -> None:
    assert [code for code, _, _ in read(data)[1]] == codes


def test_bad_quoted_cells_are_underlined_whole() -> None:
    _, problems = read_catalogue("c", b'isrc,title\nXXF012600001,"=A1, ""b"""\n')

    assert [(p.column, p.width) for p in problems] == [(14, 12)]


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ("Low", "LOW (feat. T-Pain)", "SAY403"),
        ("Slow River", "Slow River - 2017 Remaster", "SAY403"),
        ("Slow River!", "slow river", "SAY403"),
        ("(Untitled)", "[Untitled]", "SAY403"),
        ("Slow River", "", "SAY403"),
        ("Help!", "Help! - Remastered 2009", "SAY403"),
        ("Slow River", "Slow Rivers", "SAY404"),
        ("(You) Slow River", "(Me) Kitchen Light", "SAY404"),
        ("Slow River", "Kitchen Light", "SAY404"),
    ],
)
def test_titles_that_differ_in_a_remark_are_one(
    first: str, second: str, code: str
) -> None:
    text = f"isrc,title\nXXF012600001,{first}\nXXF012600001,{second}\n"

    assert read(text)[1] == [(code, 3, 1)]
    assert same_title(first, second or first) is (code == "SAY403")


def test_hostile_rows_come_to_an_end() -> None:
    commas, quotes = "x" + "," * 1_000_000, '"' * 1_000_001
    frame, problems = read(f"isrc,title\n{commas}\n{quotes}\n{'x' * 1_000_000},\n")

    assert frame.is_empty()
    assert [code for code, _, _ in problems] == ["SAY602", "SAY607", "SAY401"]


@pytest.mark.parametrize("cell", ["1", "XXF01260000O", '"x, y"'])
def test_any_number_of_bad_rows_is_counted(cell: str) -> None:
    # Polars takes other ways through a table of more rows than fit one of its chunks.
    _, problems = read_catalogue(
        "c.csv", ("isrc,title\n" + f"{cell},a\n" * 25_000).encode()
    )

    assert len(problems) == SHOWN + 1
    assert problems[-1].message == "24,980 more of these are in this file."


def test_a_first_line_of_very_many_cells_is_not_looked_at_cell_by_cell() -> None:
    line = ",".join(f"c{number}" for number in range(2000))
    _, problems = read_catalogue("c.csv", f"{line}\nXXF012600001\n".encode())
    assert [(p.rule.code, p.line, p.counts) for p in problems] == [("SAY601", 1, False)]
