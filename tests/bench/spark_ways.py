"""Spark: the kernel beside the rows, against a join by Spark itself.

    python -m tests.bench.spark_ways COPY RELEASE MANIFEST OUT --repeat 3

Runs where Spark can be imported beside Sayso; the stage sees to that. Both read the
same Parquet and write theirs, in turns, after once for nothing. The join is written by
hand, takes codes for clean, and does as much as those of `screeners`.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from pyspark.sql import SparkSession  # type: ignore[import-not-found]

from sayso import Registry
from tests.bench.screeners import USE, bulk

_PLACE = (
    "case when substr(isrc, {0}, 1) < 'A' then ascii(substr(isrc, {0}, 1)) - 48 "
    "else ascii(substr(isrc, {0}, 1)) - 55 end"
)
_BLOCK = (
    "((((ascii(isrc) - 65) * 26L + ascii(substr(isrc, 2, 1)) - 65) * 36 "
    f"+ {_PLACE.format(3)}) * 36 + {_PLACE.format(4)}) * 36 + {_PLACE.format(5)}"
)
_SQL = """
    with blocks as (select id, isrc, {block} as block from manifest),
    keyed as (
        select *, block * 10000000 + cast(substr(isrc, 6) as bigint) as key from blocks
    ),
    said as (
        select policy, verdict, disputed, rule, ownership, concat_ws(' ', `by`) as `by`
        from policies where `use` = '{use}' and territory = 'anywhere'
    ),
    spans as (select first_key div 10000000 as block, policy from prefixes)
    select /*+ broadcast(spans), broadcast(said) */ id, isrc,
        coalesce(verdict, 'undeclared') as status,
        case when core.key is not null then 'recording'
            when spans.block is not null then 'range' end as basis,
        coalesce(disputed, false) as disputed, rule, ownership, `by`
    from keyed
    left join core on core.key = keyed.key
    left join spans on spans.block = keyed.block
    left join said on said.policy = coalesce(core.policy, spans.policy)
"""


def session(folder: Path) -> Any:  # noqa: ANN401 - of a library without types
    """Return a session of two threads and as much memory as the join needs."""
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "6g",
        "spark.local.dir": str(folder / "spark"),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def compare(
    copy: Path, release: Path, manifest: Path, out: Path, repeat: int
) -> dict[str, float]:
    """Return the seconds of both: with all columns of answers, and the status alone.

    What they wrote is below OUT: `kernel`, `join`, `kernel_status` and `join_status`.
    """
    begun = time.perf_counter()
    spark = session(out)
    started = time.perf_counter() - begun
    for kind in ("core", "prefixes", "policies"):
        path = str(bulk(release, kind))
        spark.read.parquet(path).createOrReplaceTempView(kind)
    spark.read.parquet(str(manifest)).createOrReplaceTempView("manifest")
    registry = Registry.open(copy)
    ways: dict[str, Callable[[], Any]] = {
        "kernel": lambda: registry.screen(spark.table("manifest"), use=USE),
        "join": lambda: spark.sql(_SQL.format(block=_BLOCK, use=USE)),
    }
    ways["kernel_status"] = lambda: ways["kernel"]().select("id", "sayso_status")
    ways["join_status"] = lambda: ways["join"]().select("id", "status")
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(repeat + 1):
        for name, way in ways.items():
            begun = time.perf_counter()
            way().write.mode("overwrite").parquet(str(out / name))
            if turn:
                spent[name].append(time.perf_counter() - begun)
    times = {
        name: median(
            join / kernel
            for join, kernel in zip(
                spent[f"join{name}"], spent[f"kernel{name}"], strict=True
            )
        )
        for name in ("", "_status")
    }
    return {
        "started": started,
        **{name: median(seconds) for name, seconds in spent.items()},
        **{f"times{name}": ratio for name, ratio in times.items()},
    }


def main() -> None:
    """Compare, as a child of the benchmark or by hand."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.spark_ways")
    for name in ("copy", "release", "manifest", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--repeat", type=int, default=1)
    given = parser.parse_args()
    places = (given.copy, given.release, given.manifest, given.out)
    sys.stdout.write(json.dumps(compare(*places, given.repeat)) + "\n")


if __name__ == "__main__":
    main()
