"""Answers: the verdicts of a policy as rows of a page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sayso.model.declaration import DeclarationId, Offer
from sayso.model.owner import OwnerId
from sayso.model.policy import REASONS, Cell, Cells, Policy, Reason
from sayso.model.vocabulary import Use, Verdict, Words
from sayso.publish.site.pages.speakers import Speakers, StatementLink
from sayso.publish.site.pages.words import (
    Day,
    Link,
    list_of,
    outside,
    spell_countries,
    spell_day,
)
from sayso.wire.entries import DeclarationEntry

NOTHING = Cell(verdict=Verdict.UNDECLARED, reason=Reason.NOTHING_DECLARED)
NO_POLICY = Policy(
    anywhere=dict.fromkeys(Use, NOTHING), elsewhere=dict.fromkeys(Use, NOTHING)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A verdict as it is drawn: its icon, word and colours."""

    verdict: str
    word: str
    disputed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """The answer for one use.

    Attributes:
        meaning: the verdict's sentence.
        why: the sentence of the rule that gave it.
        since: the first day on which a deciding declaration was public and in effect.
    """

    use: str
    title: str
    words: str
    verdict: str
    word: str
    meaning: str
    disputed: bool
    why: str
    since: Day | None
    by: tuple[StatementLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The answers in some countries that differ from those for anywhere."""

    words: str
    rows: tuple[AnswerRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferView:
    """Where and on which conditions a licence can be had."""

    contact: Link
    conditions: str
    terms: Link | None
    terms_sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersOffer:
    """An offer and whose it is."""

    owner: str
    offer: OfferView


def chip_of(cell: Cell) -> Chip:
    """Return a cell's verdict as it is drawn."""
    word = Words.VERDICTS[cell.verdict]
    return Chip(verdict=cell.verdict.value, word=word, disputed=cell.disputed)


def since_of(entry: DeclarationEntry) -> Day:
    """Return the first day on which a declaration was both public and in effect."""
    published = entry.published.date()
    return spell_day(max(published, entry.effective or published))


def answer_row(speakers: Speakers, use: Use, cell: Cell) -> AnswerRow:
    """Return the row of one use."""
    entries = [speakers.declarations[name] for name in cell.by]
    days = sorted((since_of(entry) for entry in entries), key=lambda day: day.iso)
    return AnswerRow(
        use=use.value,
        title=Words.TITLES[use],
        words=Words.USES[use],
        verdict=cell.verdict.value,
        word=Words.VERDICTS[cell.verdict],
        meaning=_meaning(cell),
        disputed=cell.disputed,
        why=REASONS[cell.reason],
        since=days[0] if days else None,
        by=tuple(speakers.statement(name) for name in cell.by),
    )


_SAID = {
    Reason.NAMED,
    Reason.ANY_AI,
    Reason.STRICTEST_OWNER,
    Reason.STRICTEST_TERRITORY,
}
"""The reasons for which a no is what somebody said, not what something counts as."""


def _meaning(cell: Cell) -> str:
    if cell.verdict is Verdict.DENY and cell.reason not in _SAID:
        return "This counts as a no."
    if cell.verdict is Verdict.DENY and cell.disputed:
        return "An owner says no."
    return Words.MEANINGS[cell.verdict]


def answer_rows(speakers: Speakers, cells: Cells) -> tuple[AnswerRow, ...]:
    """Return the rows of all uses, in the order of the vocabulary."""
    return tuple(answer_row(speakers, use, cells[use]) for use in Use)


def places_of(speakers: Speakers, policy: Policy) -> tuple[Place, ...]:
    """Return where the answers differ from those that hold anywhere."""
    groups = [(f"In {spell_countries(codes)}", cells) for codes, cells in policy.groups]
    if groups:
        groups.append(("Everywhere else", policy.elsewhere))
    places = []
    for words, cells in groups:
        rows = tuple(
            answer_row(speakers, use, cells[use])
            for use in Use
            if cells[use].verdict is not policy.anywhere[use].verdict
        )
        if rows:
            places.append(Place(words=words, rows=rows))
    return tuple(places)


def offer_view(offer: Offer) -> OfferView:
    """Return an offer with its addresses made into links, where they are safe."""
    return OfferView(
        contact=outside(offer.contact),
        conditions=list_of([text.replace("-", " ") for text in offer.conditions]),
        terms=outside(offer.terms_url) if offer.terms_url else None,
        terms_sha256=offer.terms_sha256,
    )


def offers_of(speakers: Speakers, policy: Policy) -> tuple[OwnersOffer, ...]:
    """Return the offers behind every `ask` of a policy, each once."""
    found: dict[tuple[OwnerId, OfferView], OwnersOffer] = {}
    for entry in _asking(speakers.declarations, policy):
        if entry.offer is not None:
            view = offer_view(entry.offer)
            name = speakers.owners[entry.owner].name
            found[entry.owner, view] = OwnersOffer(owner=name, offer=view)
    return tuple(found.values())


def _asking(
    declarations: Mapping[DeclarationId, DeclarationEntry], policy: Policy
) -> Iterable[DeclarationEntry]:
    everywhere = [policy.anywhere, policy.elsewhere]
    everywhere += [cells for _, cells in policy.groups]
    names = {
        name
        for cells in everywhere
        for cell in cells.values()
        if cell.verdict is Verdict.ASK
        for name in cell.by
    }
    return (declarations[name] for name in sorted(names))
