"""Problems as text for people, and as JSON for programs."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum, unique

from sayso.model.problem import Problem
from sayso.model.rules import address
from sayso.model.visible import printable, width
from sayso.publish.reading.sheet import caret
from sayso.wire.profile import Json

REPORT = "sayso/problems/1"
"""The format of the JSON report."""


@unique
class Tone(StrEnum):
    """A part of a report that a terminal may colour."""

    PLACE = "place"
    ERROR = "error"
    WARNING = "warning"
    CARET = "caret"
    MARGIN = "margin"


Paint = Callable[[Tone, str], str]


def as_text(
    problems: Iterable[Problem], *, folder: str = "", paint: Paint | None = None
) -> str:
    """Return problems for people, each with place, line, caret, fix and address.

    Args:
        problems: in the order in which they are shown.
        folder: what goes before each path, so that an editor can open it.
        paint: colours a part of the report; none when left out.
    """
    paint = paint or _plain
    return "".join(f"{_paragraph(problem, folder, paint)}\n" for problem in problems)


def as_json(problems: Sequence[Problem], files: int) -> dict[str, Json]:
    """Return problems for programs, sorted as for people.

    `format` is `sayso/problems/1`. `counts` has the number of `errors`, `warnings` and
    `files`. Each of `problems` has `code`, `severity`, `title`, `path` (relative to the
    declarations), `line` and `column` (from 1; 0 when the whole file or line is
    meant), `width`, `message`, `fix` and `address`.
    """
    errors = sum(problem.is_error for problem in problems)
    return {
        "counts": {
            "errors": errors,
            "files": files,
            "warnings": len(problems) - errors,
        },
        "format": REPORT,
        "problems": [fields_of(problem) for problem in problems],
    }


def summary(problems: Sequence[Problem], files: int) -> str:
    """Return one line that says how much was checked and found."""
    errors = sum(problem.is_error for problem in problems)
    checked = _counted(files, "file")
    if not problems:
        return f"{checked} checked: no problems."
    found = [
        _counted(count, word)
        for count, word in ((errors, "error"), (len(problems) - errors, "warning"))
        if count
    ]
    return f"{checked} checked: {', '.join(found)}."


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def _plain(_tone: Tone, text: str) -> str:
    return text


def _paragraph(problem: Problem, folder: str, paint: Paint) -> str:
    place = printable(folder + problem.path)
    if problem.line:
        place += f":{problem.line}"
        place += f":{problem.column}" if problem.column else ""
    tone = Tone.ERROR if problem.is_error else Tone.WARNING
    kind = f"{problem.rule.severity} {problem.rule.code}"
    lines = [f"{paint(Tone.PLACE, place)}: {paint(tone, kind)}: {problem.message}"]
    if problem.excerpt:
        lines += _excerpt(problem, paint)
    lines.append(f"  fix: {problem.fix}")
    lines.append(f"  see: {address(problem.rule)}")
    return "\n".join(lines) + "\n"


def _excerpt(problem: Problem, paint: Paint) -> list[str]:
    """Return the line of the file, and carets under what is meant."""
    number = f"{problem.line:>6} | "
    shown = [f"{paint(Tone.MARGIN, number)}{problem.excerpt}"]
    if problem.column:
        index = caret(problem.column)
        before = problem.excerpt[:index]
        meant = problem.excerpt[index : index + problem.width]
        carets = "^" * max(width(meant), 1)
        margin = paint(Tone.MARGIN, " " * 6 + " | ")
        shown.append(f"{margin}{' ' * width(before)}{paint(Tone.CARET, carets)}")
    return shown


def fields_of(problem: Problem) -> dict[str, Json]:
    """Return one problem for programs, as `as_json` says."""
    return {
        "address": address(problem.rule),
        "code": problem.rule.code,
        "column": problem.column,
        "fix": problem.fix,
        "line": problem.line,
        "message": problem.message,
        "path": printable(problem.path),
        "severity": str(problem.rule.severity),
        "title": problem.rule.title,
        "width": problem.width,
    }
