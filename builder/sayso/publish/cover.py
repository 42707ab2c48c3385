"""Cover: which facts bear on which recordings, as columns.

"Recordings covered by the same set of declaration versions share one policy." A
*fact* is a version of a declaration, or a finding about an owner's right: ownership
was reviewed, is contested, was settled. Facts name recordings one by one (*points*)
or as ranges of keys (*spans*); here both become one small number a recording, its
*cover*. Python loops run over facts and spans, never over recordings.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique

import polars as pl

from sayso.model.declaration import (
    CatalogueFile,
    Decision,
    DecisionKind,
    Dispute,
    Extent,
    Level,
    PrefixRange,
    RecordingList,
)
from sayso.model.isrc import KEY_LIMIT, key_of
from sayso.model.owner import OwnerId
from sayso.model.statement import Statement
from sayso.publish.accepted import Accepted, OwnerState, Version
from sayso.publish.spans import Span, extent_spans, flatten, scope_spans


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
Limits = Mapping[OwnerId, tuple[int, ...]]
"""For each owner and state, the highest key that an account may deny."""

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
) -> Cover:
    """Return the facts that bear on every recording.

    Args:
        accepted: the versions and states that count.
        decisions: what operators decided by the day of the release.
        disputes: every dispute on record.
        account_recordings: how many listed recordings an account alone may deny.
    """
    facts: list[Fact] = []
    points: list[pl.DataFrame] = []
    spans: list[tuple[int, int, int]] = []
    limits = _state_limits(accepted, account_recordings)
    for version, tops in _version_limits(accepted, limits).items():
        for limit in sorted(tops):
            place = len(facts)
            facts.append(Spoken(version=accepted.versions[version], limit=limit))
            listed = listed_keys(accepted.versions[version])
            points.append(_as_points(listed.filter(listed <= limit), place))
            scope = accepted.versions[version].declaration.scope
            spans += [(*span, place) for span in scope_spans(scope)]
    for finding, owner, extent in _findings(decisions, disputes):
        place = len(facts)
        facts.append(Found(finding=finding, owner=owner))
        keys = pl.Series([key_of(isrc) for isrc in extent.isrcs], dtype=pl.Int64)
        points.append(_as_points(keys, place))
        spans += [(*span, place) for span in extent_spans(extent)]
    return _combine(tuple(facts), limits, points, flatten(spans))


def listed_keys(version: Version) -> pl.Series:
    """Return the keys that a version lists, in file order."""
    if version.catalogue is not None:
        return version.catalogue["key"]
    match version.declaration.scope:
        case RecordingList(isrcs=isrcs):
            return pl.Series("key", [key_of(isrc) for isrc in isrcs], dtype=pl.Int64)
        case CatalogueFile() | PrefixRange():
            return pl.Series("key", [], dtype=pl.Int64)


def _state_limits(accepted: Accepted, quota: int) -> Limits:
    return {
        owner: tuple(
            _account_limit(accepted.versions, state, quota) for state in states
        )
        for owner, states in accepted.states.items()
    }


def _account_limit(versions: Sequence[Version], state: OwnerState, quota: int) -> int:
    """Return the highest key that account-level versions of a state may deny.

    Where an account, without a key, lists more recordings than it may deny, the
    first ones in ISRC order count, so that neither the order nor the number of
    files matters.
    """
    weak = [
        listed_keys(versions[number])
        for number in sorted(state.versions)
        if versions[number].statement.level is Level.ACCOUNT
    ]
    if sum(map(len, weak)) <= quota:
        return KEY_LIMIT
    keys = pl.concat([keys.rename("key") for keys in weak]).unique().sort()
    return KEY_LIMIT if len(keys) <= quota else int(keys[quota - 1])


def _version_limits(accepted: Accepted, limits: Limits) -> dict[int, set[int]]:
    """Return for each version the limits of the states that hold it."""
    tops: dict[int, set[int]] = {version.number: set() for version in accepted.versions}
    for owner, states in accepted.states.items():
        for state, limit in zip(states, limits[owner], strict=True):
            for number in state.versions:
                tops[number].add(limit_of(accepted.versions[number].statement, limit))
    return tops


def limit_of(statement: Statement, limit: int) -> int:
    """Return the highest key for which a statement counts in a state."""
    return limit if statement.level is Level.ACCOUNT else KEY_LIMIT


def _findings(
    decisions: Iterable[Decision], disputes: Iterable[Dispute]
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
        if dispute_status(dispute, decisions) == "open":
            extent = Extent(isrcs=dispute.isrcs)
            found.append((Finding.CONTESTED, dispute.against, extent))
    return found


def dispute_status(dispute: Dispute, decisions: Iterable[Decision]) -> str:
    """Return whether a dispute is `filed`, `open` (accepted) or `closed`."""
    kinds = {d.kind for d in decisions if d.dispute == dispute.id}
    if DecisionKind.DISPUTE_CLOSED in kinds:
        return "closed"
    return "open" if DecisionKind.DISPUTE_ACCEPTED in kinds else "filed"


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
