"""Shapes of addresses: web pages, and mail addresses of roles."""

import re

from sayso.model.rules import fields as field_rules
from sayso.publish.reading.schema.shape import Mistake, Text
from sayso.publish.reading.schema.texts import patterned
from sayso.publish.reading.sheet import quote
from sayso.wire.profile import Json

HOST = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
_ADDRESS = re.compile(rf"https://{HOST}(?::[0-9]{{1,5}})?(?:[/?#][!#-;=?-~]*)?")
_LONGEST_ADDRESS = 500
_ROLES = (
    "admin|ai|booking|bookings|business|catalog|catalogue|clearance|contact|contracts"
    "|copyright|copyrights|desk|distribution|estate|hello|help|info|kontakt|label"
    "|legal|licen[cs]es?|licensing|mail|management|music|office|permissions?|post"
    "|press|publishing|records|rights|royalties|studio|support|sync|team"
)
_FREE = (
    r"(?:gmail|googlemail|icloud|me|mac|msn|ymail|protonmail|tutanota|fastmail)\.com"
    r"|(?:outlook|hotmail|yahoo|gmx|yandex)(?:\.[a-z]{2,3}){1,2}"
    r"|live\.(?:[a-z]{2}|com|co\.uk)|aol\.(?:com|de|fr|it)|proton\.me|pm\.me"
    r"|protonmail\.ch|tuta\.(?:io|com)|web\.de|t-online\.de|freenet\.de|mail\.(?:com|ru)"
    r"|(?:orange|wanadoo|free|laposte|sfr)\.(?:fr|net)|libero\.it|(?:qq|163|126)\.com"
    r"|naver\.com|zoho\.com|hey\.com|posteo\.de|mailbox\.org"
)
_ROLE_MAIL = rf"(?:{_ROLES})(?:[-.+_][a-z0-9]+)?@(?!(?:{_FREE})$){HOST}"
_AT_FREE = re.compile(rf".*@(?:{_FREE})", re.IGNORECASE)
_ROLE = re.compile(_ROLE_MAIL)


def _parse_address(text: str) -> str:
    if len(text) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(text):
        return text
    message = f"{quote(text)} is not a web address that begins with https://."
    bare = text.removeprefix("http://")
    fix = f"https://{bare}"
    raise Mistake(
        field_rules.WEB_ADDRESS, message, fix if _ADDRESS.fullmatch(fix) else ""
    )


_ADDRESS_FORM: dict[str, Json] = {
    "type": "string",
    "pattern": f"^{_ADDRESS.pattern}$",
    "maxLength": _LONGEST_ADDRESS,
}
ADDRESS: Text[str] = Text(parse=_parse_address, form=_ADDRESS_FORM)
"""A web address."""


def _parse_contact(text: str) -> str:
    if _ROLE.fullmatch(text):
        return text
    if "@" not in text or text.startswith("https://"):
        try:
            return _parse_address(text)
        except Mistake as mistake:
            raise Mistake(
                field_rules.CONTACT, mistake.message, mistake.fix
            ) from mistake
    domain = text.rpartition("@")[2]
    if _AT_FREE.fullmatch(text):
        raise Mistake(
            field_rules.CONTACT,
            f"Anybody can have an address at {quote(domain)}; it shows nobody's role.",
            "Give a web page, or an address at a domain of your own.",
        )
    fix = f"licensing@{domain}"
    raise Mistake(
        field_rules.CONTACT,
        f"{quote(text)} looks like the address of a person, and this file is public.",
        f"Write the address of a role, such as {fix}." if _ROLE.fullmatch(fix) else "",
    )


CONTACT: Text[str] = Text(
    parse=_parse_contact,
    form={
        "type": "string",
        "pattern": f"^(?:{_ADDRESS.pattern}|{_ROLE_MAIL})$",
        "maxLength": _LONGEST_ADDRESS,
    },
)
"""A licensing page, or the mail address of a role."""

ORIGIN = patterned(HOST, "sayso.example")
