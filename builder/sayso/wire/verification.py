"""Verifications: what an operator saw when it asked a domain for its owner's key.

"Evidence of a proof (owner, key, method, times, raw answers or body and certificate
digests) is a file under `verifications/`, signed by `intake`. Without DNSSEC this is
the operator's testimony." (Authority)
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from typing import Final, assert_never

from sayso.errors import MalformedError
from sayso.model.owner import Fingerprint, OwnerId, is_owner_id
from sayso.wire.members import Members
from sayso.wire.profile import Json, decode, encode
from sayso.wire.text import Digest, format_time, parse_digest, shown

FORMAT: Final = "sayso/verification/1"
VERIFICATION_LIMIT: Final = 256 * 1024
ANSWERS: Final = 8
"""How many resolvers answer for one verification at most."""

_NAMED = 64
"""So many characters of an owner's id are in the names of its verifications."""
_PRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")


@unique
class Method(StrEnum):
    """Where a domain names the key."""

    DNS = "dns"
    WELL_KNOWN = "well-known"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolverAnswer:
    """What one resolver answered.

    Attributes:
        resolver: its address.
        authenticated: whether it says that DNSSEC proves the answer.
        texts: the TXT records, each as one text.
    """

    resolver: str
    authenticated: bool
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationFile:
    """What a verification says.

    Attributes:
        origin: the registry's name.
        owner: who proved a domain.
        domain: the domain.
        key: the key that it names.
        checked: when it was asked.
        answers: what was answered, by DNS.
        body: what the well-known file held.
        certificate: the SHA-256 of the certificate of the server that had it.
    """

    origin: str
    owner: OwnerId
    domain: str
    key: Fingerprint
    method: Method
    checked: datetime
    answers: tuple[ResolverAnswer, ...] = ()
    body: str | None = None
    certificate: Digest | None = None


def verifications_of(owner: OwnerId) -> str:
    """Return how the names of an owner's verifications go on after the day."""
    plain = re.sub(r"[^a-z0-9]+", "-", owner)[:_NAMED].strip("-")
    return f"-{plain}-"


def verification_path(verification: VerificationFile) -> str:
    """Return where a verification belongs, below `declarations/`."""
    about = f"{verification.owner} {verification.domain} {verification.key}"
    checked = verification.checked
    name = f"{checked:%Y%m%d}{verifications_of(verification.owner)}"
    unique = hashlib.sha256(about.encode()).hexdigest()[:8]
    return f"registry/verifications/{checked.year:04}/{name}{unique}.json"


def encode_verification(verification: VerificationFile) -> bytes:
    """Return the verification's only spelling, the bytes that are signed."""
    answers: list[Json] = [
        {
            "authenticated": answer.authenticated,
            "resolver": answer.resolver,
            "texts": list[Json](answer.texts),
        }
        for answer in verification.answers
    ]
    return encode(
        {
            "answers": answers,
            "body": verification.body,
            "certificate": verification.certificate,
            "checked": format_time(verification.checked),
            "domain": verification.domain,
            "format": FORMAT,
            "key": verification.key,
            "method": verification.method,
            "origin": verification.origin,
            "owner": verification.owner,
        }
    )


def decode_verification(data: bytes) -> VerificationFile:
    """Return what a verification says.

    Raises:
        MalformedError: `encode_verification` never makes these bytes, or what they say
            is not what its method sees.
    """
    members = Members(decode(data, limit=VERIFICATION_LIMIT), "the verification")
    members.constant("format", FORMAT)
    certificate = members.nullable_text("certificate")
    owner, key = members.text("owner"), members.text("key")
    domain = members.text("domain")
    if not is_owner_id(owner) or not is_owner_id(f"domain:{domain}"):
        raise MalformedError(
            f"the verification is of {shown(owner)} and {shown(domain)}"
        )
    if _PRINT.fullmatch(key) is None:
        raise MalformedError(f"the verification: {shown(key)} is no fingerprint")
    verification = VerificationFile(
        origin=members.text("origin"),
        owner=OwnerId(owner),
        domain=domain,
        key=Fingerprint(key),
        method=members.word("method", Method),
        checked=members.time("checked"),
        answers=tuple(map(_read_answer, members.items("answers"))),
        body=members.nullable_text("body"),
        certificate=None if certificate is None else parse_digest(certificate),
    )
    members.end()
    _check_evidence(verification)
    return verification


def _check_evidence(verification: VerificationFile) -> None:
    """Check that there is what its method sees, and nothing else."""
    served = (verification.body, verification.certificate)
    match verification.method:
        case Method.DNS:
            whole = 1 <= len(verification.answers) <= ANSWERS and served == (None, None)
        case Method.WELL_KNOWN:
            whole = not verification.answers and None not in served
        case _:
            assert_never(verification.method)
    if not whole:
        raise MalformedError(
            f"the verification: what {verification.method} saw is either answers of "
            f"at most {ANSWERS} resolvers, or a body and a certificate"
        )


def _read_answer(value: Json) -> ResolverAnswer:
    members = Members(value, "an answer of the verification")
    answer = ResolverAnswer(
        resolver=members.text("resolver"),
        authenticated=members.flag("authenticated"),
        texts=members.texts("texts"),
    )
    members.end()
    return answer
