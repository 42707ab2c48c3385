import pytest

from sayso.model.rules import RULES
from sayso.publish.reading.sheet import (
    SHOWN,
    Sheet,
    caret,
    excerpt,
    quote,
)

RULE = RULES["SAY201"]


def test_a_problem_has_the_line_of_the_file() -> None:
    sheet = Sheet("file.yaml", "first\nsecond\n")
    sheet.report(RULE, "Wrong.", line=2, column=3, width=2)

    (problem,) = sheet.problems
    assert (problem.path, problem.line, problem.column) == ("file.yaml", 2, 3)
    assert problem.excerpt == "second"
    assert problem.fix == RULE.fix


def test_a_problem_of_the_whole_file_has_no_line() -> None:
    sheet = Sheet("file.yaml", "first\n")
    sheet.report(RULE, "Wrong.", fix="Mend it.")

    (problem,) = sheet.problems
    assert (problem.line, problem.excerpt, problem.fix) == (0, "", "Mend it.")


def test_the_rest_of_many_problems_is_counted() -> None:
    sheet = Sheet("file.yaml", "x")
    for _ in range(SHOWN + 5):
        sheet.report(RULE, "Wrong.", line=1)
    sheet.count(RULE, 1000)

    *shown, rest = sorted(sheet.problems, key=lambda problem: problem.order)
    assert len(shown) == SHOWN
    assert rest.message == "1,005 more of these are in this file."


def test_a_line_end_of_windows_is_not_shown() -> None:
    sheet = Sheet("file.yaml", "first\r\nsecond\r\n")
    sheet.report(RULE, "Wrong.", line=1, column=1)

    assert sheet.problems[0].excerpt == "first"


@pytest.mark.parametrize("column", [1, 50, 90, 91, 200, 5000])
def test_the_caret_stands_under_the_character_that_is_meant(column: int) -> None:
    line = "".join(chr(0x4E00 + place) for place in range(5000))

    assert excerpt(line, column)[caret(column)] == line[column - 1]
    assert len(excerpt(line, column)) <= 122


def test_long_texts_are_quoted_short() -> None:
    assert quote("Slow River") == '"Slow River"'
    assert len(quote("x" * 1000)) == 122


def test_no_message_is_longer_than_anybody_reads() -> None:
    sheet = Sheet("file.yaml")
    sheet.report(RULE, "x" * 10_000)

    assert len(sheet.problems[0].message) == 501


def test_the_excerpt_of_an_allowed_title_is_the_title() -> None:
    title = "title: می\u200cشود"

    assert excerpt(title, 1) == title
