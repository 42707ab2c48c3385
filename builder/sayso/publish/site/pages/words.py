"""Words: how days, numbers, sizes and terms of the vocabulary read on a page."""

import re
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from sayso.model.declaration import Capacity, Level
from sayso.model.isrc import Isrc, format_isrc
from sayso.model.owner import Role
from sayso.model.territory import GROUPS, WORLDWIDE
from sayso.model.vocabulary import Preference, Verdict
from sayso.wire.text import format_day

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WEB = re.compile(r"https?://[^\s\"'<>\\]+", re.ASCII)
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)
_UNITS = (("GB", 10**9), ("MB", 10**6), ("kB", 10**3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day for machines, `2026-11-22`, and for people, `22 November 2026`."""

    iso: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A text that leads somewhere; without `href` it is only a text."""

    text: str
    href: str | None = None


def spell_day(day: date) -> Day:
    """Return a day or a moment's day; the month is a word, so no order confuses."""
    month = _MONTHS[day.month - 1]
    return Day(iso=format_day(day), words=f"{day.day} {month} {day.year}")


def spell_count(number: int) -> str:
    """Return a number with its thousands parted: `3,214`."""
    return f"{number:,}"


def count_of(number: int, one: str, many: str) -> str:
    """Return a number with its noun: `1 owner`, `3,214 recordings`."""
    return f"{spell_count(number)} {one if number == 1 else many}"


def spell_size(size: int) -> str:
    """Return a size in bytes, in the largest fitting unit, to one decimal place."""
    for unit, scale in _UNITS:
        if size >= scale:
            return f"{size / scale:.1f}".removesuffix(".0") + f" {unit}"
    return count_of(size, "byte", "bytes")


def outside(text: str) -> Link:
    """Return what an owner typed as a link, if it is a web or mail address.

    Anything else, such as `javascript:`, stays a text that leads nowhere.
    """
    if _WEB.fullmatch(text):
        return Link(text=text, href=text)
    address = text.removeprefix("mailto:")
    if _MAIL.fullmatch(address):
        return Link(text=address, href=f"mailto:{address}")
    return Link(text=text)


def list_of(items: list[str]) -> str:
    """Return items as a sentence lists them: `a, b and c`."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def spell_range(first: Isrc, last: Isrc) -> str:
    """Return a range of codes; one code where both ends are the same."""
    if first == last:
        return format_isrc(first)
    return f"{format_isrc(first)} to {format_isrc(last)}"


def spell_countries(codes: tuple[str, ...]) -> str:
    """Return a group of countries; the members of the EU or EEA by that name."""
    for name, members in sorted(GROUPS.items()):
        if members <= set(codes):
            rest = sorted(set(codes) - members)
            return list_of([f"the {name}", *rest])
    return list_of(list(codes))


def spell_territories(included: tuple[str, ...], excepted: tuple[str, ...]) -> str:
    """Return where a declaration speaks."""
    if WORLDWIDE in included:
        where = "everywhere"
        return f"{where} but {spell_countries(excepted)}" if excepted else where
    return spell_countries(included)


def spell_role(role: Role) -> str:
    """Return what an owner is to the recordings."""
    return role.capitalize()


def spell_capacity(capacity: Capacity) -> str:
    """Return in what right an owner speaks."""
    match capacity:
        case Capacity.OWNER:
            return "owner"
        case Capacity.EXCLUSIVE_LICENSEE:
            return "exclusive licensee"
        case Capacity.ADMINISTRATOR:
            return "administrator"
        case Capacity.PERFORMER:
            return "performer, who can restrict but not permit"
        case _:
            assert_never(capacity)


def spell_proof(level: Level) -> str:
    """Return how well it is proved who speaks."""
    match level:
        case Level.NONE:
            return "Nothing proved yet"
        case Level.ACCOUNT:
            return "Account checked"
        case Level.KEY:
            return "Signing key checked"
        case Level.DOMAIN:
            return "Web domain checked"
        case _:
            assert_never(level)


def verdict_of(preference: Preference) -> Verdict:
    """Return the verdict that looks like a preference."""
    return Verdict(preference.value)
