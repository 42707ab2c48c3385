"""Manifests to screen by a release that was made: half of the rows are listed.

    python -m tests.bench.manifests RELEASE OUT --rows 10M --csv

A quarter lies under prefixes and the rest is of nobody, all in random order. Columns
are `id` and `isrc`; OUT.parquet is as PyArrow writes it where nothing else is said.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from sayso.columns.codes import Keys, isrcs_of
from sayso.model.isrc import LAST_KEY
from tests.bench.measure import number_of
from tests.bench.screeners import bulk

SCHEMA = pa.schema([("id", pa.int64()), ("isrc", pa.string())])
_BATCH = 2**20
_LISTED, _UNDER = 0.5, 0.75


def write_manifest(
    release: Path, out: Path, rows: int, *, seed: int = 1, as_csv: bool = False
) -> None:
    """Write a manifest, in both formats or in Parquet only."""
    with ExitStack() as stack:
        writers = [stack.enter_context(pq.ParquetWriter(f"{out}.parquet", SCHEMA))]
        if as_csv:
            writers.append(stack.enter_context(pc.CSVWriter(f"{out}.csv", SCHEMA)))
        for batch in _batches(release, rows, np.random.default_rng(seed)):
            for writer in writers:
                writer.write_table(pa.Table.from_batches([batch]))


def _batches(
    release: Path, rows: int, rng: np.random.Generator
) -> Iterator[pa.RecordBatch]:
    listed: Keys = pq.read_table(bulk(release, "core"), columns=["key"])[0].to_numpy()
    spans = pq.read_table(bulk(release, "prefixes"))
    firsts, lasts = (spans[f"{end}_key"].to_numpy() for end in ("first", "last"))
    for start in range(0, rows, _BATCH):
        count = min(_BATCH, rows - start)
        dice = rng.random(count)
        keys = rng.integers(0, LAST_KEY + 1, count)
        is_listed = dice < _LISTED
        keys[is_listed] = rng.choice(listed, np.count_nonzero(is_listed))
        is_under = ~is_listed & (dice < _UNDER)
        span = rng.integers(0, len(firsts), np.count_nonzero(is_under))
        keys[is_under] = rng.integers(firsts[span], lasts[span] + 1)
        ids = pa.array(np.arange(start, start + count))
        codes = isrcs_of(keys).cast(pa.string())
        yield pa.record_batch([ids, codes], schema=SCHEMA)


def main() -> None:
    """Write a manifest, as a child of the benchmark or by hand."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.manifests")
    parser.add_argument("release", type=Path)
    parser.add_argument("out", type=Path, help="without a suffix")
    parser.add_argument("--rows", type=number_of, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--csv", action="store_true")
    given = parser.parse_args()
    write_manifest(
        given.release, given.out, given.rows, seed=given.seed, as_csv=given.csv
    )
    sys.stdout.write(json.dumps({"rows": given.rows}) + "\n")


if __name__ == "__main__":
    main()
