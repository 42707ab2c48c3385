"""The shelf: which pages there are, and which recordings stand on which."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sayso.model.declaration import DeclarationId, PrefixRange
from sayso.model.isrc import PREFIX_LENGTH, Isrc, Prefix, format_isrc
from sayso.model.owner import OwnerId
from sayso.model.policy import Policy
from sayso.model.vocabulary import Use, Verdict, Words
from sayso.publish.site.pages.answers import AnswerRow, Chip, answer_rows, chip_of
from sayso.publish.site.pages.lists import Pager, pagers
from sayso.publish.site.pages.words import Link, spell_count
from sayso.wire.entries import DeclarationEntry, DisputeEntry
from sayso.wire.profile import Json
from sayso.wire.registry import Registry
from sayso.wire.release import Release

LEAD = Use.TRAIN_GENERATIVE
"""The use that every panel and every list answers first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much becomes pages; the rest is in the data.

    Attributes:
        recordings: how many have a page of their own.
        rows: recordings on one page of a list.
        pages: pages of one list.
        spans: ranges of unlisted codes on the page of a prefix.
    """

    recordings: int = 5_000
    rows: int = 200
    pages: int = 50
    spans: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where the site is, and what it links to.

    Attributes:
        address: with a slash at the end: `https://sayso.example/`.
        source: the web address of a file below `declarations/`, up to its path; None
            where there is none to link to.
    """

    address: str
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingRow:
    """A recording in a list; `href` is None where it has no page of its own."""

    isrc: str
    code: str
    title: str
    artist: str | None
    answer: Chip
    href: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How many recordings of a list have a verdict, and its share of a bar."""

    verdict: str
    word: str
    count: str
    start: int
    width: int


Default: TypeAlias = tuple[DeclarationId, PrefixRange]
"""A declaration of a default, and the codes that it covers."""


class Shelf:
    """A registry arranged for pages.

    Attributes:
        raw: the lists of registry.json but `recordings`, as they stand there.
        declared_for: the declarations that speak for an owner.
        defaults: the declarations of defaults under a prefix, and their ranges.
        disputes: those that name a recording.
        of_owner: the rows of the recordings that an owner speaks of.
        of_prefix: the rows of the recordings under a prefix.
        shown: the recordings that have a page of their own.
    """

    def __init__(
        self,
        *,
        registry: Registry,
        raw: Mapping[str, Json],
        release: Release,
        site: Site,
        limits: Limits,
    ) -> None:
        self.registry = registry
        self.raw = raw
        self.release = release
        self.site = site
        self.limits = limits
        self.declared_for: dict[OwnerId, list[DeclarationEntry]] = defaultdict(list)
        self.defaults: dict[Prefix, list[Default]] = defaultdict(list)
        for entry in registry.declarations.values():
            self.declared_for[entry.owner].append(entry)
            if entry.prefix is not None:
                self.defaults[entry.prefix.prefix].append((entry.id, entry.prefix))
        self.disputes: dict[Isrc, list[DisputeEntry]] = defaultdict(list)
        for dispute in registry.disputes:
            for isrc in dict.fromkeys(dispute.recordings):
                self.disputes[isrc].append(dispute)
        self.of_owner = _by_owner(registry)
        self.of_prefix = _by_prefix(registry)
        self.shown = _shown(registry, limits.recordings)
        self._rows: dict[int, tuple[AnswerRow, ...]] = {}

    def policy(self, row: int) -> Policy:
        """Return the policy of a listed recording."""
        return self.registry.policies[self.registry.recordings.policies[row]]

    def rows(self, policy: Policy) -> tuple[AnswerRow, ...]:
        """Return the answers of a policy, made once for the pages that share it."""
        if (rows := self._rows.get(id(policy))) is None:
            rows = answer_rows(self.registry, policy.anywhere)
            self._rows[id(policy)] = rows
        return rows

    def href(self, isrc: Isrc) -> str | None:
        """Return the address of a recording's own page, if it has one."""
        return f"isrc/{isrc}/" if isrc in self.shown else None

    def prefix_link(self, code: Prefix) -> Link:
        """Return a link to a prefix's page; a text where there is none."""
        text = f"{code[:2]}-{code[2:]}"
        known = code in self.of_prefix
        return Link(text=text, href=f"prefix/{code}/" if known else None)

    def row(self, number: int) -> RecordingRow:
        """Return a recording as a list shows it."""
        recordings = self.registry.recordings
        isrc = recordings.isrcs[number]
        return RecordingRow(
            isrc=isrc,
            code=format_isrc(isrc),
            title=recordings.titles[number] or "No title given",
            artist=recordings.artists[number],
            answer=chip_of(self.policy(number).anywhere[LEAD]),
            href=self.href(isrc),
        )

    def mix(self, owner: OwnerId) -> tuple[Part, ...]:
        """Return how an owner's word answers the lead use, strictest first.

        What somebody else permits is not the owner's permission: only answers that
        its declarations give are counted, and where nothing counts.
        """
        registry = self.registry
        numbers = Counter(registry.recordings.policies[r] for r in self.of_owner[owner])
        counts: Counter[Verdict] = Counter()
        for number, count in numbers.items():
            cell = registry.policies[number].anywhere[LEAD]
            deciding = {registry.declarations[name].owner for name in cell.by}
            if cell.verdict is Verdict.UNDECLARED or owner in deciding:
                counts[cell.verdict] += count
        parts, start, total = [], 0, counts.total()
        done = 0
        for verdict in (Verdict.DENY, Verdict.ASK, Verdict.ALLOW, Verdict.UNDECLARED):
            if not (count := counts[verdict]):
                continue
            done += count
            end = done * 1000 // total
            parts.append(
                Part(
                    verdict=verdict.value,
                    word=Words.VERDICTS[verdict],
                    count=spell_count(count),
                    start=start,
                    width=end - start,
                )
            )
            start = end
        return tuple(parts)

    def pagers(self, total: int, names: Sequence[str]) -> tuple[Pager, ...]:
        """Return a pager for each page of a list of things with these names."""
        limits = self.limits
        return pagers(total, names, rows=limits.rows, limit=limits.pages)

    def on_page(self, pager: Pager, items: Sequence[int]) -> Sequence[int]:
        """Return the part of a list that stands on a page."""
        start = (pager.number - 1) * self.limits.rows
        return items[start : start + self.limits.rows]


