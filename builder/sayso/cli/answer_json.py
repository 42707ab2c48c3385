"""The answer to a look-up as a JSON document of the format `sayso/answer/1`."""

from sayso.cli.panel import Panel
from sayso.model.answer import Answer
from sayso.model.declaration import Withdrawal
from sayso.model.policy import REASONS
from sayso.model.vocabulary import NOTICE
from sayso.wire.entries import DeclarationEntry, DisputeEntry
from sayso.wire.header import encode_header
from sayso.wire.profile import Json
from sayso.wire.text import format_day, format_time

FORMAT = "sayso/answer/1"


def document(view: Panel) -> dict[str, Json]:
    """Return the answer as the specification describes it (Answers)."""
    listing, until = view.listing, view.answers[0].until
    return {
        "answers": [_answer(view, answer) for answer in view.answers],
        "artist": listing.artist,
        "declarations": [
            _declaration(view, entry) for entry in view.registry.covering(listing)
        ],
        "disputes": [_dispute(d) for d in view.registry.disputes_of(listing.isrc)],
        "format": FORMAT,
        "isrc": listing.isrc,
        "listed": listing.listed,
        "notice": NOTICE,
        "release": {**encode_header(view.release), "root": view.found.root},
        "territory": view.territory,
        "title": listing.title,
        "until": None if until is None else format_time(until),
    }


def _answer(view: Panel, answer: Answer) -> dict[str, Json]:
    return {
        "by": list(answer.by),
        "disputed": answer.disputed,
        "ownership": answer.ownership,
        "rule": answer.reason,
        "sides": [
            {
                "by": list(side.by),
                "name": view.registry.owners[side.owner].name,
                "owner": side.owner,
                "verdict": side.verdict,
            }
            for side in answer.sides
        ],
        "use": answer.use,
        "verdict": answer.verdict,
        "why": REASONS[answer.reason],
    }


def _declaration(view: Panel, entry: DeclarationEntry) -> dict[str, Json]:
    offer = entry.offer
    return {
        "author": entry.author,
        "capacity": entry.capacity,
        "conditions": [] if offer is None else list(offer.conditions),
        "contact": None if offer is None else offer.contact,
        "effective": None if entry.effective is None else format_day(entry.effective),
        "expires": None if entry.expires is None else format_day(entry.expires),
        "id": entry.id,
        "level": entry.level.word,
        "name": view.registry.owners[entry.owner].name,
        "owner": entry.owner,
        "published": format_time(entry.published),
        "uses": {use.value: says for use, says in entry.uses.items()},
        "withdrawn": None if entry.withdrawn is None else _withdrawn(entry.withdrawn),
    }


def _withdrawn(withdrawal: Withdrawal) -> dict[str, Json]:
    return {
        "on": format_day(withdrawal.on),
        "reason": withdrawal.reason,
        "successor": withdrawal.successor,
    }


def _dispute(dispute: DisputeEntry) -> dict[str, Json]:
    return {
        "against": dispute.against,
        "claim": dispute.claim,
        "claimant": dispute.claimant,
        "filed": format_day(dispute.filed),
        "id": dispute.id,
        "status": dispute.status,
    }
