"""Workflow commands: problems at their lines, and nothing else that GitHub obeys."""

import pytest

from sayso.model.problem import Problem
from sayso.model.rules import RULES
from sayso.publish.github.commands import as_commands

RULE = RULES["SAY203"]
HOSTILE = (
    "a\r\n::stop-commands::x",
    "%0A::error::x",
    "a,line=1::b",
    "\u2028::error::x",
    "\x1b[2J",
    "##[error]x",
)


def problem(**changes: object) -> Problem:
    fields: dict[str, object] = {
        "rule": RULE,
        "path": "github/31/583231-mara/a.yaml",
        "message": "It is so.",
        "fix": "Do this.",
        **changes,
    }
    return Problem(**fields)  # type: ignore[arg-type]


def test_a_problem_is_a_command_with_its_place() -> None:
    said = as_commands([problem(line=15, column=12, width=2)], "declarations/")

    assert said == (
        "::error col=12,endColumn=14,file=declarations/github/31/583231-mara/a.yaml,"
        f"line=15,title=SAY203%3A {RULE.title}::It is so.%0Afix: Do this.%0A"
        f"see: https://sayso.example/{RULE.anchor}\n"
    )


def test_a_whole_file_has_no_line() -> None:
    said = as_commands([problem(column=3)])

    assert "line=" not in said
    assert "col=" not in said


def test_no_problem_is_no_command() -> None:
    assert as_commands([]) == ""


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_a_strangers_text_is_no_command(text: str) -> None:
    said = as_commands([problem(message=text, fix=text, path=text, line=1)])

    (line,) = said.splitlines()
    assert line.startswith("::error file=")
    head, _, words = line.removeprefix("::error ").partition("::")
    assert [part.partition("=")[0] for part in head.split(",")] == [
        "file", "line", "title",
    ]  # fmt: skip
    assert "\x1b" not in words
