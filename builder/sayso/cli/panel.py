"""The answer to a look-up, in words and as JSON."""

from collections.abc import Iterator
from dataclasses import dataclass

import click

from sayso.cli.terminal import fields, paragraph, printable
from sayso.model.declaration import Level
from sayso.model.isrc import Isrc, format_isrc
from sayso.model.policy import REASONS
from sayso.model.vocabulary import NOTICE, Verdict, Words, use_or_rest
from sayso.wire.entries import DeclarationEntry, DisputeEntry
from sayso.wire.header import Profile, ReleaseHeader, encode_header
from sayso.wire.policies import REVIEWED
from sayso.wire.profile import Json
from sayso.wire.registry import Answer, Registry
from sayso.wire.text import format_day, format_time

FORMAT = "sayso/lookup/1"
DEVELOPMENT = (
    "DEVELOPMENT: this release was signed with a key made for trying out. "
    "It proves nothing; do not rely on it."
)

_COLOURS = {
    Verdict.ALLOW: "green",
    Verdict.ASK: "yellow",
    Verdict.DENY: "red",
    Verdict.UNDECLARED: None,
}
_PROOFS = {
    Level.NONE: "nobody proved who wrote it",
    Level.ACCOUNT: "written from the owner's account",
    Level.KEY: "signed with the owner's key",
    Level.DOMAIN: "the owner proved control of the domain",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A question and its answers.

    Attributes:
        answers: one for each use asked about, at least one.
        key: the name of the key that signed the release.
    """

    isrc: Isrc
    territory: str | None
    answers: tuple[Answer, ...]
    release: ReleaseHeader
    registry: Registry
    key: str


def document(view: Panel) -> dict[str, Json]:
    """Return the answer as a JSON document of the format `sayso/lookup/1`."""
    first = view.answers[0]
    return {
        "answers": [_answer_json(answer) for answer in view.answers],
        "artist": first.artist,
        "declarations": [
            _declaration_json(view, d) for d in view.registry.covering(view.isrc)
        ],
        "disputes": [_dispute_json(d) for d in view.registry.disputes_of(view.isrc)],
        "format": FORMAT,
        "isrc": view.isrc,
        "listed": first.listed,
        "notice": NOTICE,
        "release": {**encode_header(view.release), "key": view.key},
        "territory": view.territory,
        "title": first.title,
        "until": None if first.until is None else format_time(first.until),
    }


def panel(view: Panel, columns: int) -> list[str]:
    """Return the answer in lines for a terminal, at most `columns` wide."""
    lines = _heading(view, columns)
    lines.append("")
    lines += _table(view)
    for answers in _alike(view.answers):
        lines.append("")
        lines += paragraph(_subject(view, answers), columns)
        lines += fields(list(_details(view, answers)), columns)
    release = view.release
    lines.append("")
    lines += paragraph(
        f"Release {release.number} of {release.origin}, issued "
        f"{format_time(release.issued)}, signed by key {view.key}.",
        columns,
    )
    lines += paragraph(NOTICE, columns)
    return lines


def _heading(view: Panel, columns: int) -> list[str]:
    first = view.answers[0]
    lines = []
    if view.release.profile is Profile.DEVELOPMENT:
        lines += [click.style(t, bold=True) for t in paragraph(DEVELOPMENT, columns)]
        lines.append("")
    lines.append(click.style(format_isrc(view.isrc), bold=True))
    if first.title is not None or first.artist is not None:
        title = f"“{printable(first.title)}”" if first.title else "(no title)"
        artist = f" by {printable(first.artist)}" if first.artist else ""
        lines += paragraph(f"{title}{artist}, as declared", columns)
    elif not first.listed:
        lines += paragraph("not listed by itself in this registry", columns)
    where = "any country" if view.territory is None else f"in {view.territory}"
    lines.append(f"Asked about: {where}")
    return lines


def _table(view: Panel) -> Iterator[str]:
    room = max(len(Words.TITLES[use_or_rest(answer.use)]) for answer in view.answers)
    for answer in view.answers:
        title = Words.TITLES[use_or_rest(answer.use)] + ":"
        verdict = click.style(
            Words.VERDICTS[answer.verdict].lower(),
            fg=_COLOURS[answer.verdict],
            bold=True,
        )
        disputed = ", disputed" if answer.disputed else ""
        yield f"{title:<{room + 1}} {verdict}{disputed}"


def _alike(answers: tuple[Answer, ...]) -> list[list[Answer]]:
    """Group answers that have one explanation, in order of their first use."""
    groups: dict[object, list[Answer]] = {}
    for answer in answers:
        same = (answer.verdict, answer.reason, answer.by, answer.ownership)
        groups.setdefault((same, answer.disputed), []).append(answer)
    return list(groups.values())


def _subject(view: Panel, answers: list[Answer]) -> str:
    verdict = Words.VERDICTS[answers[0].verdict]
    if len(answers) == len(view.answers) > 1:
        return f"{verdict}: every use"
    titles = (Words.TITLES[use_or_rest(answer.use)] for answer in answers)
    return f"{verdict}: {', '.join(titles)}"


def _details(view: Panel, answers: list[Answer]) -> Iterator[tuple[str, str]]:
    first = answers[0]
    entries = [view.registry.declarations[name] for name in first.by]
    yield "meaning", Words.MEANINGS[first.verdict]
    yield "why", REASONS[first.reason]
    for entry in entries:
        yield "by", _speaker(view, entry, answers)
        yield "since", _dates(entry)
        yield "proof", _PROOFS[entry.level]
        if first.verdict is Verdict.ASK and entry.offer is not None:
            conditions = ", ".join(map(printable, entry.offer.conditions))
            contact = printable(entry.offer.contact)
            yield "licence", f"{contact} ({conditions})" if conditions else contact
    if first.ownership is not None:
        reviewed = first.ownership == REVIEWED
        yield "ownership", "reviewed" if reviewed else "claimed, not reviewed"
    if first.until is not None:
        yield "until", f"{format_time(first.until)}; then look it up again"
    if first.disputed:
        yield "disputed", "owners contradict each other; the strictest holds"
        for entry in _other_side(view, answers):
            yield "", _speaker(view, entry, answers)
        for dispute in view.registry.disputes_of(view.isrc):
            yield "", _dispute_words(view, dispute)


def _other_side(view: Panel, answers: list[Answer]) -> Iterator[DeclarationEntry]:
    """Yield what other owners say of these uses, which did not decide."""
    deciding = {view.registry.declarations[name].owner for name in answers[0].by}
    for entry in view.registry.covering(view.isrc):
        says = any(entry.says(use_or_rest(answer.use)) for answer in answers)
        if says and entry.owner not in deciding:
            yield entry


def _speaker(view: Panel, entry: DeclarationEntry, answers: list[Answer]) -> str:
    says = {entry.says(use_or_rest(answer.use)) for answer in answers} - {None}
    words = f"; it says {', '.join(sorted(map(str, says)))}" if says else ""
    capacity = str(entry.capacity).replace("-", " ")
    filed = ""
    if entry.author != entry.owner:
        filed = f", filed by {_name(view, entry.author)}"
    return (
        f"{_name(view, entry.owner)}, as {capacity}{filed}, in the declaration "
        f"{printable(entry.id)}{words}"
    )


def _name(view: Panel, owner: str) -> str:
    names = {str(entry.id): entry.name for entry in view.registry.owners.values()}
    return f"{printable(names[owner])} ({owner})" if owner in names else owner


def _dates(entry: DeclarationEntry) -> str:
    text = f"published {format_day(entry.published)}"
    if entry.effective is not None:
        text += f", effective from {format_day(entry.effective)}"
    if entry.expires is not None:
        text += f", expires on {format_day(entry.expires)}"
    if entry.withdrawn is not None:
        text += f", withdrawn on {format_day(entry.withdrawn.on)}"
    return text


def _dispute_words(view: Panel, dispute: DisputeEntry) -> str:
    return (
        f"{_name(view, dispute.claimant)} against {_name(view, dispute.against)}, "
        f"{dispute.status} since {format_day(dispute.filed)}: "
        f"{printable(dispute.claim)}"
    )


def _answer_json(answer: Answer) -> dict[str, Json]:
    return {
        "by": list(answer.by),
        "disputed": answer.disputed,
        "ownership": answer.ownership,
        "rule": answer.reason,
        "use": answer.use,
        "verdict": answer.verdict,
        "why": REASONS[answer.reason],
    }


def _declaration_json(view: Panel, entry: DeclarationEntry) -> dict[str, Json]:
    offer = entry.offer
    return {
        "capacity": entry.capacity,
        "contact": None if offer is None else offer.contact,
        "effective": None if entry.effective is None else format_day(entry.effective),
        "expires": None if entry.expires is None else format_day(entry.expires),
        "id": entry.id,
        "level": entry.level.word,
        "name": view.registry.owners[entry.owner].name,
        "owner": entry.owner,
        "published": format_time(entry.published),
        "uses": {use.value: says for use, says in entry.uses.items()},
    }


def _dispute_json(dispute: DisputeEntry) -> dict[str, Json]:
    return {
        "against": dispute.against,
        "claim": dispute.claim,
        "claimant": dispute.claimant,
        "filed": format_day(dispute.filed),
        "id": dispute.id,
        "status": dispute.status,
    }
