"""The shelf: which pages there are, and which recordings stand on which."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias

from sayso.model.declaration import DeclarationId, PrefixRange
from sayso.model.isrc import Isrc, Prefix, format_isrc
from sayso.model.owner import OwnerId
from sayso.model.policy import Policy
from sayso.model.vocabulary import Use
from sayso.publish.site.pages.answers import AnswerRow, Chip, answer_rows, chip_of
from sayso.publish.site.pages.arrangement import RecordingList, arrange
from sayso.publish.site.pages.limits import Limits
from sayso.publish.site.pages.listed import Listed, Places, ReadFile, no_files
from sayso.publish.site.pages.lists import Pager, pagers
from sayso.publish.site.pages.mandates import Mandates
from sayso.publish.site.pages.selection import Recording
from sayso.publish.site.pages.signers import Signers
from sayso.publish.site.pages.speakers import Speakers
from sayso.publish.site.pages.waiting import Waiting
from sayso.publish.site.pages.words import Link
from sayso.wire.entries import DeclarationEntry, DisputeEntry
from sayso.wire.profile import Json
from sayso.wire.registry import Registry
from sayso.wire.release import Release
from sayso.wire.release_file import ReleaseFile
from sayso.wire.status import Status

__all__ = ["LEAD", "Default", "Limits", "RecordingRow", "Shelf", "Site"]

LEAD = Use.TRAIN_GENERATIVE
"""The use that every panel and every list answers first."""


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


_FEEDS = 500
"""How many owners have a feed; that of the status page tells of all."""
_NOTHING = Status()
_NOBODY: Mapping[OwnerId, Signers] = MappingProxyType({})

Default: TypeAlias = tuple[DeclarationId, PrefixRange]
"""A declaration of a default, and the codes that it covers."""


class Shelf:
    """A registry arranged for pages.

    Recordings are counted, and few are taken; there is no object for each.

    Attributes:
        raw: the lists of registry.json but `recordings`, as they stand there.
        index: the files that release.json does not name itself.
        status: what was left out, and what waits.
        waiting: the same, by owner.
        signers: by whose keys each owner signed, of those who did.
        mandates: who speaks for whom.
        declared_for: the declarations that speak for an owner.
        claimed_for: those that somebody filed for an owner without its mandate.
        defaults: the declarations of defaults under a prefix, and their ranges.
        disputes: those that name a recording which has a page of its own.
        disputes_of: those that an owner filed, or that are against it.
        speakers: owners and declarations, and where they are shown.
        of_owner: the recordings that an owner speaks of.
        of_prefix: the recordings under a prefix, for those that have a page.
        contested: the recordings with a disputed answer.
        fed: the owners that have a feed of their own.
        own: the places of the recordings that have a page of their own.
        shown: their codes.
    """

    def __init__(
        self,
        *,
        registry: Registry,
        raw: Mapping[str, Json],
        release: Release,
        index: Sequence[ReleaseFile] = (),
        status: Status = _NOTHING,
        signers: Mapping[OwnerId, Signers] = _NOBODY,
        site: Site,
        limits: Limits,
        read_file: ReadFile = no_files,
    ) -> None:
        self.registry = registry
        self.raw = raw
        self.release = release
        self.index = index
        self.status = status
        self.waiting = Waiting(status, registry.declarations)
        self.signers = signers
        self.site = site
        self.limits = limits
        self.mandates = Mandates(registry)
        self.declared_for: dict[OwnerId, list[DeclarationEntry]] = defaultdict(list)
        self.claimed_for: dict[OwnerId, list[DeclarationEntry]] = defaultdict(list)
        self.defaults: dict[Prefix, list[Default]] = defaultdict(list)
        for entry in registry.declarations.values():
            if not self.mandates.covers(entry):
                self.claimed_for[entry.owner].append(entry)
                continue
            self.declared_for[entry.owner].append(entry)
            if entry.prefix is not None:
                self.defaults[entry.prefix.prefix].append((entry.id, entry.prefix))
        self._arranged = arrange(registry, Listed(registry, read_file), limits)
        self.of_owner = self._arranged.of_owner
        self.of_prefix = self._arranged.of_prefix
        self.contested = self._arranged.contested
        self.own = self._arranged.own
        self.shown = frozenset(self._arranged.selection.codes(self.own))
        self.speakers = Speakers(
            owners=registry.owners,
            declarations=registry.declarations,
            shown=frozenset(o for o, found in self.of_owner.items() if found.pages),
        )
        told = [o for o in self.waiting.told() if self.speakers.page_of(o)]
        self.fed = frozenset(told[:_FEEDS])
        self.disputes: dict[Isrc, list[DisputeEntry]] = defaultdict(list)
        self.disputes_of: dict[OwnerId, list[DisputeEntry]] = defaultdict(list)
        for dispute in registry.disputes:
            against = OwnerId(dispute.against.partition("/")[0])
            for party in (dispute.claimant, against):
                self.disputes_of[party].append(dispute)
            for isrc in self.shown.intersection(dispute.recordings):
                self.disputes[isrc].append(dispute)
        self._rows: dict[int, tuple[AnswerRow, ...]] = {}

    @property
    def prefixes_left_out(self) -> int:
        """How many prefixes have no page, though something was declared there."""
        return self._arranged.prefixes - len(self.of_prefix)

    @property
    def prefixes(self) -> int:
        """How many prefixes have a declaration or a listed recording."""
        return self._arranged.prefixes

    @property
    def first(self) -> Isrc | None:
        """The code of the first listed recording, if there is one."""
        return next(iter(self._arranged.selection.codes(slice(1))), None)

    def spoken_of(self, owner: OwnerId) -> Iterator[tuple[Policy, int]]:
        """Yield the policies of whose recordings an owner speaks, and how many."""
        for number in self._arranged.policies.get(owner, ()):
            yield self.registry.policies[number], self._arranged.of_policy[number]

    def policies_with(self, declaration: DeclarationId) -> Iterator[tuple[Policy, int]]:
        """Yield the policies of what a withdrawn declaration covers.

        With each comes how many listed recordings have it.
        """
        for number in self._of_withdrawn.get(declaration, ()):
            found = self._arranged.of_policy.get(number, 0)
            yield self.registry.policies[number], found

    @cached_property
    def _of_withdrawn(self) -> Mapping[DeclarationId, list[int]]:
        entries = self.registry.declarations.values()
        found: dict[DeclarationId, list[int]] = {
            entry.id: [] for entry in entries if entry.withdrawn is not None
        }
        for number, policy in self.registry.policies.items():
            for name in policy.declarations:
                if name in found:
                    found[name].append(number)
        return found

    def policy(self, recording: Recording) -> Policy:
        """Return the policy of a recording."""
        return self.registry.policies[recording.policy]

    def rows(self, policy: Policy) -> tuple[AnswerRow, ...]:
        """Return the answers of a policy, made once for the pages that share it."""
        if (rows := self._rows.get(id(policy))) is None:
            rows = answer_rows(self.speakers, policy.anywhere)
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

    def row(self, recording: Recording) -> RecordingRow:
        """Return a recording as a list shows it."""
        return RecordingRow(
            isrc=recording.isrc,
            code=format_isrc(recording.isrc),
            title=recording.title or "No title given",
            artist=recording.artist,
            answer=chip_of(self.policy(recording).anywhere[LEAD]),
            href=self.href(recording.isrc),
        )

    def take(self, places: Places) -> list[Recording]:
        """Return the recordings at these places of the selection."""
        return self._arranged.selection.take(places)

    def pagers(
        self, listed: RecordingList, spell: Callable[[Isrc], str]
    ) -> tuple[Pager, ...]:
        """Return a pager for each page of a list of recordings.

        Args:
            listed: the list.
            spell: how the pager writes a code.
        """
        names = [spell(code) for code in self._arranged.selection.codes(listed.places)]
        rows = self.limits.rows
        return pagers(listed.total, names, rows=rows, limit=listed.pages)

    def on_page(self, pager: Pager, listed: RecordingList) -> list[Recording]:
        """Return the recordings of a list that stand on a page."""
        start = (pager.number - 1) * self.limits.rows
        return self.take(listed.places[start : start + self.limits.rows])
