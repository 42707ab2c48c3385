"""ISRCs: the codes that name sound recordings (ISO 3901:2019).

An ISRC is twelve ASCII characters: a five-character *prefix code*, a two-digit
*year of reference* and a five-digit *designation code*. It is written
`XXF012600001` here and `XX-F01-26-00001` for people. It has no check digit.

Every ISRC is also a *key*: an integer below 2^49 whose order is the ASCII order
of the codes, so that a prefix is a range of keys and a key fits a JavaScript
number:

    key = ((((c1*26 + c2)*36 + a1)*36 + a2)*36 + a3) * 10^7 + n

where `c` counts A-Z from 0, `a` counts 0-9 from 0 and A-Z from 10, and `n` is
the last seven digits.
"""

import re
from typing import NewType

from sayso.errors import InvalidIsrcError

Isrc = NewType("Isrc", str)
Prefix = NewType("Prefix", str)

LENGTH = 12
PREFIX_LENGTH = 5
KEYS_PER_PREFIX = 10**7
KEYS_PER_YEAR = 10**5
KEY_LIMIT = 2**49
LAST_KEY = 26**2 * 36**3 * KEYS_PER_PREFIX - 1
"""The key of ZZZZZ9999999."""

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALPHANUMERIC = "0123456789" + _LETTERS
_FORM = re.compile(
    r"(?:ISRC:?[ -]?)?([A-Z]{2})[ -]?([A-Z0-9]{3})[ -]?([0-9]{2})[ -]?([0-9]{5})",
    re.ASCII,
)
_CODE = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", re.ASCII)
_PREFIX = re.compile(r"[A-Z]{2}[A-Z0-9]{3}", re.ASCII)
_UPPER = str.maketrans(_LETTERS.lower(), _LETTERS)
_CENTURY_TURN = 86
_LOOK_ALIKES = {"O": "0", "I": "1", "L": "1", "S": "5", "B": "8", "Z": "2"}


def parse_isrc(text: str) -> Isrc:
    """Return the ISRC that a text spells.

    Accepts lower-case ASCII, one optional `ISRC` designator, and single spaces
    or hyphens between the parts of the code; nothing else. "No silent
    truncation, no Unicode digits, no trailing newline" (Declarations, *ISRC*).

    Raises:
        InvalidIsrcError: with what is wrong, in words for a musician.
    """
    match = _FORM.fullmatch(text.translate(_UPPER))
    if match is None:
        raise InvalidIsrcError(explain(text))
    return Isrc("".join(match.groups()))


def is_isrc(text: str) -> bool:
    """Return whether a text is an ISRC in its twelve-character form."""
    return _CODE.fullmatch(text) is not None


def format_isrc(isrc: Isrc) -> str:
    """Return the code as people read it: `XX-F01-26-00001`."""
    return f"{isrc[:2]}-{isrc[2:5]}-{isrc[5:7]}-{isrc[7:]}"


def prefix_of(isrc: Isrc) -> Prefix:
    """Return the five-character prefix code of an ISRC."""
    return Prefix(isrc[:PREFIX_LENGTH])


def parse_prefix(text: str) -> Prefix:
    """Return the prefix code that a text spells, hyphen or none.

    Raises:
        InvalidIsrcError: when it is not two letters and three letters or digits.
    """
    code = text.translate(_UPPER)
    if len(code) == PREFIX_LENGTH + 1 and code[2] in " -":
        code = code[:2] + code[3:]
    if _PREFIX.fullmatch(code) is None:
        raise InvalidIsrcError(
            f"{text!r} is not an ISRC prefix: it has two letters, then three letters "
            "or digits, such as XXF01"
        )
    return Prefix(code)


def key_of(isrc: Isrc) -> int:
    """Return the key of an ISRC, an integer in [0, 2^49)."""
    return _prefix_number(isrc) * KEYS_PER_PREFIX + int(isrc[PREFIX_LENGTH:])


def isrc_of(key: int) -> Isrc:
    """Return the ISRC of a key; the inverse of `key_of`.

    Raises:
        ValueError: when no ISRC has this key.
    """
    number, digits = divmod(key, KEYS_PER_PREFIX)
    tail = ""
    for _ in range(3):
        number, place = divmod(number, 36)
        tail = _ALPHANUMERIC[place] + tail
    first, second = divmod(number, 26)
    if key < 0 or first >= len(_LETTERS):
        raise ValueError(f"{key} is not the key of an ISRC")
    return Isrc(f"{_LETTERS[first]}{_LETTERS[second]}{tail}{digits:07d}")


def prefix_keys(prefix: Prefix) -> range:
    """Return all keys under a prefix code."""
    start = _prefix_number(prefix) * KEYS_PER_PREFIX
    return range(start, start + KEYS_PER_PREFIX)


def year_keys(prefix: Prefix, year: int) -> range:
    """Return the keys under a prefix code with one year of reference."""
    start = prefix_keys(prefix).start + year % 100 * KEYS_PER_YEAR
    return range(start, start + KEYS_PER_YEAR)


def year_of(isrc: Isrc) -> int:
    """Return the year of reference: 86-99 are 19xx, 00-85 are 20xx."""
    digits = int(isrc[5:7])
    return (1900 if digits >= _CENTURY_TURN else 2000) + digits


def explain(text: str) -> str:
    """Return why a text is not an ISRC, in words that help to mend it."""
    code = re.sub(r"[ -]", "", text.strip().translate(_UPPER)).removeprefix("ISRC")
    if not code:
        return "an ISRC is missing here"
    if re.fullmatch(r"[0-9]([.,][0-9]+)?E\+?[0-9]+", code, re.ASCII):
        return f"{text!r} is a number made by a spreadsheet, not an ISRC"
    if len(code) >= 2 * LENGTH and _CODE.match(code):
        return f"{text!r} holds more than one code; give each recording its own line"
    if len(code) != LENGTH:
        return (
            f"{text!r} has {len(code)} letters and digits; an ISRC has {LENGTH}, "
            "such as XX-F01-26-00001"
        )
    for position, character in enumerate(code):
        expected, allowed = _expected(position)
        if character not in allowed:
            near = _LOOK_ALIKES.get(character, "")
            hint = f" (is it a {near}?)" if near and near in allowed else ""
            return (
                f"{text!r} has {character!r} as character {position + 1}, where an "
                f"ISRC has {expected}{hint}"
            )
    return f"{text!r} has spaces or hyphens where an ISRC has none"


def _expected(position: int) -> tuple[str, str]:
    if position < 2:  # noqa: PLR2004 - the country letters
        return "a letter A-Z", _LETTERS
    if position < PREFIX_LENGTH:
        return "a letter A-Z or a digit", _ALPHANUMERIC
    return "a digit 0-9", "0123456789"


def _prefix_number(code: str) -> int:
    number = _LETTERS.index(code[0]) * 26 + _LETTERS.index(code[1])
    for character in code[2:PREFIX_LENGTH]:
        number = number * 36 + _ALPHANUMERIC.index(character)
    return number
