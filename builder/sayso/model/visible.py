"""Visible text: which characters are refused, how text is shown, how wide it is.

Names and titles are written by strangers. What cannot be seen could make one text
look like another; a control character could repaint a terminal, a bidirectional one
could turn a *no* around.
"""

import re
import unicodedata
from collections.abc import Iterator

_JOINERS = "\u200c\u200d"
# Direction marks and overrides, zero-width spaces and joiners, soft hyphens, line
# separators, fillers and tags.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff\x80-\x9f]"
)


def unseen(text: str) -> Iterator[int]:
    """Yield the places of the characters that are refused since nobody sees them."""
    for match in _INVISIBLE.finditer(text):
        if not _joins(text, match.start()):
            yield match.start()


def is_visible(text: str, index: int) -> bool:
    """Return whether a character can be shown as it is; spaces and joiners can."""
    character = text[index]
    if _INVISIBLE.match(character):
        return _joins(text, index)
    return character.isprintable() or unicodedata.category(character) == "Zs"


def printable(text: str) -> str:
    """Return a text with each character that cannot be shown replaced by one.

    So columns stay what they are. A space of another kind becomes a plain one, unless
    it is as wide as an ideograph.
    """
    if text.isascii() and text.isprintable():
        return text
    shown = (_shown(text, index) for index in range(len(text)))
    return "".join("\N{REPLACEMENT CHARACTER}" if c is None else c for c in shown)


def escaped(text: str) -> str:
    """Return a text with each character that cannot be shown as its number."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character if is_visible(text, index) else f"\\u{ord(character):04x}"
        for index, character in enumerate(text)
    )


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return len(text) if text.isascii() else sum(map(_width, text))


def _joins(text: str, index: int) -> bool:
    """Return whether a joiner joins: Persian, Hindi and emoji need it."""
    if text[index] not in _JOINERS:
        return False
    around = text[max(index - 1, 0) : index] + text[index + 1 : index + 2]
    return len(around) == len(_JOINERS) and not any(map(str.isascii, around))


def _shown(text: str, index: int) -> str | None:
    character = text[index]
    if character == "\t":
        return "→"
    if not is_visible(text, index):
        return None
    is_space = unicodedata.category(character) == "Zs"
    return " " if is_space and _width(character) == 1 else character


def _width(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
