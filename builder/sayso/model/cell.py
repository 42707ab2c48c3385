"""Cells: what stands in a manifest where the ISRC belongs, and which codes that names.

Manifests are written by other people's programs. A cell may hold no code, a missing
value that became a text on its way (`nan`), several codes, or a list of them. Nothing
is guessed: what is not plainly a code counts as invalid, and neither that nor a missing
one is ever clear.
"""

import re
from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder
from typing import Final

from sayso.errors import InvalidIsrcError
from sayso.model.isrc import Isrc, parse_isrc

CELL_LIMIT: Final = 4096
"""A longer text is not read: no list of codes of one recording is so long."""

_MISSING: Final = frozenset(
    {
        *("", "nan", "none", "null", "nil", "n/a", "na", "#n/a", "<na>", "\\n", "nat"),
        *("-", "--", "?", ".", "unknown", "missing", "undefined", "tbd", "tba", "[]"),
    }
)
"""How programs write that there is nothing, in lower case."""

_BETWEEN: Final = re.compile(r"[;,/|\x00\t\r\n]+")
_BLANKS: Final = re.compile(r"[\s\x00]+")
_PLAIN_LIST: Final = re.compile(r"\[[^{}\\]*\]")
_DECODER: Final = JSONDecoder()


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell holds.

    Attributes:
        codes: in order, each once; none where there is no code.
        invalid: whether there is anything else than codes.
    """

    codes: tuple[Isrc, ...] = ()
    invalid: bool = False


NOTHING: Final = Cell()
INVALID: Final = Cell(invalid=True)


def read_cell(text: str) -> Cell:
    """Return what a text names.

    One code in any spelling that `parse_isrc` takes; several, separated by `;`, `,`,
    `/`, `|`, NUL, blanks or lines; or a list as JSON or Python write it.
    """
    if len(text) > CELL_LIMIT:
        return INVALID
    text = text.strip("\ufeff \t\r\n\x00\u00a0")
    if text.lower() in _MISSING:
        return NOTHING
    try:
        return Cell((parse_isrc(text),))
    except InvalidIsrcError:
        pass
    if text.startswith("["):
        return _several(_listed(text))
    parts = _BETWEEN.split(text)
    if len(parts) == 1:
        parts = _BLANKS.split(text)
    return INVALID if len(parts) == 1 else _several(parts)


def _several(parts: list[str] | None) -> Cell:
    if parts is None:
        return INVALID
    codes: dict[Isrc, None] = {}
    invalid = False
    for part in parts:
        word = part.strip()
        if word.lower() in _MISSING:
            continue
        try:
            codes[parse_isrc(word)] = None
        except InvalidIsrcError:
            invalid = True
    return Cell(tuple(codes), invalid=invalid)


def _listed(text: str) -> list[str] | None:
    """Return the items of a list of texts; None where it is none."""
    # Nothing within it may be nested, however deep that would go.
    if text.count("[") > 1 or not _PLAIN_LIST.fullmatch(text):
        return None
    try:
        value, end = _DECODER.raw_decode(text.replace("'", '"'))
    except (JSONDecodeError, ValueError):
        return None
    if end != len(text) or not isinstance(value, list):
        return None
    return ["" if item is None else str(item) for item in value]
