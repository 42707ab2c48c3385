"""Domains that can be asked, and by which names.

Only the ASCII form of a name is used, so that what is shown is what is asked. Names
that nobody has, or that mean something on one network alone, such as `studio.local`,
are asked only of resolvers that somebody chose to believe about them.
"""

import re
from typing import Final

from sayso.model.owner import is_owner_id
from sayso.wire.text import shown

RECORD_LABEL: Final = "_sayso"
"""The TXT record is at this name below the domain."""
DOCUMENT_PATH: Final = "/.well-known/sayso.json"
"""The file is at this path of the domain's web server."""

_LONGEST: Final = 253 - len(RECORD_LABEL) - 1
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_SPECIAL: Final = frozenset(
    {
        "alt",
        "arpa",
        "corp",
        "example",
        "home",
        "internal",
        "intranet",
        "invalid",
        "lan",
        "local",
        "localdomain",
        "localhost",
        "mail",
        "onion",
        "private",
        "test",
        "workgroup",
    }
)
"""Last labels that no registry of domains has, or that are not for hosts."""


def record_name(domain: str) -> str:
    """Return the name at which the domain's TXT record is."""
    return f"{RECORD_LABEL}.{domain}"


def document_address(domain: str) -> str:
    """Return the web address at which the domain's file is."""
    return f"https://{domain}{DOCUMENT_PATH}"


def fault_of_domain(domain: str, *, is_chosen: bool) -> str | None:
    """Return why a domain cannot be asked; None where it can.

    Args:
        domain: its name.
        is_chosen: whether the resolvers were chosen, so that they may answer for names
            that are not in the public DNS.
    """
    if not domain.isascii():
        return (
            f"{shown(domain)} is not in its ASCII form, which begins with xn--; your "
            "registrar shows it"
        )
    if not is_owner_id(f"domain:{domain}"):
        return (
            f"{shown(domain)} is not a domain such as fernwood.example, in small "
            "letters and without anything around it"
        )
    last = domain.rpartition(".")[2]
    faults = {
        f"{domain} is too long to have {RECORD_LABEL} below it": len(domain) > _LONGEST,
        f"{domain} is an address, and only a name can be proved": (
            _NUMBER.fullmatch(last) is not None
        ),
        f"{domain} is for examples or for one network alone, and nobody has it in the "
        "public DNS; name the resolver that answers for it with --resolver": (
            not is_chosen and _is_special(domain)
        ),
    }
    return next((fault for fault, is_one in faults.items() if is_one), None)


def _is_special(domain: str) -> bool:
    *_, second, last = domain.split(".")
    return last in _SPECIAL or (second == "example" and last in {"com", "net", "org"})
