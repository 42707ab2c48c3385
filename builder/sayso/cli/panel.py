"""The answer to a look-up, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

import click

from sayso.cli.found import Directory, Found
from sayso.cli.terminal import fields, paragraph, printable
from sayso.model.answer import Answer
from sayso.model.declaration import DeclarationId, Level
from sayso.model.isrc import format_isrc
from sayso.model.owner import OwnerId
from sayso.model.policy import REASONS
from sayso.model.vocabulary import NOTICE, Verdict, Words, use_or_rest
from sayso.wire.entries import DeclarationEntry, DisputeEntry, DisputeStatus
from sayso.wire.header import Profile, ReleaseHeader
from sayso.wire.listing import Listing
from sayso.wire.policies import REVIEWED
from sayso.wire.text import format_day, format_time

DEVELOPMENT = (
    "DEVELOPMENT: this release was signed with a key made for trying out. "
    "It proves nothing; do not rely on it."
)

COLOURS = {
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
        found: what holds for the recording, from which the answers are.
        answers: one for each use asked about, at least one.
    """

    found: Found
    territory: str | None
    answers: tuple[Answer, ...]

    @property
    def listing(self) -> Listing:
        """What holds for the recording."""
        return self.found.listing

    @property
    def release(self) -> ReleaseHeader:
        """The release that answers."""
        return self.found.release

    @property
    def registry(self) -> Directory:
        """The registry of that release."""
        return self.found.registry


def panel(view: Panel, columns: int) -> list[str]:
    """Return the answer in lines for a terminal, at most `columns` wide."""
    lines = _heading(view, columns)
    lines.append("")
    lines += _table(view)
    for answers in _alike(view.answers):
        lines.append("")
        lines += paragraph(_subject(view, answers), columns)
        lines += fields([*_details(view, answers[0])], columns)
    release = view.release
    lines.append("")
    lines += paragraph(
        f"Release {release.number} of {release.origin}, issued "
        f"{format_time(release.issued)}, signed, logged, and the newest by the root "
        f"{view.found.root[:16]}….",
        columns,
    )
    lines += paragraph(NOTICE, columns)
    return lines


def _heading(view: Panel, columns: int) -> list[str]:
    listing = view.listing
    lines = []
    if view.release.profile is Profile.DEVELOPMENT:
        lines += [click.style(t, bold=True) for t in paragraph(DEVELOPMENT, columns)]
        lines.append("")
    lines.append(click.style(format_isrc(listing.isrc), bold=True))
    if listing.title is not None or listing.artist is not None:
        title = f"“{printable(listing.title)}”" if listing.title else "(no title)"
        artist = f" by {printable(listing.artist)}" if listing.artist else ""
        lines += paragraph(f"{title}{artist}, as declared", columns)
    elif not listing.listed:
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
            fg=COLOURS[answer.verdict],
            bold=True,
        )
        disputed = ", disputed" if answer.disputed else ""
        yield f"{title:<{room + 1}} {verdict}{disputed}"


def _alike(answers: tuple[Answer, ...]) -> list[list[Answer]]:
    """Group answers that have one explanation, in order of their first use."""
    groups: dict[object, list[Answer]] = {}
    for answer in answers:
        grounds = (answer.verdict, answer.reason, answer.by, answer.ownership)
        same = (grounds, answer.disputed, answer.sides)
        groups.setdefault(same, []).append(answer)
    return list(groups.values())


def _subject(view: Panel, answers: list[Answer]) -> str:
    verdict = Words.VERDICTS[answers[0].verdict]
    if len(answers) == len(view.answers) > 1:
        return f"{verdict}: every use"
    titles = (Words.TITLES[use_or_rest(answer.use)] for answer in answers)
    return f"{verdict}: {', '.join(titles)}"


def _details(view: Panel, answer: Answer) -> Iterator[tuple[str, str]]:
    yield "meaning", Words.MEANINGS[answer.verdict]
    yield "why", REASONS[answer.reason]
    for entry in (view.registry.declarations[name] for name in answer.by):
        yield "by", f"{_name(view, entry.owner)}, {_source(view, entry)}"
        yield "since", _dates(entry)
        yield "proof", _PROOFS[entry.level]
        if answer.verdict is Verdict.ASK and entry.offer is not None:
            conditions = ", ".join(map(printable, entry.offer.conditions))
            contact = printable(entry.offer.contact)
            yield "licence", f"{contact} ({conditions})" if conditions else contact
    if answer.ownership is not None:
        reviewed = answer.ownership == REVIEWED
        yield "ownership", "reviewed" if reviewed else "claimed, not reviewed"
    if answer.until is not None:
        yield "until", f"{format_time(answer.until)}; then look it up again"
    if answer.disputed:
        yield from _conflict(view, answer)


def _conflict(view: Panel, answer: Answer) -> Iterator[tuple[str, str]]:
    """Yield what each owner says, as the policy has it, and the disputes."""
    disputes = view.registry.disputes_of(view.listing.isrc)
    contradicted = len({side.verdict for side in answer.sides}) > 1
    if contradicted or all(d.status is not DisputeStatus.OPEN for d in disputes):
        yield "disputed", "owners contradict each other; the strictest holds"
    else:
        yield "disputed", "an open dispute names this recording"
    for side in answer.sides:
        for entry in (view.registry.declarations[name] for name in side.by):
            says = f"{_name(view, side.owner)} says {side.verdict}"
            yield "", f"{says}, {_source(view, entry)}"
    for dispute in disputes:
        yield "", _dispute_words(view, dispute)


def _source(view: Panel, entry: DeclarationEntry) -> str:
    capacity = str(entry.capacity).replace("-", " ")
    filed = ""
    if entry.author != entry.owner:
        filed = f", filed by {_name(view, entry.author)}"
    return f"as {capacity}{filed}, in the declaration {printable(entry.id)}"


def _name(view: Panel, owner: OwnerId) -> str:
    return f"{printable(view.registry.owners[owner].name)} ({printable(owner)})"


def _target(view: Panel, against: OwnerId | DeclarationId) -> str:
    author, _, name = against.partition("/")
    owner = _name(view, OwnerId(author))
    return f"the declaration {printable(against)} of {owner}" if name else owner


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
        f"{_name(view, dispute.claimant)} against {_target(view, dispute.against)}, "
        f"{dispute.status} since {format_day(dispute.filed)}: "
        f"{printable(dispute.claim)}"
    )
