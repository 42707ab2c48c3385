"""Reading the owners, declarations and disputes that `registry.json` lists."""

import re

from sayso.errors import MalformedError
from sayso.model.declaration import (
    Capacity,
    DeclarationId,
    Level,
    Offer,
    PrefixRange,
    Withdrawal,
    is_declaration_id,
)
from sayso.model.isrc import PREFIX_LENGTH, Isrc, is_isrc, prefix_of
from sayso.model.owner import OwnerId, Role, is_owner_id
from sayso.model.vocabulary import Preference, Use
from sayso.wire.entries import (
    DeclarationEntry,
    DisputeEntry,
    DisputeStatus,
    OwnerEntry,
    ScopeKind,
)
from sayso.wire.members import Members
from sayso.wire.profile import Json
from sayso.wire.text import parse_digest, shown

_RECORD = re.compile(r"[0-9]{8}-[a-z0-9-]{0,55}", re.ASCII)
_YEARS = re.compile(r"([0-9]{4})-([0-9]{4})", re.ASCII)


def read_owner(value: Json) -> OwnerEntry:
    """Return the owner that an item of `owners` describes.

    Raises:
        MalformedError: it is not an owner.
    """
    members = Members(value, "an owner")
    entry = OwnerEntry(
        id=_owner_id(members.text("id")),
        name=members.text("name"),
        role=members.word("role", Role),
        level=_read_level(members),
        reviewed=members.flag("reviewed"),
        contact=members.optional_text("contact"),
        website=members.optional_text("website"),
        language=members.optional_text("language"),
        isni=members.optional_text("isni"),
        ipi=members.optional_text("ipi"),
        dpid=members.optional_text("dpid"),
        represented_by=tuple(map(_owner_id, members.optional_texts("represented_by"))),
        acts_for=tuple(map(_owner_id, members.optional_texts("acts_for"))),
    )
    members.end()
    return entry


def read_declaration(value: Json) -> DeclarationEntry:
    """Return the declaration that an item of `declarations` describes.

    Raises:
        MalformedError: it is not a declaration.
    """
    members = Members(value, "a declaration")
    author = _owner_id(members.text("author"))
    owner = _owner_id(members.text("owner"))
    if members.optional_text("on_behalf_of") != (None if owner == author else owner):
        raise members.wrong("on_behalf_of", "the owner for whom another one speaks")
    scope = members.word("scope", ScopeKind)
    offer = members.object("offer") if "offer" in members else None
    withdrawn = members.object("withdrawn") if "withdrawn" in members else None
    is_prefix = scope is ScopeKind.PREFIX
    entry = DeclarationEntry(
        id=_declaration_id(members.text("id")),
        author=author,
        owner=owner,
        capacity=members.word("capacity", Capacity),
        level=_read_level(members),
        file=members.text("file"),
        sha256=members.digest("sha256"),
        published=members.time("published"),
        uses=_read_uses(members.object("uses")),
        scope=scope,
        recordings=None if is_prefix else members.number("recordings"),
        prefix=_read_prefix(members) if is_prefix else None,
        territories=members.texts("territories"),
        except_territories=members.optional_texts("except_territories"),
        offer=None if offer is None else _read_offer(offer),
        effective=members.optional_day("effective"),
        expires=members.optional_day("expires"),
        withdrawn=None if withdrawn is None else _read_withdrawal(withdrawn),
    )
    members.end()
    return entry


def read_dispute(value: Json) -> DisputeEntry:
    """Return the dispute that an item of `disputes` describes.

    Raises:
        MalformedError: it is not a dispute.
    """
    members = Members(value, "a dispute")
    name = members.text("id")
    if _RECORD.fullmatch(name) is None:
        raise members.wrong("id", "a day and a name, such as 20261120-slow-river")
    entry = DisputeEntry(
        id=name,
        claimant=_owner_id(members.text("claimant")),
        against=_read_target(members.text("against")),
        claim=members.text("claim"),
        recordings=tuple(map(read_isrc, members.texts("recordings"))),
        filed=members.day("filed"),
        status=members.word("status", DisputeStatus),
    )
    members.end()
    return entry


def read_isrc(text: str) -> Isrc:
    """Return an ISRC that must be in its twelve-character form.

    Raises:
        MalformedError: it is not.
    """
    if not is_isrc(text):
        raise MalformedError(f"not an ISRC in its short form: {shown(text)}")
    return Isrc(text)


def _owner_id(text: str) -> OwnerId:
    if not is_owner_id(text):
        raise MalformedError(f"not the id of an owner: {shown(text)}")
    return OwnerId(text)


def _declaration_id(text: str) -> DeclarationId:
    if not is_declaration_id(text):
        raise MalformedError(f"not the id of a declaration: {shown(text)}")
    return DeclarationId(text)


def _read_target(text: str) -> OwnerId | DeclarationId:
    return _declaration_id(text) if "/" in text else _owner_id(text)


def _read_level(members: Members) -> Level:
    text = members.text("level")
    for level in Level:
        if level.word == text:
            return level
    raise members.wrong("level", "a level of proof")


def _read_uses(members: Members) -> dict[Use, Preference]:
    uses = {use: members.word(use, Preference) for use in Use if use.value in members}
    members.end()
    return uses


def _read_prefix(members: Members) -> PrefixRange:
    code = members.text("prefix")
    if len(code) != PREFIX_LENGTH or not is_isrc(f"{code}0000000"):
        raise members.wrong("prefix", "an ISRC prefix of five characters")
    years = None
    if (text := members.optional_text("years")) is not None:
        match = _YEARS.fullmatch(text)
        if match is None:
            raise members.wrong("years", "years such as 2015-2026")
        years = (int(match[1]), int(match[2]))
    isrcs: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    if "except" in members:
        holes = members.object("except")
        isrcs = holes.texts("isrcs")
        ranges = holes.texts("ranges")
        holes.end()
    return PrefixRange(
        prefix=prefix_of(Isrc(code)),
        years=years,
        except_isrcs=tuple(map(read_isrc, isrcs)),
        except_ranges=tuple(map(_read_range, ranges)),
    )


def _read_range(text: str) -> tuple[Isrc, Isrc]:
    first, _, last = text.partition("-")
    return read_isrc(first), read_isrc(last)


def _read_offer(members: Members) -> Offer:
    url = digest = None
    if "terms" in members:
        terms = members.object("terms")
        url, digest = terms.optional_text("url"), terms.optional_text("sha256")
        terms.end()
    offer = Offer(
        contact=members.text("contact"),
        conditions=members.texts("conditions"),
        terms_url=url,
        terms_sha256=None if digest is None else parse_digest(digest),
    )
    members.end()
    return offer


def _read_withdrawal(members: Members) -> Withdrawal:
    successor = members.optional_text("successor")
    withdrawal = Withdrawal(
        on=members.day("on"),
        reason=members.text("reason"),
        successor=None if successor is None else _owner_id(successor),
    )
    members.end()
    return withdrawal
