"""What one would do instead of `sayso screen`: a join by hand, in three engines.

    python -m tests.bench.screeners duckdb RELEASE MANIFEST OUT
    python -m tests.bench.screeners limit SCREENED MANIFEST OUT

Each reads the Parquet that a release publishes (core, prefixes, policies) and a
manifest of `id` and `isrc`, joins them, and writes the manifest with the columns that a
policy has. They do less: codes are taken for clean and ranges for whole prefixes,
nothing says what is no ISRC, no time runs out, rows may change their order, and nothing
is kept for a receipt. `limit` joins nothing: it reads the manifest, and writes what
Sayso wrote.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

USE = "train-generative"

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FOUND = ("id", "isrc", "status", "basis", "disputed", "rule", "ownership", "by")
_SAID = ("policy", "status", "disputed", "rule", "ownership", "by")
_KINDS = ("core", "prefixes", "policies")

_SQL = """
    set preserve_insertion_order = false;
    create temp table said as
        select policy, verdict, disputed, rule, ownership,
            array_to_string("by", ' ') as decided_by
        from '{policies}' where "use" = '{use}' and territory = 'anywhere';
    create temp table spans as
        select first_key // 10000000 as block, policy from '{prefixes}';
    create macro place(c) as case when c >= '0' and c <= '9'
        then ascii(c) - 48 else ascii(c) - 55 end;
    copy (
        with keyed as (
            select id, isrc, ((((ascii(isrc) - 65)::bigint * 26
                + ascii(isrc[2]) - 65) * 36 + place(isrc[3])) * 36
                + place(isrc[4])) * 36 + place(isrc[5]) as block,
                block * 10000000 + isrc[6:]::bigint as key
            from '{manifest}'
        )
        select id, isrc, coalesce(verdict, 'undeclared') as status,
            case when core.key is not null then 'recording'
                when spans.block is not null then 'range' end as basis,
            coalesce(disputed, false) as disputed, rule, ownership,
            decided_by as "by"
        from keyed
        left join '{core}' as core using (key)
        left join spans using (block)
        left join said on said.policy = coalesce(core.policy, spans.policy)
    ) to '{out}' ({how});
