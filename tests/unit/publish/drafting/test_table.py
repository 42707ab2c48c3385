import pytest

from sayso.publish.drafting.table import read_table

CLEAN = b"isrc,title,artist\nXXF012600001,Slow River,Mara\n"


def test_a_catalogue_stays_what_it_is() -> None:
    table = read_table(CLEAN)

    assert (table.text, table.catalogue, table.encoding) == (CLEAN, CLEAN, "")


@pytest.mark.parametrize(
    "data",
    [
        CLEAN.replace(b",", b";"),
        CLEAN.replace(b",", b"\t"),
        CLEAN.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + CLEAN.replace(b",", b";").replace(b"\n", b"\r\n"),
        CLEAN.replace(b",", b";") + b";;\n;;\n",
        CLEAN.replace(b"\nXXF", b"\n,,\nXXF").removesuffix(b"\n"),
        CLEAN.decode().replace(",", "\t").encode("utf-16"),
    ],
)
def test_what_spreadsheets_save_becomes_a_catalogue(data: bytes) -> None:
    assert read_table(data).catalogue == CLEAN


def test_cells_with_commas_and_quotes_stay_whole() -> None:
    data = b'isrc;title\nXXF012600001;Hello, Goodbye\nXXF012600002;"A; ""B"""\n'

    assert read_table(data).catalogue == (
        b'isrc,title\nXXF012600001,"Hello, Goodbye"\nXXF012600002,"A; ""B"""\n'
    )


def test_lines_keep_their_numbers_for_messages() -> None:
    assert read_table(b"isrc;title\n;\nXX;a\n").text == b"isrc,title\n,\nXX,a\n"


def test_an_older_encoding_is_read_and_named() -> None:
    table = read_table("isrc;title\nXXF012600001;Café, déjà vu\n".encode("cp1252"))

    assert table.catalogue.decode() == 'isrc,title\nXXF012600001,"Café, déjà vu"\n'
    assert (table.encoding, table.sample) == ("Windows-1252", "Café")


def test_accents_are_composed() -> None:
    assert read_table("isrc,title\nX,Bjo\u0308rk\n".encode()).text.decode() == (
        "isrc,title\nX,Björk\n"
    )


@pytest.mark.parametrize("data", [b"PK\x03\x04\x00", b"\xff\xfe\x00", b"\x81\xff", b""])
def test_what_is_no_table_is_left_as_it_is(data: bytes) -> None:
    assert read_table(data).text == data


def test_a_broken_row_is_left_as_it_is() -> None:
    data = b'isrc;title\nXXF012600001;"Slow River\n'

    assert read_table(data).text.endswith(b'\nXXF012600001;"Slow River\n')
