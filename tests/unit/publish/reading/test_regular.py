"""Regular catalogues are read quickly; what may have a fault is looked at closely."""

import pytest

from sayso.model.isrc import Isrc, isrc_of, key_of
from sayso.publish.reading import regular
from sayso.publish.reading.catalogue import read_catalogue
from sayso.publish.reading.regular import read_regular
from sayso.publish.reading.sources import source_file
from sayso.publish.reading.tables import HeldTables, parse_table

ONE, TWO = "XXF012600001", "XXF012600002"
HEAD = "isrc,title,artist\n"


def rows(text: str | bytes) -> list[tuple[str, str | None, str | None]] | None:
    data = text if isinstance(text, bytes) else text.encode()
    frame = read_regular("catalogue.csv", data)
    if frame is None:
        return None
    return [(isrc_of(key), title, artist) for key, title, artist in frame.rows()]


@pytest.mark.parametrize(
    "text",
    [
        f"isrc,title,artist\n{ONE},Slow River,Mara\n",
        f"isrc,title,artist\n{ONE},Slow River,Mara",
        f"\ufeffisrc,title,artist\n{ONE},Slow River,Mara\n",
        f"isrc,title,artist\r\n{ONE},Slow River,Mara\r\n",
        f"isrc,title,artist\r\n{ONE},Slow River,Mara",
        f"artist,isrc,title\nMara,{ONE},Slow River\n",
        f'"ISRC", Title ,Artist\n"{ONE}","Slow River","Mara"\n',
        f"isrc,title,artist\n {ONE} ,  Slow River,Mara  \n",
        "isrc,title,artist\nxxf012600001,Slow River,Mara\n",
        "isrc,title,artist\nXX-F01-26-00001,Slow River,Mara\n",
        "isrc,title,artist\nXX F01 26 00001,Slow River,Mara\n",
        "isrc,title,artist\nISRC XX-F01-26-00001,Slow River,Mara\n",
        "isrc,title,artist\nisrc:xxf012600001,Slow River,Mara\n",
    ],
)
def test_ordinary_spellings_are_regular(text: str) -> None:
    assert rows(text) == [(ONE, "Slow River", "Mara")]


@pytest.mark.parametrize(
    "title",
    [
        "Älv",
        "夜の川",
        "نهر",
        "نمی\u200cرود",
        "👩\u200d🚀",
        "a, b",
        'Say "no"',
        '"',
        '""',
        ',",',
        "O'Hare & Sons",
        "- Intro -",
        "+",
        "Meet Me @ Ten",
        "1+1=2",
        "a < b > c",
        "a; b",
        "Untitled [live]",
        "Either/Or",
        "www",
        "ä" * 200,
        "a" * 200,
        "null",
        "NaN",
        "\\N",
        "\u00a0",
    ],
)
def test_ordinary_names_are_regular(title: str) -> None:
    cell = f'"{title.replace(chr(34), chr(34) * 2)}"'
    assert rows(f"title,isrc\n{cell},{ONE}\n") == [(ONE, title, None)]
    if '"' not in title and "," not in title:
        assert rows(f"isrc,title\n{ONE},{title}\n") == [(ONE, title, None)]


def test_rows_are_in_the_order_of_their_codes() -> None:
    assert rows(f"isrc\n{TWO}\n{ONE}\n") == [(ONE, None, None), (TWO, None, None)]


def test_blank_cells_are_nothing() -> None:
    text = f'{HEAD}{ONE},, \n{TWO},""," "\n'
    assert rows(text) == [(ONE, None, None), (TWO, None, None)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "isrc",
        "isrc\n",
        f"{ONE}\n{TWO}\n",
        f"isrc;title\n{ONE};a\n",
        f"isrc,year\n{ONE},1999\n",
        f"isrc,t\u00eftle\n{ONE},a\n",
        f"isrc\n{ONE}\n\n",
        f"isrc\n\n{ONE}\n",
        f"isrc,title\n,\n{ONE},a\n",
        f"isrc,title\n{ONE},a\n,",
        f"isrc,title\n{ONE}\n",
        f"isrc,title\n{ONE},a,b\n",
        f"isrc\n{ONE}\n{ONE}\n",
        f"isrc\n{ONE}\nxx-f01-26-00001\n",
        f"isrc\n{ONE[:-1]}\n",
        f"isrc\n{ONE[:-1]}O\n",
        f"isrc,title\n{ONE}\n,a\n",
        "isrc\n************\n",
        f"isrc\r{ONE}\r",
        f"isrc\n{ONE}\r",
    ],
)
def test_tables_with_other_rows_are_not_regular(text: str) -> None:
    assert rows(text) is None


