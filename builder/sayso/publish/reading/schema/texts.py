"""Shapes of plain values: names, words, days, numbers, addresses."""

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import TypeVar

from sayso.model.problem import Rule
from sayso.model.rules import fields as field_rules
from sayso.model.rules import meaning as meaning_rules
from sayso.publish.reading.schema.field import nearest
from sayso.publish.reading.schema.shape import Mistake, Text
from sayso.publish.reading.sheet import quote
from sayso.wire.profile import Json
from sayso.wire.text import parse_day

Word = TypeVar("Word", bound=StrEnum)

LONGEST_NAME = 200
_LONGEST_PROSE = 4000
UNFIT = (
    (r"(?i)https?://|\bwww\.\S", "A web address is in the text."),
    (r"[^\s@]+@[^\s@]+\.[^\s@]+", "A mail address is in the text."),
    (
        r"</?[A-Za-z!][^<>]*>|\]\(|!\[|&(?:#\w+|[a-z]{2,8});",
        "The text has markup, as pages have.",
    ),
)
"""What stands in no name or title, as patterns that Rust reads alike, and why."""

_LATIN = "A-Za-z\u00c0-\u024f"
_ALIKE = "\u0370-\u03ff\u0400-\u052f"  # Greek and Cyrillic have letters alike
MIXED = f"[{_LATIN}][{_ALIKE}]|[{_ALIKE}][{_LATIN}]"
"""A word with letters of two alphabets that look alike, for Rust and Python."""

MIXED_MESSAGE = "A word mixes letters of two alphabets that look alike."

_MIXED = re.compile(MIXED)
REMARK = re.compile(r"^\W+|\W*[(\[].*|\W*\s-\s.*|\W+")
"""What two spellings of a title may differ in, for Rust and Python alike."""

_UNFIT = [(re.compile(pattern), words) for pattern, words in UNFIT]
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_BACKWARDS = re.compile(r"([0-9]{1,2})([./-]) ?([0-9]{1,2})\2 ?([0-9]{4})", re.ASCII)
_FORWARDS = re.compile(
    r"([0-9]{4})[./-]?([0-9]{1,2})[./-]?([0-9]{1,2})(?:[T ][0-9].*)?", re.ASCII
)
_MONTHS = 12
_COUNT = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)
_DAYS = re.compile(r"[1-9][0-9]?|[12][0-9]{2}|3[0-5][0-9]|36[0-5]", re.ASCII)
_LONG_DAYS = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
_ENTRIES = re.compile(
    r"[2-9]|[1-9][0-9]{1,2}|[1-3][0-9]{3}|40[0-8][0-9]|409[0-6]", re.ASCII
)
_DIGITS = re.compile(r"[0-9][0-9.,_' ]*")
# An editor reads `title: 1999` as a number and `title: true` as a truth value; here
# both are text.
_ANY_SCALAR: Json = ["string", "number", "boolean"]


def name_fault(text: str) -> str | None:
    """Return why a text is no name or title, or None."""
    if len(text) > LONGEST_NAME:
        return f"The text has {len(text):,} characters; at most {LONGEST_NAME} fit."
    if "\n" in text or "\t" in text:
        return "The text is more than one line, or has a tab."
    if not text.strip():
        return "The text is blank."
    return next((words for found, words in _UNFIT if found.search(text)), None)


def same_title(first: str, second: str) -> bool:
    """Return whether two titles are one but for remarks, capitals and punctuation.

    `Low` and `LOW (feat. T-Pain)` are.
    """
    return REMARK.sub("", first.lower()) == REMARK.sub("", second.lower())


def _parse_name(text: str) -> str:
    if fault := name_fault(text):
        raise Mistake(field_rules.UNFIT_TEXT, fault)
    return text


def _parse_prose(text: str) -> str:
    if len(text) > _LONGEST_PROSE:
        message = f"The text has {len(text):,} characters; at most {_LONGEST_PROSE:,}."
        raise Mistake(field_rules.UNFIT_TEXT, message)
    return text


def _advise_name(text: str) -> tuple[Rule, str] | None:
    if text.isascii() or not _MIXED.search(text):
        return None
    return meaning_rules.MIXED_SCRIPTS, MIXED_MESSAGE


NAME: Text[str] = Text(
    parse=_parse_name,
    advise=_advise_name,
    form={"type": _ANY_SCALAR, "minLength": 1, "maxLength": LONGEST_NAME},
)
"""One line: a name, a title."""

PROSE: Text[str] = Text(
    parse=_parse_prose,
    form={"type": _ANY_SCALAR, "minLength": 1, "maxLength": _LONGEST_PROSE},
)
"""Some sentences."""


