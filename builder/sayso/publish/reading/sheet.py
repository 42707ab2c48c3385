"""A file's text as lines, and the problems found at its places."""

from collections import Counter
from functools import cached_property

from sayso.model.problem import Problem, Rule
from sayso.model.visible import printable

SHOWN = 20
"""How many problems of one rule a file shows; one more line counts the rest."""

_WIDEST = 120
_BEFORE = 40
_LONGEST = 500
_ELLIPSIS = "…"


class Sheet:
    """The text of one file, and a collector of what is wrong with it.

    Lines and columns count from 1, columns in characters.
    """

    def __init__(self, path: str, text: str = "") -> None:
        self.path = path
        self.text = text
        self._problems: list[Problem] = []
        self._counts: Counter[Rule] = Counter()

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends; a large file is split only to show one."""
        return self.text.split("\n")

    def line(self, number: int) -> str:
        """Return a line by its number; "" where there is none.

        YAML places what is missing at the end of a file behind its last line.
        """
        if not 0 < number <= len(self.lines):
            return ""
        return self.lines[number - 1].removesuffix("\r")

    def report(
        self,
        rule: Rule,
        message: str,
        *,
        fix: str = "",
        line: int = 0,
        column: int = 0,
        width: int = 1,
    ) -> None:
        """Note a breach of a rule; beyond the first `SHOWN` of a rule, count it.

        Args:
            rule: what is broken.
            message: what is wrong here.
            fix: what to write instead; the rule's own advice when left out.
            line: from 1, or 0 for the whole file.
            column: from 1, or 0 for the whole line.
            width: how many characters are meant.
        """
        self._counts[rule] += 1
        if self._counts[rule] > SHOWN:
            return
        self._problems.append(
            Problem(
                rule=rule,
                path=self.path,
                line=line,
                column=column,
                message=_message(message),
                fix=_message(fix or rule.fix),
                excerpt=excerpt(self.line(line), column),
                width=max(width, 1),
            )
        )

    def shows(self, rule: Rule) -> bool:
        """Return whether another breach of a rule is still described.

        Hostile files break one rule a thousand times on one line: where a message
        costs something, ask before making it, and `count` instead.
        """
        return self._counts[rule] < SHOWN

    def count(self, rule: Rule, more: int) -> None:
        """Add breaches of a rule that are counted without being described."""
        self._counts[rule] += more

    def add(self, problems: list[Problem]) -> None:
        """Add problems that were made elsewhere."""
        self._problems += problems

    @property
    def problems(self) -> list[Problem]:
        """What was found, in the order of finding, and counts of what is not shown."""
        rest = [
            Problem(
                rule=rule,
                path=self.path,
                message=f"{count - SHOWN:,} more of these are in this file.",
                fix=rule.fix,
                counts=True,
            )
            for rule, count in self._counts.items()
            if count > SHOWN
        ]
        return self._problems + rest


def excerpt(line: str, column: int) -> str:
    """Return a line shortened around a column and made printable.

    Every character that cannot be shown is replaced by one that can, so that
    columns stay what they are; `caret` tells where a column is in the result.
    """
    start = _start(column)
    shown = printable(line[start : start + _WIDEST])
    before = _ELLIPSIS if start else ""
    after = _ELLIPSIS if len(line) > start + _WIDEST else ""
    return f"{before}{shown}{after}"


def caret(column: int) -> int:
    """Return the index in an excerpt of the character at a column of its line."""
    start = _start(column)
    return column - 1 - start + (len(_ELLIPSIS) if start else 0)


def quote(text: str) -> str:
    """Return a text for a message: in double quotes, short and printable."""
    shown = text if len(text) <= _WIDEST else text[: _WIDEST - 1] + _ELLIPSIS
    return f'"{printable(shown)}"'


def _message(text: str) -> str:
    """Return a message made printable, and not longer than anybody reads."""
    return printable(text if len(text) <= _LONGEST else text[:_LONGEST] + _ELLIPSIS)


def _start(column: int) -> int:
    return 0 if column <= _WIDEST * 3 // 4 else column - 1 - _BEFORE
