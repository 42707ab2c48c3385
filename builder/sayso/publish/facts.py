"""Facts: all that bears on recordings, before it is put together.

A *fact* is a version of a declaration, or a finding about an owner's right: ownership
was reviewed, is contested, was settled. Facts name recordings one by one, in lists,
or as ranges of keys, in spans.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique

import numpy as np
import numpy.typing as npt

from sayso.columns.codes import Keys
from sayso.model.declaration import (
    Decision,
    DecisionKind,
    Dispute,
    Extent,
)
from sayso.model.isrc import key_of
from sayso.model.owner import OwnerId
from sayso.publish.accepted import Accepted, Version
from sayso.publish.quota import Limits, listed_keys, state_limits, version_limits
from sayso.publish.reading.tables import Table
from sayso.publish.spans import Span, extent_spans, flatten, scope_spans
from sayso.wire.entries import DisputeStatus


@unique
class Finding(StrEnum):
    """What operators found of an owner and some recordings."""

    REVIEWED = "reviewed"
    CONTESTED = "contested"
    SETTLED = "settled"


_FINDINGS = {
    DecisionKind.REVIEWED: Finding.REVIEWED,
    DecisionKind.SETTLED: Finding.SETTLED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A version counts for keys up to and including `limit`."""

    version: Version
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Operators found something of an owner.

    Attributes:
        since: when it begins to count.
    """

    finding: Finding
    owner: OwnerId
    since: datetime


Fact = Spoken | Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All facts of a release; they are referred to by place.

    Attributes:
        now: the time of the release.
        limits: what an account may deny, for each owner and state.
        keys: recordings that short lists name, ascending, with the facts in `named`.
        tables: catalogues with their facts, and up to which key they count.
        spans: ranges of keys that no list needs, with the facts of each.
    """

    facts: tuple[Fact, ...]
    now: datetime
    limits: Limits
    keys: Keys
    named: npt.NDArray[np.uint32]
    tables: tuple[tuple[int, Table, int], ...]
    spans: tuple[Span, ...]

    @property
    def reviewed(self) -> frozenset[OwnerId]:
        """The owners of whom some ownership was reviewed."""
        return frozenset(
            fact.owner
            for fact in self.facts
            if isinstance(fact, Found)
            and fact.finding is Finding.REVIEWED
            and fact.since <= self.now
        )


@dataclass(slots=True)
class _Gathered:
    """Facts as they are gathered."""

    facts: list[Fact] = field(default_factory=list)
    lists: list[tuple[int, Keys]] = field(default_factory=list)
    tables: list[tuple[int, Table, int]] = field(default_factory=list)
    spans: list[tuple[int, int, int]] = field(default_factory=list)


def gather(
    accepted: Accepted,
    decisions: Iterable[Decision],
    disputes: Iterable[Dispute],
    *,
    account_recordings: int,
    since: Callable[[Decision], datetime],
    now: datetime,
) -> Facts:
    """Return the facts that bear on recordings.

    Args:
        accepted: the versions and states that count.
        decisions: what operators decided by the day of the release.
        disputes: every dispute on record.
        account_recordings: how many listed recordings an account alone may deny.
        since: returns when a decision begins to count: what loosens waits in public.
        now: the time of the release.
    """
    limits = state_limits(accepted, account_recordings, now.date())
    found = _Gathered()
    for number, tops in version_limits(accepted, limits).items():
        for limit in sorted(tops):
            _add_version(accepted.versions[number], limit, found)
    decisions = sorted(decisions, key=lambda decision: decision.id)
    counting = [one for one in decisions if since(one) <= now]
    for fact, extent in (
        *_decided(decisions, since),
        *_contested(disputes, counting, accepted, now),
    ):
        place = len(found.facts)
        found.facts.append(fact)
        keys = np.array([key_of(isrc) for isrc in extent.isrcs], np.int64)
        found.lists.append((place, keys))
        found.spans += [(*span, place) for span in extent_spans(extent)]
    keys, named = _in_order(found.lists)
    return Facts(
        facts=tuple(found.facts),
        now=now,
        limits=limits,
        keys=keys,
        named=named,
        tables=tuple(found.tables),
        spans=tuple(flatten(found.spans)),
    )


def _add_version(version: Version, limit: int, found: _Gathered) -> None:
    place = len(found.facts)
    found.facts.append(Spoken(version=version, limit=limit))
    if version.catalogue is not None:
        found.tables.append((place, version.catalogue, limit))
        return
    keys = listed_keys(version)
    found.lists.append((place, keys[keys <= limit]))
    scope = version.declaration.scope
    found.spans += [(*span, place) for span in scope_spans(scope)]


def _in_order(
    lists: list[tuple[int, Keys]],
) -> tuple[Keys, npt.NDArray[np.uint32]]:
    keys = np.concatenate([np.empty(0, np.int64), *(keys for _, keys in lists)])
    sizes = [len(keys) for _, keys in lists]
    named = np.repeat(np.array([place for place, _ in lists], np.uint32), sizes)
    order = np.argsort(keys, kind="stable")
    return keys[order], named[order]


def _decided(
    decisions: Iterable[Decision], since: Callable[[Decision], datetime]
) -> Iterator[tuple[Found, Extent]]:
    """Yield what operators found of owners."""
    for decision in decisions:
        finding = _FINDINGS.get(decision.kind)
        if decision.owner is not None and finding is not None:
            found = Found(finding=finding, owner=decision.owner, since=since(decision))
            yield found, decision.extent


def _contested(
    disputes: Iterable[Dispute],
    decisions: Iterable[Decision],
    accepted: Accepted,
    now: datetime,
) -> Iterator[tuple[Found, Extent]]:
    """Yield for whom contested statements speak, not only who filed them."""
    for dispute in sorted(disputes, key=lambda dispute: dispute.id):
        if dispute_status(dispute, decisions) is not DisputeStatus.OPEN:
            continue
        represented = {
            version.declaration.owner
            for version in accepted.versions
            if version.declaration.id == dispute.declaration
        }
        for owner in sorted(represented | {dispute.against}):
            found = Found(finding=Finding.CONTESTED, owner=owner, since=now)
            yield found, Extent(isrcs=dispute.isrcs)


def dispute_status(dispute: Dispute, decisions: Iterable[Decision]) -> DisputeStatus:
    """Return whether a dispute is filed, open (accepted) or closed."""
    kinds = {d.kind for d in decisions if d.dispute == dispute.id}
    if DecisionKind.DISPUTE_CLOSED in kinds:
        return DisputeStatus.CLOSED
    if DecisionKind.DISPUTE_ACCEPTED in kinds:
        return DisputeStatus.OPEN
    return DisputeStatus.FILED