"""


def bulk(release: Path, kind: str) -> Path:
    """Return the Parquet file of a kind in a release."""
    [path] = release.glob(f"bulk/*.{kind}.parquet")
    return path


def duckdb_way(release: Path, manifest: Path, out: Path) -> None:
    """Join in SQL."""
    import duckdb  # noqa: PLC0415 - measured with its import, by those who ask

    files = {kind: str(bulk(release, kind)) for kind in _KINDS}
    is_csv = manifest.suffix == ".csv"
    how = "format csv" if is_csv else "format parquet, compression zstd"
    duckdb.connect().execute(
        _SQL.format(manifest=manifest, use=USE, out=out, how=how, **files)
    )


def polars_way(release: Path, manifest: Path, out: Path) -> None:
    """Join lazily, in the streaming engine."""
    import polars as pl  # noqa: PLC0415 - measured with its import, by those who ask

    core, spans, said = (pl.scan_parquet(bulk(release, kind)) for kind in _KINDS)
    said = said.filter(pl.col("use") == USE, pl.col("territory") == "anywhere")
    said = said.rename({"verdict": "status"}).with_columns(pl.col("by").list.join(" "))
    spans = spans.select(block=pl.col("first_key") // 10**7, of_range=pl.col("policy"))
    code, places = pl.col("isrc"), list(range(36))
    parts = [
        code.str.slice(place, 1).replace_strict(
            list(_LETTERS), places, return_dtype=pl.Int64
        )
        for place in range(5)
    ]
    block = ((parts[0] - 10) * 26 + parts[1] - 10) * 36 + parts[2]
    block = (block * 36 + parts[3]) * 36 + parts[4]
    key = pl.col("block") * 10**7 + code.str.slice(5).cast(pl.Int64)
    is_csv = manifest.suffix == ".csv"
    listed, under = pl.col("policy").is_not_null(), pl.col("of_range").is_not_null()
    found = (
        (pl.scan_csv(manifest) if is_csv else pl.scan_parquet(manifest))
        .with_columns(block=block)
        .with_columns(key=key)
        .join(core, on="key", how="left")
        .join(spans, on="block", how="left")
        .with_columns(
            basis=pl.when(listed)
            .then(pl.lit("recording"))
            .when(under)
            .then(pl.lit("range")),
            policy=pl.coalesce("policy", "of_range"),
        )
        .join(said.select(_SAID), on="policy", how="left")
        .with_columns(
            pl.col("status").fill_null("undeclared"),
            pl.col("disputed").fill_null(value=False),
        )
        .select(_FOUND)
    )
    if is_csv:
        found.sink_csv(out, engine="streaming")
    else:
        found.sink_parquet(out, compression="zstd", engine="streaming")


def pandas_way(release: Path, manifest: Path, out: Path) -> None:
    """Merge data frames; of ranges the one that begins before each code."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415 - measured with its import, by those who ask

    core, spans, said = (pd.read_parquet(bulk(release, kind)) for kind in _KINDS)
    said = said[(said["use"] == USE) & (said["territory"] == "anywhere")]
    said = said.assign(by=said["by"].str.join(" ")).rename(
        columns={"verdict": "status"}
    )
    is_csv = manifest.suffix == ".csv"
    rows = pd.read_csv(manifest) if is_csv else pd.read_parquet(manifest)
    places = {letter: place for place, letter in enumerate(_LETTERS)}
    parts = [rows["isrc"].str[place].map(places) for place in range(5)]
    block = ((parts[0] - 10) * 26 + parts[1] - 10) * 36 + parts[2]
    block = (block * 36 + parts[3]) * 36 + parts[4]
    rows["key"] = block * 10**7 + rows["isrc"].str[5:].astype("int64")
    rows = rows.merge(core, on="key", how="left")
    firsts, lasts = (spans[f"{end}_key"].to_numpy() for end in ("first", "last"))
    place = np.maximum(firsts.searchsorted(rows["key"], side="right") - 1, 0)
    within = (rows["key"] >= firsts[place]) & (rows["key"] <= lasts[place])
    listed = rows["policy"].notna()
    basis = pd.Series(pd.NA, rows.index, dtype="str")
    rows["basis"] = basis.mask(within, "range").mask(listed, "recording")
    of_range = pd.Series(spans["policy"].to_numpy()[place]).where(within)
    rows["policy"] = rows["policy"].fillna(of_range)
    rows = rows.merge(said[[*_SAID]], on="policy", how="left")
    rows["status"] = rows["status"].fillna("undeclared")
    rows["disputed"] = rows["disputed"].eq(other=True)
    rows = rows[[*_FOUND]]
    if is_csv:
        rows.to_csv(out, index=False)
    else:
        rows.to_parquet(out, index=False, compression="zstd")


def limit_way(screened: Path, manifest: Path, out: Path) -> dict[str, float]:
    """Read the manifest, and write what was written."""
    from tests.bench.copying import copy  # noqa: PLC0415 - no engine is to load Arrow

    return copy(screened, manifest, out)


WAYS: dict[str, Callable[[Path, Path, Path], dict[str, float] | None]] = {
    "duckdb": duckdb_way,
    "polars": polars_way,
    "pandas": pandas_way,
    "limit": limit_way,
}
PEERS = ("duckdb", "polars", "pandas")


def main() -> None:
    """Screen one way, as a child of the benchmark or by hand."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.screeners")
    parser.add_argument("way", choices=sorted(WAYS))
    parser.add_argument("source", type=Path, help="a release, or what Sayso wrote")
    parser.add_argument("manifest", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    found = WAYS[given.way](given.source, given.manifest, given.out)
    sys.stdout.write(json.dumps(found or {}) + "\n")


if __name__ == "__main__":
    main()
