"""Pasted recordings: taken as meant, or every line that cannot be read is named."""

import pytest

from sayso.errors import InvalidIsrcError
from sayso.publish.drafting.answers import AnswerError
from sayso.publish.drafting.pasting import parse_recording, parse_recordings


@pytest.mark.parametrize(
    ("line", "title", "artist"),
    [
        ("XXM022600001", None, None),
        (" xx-m02-26-00001 ", None, None),
        ("ISRC XX M02 26 00001 Slow River", "Slow River", None),
        ("XXM022600001 | Slow River | Mara", "Slow River", "Mara"),
        ("XXM022600001\tSlow River\tMara", "Slow River", "Mara"),
        ("XXM022600001;Slow River;Mara", "Slow River", "Mara"),
        ('XXM022600001,"Enough, Enough",Mara', "Enough, Enough", "Mara"),
        ("XXM022600001, Slow River, Mara", "Slow River", "Mara"),
        ("XXM022600001 Slow River | Mara", "Slow River", "Mara"),
        ("XXM022600001 Enough, Enough", "Enough, Enough", None),
        ("XXM022600001,,", None, None),
        ("XXM022600001 4:44 at the Lake", "4:44 at the Lake", None),
    ],
)
def test_a_pasted_line_has_code_title_and_artist(
    line: str, title: str | None, artist: str | None
) -> None:
    assert parse_recording(line) == ("XXM022600001", title, artist)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("XXM02260000O | Slow River", "is it a 0"),
        ("XXM0226000 Slow River", "has 10 letters and digits"),
        ("XX M02 26 0001 | Slow River", "has 11 letters and digits"),
        ("Slow River", "letters and digits"),
        ("6.02E+11,Slow River", "made by a spreadsheet"),
        ("XXM022600001XXM022600002", "more than one code"),
        ("XXM022600001-2", "has 13 letters"),
    ],
)
def test_a_line_without_a_code_is_explained(line: str, reason: str) -> None:
    with pytest.raises(InvalidIsrcError, match=reason):
        parse_recording(line)


def test_a_line_with_too_many_parts_is_explained() -> None:
    with pytest.raises(AnswerError, match=r"write ISRC \| title \| artist"):
        parse_recording("XXM022600001,Enough,Enough,Mara")


def test_an_unclosed_quote_takes_the_rest_of_the_line() -> None:
    assert parse_recording('XXM022600001,"Slow River')[1] == "Slow River"


def test_pasted_lines_become_columns() -> None:
    recordings = parse_recordings(
        ["XXM022600001 Slow River", "", "XXM022600002 | No | Mara", "  "]
    )
    assert recordings.isrcs == ("XXM022600001", "XXM022600002")
    assert recordings.titles == ("Slow River", "No")
    assert recordings.artists == (None, "Mara")


def test_every_line_that_cannot_be_read_is_named() -> None:
    with pytest.raises(AnswerError) as caught:
        parse_recordings(["XXM022600001", "Slow River", "", "XX-M02-26-00001"])
    lines = str(caught.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["line 2", "line 4"]
    assert "earlier line" in lines[1]


def test_many_faults_are_counted() -> None:
    with pytest.raises(AnswerError, match=r"and 7 more$"):
        parse_recordings(["Slow River"] * 12)


def test_no_line_is_no_list() -> None:
    with pytest.raises(AnswerError, match="no recording"):
        parse_recordings(["", " "])