def _by_owner(registry: Registry) -> dict[OwnerId, list[int]]:
    """Return each owner's rows, ascending; grouped by policy first, so linear."""
    rows: dict[int, list[int]] = defaultdict(list)
    for row, number in enumerate(registry.recordings.policies):
        rows[number].append(row)
    listing = {
        name: entry.owner
        for name, entry in registry.declarations.items()
        if entry.prefix is None
    }
    found: dict[OwnerId, list[int]] = {owner: [] for owner in registry.owners}
    for number, members in rows.items():
        names = registry.policies[number].declarations
        for owner in {listing[name] for name in names if name in listing}:
            found[owner] += members
    return {owner: sorted(members) for owner, members in found.items()}


def _by_prefix(registry: Registry) -> dict[Prefix, list[int]]:
    found: dict[Prefix, list[int]] = {
        entry.prefix.prefix: []
        for entry in registry.declarations.values()
        if entry.prefix is not None
    }
    for row, isrc in enumerate(registry.recordings.isrcs):
        found.setdefault(Prefix(isrc[:PREFIX_LENGTH]), []).append(row)
    return dict(sorted(found.items()))


def _shown(registry: Registry, limit: int) -> frozenset[Isrc]:
    """Return the recordings that get pages: disputed ones first, then by code."""
    recordings = registry.recordings
    disputed = {
        number for number, policy in registry.policies.items() if policy.is_disputed
    }
    first = [
        isrc
        for isrc, number in zip(recordings.isrcs, recordings.policies, strict=True)
        if number in disputed
    ][:limit]
    chosen = set(first)
    for isrc in recordings.isrcs:
        if len(chosen) >= limit:
            break
        chosen.add(isrc)
    return frozenset(chosen)
