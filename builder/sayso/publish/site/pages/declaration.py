"""One declaration as a page shows it: as its owner filed it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sayso.model.declaration import Level
from sayso.model.vocabulary import Preference, Use, Words
from sayso.publish.site.pages.answers import (
    OfferView,
    offer_view,
)
from sayso.publish.site.pages.shelf import LEAD, Shelf
from sayso.publish.site.pages.speakers import anchor_of, name_of
from sayso.publish.site.pages.standing import silence_of
from sayso.publish.site.pages.transfers import (
    SuccessorView,
    spell_reason,
    successor_of,
)
from sayso.publish.site.pages.words import (
    Day,
    Link,
    count_of,
    spell_capacity,
    spell_day,
    spell_proof,
    spell_territories,
    verdict_of,
)
from sayso.wire.entries import DeclarationEntry, ScopeKind
from sayso.wire.text import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class UseChip:
    """What a declaration says of one use."""

    title: str
    verdict: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalView:
    """When and why a declaration ended, and who speaks from then on."""

    on: Day
    reason: str
    successor: SuccessorView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationView:
    """One declaration, as its owner filed it.

    Attributes:
        ended: a word for a declaration that no longer speaks, or not yet.
        source: the web address of its file, where there is one.
    """

    anchor: str
    name: str
    scope: str
    ended: str | None
    uses: tuple[UseChip, ...]
    capacity: str
    on_behalf_of: Link | None
    published: Day
    effective: Day | None
    expires: Day | None
    withdrawn: WithdrawalView | None
    where: str
    proof: str
    offer: OfferView | None
    file: str
    source: str | None
    sha256: Digest


def declaration_view(shelf: Shelf, entry: DeclarationEntry) -> DeclarationView:
    """Return a declaration as a page shows it."""
    withdrawn = entry.withdrawn
    return DeclarationView(
        anchor=anchor_of(entry),
        name=name_of(entry.id),
        scope=spell_scope(entry),
        ended=silence_of(shelf, entry),
        uses=tuple(_use_chip(use, entry.uses[use]) for use in Use if use in entry.uses),
        capacity=spell_capacity(entry.capacity),
        on_behalf_of=(
            shelf.speakers.link(entry.author) if entry.author != entry.owner else None
        ),
        published=spell_day(entry.published),
        effective=spell_day(entry.effective) if entry.effective else None,
        expires=spell_day(entry.expires) if entry.expires else None,
        withdrawn=(
            WithdrawalView(
                on=spell_day(withdrawn.on),
                reason=spell_reason(withdrawn.reason),
                successor=successor_of(shelf, entry),
            )
            if withdrawn
            else None
        ),
        where=spell_territories(entry.territories, entry.except_territories),
        proof=_proof(entry),
        offer=offer_view(entry.offer) if entry.offer else None,
        file=entry.file,
        source=shelf.site.source + entry.file if shelf.site.source else None,
        sha256=entry.sha256,
    )


def own_word(shelf: Shelf, entries: Sequence[DeclarationEntry]) -> tuple[UseChip, ...]:
    """Return what an owner restricts, where it says nothing of the lead use.

    An owner that speaks of the lead use is shown by its answers. A yes is not
    repeated here: only an answer says whether it counts.
    """
    speaking = [entry for entry in entries if silence_of(shelf, entry) is None]
    if any(entry.says(LEAD) for entry in speaking):
        return ()
    return tuple(
        _use_chip(use, preference)
        for use in Use
        for preference in (Preference.DENY, Preference.ASK)
        if any(entry.uses.get(use) is preference for entry in speaking)
    )


def _use_chip(use: Use, preference: Preference) -> UseChip:
    verdict = verdict_of(preference)
    return UseChip(
        title=Words.TITLES[use], verdict=verdict.value, word=Words.VERDICTS[verdict]
    )


def spell_scope(entry: DeclarationEntry) -> str:
    """Return what a declaration covers."""
    if entry.prefix is None:
        listed = count_of(entry.recordings or 0, "recording", "recordings")
        in_table = entry.scope is ScopeKind.CATALOGUE
        return f"{listed}, listed in {'a catalogue' if in_table else 'the file'}."
    code = entry.prefix.prefix
    words = f"Every code under {code[:2]}-{code[2:]} that nobody lists"
    if entry.prefix.years:
        first, last = entry.prefix.years
        years = f"of {first}" if first == last else f"of {first} to {last}"
        words += f", {years}"
    if entry.prefix.except_isrcs or entry.prefix.except_ranges:
        words += ", with exceptions"
    return f"{words}."


def _proof(entry: DeclarationEntry) -> str:
    """Return how well it is proved who wrote, and what does not count therefore."""
    said = set(entry.uses.values())
    missing = []
    match entry.level:
        case Level.NONE:
            missing.append("nothing in it counts yet")
        case Level.ACCOUNT:
            missing.append("a no counts for a limited number of listed recordings")
            if Preference.ALLOW in said:
                missing.append("a yes needs a signing key and a review")
        case Level.KEY | Level.DOMAIN:
            if Preference.ALLOW in said:
                missing.append("a yes counts where ownership was reviewed")
    if Preference.ASK in said and Level.NONE < entry.level < Level.DOMAIN:
        missing.append("an offer needs a proved web domain, and is a no until then")
    return "; ".join([spell_proof(entry.level), *missing])
