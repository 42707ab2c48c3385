"""Shapes of codes and ids: ISRCs, prefixes, owners, territories, keys."""

import re
from collections.abc import Callable

from sayso.errors import InvalidIsrcError, MalformedError
from sayso.model.declaration import DeclarationId
from sayso.model.isrc import (
    Isrc,
    Prefix,
    explain,
    key_of,
    parse_isrc,
    parse_prefix,
    prefix_of,
)
from sayso.model.owner import OwnerId, is_account, is_owner_id
from sayso.model.problem import Rule
from sayso.model.rules import catalogue as catalogue_rules
from sayso.model.rules import fields as field_rules
from sayso.model.rules import identifiers as identifier_rules
from sayso.model.territory import COUNTRIES, GROUPS, WORLDWIDE, is_territory
from sayso.publish.schema.shape import Mistake, Text
from sayso.publish.sheet import quote
from sayso.wire.text import from_base64

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
_ACCOUNT = r"github:(?:0|[1-9][0-9]{0,18})"
_DOMAIN = (
    r"domain:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+"
)
_STEM = r"[a-z0-9][a-z0-9-]{0,63}"
_TERRITORIES_ALIKE = {
    "UK": "GB",
    "USA": "US",
    "EUROPE": "EU",
    "WORLD": WORLDWIDE,
    "GLOBAL": WORLDWIDE,
    "ALL": WORLDWIDE,
}
_KEY_KINDS = (
    "ssh-ed25519",
    "sk-ssh-ed25519@openssh.com",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "ssh-rsa",
)
_KEY = re.compile(rf"({'|'.join(map(re.escape, _KEY_KINDS))}) ([A-Za-z0-9+/]+=*)( .*)?")


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


def _parse_owner(text: str) -> OwnerId:
    if is_owner_id(text):
        return OwnerId(text)
    raise _no_owner(text)


def _parse_account(text: str) -> str:
    if is_account(text):
        return text
    raise _no_owner(text)


def _no_owner(text: str) -> Mistake:
    namespace, _, name = text.partition(":")
    fix = ""
    if namespace == "github" and name:
        message = f"{quote(name)} is a login, which can change hands."
        fix = "Write github: and the number of the account."
    elif re.fullmatch(r"[0-9]+", text):
        message, fix = f"{quote(text)} has no namespace.", f"github:{text}"
    elif is_owner_id(f"domain:{text.lower()}"):
        message, fix = f"{quote(text)} has no namespace.", f"domain:{text.lower()}"
    elif is_owner_id(text.lower()):
        message, fix = f"{quote(text)} has capitals.", text.lower()
    else:
        message = f"{quote(text)} is not the id of an account or a domain."
    return Mistake(identifier_rules.OWNER_ID, message, fix)


OWNER_ID: Text[OwnerId] = Text(
    parse=_parse_owner,
    form={"type": "string", "pattern": f"^(?:{_ACCOUNT}|{_DOMAIN})$"},
)
ACCOUNT: Text[str] = Text(
    parse=_parse_account, form={"type": "string", "pattern": f"^{_ACCOUNT}$"}
)


def _parse_target(text: str) -> tuple[OwnerId, DeclarationId | None]:
    owner, slash, stem = text.partition("/")
    if is_owner_id(owner) and (not slash or re.fullmatch(_STEM, stem)):
        return OwnerId(owner), DeclarationId(text) if slash else None
    raise _no_owner(owner)


TARGET: Text[tuple[OwnerId, DeclarationId | None]] = Text(
    parse=_parse_target,
    form={"type": "string", "pattern": f"^(?:{_ACCOUNT}|{_DOMAIN})(?:/{_STEM})?$"},
)
"""An owner, or one declaration of an owner."""


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


def _parse_key(text: str) -> str:
    if "PRIVATE KEY" in text:
        message = "This is a private key. Everybody can read it now: make a new one."
        raise Mistake(field_rules.FORM, message, "Put the text of the .pub file here.")
    match = _KEY.fullmatch(text)
    if match is not None:
        kind = match[1].encode("ascii")
        try:
            body = from_base64(match[2])
        except MalformedError:
            body = b""
        if body.startswith(len(kind).to_bytes(4, "big") + kind):
            return text
    message = "This is not the public key of an SSH key pair."
    fix = "Copy the one line of the .pub file, such as “ssh-ed25519 AAAA…”."
    raise Mistake(field_rules.FORM, message, fix)


KEY: Text[str] = Text(
    parse=_parse_key, form={"type": "string", "pattern": f"^{_KEY.pattern}$"}
)


def _number(pattern: str, example: str, right: Callable[[str], bool]) -> Text[str]:
    def parse(text: str) -> str:
        digits = re.sub(r"[ .-]", "", text)
        if not re.fullmatch(pattern, digits, re.ASCII):
            message = f"{quote(text)} does not look like {example}."
            raise Mistake(field_rules.FORM, message, f"Write it like {example}.")
        if not right(digits):
            message = f"The check digit of {quote(text)} does not fit."
            raise Mistake(identifier_rules.CHECK_DIGIT, message)
        return digits

    return Text(parse=parse, form={"type": ["string", "integer"]})


def _isni_fits(digits: str) -> bool:
    """Compute ISO 7064 MOD 11-2, as ISNI and ORCID do."""
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11] == digits[-1]


def _ipi_fits(digits: str) -> bool:
    """Compute the two check digits of an IPI name number: weights 10 to 2, mod 101."""
    body, check = digits[:-2], digits[-2:]
    total = sum(
        int(d) * weight for d, weight in zip(body, range(10, 1, -1), strict=True)
    )
    return (-total) % 101 % 100 == int(check)


ISNI = _number("[0-9]{15}[0-9X]", "0000 0005 0000 0008", _isni_fits)
IPI = _number("[0-9]{11}", "00000000000", _ipi_fits)
