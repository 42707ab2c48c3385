"""Workflow commands: problems as lines that GitHub shows at their places in a file.

It shows ten errors and ten warnings of a step; the check run of a pull request shows
more.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from sayso.model.problem import Problem
from sayso.model.rules import address
from sayso.model.visible import printable

_DATA: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY: Final = {**_DATA, ":": "%3A", ",": "%2C"}


def as_commands(problems: Iterable[Problem], folder: str = "") -> str:
    """Return problems as workflow commands, one a line.

    Args:
        problems: in the order in which they are shown.
        folder: what goes before each path: GitHub wants it from the repository's top.
    """
    return "".join(f"{_command(problem, folder)}\n" for problem in problems)


def _command(problem: Problem, folder: str) -> str:
    rule = problem.rule
    properties = {
        "file": printable(folder + problem.path),
        "title": printable(f"{rule.code}: {rule.title}"),
    }
    if problem.line:
        properties["line"] = str(problem.line)
    if problem.line and problem.column:
        properties["col"] = str(problem.column)
        properties["endColumn"] = str(problem.column + max(problem.width, 1))
    said = ",".join(
        f"{name}={_escaped(text, _PROPERTY)}"
        for name, text in sorted(properties.items())
    )
    lines = (problem.message, f"fix: {problem.fix}", f"see: {address(rule)}")
    words = _escaped("\n".join(map(printable, lines)), _DATA)
    return f"::{rule.severity} {said}::{words}"


def _escaped(text: str, ways: Mapping[str, str]) -> str:
    return "".join(ways.get(character, character) for character in text)
