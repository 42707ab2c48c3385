"""What release.json and registry.json both say of their release."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from typing import Final

from sayso.errors import MalformedError
from sayso.wire.members import Members
from sayso.wire.profile import Json
from sayso.wire.text import format_time, shown

LICENCE: Final = "CC0-1.0"
COUNTED: Final = (
    "declarations",
    "loosened",
    "loosened_ranges",
    "owners",
    "policies",
    "prefixes",
    "recordings",
)
"""What every release counts."""

_ORIGIN = re.compile(r"[a-z0-9](?:[a-z0-9./-]{0,251}[a-z0-9])?", re.ASCII)
_COUNT = re.compile(r"[a-z]+(?:_[a-z]+)*", re.ASCII)


@unique
class Profile(StrEnum):
    """How a release's keys are kept."""

    DEVELOPMENT = "development"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseHeader:
    """Which release a file belongs to.

    Attributes:
        number: from 1, without gaps.
        issued: a whole second in UTC.
        origin: the registry's name, such as `sayso.example`.
    """

    number: int
    issued: datetime
    origin: str
    profile: Profile


def trusted_comment(file: str, header: ReleaseHeader) -> str:
    """Return the comment that is signed together with a file of a release."""
    return (
        f"sayso {file} release={header.number} "
        f"issued={format_time(header.issued)} origin={header.origin}"
    )


def encode_header(header: ReleaseHeader) -> dict[str, Json]:
    """Return the members that say which release a document belongs to."""
    return {
        "issued": format_time(header.issued),
        "number": header.number,
        "origin": header.origin,
        "profile": header.profile,
    }


def read_header(members: Members) -> ReleaseHeader:
    """Take out of an object what `encode_header` made.

    Raises:
        MalformedError: a member is missing or not what it should be.
    """
    header = ReleaseHeader(
        number=members.number("number", least=1),
        issued=members.time("issued"),
        origin=members.text("origin"),
        profile=members.word("profile", Profile),
    )
    if _ORIGIN.fullmatch(header.origin) is None:
        raise members.wrong("origin", "the name of a registry")
    return header


def read_counts(members: Members) -> dict[str, int]:
    """Take the counts of a release out of an object.

    Raises:
        MalformedError: one of `COUNTED` is missing, or one is not a number.
    """
    counts = {name: members.number(name) for name in COUNTED}
    for name in members.names():
        if _COUNT.fullmatch(name) is None:
            raise MalformedError(f"{shown(name)} is not the name of a count")
        counts[name] = members.number(name)
    return counts
