"""Markdown of which no stranger's text is a part: it stands in code, as it was written.

In code GitHub reads no mark-up, no HTML, no address and no mention.
"""

import re
from typing import Final

from sayso.model.visible import printable

_TICKS = re.compile("`+")
_SHORTEST_FENCE: Final = 3


def code(text: str, *, limit: int = 200) -> str:
    """Return a text as code within a line, also of a table; never empty.

    Args:
        text: anything.
        limit: how many characters are shown.
    """
    said = _short(printable(text), limit)
    if not said.strip():
        return "`(empty)`"
    ticks = "`" * (_longest(said) + 1)
    space = " " if said[0] in "` " or said[-1] in "` " else ""
    # A table ends its cell at a bar, even within code.
    inner = said.replace("|", "\\|")
    return f"{ticks}{space}{inner}{space}{ticks}"


def block(*texts: str, limit: int = 600) -> str:
    """Return texts as a block of code, each on a line of its own.

    Args:
        texts: anything.
        limit: how many characters of each are shown.
    """
    lines = [_short(printable(text), limit) for text in texts]
    fence = "`" * max(_SHORTEST_FENCE, _longest("\n".join(lines)) + 1)
    return "\n".join([f"{fence}text", *lines, fence])


def suggestion(line: str) -> str:
    """Return the block that GitHub offers as the new text of a line."""
    fence = "`" * max(_SHORTEST_FENCE, _longest(line) + 1)
    return f"{fence}suggestion\n{line}\n{fence}"


def _longest(text: str) -> int:
    return max(map(len, _TICKS.findall(text)), default=0)


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"
