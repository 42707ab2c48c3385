"""Facts: all that bears on recordings, before it is put together.

A *fact* is a version of a declaration, or a finding about an owner's right: ownership
was reviewed, is contested, was settled. Facts name recordings one by one, in lists,
or as ranges of keys, in spans.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A version counts for keys up to and including `limit`."""

    version: Version
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Operators found something of an owner."""

    finding: Finding
    owner: OwnerId


Fact = Spoken | Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All facts of a release; they are referred to by place.

    Attributes:
        limits: what an account may deny, for each owner and state.
        keys: recordings that short lists name, ascending, with the facts in `named`.
        tables: catalogues with their facts, and up to which key they count.
        spans: ranges of keys that no list needs, with the facts of each.
    """

    facts: tuple[Fact, ...]
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
            if isinstance(fact, Found) and fact.finding is Finding.REVIEWED
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
    day: date,
) -> Facts:
    """Return the facts that bear on recordings.

    Args:
        accepted: the versions and states that count.
        decisions: what operators decided by the day of the release.
        disputes: every dispute on record.
        account_recordings: how many listed recordings an account alone may deny.
        day: the day of the release.
    """
    limits = state_limits(accepted, account_recordings, day)
    found = _Gathered()
    for number, tops in version_limits(accepted, limits).items():
        for limit in sorted(tops):
            _add_version(accepted.versions[number], limit, found)
    for finding, owner, extent in _findings(decisions, disputes, accepted):
        place = len(found.facts)
        found.facts.append(Found(finding=finding, owner=owner))
        keys = np.array([key_of(isrc) for isrc in extent.isrcs], np.int64)
        found.lists.append((place, keys))
        found.spans += [(*span, place) for span in extent_spans(extent)]
    keys, named = _in_order(found.lists)
    return Facts(
        facts=tuple(found.facts),
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


def _findings(
    decisions: Iterable[Decision], disputes: Iterable[Dispute], accepted: Accepted
) -> list[tuple[Finding, OwnerId, Extent]]:
    decisions = sorted(decisions, key=lambda decision: decision.id)
    found: list[tuple[Finding, OwnerId, Extent]] = []
    for decision in decisions:
        if decision.owner is None:
            continue
        if decision.kind is DecisionKind.REVIEWED:
            found.append((Finding.REVIEWED, decision.owner, decision.extent))
        elif decision.kind is DecisionKind.SETTLED:
            found.append((Finding.SETTLED, decision.owner, decision.extent))
    for dispute in sorted(disputes, key=lambda dispute: dispute.id):
        if dispute_status(dispute, decisions) is DisputeStatus.OPEN:
            extent = Extent(isrcs=dispute.isrcs)
            contested = _contested(dispute, accepted)
            found += [(Finding.CONTESTED, owner, extent) for owner in contested]
    return found


def _contested(dispute: Dispute, accepted: Accepted) -> list[OwnerId]:
    """Return for whom the contested statements speak, not only who filed them."""
    represented = {
        version.declaration.owner
        for version in accepted.versions
        if version.declaration.id == dispute.declaration
    }
    return sorted(represented | {dispute.against})


def dispute_status(dispute: Dispute, decisions: Iterable[Decision]) -> DisputeStatus:
    """Return whether a dispute is filed, open (accepted) or closed."""
    kinds = {d.kind for d in decisions if d.dispute == dispute.id}
    if DecisionKind.DISPUTE_CLOSED in kinds:
        return DisputeStatus.CLOSED
    if DecisionKind.DISPUTE_ACCEPTED in kinds:
        return DisputeStatus.OPEN
    return DisputeStatus.FILED
