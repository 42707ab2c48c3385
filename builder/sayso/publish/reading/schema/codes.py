"""Shapes of codes: ISRCs, prefixes, ranges, years, territories."""

import re

from sayso.errors import InvalidIsrcError
from sayso.model.isrc import (
    Isrc,
    Prefix,
    explain,
    key_of,
    parse_isrc,
    parse_prefix,
    prefix_of,
)
from sayso.model.problem import Rule
from sayso.model.rules import catalogue as catalogue_rules
from sayso.model.rules import fields as field_rules
from sayso.model.rules import identifiers as identifier_rules
from sayso.model.territory import COUNTRIES, GROUPS, WORLDWIDE, is_territory
from sayso.publish.reading.schema.shape import Mistake, Text
from sayso.publish.reading.sheet import quote

_CODE = r"[A-Za-z]{2}[ -]?[A-Za-z0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{5}"
_DESIGNATOR = r"(?:[Ii][Ss][Rr][Cc]:?[ -]?)?"
_CODES = re.compile(rf"{_CODE}")
_SPREADSHEET = re.compile(r"[0-9]([.,][0-9]+)?E\+?[0-9]+", re.ASCII | re.IGNORECASE)
_BARCODE = re.compile(r"[0-9]{12,13}", re.ASCII)
_WORK = re.compile(r"T[-. ]?[0-9]{3}[-. ]?[0-9]{3}[-. ]?[0-9]{3}[-. ]?[0-9]", re.ASCII)
_DIGIT_FOR = str.maketrans("OoIilLSsBbZz", "001111558822")
_LETTERS = 5
_YEARS = re.compile(r"([0-9]{4})(?:-([0-9]{4}))?", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1986, 2085
_TERRITORIES_ALIKE = {
    "UK": "GB",
    "USA": "US",
    "EUROPE": "EU",
    "WORLD": WORLDWIDE,
    "GLOBAL": WORLDWIDE,
    "ALL": WORLDWIDE,
}


def isrc_fault(text: str) -> tuple[Rule, str, str]:
    """Return the rule that a text breaks which is no ISRC, why, and what to do."""
    message = f"{explain(text)}."
    message = message[:1].upper() + message[1:]
    if _SPREADSHEET.fullmatch(text.strip()):
        rule = catalogue_rules.SPREADSHEET_NUMBER
        return rule, message, rule.fix
    if len(_CODES.findall(text)) > 1:
        message = f"{quote(text)} holds more than one code."
        return identifier_rules.TWO_CODES, message, identifier_rules.TWO_CODES.fix
    rule = identifier_rules.ISRC
    code = re.sub(r"[ -]", "", text)
    if _BARCODE.fullmatch(code):
        message += " It looks like a barcode, which names a release, not a recording."
    elif _WORK.fullmatch(text.strip()):
        message += " It looks like an ISWC, which names a work, not a recording."
    meant = code[:_LETTERS] + code[_LETTERS:].translate(_DIGIT_FOR)
    if meant != code and _CODES.fullmatch(meant):
        return rule, message, f"If it is meant, write {meant.upper()}."
    return rule, message, rule.fix


def _parse_isrc(text: str) -> Isrc:
    try:
        return parse_isrc(text)
    except InvalidIsrcError as error:
        raise Mistake(*isrc_fault(text)) from error


ISRC: Text[Isrc] = Text(
    parse=_parse_isrc,
    form={"type": "string", "pattern": f"^{_DESIGNATOR}{_CODE}$"},
)


def _parse_prefix(text: str) -> Prefix:
    try:
        return parse_prefix(text)
    except InvalidIsrcError as error:
        message = f"{quote(text)} is not the first five characters of a code."
        raise Mistake(identifier_rules.PREFIX, message) from error


PREFIX: Text[Prefix] = Text(
    parse=_parse_prefix,
    form={"type": "string", "pattern": "^[A-Za-z]{2}[ -]?[A-Za-z0-9]{3}$"},
)


def _parse_range(text: str) -> tuple[Isrc, Isrc]:
    for match in re.finditer("-", text):
        try:
            first = parse_isrc(text[: match.start()].strip(" "))
            last = parse_isrc(text[match.end() :].strip(" "))
        except InvalidIsrcError:
            continue
        if prefix_of(first) != prefix_of(last):
            message = "The two codes of a range have the same first five characters."
            raise Mistake(identifier_rules.RANGE, message)
        if key_of(first) > key_of(last):
            message = "The second code of the range comes before the first."
            raise Mistake(identifier_rules.RANGE, message, f"{last}-{first}")
        return first, last
    message = f"{quote(text)} is not two codes with a hyphen between them."
    raise Mistake(identifier_rules.RANGE, message)


RANGE: Text[tuple[Isrc, Isrc]] = Text(
    parse=_parse_range,
    form={
        "type": "string",
        "pattern": f"^{_DESIGNATOR}{_CODE} *- *{_DESIGNATOR}{_CODE}$",
    },
)


def _parse_years(text: str) -> tuple[int, int]:
    match = _YEARS.fullmatch(text)
    if match is None:
        message = f"{quote(text)} is not two years of four digits with a hyphen."
        raise Mistake(identifier_rules.YEARS, message)
    first, last = int(match[1]), int(match[2] or match[1])
    if first > last:
        message = "The second year comes before the first."
        raise Mistake(identifier_rules.YEARS, message, f"{last}-{first}")
    if first < _FIRST_YEAR or last > _LAST_YEAR:
        message = f"ISRCs have years from {_FIRST_YEAR} to {_LAST_YEAR} only."
        raise Mistake(identifier_rules.YEARS, message)
    return first, last


YEARS: Text[tuple[int, int]] = Text(
    parse=_parse_years,
    form={
        "type": ["string", "integer"],
        "pattern": "^(?:19|20)[0-9]{2}(?:-(?:19|20)[0-9]{2})?$",
    },
)


def _parse_territory(text: str) -> str:
    if is_territory(text):
        return text
    upper = text.upper()
    near = _TERRITORIES_ALIKE.get(upper) or (upper if is_territory(upper) else "")
    if text.lower() == WORLDWIDE:
        near = WORLDWIDE
    message = f"{quote(text)} is not the code of a country."
    raise Mistake(field_rules.TERRITORY, message, f"Write {near}." if near else "")


TERRITORY: Text[str] = Text(
    parse=_parse_territory,
    form={"enum": [WORLDWIDE, *sorted(GROUPS), *sorted(COUNTRIES)]},
)
