"""Owners: who declares, named by the namespace that proves control.

`github:583231` is proved by a GitHub account (its numeric id, never its login);
`domain:fernwood.example` by control of a domain.
"""

import re
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import NewType

OwnerId = NewType("OwnerId", str)

Fingerprint = NewType("Fingerprint", str)
"""A public SSH key by its digest, as `ssh-keygen -l` prints it: `SHA256:…`."""

_ACCOUNT = re.compile(r"github:(?:0|[1-9][0-9]{0,18})", re.ASCII)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"domain:(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})+", re.ASCII)


@unique
class Role(StrEnum):
    """What an owner is to the recordings."""

    ARTIST = "artist"
    LABEL = "label"
    DISTRIBUTOR = "distributor"
    ESTATE = "estate"
    SOCIETY = "society"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """One `owner.yaml`: who speaks, and how to reach them for a licence."""

    id: OwnerId
    name: str
    role: Role
    accounts: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    contact: str | None = None
    website: str | None = None
    isni: str | None = None
    ipi: str | None = None
    dpid: str | None = None
    isrc_prefixes: tuple[str, ...] = ()
    language: str | None = None
    represented_by: tuple[OwnerId, ...] = ()
    acts_for: tuple[OwnerId, ...] = ()


def is_account(text: str) -> bool:
    """Return whether a text names a GitHub account by number: `github:583231`."""
    return _ACCOUNT.fullmatch(text) is not None


def is_owner_id(text: str) -> bool:
    """Return whether a text is an owner's id, such as `domain:fernwood.example`."""
    return is_account(text) or _DOMAIN.fullmatch(text) is not None


def shard_of(owner: OwnerId) -> str:
    """Return the two-character folder that holds the owner's folder.

    It is the last two digits of an account's number (`08` for 8), the first two
    characters of a domain; it keeps trees small at 100,000 owners.
    """
    namespace, _, name = owner.partition(":")
    return name.zfill(2)[-2:] if namespace == "github" else name[:2]


def slug_of(owner: OwnerId) -> str:
    """Return the owner's name in web addresses: `github-583231`, `fernwood.example`."""
    namespace, _, name = owner.partition(":")
    return f"github-{name}" if namespace == "github" else name