@pytest.mark.parametrize(
    "cell",
    [
        'a"b',
        'a"b"',
        '"a"b',
        '"a',
        '"a\nb"',
        ' "a"',
        '"a" ',
        '"',
        '"""',
        "=A1",
        "= A1",
        " =A1",
        "+44",
        "-1",
        "@home",
        "see https://x.example",
        "HTTP://x",
        "WWW.x.example",
        "me@x.example",
        "<b>a</b>",
        "[a](b)",
        "![a",
        "&amp;",
        "e\u0301",
        "M\u0430ra",
        "\ufeffSlow",
        "\u202eevil",
        "Slow\u200bRiver",
        "\u200d",
        "a\u200d🚀",
        "\u2028",
        "\x85",
        "a\tb",
        "a\x07b",
        "a\x7fb",
        "a" * 201,
        "ä" * 201,
    ],
)
def test_a_cell_that_may_have_a_fault_makes_a_table_irregular(cell: str) -> None:
    assert rows(f"{HEAD}{ONE},{cell},Mara\n") is None
    assert rows(f"{HEAD}{TWO},Slow River,Mara\n{ONE},Älv,{cell}\n") is None
    assert rows(f"title,isrc\n{cell},{ONE}\n") is None


def test_bytes_that_are_no_utf8_are_not_regular() -> None:
    assert rows(f"{HEAD}{ONE},Caf".encode() + b"\xe9,Mara\n") is None
    assert rows(f"{HEAD}{ONE},Caf".encode() + b"\xed\xa0\x80,Mara\n") is None
    assert rows("isrc\n".encode("utf-16")) is None


def test_a_long_table_is_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f'XXF0126{n:05},"T, ""{n}""",Älv\n' for n in range(200)]
    data = f"{HEAD}{''.join(reversed(lines))}"
    whole = rows(data)
    assert whole is not None
    assert len(whole) == 200
    for size in (64, 100, 1001):
        monkeypatch.setattr(regular, "_CHUNK", size)
        assert rows(data) == whole
        assert rows(data.replace("XXF012600007", "XXF012600008")) is None
        assert rows(data.replace('"T, ""7""",Älv', '"T, ""7""",=A1')) is None


def test_a_line_that_is_longer_than_a_piece_is_read_or_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(regular, "_CHUNK", 16)
    text = f"isrc,title\n{ONE},Slow River\n{TWO},b\n"
    assert rows(text) in (None, [(ONE, "Slow River", None), (TWO, "b", None)])


def test_a_table_tells_its_lines_and_its_digest() -> None:
    for text, lines in (
        (f"isrc\n{ONE}\n{TWO}\n", 2),
        (f"isrc\n{ONE}\n{TWO}", 2),
        (f"isrc\r\n{ONE}\r\n\r\n{TWO}\r\n", 2),
        (f"isrc,title\n{ONE},a\n,\n ,\n", 1),
        (f"isrc\n{ONE}\n{ONE}\nx\n\n", 3),
    ):
        file = source_file("c.csv", text.encode())
        _, about = parse_table(file)
        assert (about.lines, about.sha256) == (lines, file.sha256)


def test_an_irregular_table_has_the_rows_and_problems_of_the_close_look() -> None:
    data = f"isrc,title\n{TWO},b\n{ONE},=A1\nx,y\n".encode()
    table, about = HeldTables().read(source_file("c.csv", data))
    assert table.keys().tolist() == [key_of(Isrc(ONE)), key_of(Isrc(TWO))]
    row = {"key": key_of(Isrc(TWO)), "title": "b", "artist": None}
    assert table.rows(1, 2).to_pylist() == [row]
    assert table.keys(1).tolist() == [key_of(Isrc(TWO))]
    assert table.height == 2
    assert list(about.problems) == read_catalogue("c.csv", data)[1]
