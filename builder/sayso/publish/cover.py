"""Cover: which facts bear on which recordings, as columns.

"Recordings covered by the same set of declaration versions share one policy." A
*fact* is a version of a declaration, or a finding about an owner's right: ownership
was reviewed, is contested, was settled. Facts name recordings one by one (*points*)
or as ranges of keys (*spans*); here both become one small number a recording, its
*cover*. Python loops run over facts and spans, never over recordings.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique

import polars as pl

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
POINTS = pl.Schema({"key": pl.Int64, "fact": pl.UInt32})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The facts that bear on every recording and on every unlisted code.

    Attributes:
        facts: all facts; sets refer to them by place.
        limits: what an account may deny, for each owner and state.
        sets: each distinct set of facts, as places in `facts`.
        recordings: columns `key` (ascending) and `set` (place in `sets`).
        spans: unlisted codes with any fact: start, stop and place in `sets`.
    """

    facts: tuple[Fact, ...]
    limits: Limits
    sets: tuple[frozenset[int], ...]
    recordings: pl.DataFrame
    spans: tuple[tuple[int, int, int], ...]


def cover(
    accepted: Accepted,
    decisions: Iterable[Decision],
    disputes: Iterable[Dispute],
    *,
    account_recordings: int,
    day: date,
) -> Cover:
    """Return the facts that bear on every recording.

    Args:
        accepted: the versions and states that count.
        decisions: what operators decided by the day of the release.
        disputes: every dispute on record.
        account_recordings: how many listed recordings an account alone may deny.
        day: the day of the release.
    """
    facts: list[Fact] = []
    points: list[pl.DataFrame] = []
    spans: list[tuple[int, int, int]] = []
    limits = state_limits(accepted, account_recordings, day)
    for version, tops in version_limits(accepted, limits).items():
        for limit in sorted(tops):
            place = len(facts)
            facts.append(Spoken(version=accepted.versions[version], limit=limit))
            listed = listed_keys(accepted.versions[version])
            points.append(_as_points(listed.filter(listed <= limit), place))
            scope = accepted.versions[version].declaration.scope
            spans += [(*span, place) for span in scope_spans(scope)]
    for finding, owner, extent in _findings(decisions, disputes, accepted):
        place = len(facts)
        facts.append(Found(finding=finding, owner=owner))
        keys = pl.Series([key_of(isrc) for isrc in extent.isrcs], dtype=pl.Int64)
        points.append(_as_points(keys, place))
        spans += [(*span, place) for span in extent_spans(extent)]
    return _combine(tuple(facts), limits, points, flatten(spans))


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


def _as_points(keys: pl.Series, fact: int) -> pl.DataFrame:
    return pl.DataFrame({"key": keys}, schema={"key": pl.Int64}).with_columns(
        pl.lit(fact, dtype=pl.UInt32).alias("fact")
    )


def _combine(
    facts: tuple[Fact, ...],
    limits: Limits,
    points: list[pl.DataFrame],
    spans: list[Span],
) -> Cover:
    """Give every recording and every span the number of its set of facts."""
    starts = pl.DataFrame(
        {
            "start": [span.start for span in spans],
            "stop": [span.stop for span in spans],
            "span": range(len(spans)),
        },
        schema={"start": pl.Int64, "stop": pl.Int64, "span": pl.Int64},
    )
    placed = (
        pl.concat([pl.DataFrame(schema=POINTS), *points])
        .unique()
        .sort("key", "fact")
        .group_by("key", maintain_order=True)
        .agg(pl.col("fact").cast(pl.String).str.join(",").alias("facts"))
        .join_asof(starts, left_on="key", right_on="start")
        .with_columns(
            pl.when(pl.col("key") < pl.col("stop"))
            .then(pl.col("span"))
            .otherwise(-1)
            .fill_null(-1)
            .alias("span")
        )
        .select("key", "facts", "span")
    )
    distinct = placed.select("facts", "span").unique().sort("facts", "span")
    numbers: dict[frozenset[int], int] = {}
    sets: list[int] = []
    for names, span in distinct.iter_rows():
        union = frozenset(map(int, names.split(",")))
        union |= spans[span].facts if span >= 0 else frozenset()
        sets.append(numbers.setdefault(union, len(numbers)))
    numbered = distinct.with_columns(pl.Series("set", sets, dtype=pl.UInt32))
    recordings = placed.join(numbered, on=["facts", "span"], how="left").sort("key")
    unlisted = tuple(
        (span.start, span.stop, numbers.setdefault(span.facts, len(numbers)))
        for span in spans
    )
    return Cover(
        facts=facts,
        limits=limits,
        sets=tuple(numbers),
        recordings=recordings.select("key", "set"),
        spans=unlisted,
    )