def choice(words: type[Word], alike: dict[str, str] | None = None) -> Text[Word]:
    """Return the shape of one word of a few.

    Args:
        words: those allowed.
        alike: other words that people write, each with the one meant.
    """
    names = [str(word) for word in words]

    def parse(text: str) -> Word:
        if text in names:
            return words(text)
        meant = (alike or {}).get(text.lower()) or nearest(text, names)
        raise Mistake(
            field_rules.NOT_A_CHOICE,
            f"{quote(text)} is none of the words allowed: {', '.join(names)}.",
            f"Write {meant}." if meant else f"Write one of {', '.join(names)}.",
        )

    return Text(parse=parse, form={"enum": list(names)})


def _parse_day(text: str) -> date:
    try:
        return parse_day(text)
    except ValueError as error:
        if _DAY.fullmatch(text):
            message = f"There is no day {text} in the calendar."
        else:
            message = f"{quote(text)} is not a date."
        raise Mistake(field_rules.DATE, message, _day_meant(text)) from error


def _day_meant(text: str) -> str:
    """Return a day that is written otherwise as it is written here, or ""."""
    if (backwards := _BACKWARDS.fullmatch(text)) is not None:
        day, mark, month, year = backwards.groups()
        # With a slash, some countries begin with the month.
        if mark == "/" and int(day) <= _MONTHS and int(month) != int(day):
            if int(month) <= _MONTHS:
                return ""
            day, month = month, day
    elif (forwards := _FORWARDS.fullmatch(text)) is not None:
        year, month, day = forwards.groups()
    else:
        return ""
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""


DAY: Text[date] = Text(
    parse=_parse_day, form={"type": "string", "pattern": f"^{_DAY.pattern}$"}
)
"""A day: 2026-11-22."""


def _parse_count(text: str) -> int:
    if _COUNT.fullmatch(text):
        return int(text)
    digits = re.sub(r"\D", "", text, flags=re.ASCII) if _DIGITS.fullmatch(text) else ""
    message = f"{quote(text)} is not a number from 1 on, written in digits alone."
    raise Mistake(field_rules.FORM, message, digits.lstrip("0"))


COUNT: Text[int] = Text(
    parse=_parse_count,
    form={
        "type": ["string", "integer"],
        "pattern": f"^{_COUNT.pattern}$",
        "minimum": 1,
    },
)
"""A number from 1 on."""


def _limited(pattern: re.Pattern[str], words: str, least: int, most: int) -> Text[int]:
    """Return the shape of numbers between two, which the pattern knows."""

    def parse(text: str) -> int:
        if pattern.fullmatch(text):
            return int(text)
        message = f"{quote(text)} is not a number of {words} from {least} to {most}."
        raise Mistake(field_rules.FORM, message)

    return Text(
        parse=parse,
        form={
            "type": ["string", "integer"],
            "pattern": f"^(?:{pattern.pattern})$",
            "minimum": least,
            "maximum": most,
        },
    )


DAYS = _limited(_DAYS, "days", 1, 365)
"""A number of days, up to a year."""

LONG_DAYS = _limited(_LONG_DAYS, "days", 1, 9999)
"""A number of days, up to 27 years."""

ENTRIES = _limited(_ENTRIES, "entries", 2, 4096)
"""How many entries a file of the look-up tree holds."""


def patterned(
    pattern: str, example: str, mend: Callable[[str], str] = str
) -> Text[str]:
    """Return the shape of texts that match a pattern.

    Args:
        pattern: the same for Python and for JSON Schema, without anchors.
        example: what such a text looks like.
        mend: returns what was probably meant, used where it matches.
    """
    compiled = re.compile(pattern, re.ASCII)

    def parse(text: str) -> str:
        if compiled.fullmatch(text):
            return text
        message = f"{quote(text)} does not look like {example}."
        meant = mend(text)
        is_right = compiled.fullmatch(meant)
        fix = meant if is_right else f"Write it like {example}."
        raise Mistake(field_rules.FORM, message, fix)

    return Text(parse=parse, form={"type": "string", "pattern": f"^(?:{pattern})$"})


def _as_file_name(text: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.")


SLUG = patterned(r"[a-z0-9]+(?:-[a-z0-9]+)*", "no-voice-imitation")
LANGUAGE = patterned(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?", "en, sv or pt-BR")
DIGEST = patterned(r"[0-9a-f]{64}", "64 digits of 0-9 and a-f")
DPID = patterned(r"PA-?DPIDA-?[0-9]{10}-?[0-9A-Z]", "PADPIDA2026112201U")
FILE_NAME = patterned(r"[a-z0-9][a-z0-9-]{0,63}\.csv", "catalogue.csv", _as_file_name)
RECORD_NAME = patterned(r"[a-z0-9][a-z0-9-]{0,63}", "20261122-slow-river")
