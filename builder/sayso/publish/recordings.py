"""Recordings: the listed ones as columns, and as lines of `registry.json`."""

from collections.abc import Sequence

import polars as pl

from sayso.model.declaration import RecordingList
from sayso.model.isrc import KEYS_PER_PREFIX, PREFIX_LENGTH, isrc_of, key_of
from sayso.publish.accepted import Accepted, Version
from sayso.publish.cover import Cover


def recording_columns(
    accepted: Accepted, covered: Cover, by_set: Sequence[int | None]
) -> pl.DataFrame:
    """Return columns `artist`, `isrc`, `policy`, `title` in ISRC order.

    Where several versions list a recording, the title and artist come from the best
    proved one that gives them, current before earlier ones.
    """
    held = {
        number
        for states in accepted.states.values()
        for state in states
        for number in state.versions
    }
    versions = sorted(
        (version for version in accepted.versions if version.number in held),
        key=lambda v: (
            v.number not in accepted.current,
            -v.statement.level,
            -v.statement.specificity,
            v.declaration.id,
            v.number,
        ),
    )
    empty = pl.DataFrame(
        schema={"key": pl.Int64, "title": pl.String, "artist": pl.String}
    )
    named = (
        pl.concat([empty, *(_listed(version) for version in versions)])
        .group_by("key", maintain_order=True)
        .agg(
            pl.col("title").drop_nulls().first(),
            pl.col("artist").drop_nulls().first(),
        )
    )
    policies = pl.DataFrame(
        {"set": range(len(by_set)), "policy": list(by_set)},
        schema={"set": pl.UInt32, "policy": pl.Int64},
    )
    placed = (
        covered.recordings.join(policies, on="set", how="left")
        .drop_nulls("policy")
        .join(named, on="key", how="left")
        .sort("key")
        .with_columns((pl.col("key") // KEYS_PER_PREFIX).alias("prefix"))
    )
    prefixes = placed.select("prefix").unique().sort("prefix")
    codes = [isrc_of(n * KEYS_PER_PREFIX)[:PREFIX_LENGTH] for n in prefixes["prefix"]]
    return (
        placed.join(
            prefixes.with_columns(pl.Series("code", codes, dtype=pl.String)),
            on="prefix",
            how="left",
        )
        .sort("key")
        .select(
            "artist",
            (
                pl.col("code")
                + (pl.col("key") % KEYS_PER_PREFIX).cast(pl.String).str.zfill(7)
            ).alias("isrc"),
            "policy",
            "title",
        )
    )


def recording_lines(recordings: pl.DataFrame) -> list[bytes]:
    """Return each recording as an item of `registry.json`."""
    if recordings.is_empty():
        return []
    lines = recordings.select(
        pl.struct("artist", "isrc", "policy", "title").struct.json_encode()
    )
    return [line.encode() for line in lines.to_series()]


def _listed(version: Version) -> pl.DataFrame:
    """Return columns `key`, `title`, `artist` of what a version lists."""
    if version.catalogue is not None:
        return version.catalogue.select("key", "title", "artist")
    columns: dict[str, list[object]] = {"key": [], "title": [], "artist": []}
    if isinstance(listed := version.declaration.scope, RecordingList):
        columns = {
            "key": [key_of(isrc) for isrc in listed.isrcs],
            "title": list(listed.titles),
            "artist": list(listed.artists),
        }
    schema = {"key": pl.Int64, "title": pl.String, "artist": pl.String}
    return pl.DataFrame(columns, schema=schema)
