"""Answers: what a person types at `sayso new`, read into values or explained."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar

from sayso.errors import SaysoError
from sayso.model.owner import OwnerId, is_owner_id
from sayso.model.vocabulary import Preference, Use
from sayso.publish.reading.encoding import read_text
from sayso.publish.reading.layout import is_reserved
from sayso.publish.reading.schema.addresses import CONTACT
from sayso.publish.reading.schema.shape import Mistake, Text
from sayso.publish.reading.schema.texts import SLUG, name_fault

T = TypeVar("T")

_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
_TAKEN = ("owner", "manifest")
_LOGIN = re.compile(r"@?[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?", re.ASCII)
_YEARS = re.compile(r"([0-9]{4})(?: ?[-–] ?([0-9]{4}))?", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1986, 2085
_WORDS = {"yes": "allow", "no": "deny"}


class AnswerError(SaysoError, ValueError):
    """An answer cannot be used; the message says why and what to type instead."""


def parse_owner(text: str) -> OwnerId:
    """Return the owner that an account's number or a web domain names.

    Raises:
        AnswerError: for a login, a mail address, or neither.
    """
    typed = text.strip().removeprefix("https://").rstrip("/").lower()
    if typed.isascii() and typed.isdigit():
        typed = f"github:{typed}"
    elif ":" not in typed:
        typed = f"domain:{typed}"
    if is_owner_id(typed) and typed != "domain:github.com":
        _refuse_reserved(typed.partition(":")[2], "please write to the operators")
        return OwnerId(typed)
    login = typed.removeprefix("domain:").removeprefix("github.com/")
    login = login.removeprefix("github:").removeprefix("@")
    if _LOGIN.fullmatch(login) and not login.isdigit():
        raise AnswerError(
            f"{text!r} is a login, which can change hands; type the account's number "
            f'instead: it stands behind "id" at https://api.github.com/users/{login}'
        )
    raise AnswerError(
        f"{text!r} is neither the number of a GitHub account, such as 583231, nor a "
        "web domain, such as fernwood.example"
    )


def parse_login(text: str) -> str:
    """Return the name that makes an account's folder easy to find; may be empty.

    Raises:
        AnswerError: when no folder can have this name.
    """
    name = text.strip().removeprefix("@").lower()
    if name and not _LOGIN.fullmatch(name):
        raise AnswerError(f"{text!r}: use letters a-z, digits and hyphens only")
    return name


def parse_text(text: str) -> str:
    """Return a name or a title as it is stored: trimmed, in Unicode NFC.

    Raises:
        AnswerError: when it is empty, too long, or holds what cannot be seen.
    """
    typed = unicodedata.normalize("NFC", text.strip())
    if not typed:
        raise AnswerError("please type something here")
    if fault := name_fault(typed):
        raise AnswerError(fault)
    _, sheet = read_text("", typed.encode(errors="surrogateescape"))
    for problem in sheet.problems:
        raise AnswerError(f"{problem.message} {problem.fix}")
    return typed


def parse_contact(text: str) -> str:
    """Return a licensing page, or the mail address of a role.

    Raises:
        AnswerError: when it is neither.
    """
    return parse_as(CONTACT, text)


def parse_condition(text: str) -> str:
    """Return a condition of a licence, such as `per-model-version`.

    Raises:
        AnswerError: when it is not words joined by hyphens.
    """
    return parse_as(SLUG, text)


def parse_file_name(text: str) -> str:
    """Return the name of a new declaration, without its ending.

    Raises:
        AnswerError: when no declaration can have this name.
    """
    name = text.strip().removesuffix(".yaml")
    if not _FILE_NAME.fullmatch(name):
        raise AnswerError(
            f"{text!r}: use small letters a-z, digits and hyphens, at most 64 of them"
        )
    _refuse_reserved(name, "choose a different one")
    if name in _TAKEN:
        raise AnswerError(
            f"{name!r} is the name of another file; choose a different one"
        )
    return name


def parse_years(text: str) -> tuple[int, int] | None:
    """Return the first and last year of reference; None for all of them.

    Raises:
        AnswerError: when it is not `2015-2026` or one year.
    """
    typed = text.strip()
    if not typed or typed == "all":
        return None
    match = _YEARS.fullmatch(typed)
    if match is not None:
        first, last = int(match[1]), int(match[2] or match[1])
        if _FIRST_YEAR <= first <= last <= _LAST_YEAR:
            return first, last
    raise AnswerError(
        f"{text!r}: type the first and the last year, such as 2015-2026 (codes have "
        f"years from {_FIRST_YEAR} to {_LAST_YEAR})"
    )


def parse_preference(use: Use, text: str) -> Preference:
    """Return what is said of a use.

    Raises:
        AnswerError: when it is not a preference, or a yes to the future.
    """
    typed = text.strip().lower()
    try:
        preference = Preference(typed)
    except ValueError:
        hint = _WORDS.get(typed)
        meant = f"; for {typed} type {hint}" if hint else ""
        raise AnswerError(f"{text!r} is not allow, ask or deny{meant}") from None
    if use is Use.ANY_AI and preference is Preference.ALLOW:
        raise AnswerError(
            "any-ai covers uses that nobody has invented yet, so it takes deny or ask; "
            "name each use that you allow"
        )
    return preference


def parse_uses(entries: Iterable[str]) -> Mapping[Use, Preference]:
    """Return preferences from texts such as `train-generative=deny`.

    Raises:
        AnswerError: for an unknown use, an unknown preference, or a use twice.
    """
    uses: dict[Use, Preference] = {}
    for entry in entries:
        name, _, word = entry.partition("=")
        try:
            use = Use(name.strip())
        except ValueError:
            near = get_close_matches(name, [use.value for use in Use], n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(Use)}"
            raise AnswerError(f"there is no use {name.strip()!r}; {hint}") from None
        if use in uses:
            raise AnswerError(f"{use} is named twice")
        uses[use] = parse_preference(use, word)
    return uses


def parse_as(shape: Text[T], text: str) -> T:
    """Return what a field of a file would hold.

    Raises:
        AnswerError: when the text is none of the field's.
    """
    try:
        return shape.parse(text.strip())
    except Mistake as mistake:
        raise AnswerError(f"{mistake.message} {mistake.fix}".rstrip()) from mistake


def _refuse_reserved(name: str, advice: str) -> None:
    if is_reserved(name):
        raise AnswerError(f"{name!r} is a name that Windows keeps for itself; {advice}")
