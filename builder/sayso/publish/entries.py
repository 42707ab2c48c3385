"""Entries: single values as they stand in `registry.json`."""

from datetime import date, datetime

from sayso.model.declaration import (
    CatalogueFile,
    Level,
    Offer,
    PrefixRange,
    RecordingList,
    Withdrawal,
)
from sayso.model.owner import Owner
from sayso.model.policy import Cell, Cells, Policy
from sayso.model.territory import WORLDWIDE, Territories
from sayso.publish.accepted import Version
from sayso.wire.entries import ScopeKind
from sayso.wire.policies import ANYWHERE, CLAIMED, ELSEWHERE, REVIEWED
from sayso.wire.profile import Json
from sayso.wire.text import format_day, format_time


def owner_entry(owner: Owner, *, level: Level, reviewed: bool) -> dict[str, Json]:
    """Return an owner, with how well control of the namespace is proved."""
    return _present(
        {
            "acts_for": list(owner.acts_for) or None,
            "contact": owner.contact,
            "dpid": owner.dpid,
            "id": owner.id,
            "ipi": owner.ipi,
            "isni": owner.isni,
            "language": owner.language,
            "level": level.word,
            "name": owner.name,
            "represented_by": list(owner.represented_by) or None,
            "reviewed": reviewed,
            "role": str(owner.role),
            "website": owner.website,
        }
    )


def declaration_entry(version: Version, published: datetime) -> dict[str, Json]:
    """Return a declaration, without the recordings it lists."""
    declaration = version.declaration
    included, excepted = _territory_codes(declaration.territories)
    return _present(
        {
            "author": declaration.author,
            "capacity": str(declaration.capacity),
            "effective": _day(declaration.effective),
            "except_territories": excepted or None,
            "expires": _day(declaration.expires),
            "file": version.path,
            "id": declaration.id,
            "level": version.statement.level.word,
            "offer": _offer(declaration.offer),
            "on_behalf_of": (
                declaration.owner if declaration.owner != declaration.author else None
            ),
            "owner": declaration.owner,
            "published": format_time(published),
            "sha256": version.sha256,
            "territories": included,
            "uses": {str(u): str(p) for u, p in sorted(declaration.uses.items())},
            "withdrawn": _withdrawn(declaration.withdrawn),
            **_scope(version),
        }
    )


def policy_entry(policy: Policy) -> dict[str, Json]:
    """Return a policy without its number: the content that its digest names."""
    answers: list[Json] = [_answer(ANYWHERE, policy.anywhere)]
    answers += [_answer(list(codes), cells) for codes, cells in policy.groups]
    if policy.groups:
        answers.append(_answer(ELSEWHERE, policy.elsewhere))
    until = policy.until
    return {
        "answers": answers,
        "declarations": list(policy.declarations),
        "until": format_time(until) if until else None,
    }


def _answer(where: Json, cells: Cells) -> dict[str, Json]:
    uses: dict[str, Json] = {str(use): _cell(cell) for use, cell in cells.items()}
    return {"in": where, "uses": uses}


def _cell(cell: Cell) -> dict[str, Json]:
    ownership = None
    if cell.reviewed is not None:
        ownership = REVIEWED if cell.reviewed else CLAIMED
    return _present(
        {
            "by": list(cell.by),
            "disputed": cell.disputed,
            "ownership": ownership,
            "rule": str(cell.reason),
            "sides": [
                {
                    "by": list(side.by),
                    "owner": side.owner,
                    "verdict": str(side.verdict),
                }
                for side in cell.sides
            ]
            or None,
            "verdict": str(cell.verdict),
        }
    )


def _scope(version: Version) -> dict[str, Json]:
    match version.declaration.scope:
        case RecordingList(isrcs=isrcs):
            return {"recordings": len(isrcs), "scope": str(ScopeKind.RECORDINGS)}
        case CatalogueFile():
            rows = 0 if version.catalogue is None else version.catalogue.height
            return {"recordings": rows, "scope": str(ScopeKind.CATALOGUE)}
        case PrefixRange() as prefix:
            holes = {
                "isrcs": [str(isrc) for isrc in prefix.except_isrcs],
                "ranges": [f"{a}-{b}" for a, b in prefix.except_ranges],
            }
            years = prefix.years
            return _present(
                {
                    "except": holes if any(holes.values()) else None,
                    "prefix": prefix.prefix,
                    "scope": str(ScopeKind.PREFIX),
                    "years": f"{years[0]}-{years[1]}" if years else None,
                }
            )


def _territory_codes(territories: Territories) -> tuple[list[str], list[str]]:
    codes = sorted(territories.codes)
    return ([WORLDWIDE], codes) if territories.everywhere_but else (codes, [])


def _day(day: date | None) -> str | None:
    return None if day is None else format_day(day)


def _offer(offer: Offer | None) -> Json:
    if offer is None:
        return None
    terms = _present({"sha256": offer.terms_sha256, "url": offer.terms_url})
    return _present(
        {
            "conditions": list(offer.conditions),
            "contact": offer.contact,
            "terms": terms or None,
        }
    )


def _withdrawn(withdrawal: Withdrawal | None) -> Json:
    if withdrawal is None:
        return None
    return _present(
        {
            "on": format_day(withdrawal.on),
            "reason": withdrawal.reason,
            "successor": withdrawal.successor,
        }
    )


def _present(fields: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in fields.items() if value is not None}
