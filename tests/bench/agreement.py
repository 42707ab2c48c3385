"""What a screening wrote: counts of each status, and one number for all rows.

    python -m tests.bench.agreement OUT

The number is a sum over (id, status), so that rows may stand in any order, and tells
files apart that differ in a single row.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.dataset as ds

from tests.bench.cells import mix

_STATUS = ("sayso_status", "status")


def agreement(path: Path) -> dict[str, object]:
    """Return the counts by status and the sum of a file, or of a folder of Parquet."""
    rows = ds.dataset(path, format="csv" if path.suffix == ".csv" else "parquet")
    [status] = [name for name in _STATUS if name in rows.schema.names]
    counts: dict[str, int] = {}
    total = 0
    for batch in rows.to_batches(columns=["id", status]):
        words = pc.cast(batch[status], "string").dictionary_encode()
        texts = words.dictionary.to_pylist()
        marks = np.array([_mark(text) for text in texts], np.uint64)
        places = words.indices.to_numpy()
        sizes = np.bincount(places, minlength=len(texts)).tolist()
        for text, size in zip(texts, sizes, strict=True):
            counts[text] = counts.get(text, 0) + size
        ids = batch["id"].to_numpy().astype(np.uint64)
        total += int(mix(ids ^ marks[places]).sum(dtype=np.uint64))
    return {"counts": dict(sorted(counts.items())), "sum": f"{total % 2**64:016x}"}


def _mark(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def main() -> None:
    """Look at what was written, as a child of the benchmark or by hand."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.agreement")
    parser.add_argument("out", type=Path)
    sys.stdout.write(json.dumps(agreement(parser.parse_args().out)) + "\n")


if __name__ == "__main__":
    main()
