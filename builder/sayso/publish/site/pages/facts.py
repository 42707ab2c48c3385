"""Facts: what templates know of the release that pages are made from."""

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
    """What templates know of the release that pages are made from.

    Attributes:
        number: of the release; only for pages about it, since it changes them.
        issued: when; likewise.
        notice_rest: the notice after its first sentence, which pages set apart.
        example: the code of a listed recording, if there is one.
        signed: what pages call the files that hold what they leave out.
        parted: whether registry.json leaves the recordings to other files.
        prefixes_left_out: whether a prefix has no page though something was declared.
    """

    number: int
    issued: Day
    development: bool
    address: str
    notice: str
    notice_rest: str
    example: str | None
    signed: str
    parted: bool
    prefixes_left_out: bool
    legend: tuple[Meaning, ...]
    numbers: tuple[Number, ...]


def facts_of(shelf: Shelf) -> Facts:
    """Return what templates know of the release."""
    registry = shelf.registry
    first = shelf.first
    start, _, rest = registry.notice.partition(". ")
    return Facts(
        number=registry.release.number,
        issued=spell_day(registry.release.issued),
        development=registry.release.profile is Profile.DEVELOPMENT,
        address=shelf.site.address,
        notice=registry.notice,
        notice_rest=rest if NOTICE.startswith(start) else registry.notice,
        example=None if first is None else format_isrc(first),
        signed="the signed file" if registry.is_whole else "the signed files",
        parted=not registry.is_whole,
        prefixes_left_out=shelf.prefixes_left_out > 0,
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
        (registry.counts["recordings"], "recording listed", "recordings listed", None),
        (len(registry.owners), "owner", "owners", "owners/"),
        (len(registry.declarations), "declaration", "declarations", None),
        (shelf.prefixes, "ISRC prefix", "ISRC prefixes", "check/"),
        (len(registry.disputes), "dispute", "disputes", "disputes/"),
    )
    for count, one, many, href in counted:
        words = one if count == 1 else many
        yield Number(count=spell_count(count), words=words, href=href)
