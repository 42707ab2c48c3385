"""Shapes of what names and proves an owner: ids, keys, ISNI, IPI."""

import re
from collections.abc import Callable

from sayso.errors import MalformedError
from sayso.model.declaration import DeclarationId
from sayso.model.owner import Fingerprint, OwnerId, is_account, is_owner_id
from sayso.model.rules import fields as field_rules
from sayso.model.rules import identifiers as identifier_rules
from sayso.publish.reading.schema.shape import Mistake, Text
from sayso.publish.reading.sheet import quote
from sayso.wire.text import from_base64

_ACCOUNT = r"github:(?:0|[1-9][0-9]{0,18})"
_DOMAIN = (
    r"domain:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+"
)
_STEM = r"[a-z0-9][a-z0-9-]{0,63}"
_KEY_KINDS = (
    "ssh-ed25519",
    "sk-ssh-ed25519@openssh.com",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "ssh-rsa",
)
_KIND = "|".join(_KEY_KINDS).replace(".", r"\.")
_KEY = re.compile(rf"({_KIND}) ([A-Za-z0-9+/]+=*)( .*)?")


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


_PRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")


def _parse_fingerprint(text: str) -> Fingerprint:
    if _PRINT.fullmatch(text) is None:
        message = f"{quote(text)} is not the fingerprint of a key."
        fix = "Copy what ssh-keygen -l prints: SHA256: and 43 characters."
        raise Mistake(field_rules.FORM, message, fix)
    return Fingerprint(text)


FINGERPRINT: Text[Fingerprint] = Text(
    parse=_parse_fingerprint,
    form={"type": "string", "pattern": f"^{_PRINT.pattern}$"},
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
