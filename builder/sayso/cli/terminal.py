"""Text for terminals: declared words made harmless, lines that fit."""

import shutil
from collections.abc import Iterable
from textwrap import wrap

from sayso.model.visible import escaped

_WIDEST = 88
_NARROWEST = 40


def printable(text: str) -> str:
    """Return a declared text with every invisible or steering character escaped."""
    return escaped(text)


def width() -> int:
    """Return how many columns to fill."""
    columns = shutil.get_terminal_size((80, 24)).columns
    return max(_NARROWEST, min(columns, _WIDEST))


def paragraph(text: str, columns: int, *, first: str = "", rest: str = "") -> list[str]:
    """Return a text wrapped into lines, long words kept whole.

    Args:
        text: what to wrap.
        columns: how wide a line may be.
        first: what the first line begins with.
        rest: what the other lines begin with.
    """
    return wrap(
        text,
        columns,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]


def fields(rows: list[tuple[str, str]], columns: int) -> list[str]:
    """Return labels with their texts in a column, two spaces in."""
    label = max((len(name) for name, _ in rows), default=0)
    return [
        line
        for name, text in rows
        for line in paragraph(
            text, columns, first=f"  {name:<{label}}  ", rest=" " * (label + 4)
        )
    ]


def numbered(sentences: Iterable[str], columns: int) -> list[str]:
    """Return sentences as a numbered list, two spaces in."""
    return [
        line
        for number, sentence in enumerate(sentences, 1)
        for line in paragraph(
            sentence, columns, first=f"  {number}. ", rest=" " * (4 + len(str(number)))
        )
    ]
