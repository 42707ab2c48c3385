"""Facts: what every page knows of the release it was made from."""

from collections.abc import Iterator
from dataclasses import dataclass

from sayso.model.isrc import format_isrc
from sayso.model.vocabulary import NOTICE, Verdict, Words
from sayso.publish.site.pages.shelf import Shelf
from sayso.publish.site.pages.words import Day, spell_count, spell_day
from sayso.wire.header import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A verdict and what it means."""

    verdict: str
    word: str
    meaning: str
    disputed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """Something counted."""

    count: str
    words: str
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What every page knows of the release it was made from.

    Attributes:
        notice_rest: the notice after its first sentence, which pages set apart.
        example: the code of a listed recording, if there is one.
    """

    number: int
    issued: Day
    development: bool
    address: str
    notice: str
    notice_rest: str
    example: str | None
    legend: tuple[Meaning, ...]
    numbers: tuple[Number, ...]


def facts_of(shelf: Shelf) -> Facts:
    """Return what every page knows of the release."""
    registry = shelf.registry
    isrcs = registry.recordings.isrcs
    first, _, rest = registry.notice.partition(". ")
    return Facts(
        number=registry.release.number,
        issued=spell_day(registry.release.issued),
        development=registry.release.profile is Profile.DEVELOPMENT,
        address=shelf.site.address,
        notice=registry.notice,
        notice_rest=rest if NOTICE.startswith(first) else registry.notice,
        example=format_isrc(isrcs[0]) if isrcs else None,
        legend=tuple(
            Meaning(
                verdict=verdict.value,
                word=Words.VERDICTS[verdict],
                meaning=Words.MEANINGS[verdict],
            )
            for verdict in (
                Verdict.DENY,
                Verdict.ASK,
                Verdict.ALLOW,
                Verdict.UNDECLARED,
            )
        ),
        numbers=tuple(_numbers(shelf)),
    )


def _numbers(shelf: Shelf) -> Iterator[Number]:
    registry = shelf.registry
    counted = (
        (len(registry.recordings.isrcs), "recording listed", "recordings listed", None),
        (len(registry.owners), "owner", "owners", "owners/"),
        (len(registry.declarations), "declaration", "declarations", None),
        (len(shelf.of_prefix), "ISRC prefix", "ISRC prefixes", "check/"),
        (len(registry.disputes), "dispute", "disputes", "disputes/"),
    )
    for count, one, many, href in counted:
        words = one if count == 1 else many
        yield Number(count=spell_count(count), words=words, href=href)
