import pytest

from sayso.model.problem import Problem
from sayso.publish.reading.document import parse_document
from sayso.publish.reading.quoting import mended, quoted, value_at
from sayso.publish.reading.sheet import Sheet


def explained(text: str) -> Problem:
    sheet = Sheet("file.yaml", text)
    assert parse_document(text, sheet) is None
    (problem,) = sheet.problems
    return problem


@pytest.mark.parametrize(
    "value",
    [
        "@home",
        "%",
        "`Backtick`",
        ", and so on",
        "] [",
        "}{",
        "[Untitled] (Demo)",
        "{Awayland} (Live)",
        "- Intro -",
        "-",
        "?",
        "| Barlines",
        "> Forward",
        "Star Wars: Main Theme",
        "Untitled:",
        '"Heroes" (2017 Remaster)',
        "'Round Midnight",
        '"Open end',
        "& Friends",
    ],
)
def test_a_value_that_needs_quotes_is_shown_in_quotes(value: str) -> None:
    problem = explained(f"name: x\ntitle: {value}\nartist: y\n")

    assert problem.line == 2
    assert problem.column == 8
    assert problem.fix == f"title: {quoted(value)}"
    mended_text = f"name: x\n{problem.fix}\nartist: y\n"
    sheet = Sheet("file.yaml", mended_text)
    assert parse_document(mended_text, sheet) is not None
    assert sheet.problems == []


def test_a_value_in_curly_brackets_is_found() -> None:
    problem = explained("- {isrc: A, title: Star Wars: Theme, artist: B}\n")

    assert problem.fix == 'title: "Star Wars: Theme"'


def test_a_value_of_a_list_is_found() -> None:
    problem = explained("titles:\n  - @home\n")

    assert problem.fix == '"@home"'


@pytest.mark.parametrize(
    ("text", "line"),
    [("\ta: b\n", 1), ("a:\n\t- b\n", 2), ("a:\n  b: c\n\td: e\n", 3)],
)
def test_a_tab_is_explained(text: str, line: int) -> None:
    problem = explained(text)

    assert problem.rule.code == "SAY207"
    assert problem.line == line


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name:Mara\nrole: x\n", "space is missing"),
        ("a: b\n  c: d\n", "does not fit the lines before"),
        ("- a\nb: c\n", "does not fit the list before"),
        ('a: "\\q"\n', "backslash"),
        ("a: {b: c\n", "must be in quotes"),
        ("- github:1\n- [b\n", "must be in quotes|bracket"),
        ("{a: b\n", "bracket is not closed"),
        ("{a: #1 b}\n", "YAML stops here"),
        ("a: \ufdd0\ufffe\n", "cannot be read"),
    ],
)
def test_other_errors_are_put_in_words(text: str, words: str) -> None:
    problem = explained(text)

    assert any(word in problem.message for word in words.split("|")), problem.message


@pytest.mark.parametrize(
    ("text", "yaml"),
    [
        ("Slow River", '"Slow River"'),
        ('"Heroes"', "'\"Heroes\"'"),
        ("C:\\", "'C:\\'"),
        ("\"'", '"\\"\'"'),
    ],
)
def test_quotes_are_chosen_so_that_little_is_escaped(text: str, yaml: str) -> None:
    assert quoted(text) == yaml


def test_a_value_ends_where_its_brackets_do() -> None:
    assert value_at("a: *x  ", 3) == "*x"
    assert value_at("- {a: *x, b: y}", 6) == "*x"
    assert value_at("- {a: x, b: *y}  # z", 12) == "*y"
    assert value_at("a: [*x, *y]", 4) == "*x"
    assert value_at("a: [x] *y, z", 7) == "*y, z"


def test_a_field_is_shown_with_its_name() -> None:
    assert mended("  - title: @x", 11, "@x") == 'title: "@x"'
    assert mended("  - @x", 4, "@x") == '"@x"'
