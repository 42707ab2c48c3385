"""Problems that show only between files, at the place that gives rise to them."""

from sayso.model.problem import Problem, Rule
from sayso.publish.reading.sheet import Sheet
from sayso.publish.reading.sources import SourceFile


def problem_at(
    file: SourceFile, text: str, rule: Rule, message: str, fix: str = ""
) -> Problem:
    """Return a problem at the first place outside comments where a text stands.

    Args:
        file: the file that gives rise to the problem.
        text: what to underline; the whole file is meant where it is not found.
        rule: what is broken.
        message: what is wrong.
        fix: what to do; the rule's own advice when left out.
    """
    sheet = Sheet(file.path, file.data.decode("utf-8-sig", "replace"))
    line, column = _find(sheet, text)
    width = len(text) if line else 1
    sheet.report(rule, message, fix=fix, line=line, column=column, width=width)
    return sheet.problems[0]


def _find(sheet: Sheet, text: str) -> tuple[int, int]:
    for number, line in enumerate(sheet.lines, start=1):
        column = line.partition(" #")[0].find(text)
        if column >= 0 and not line.lstrip().startswith("#"):
            return number, column + 1
    return 0, 0
