"""The look-up tree alone: from keys and policies of a release to hashed files.

    python -m tests.bench.tree RELEASE OUT [--write]

Rows have no titles, artists or owners. Without `--write` files are hashed and thrown
away; with it they are packed and written.
"""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from sayso.columns.codes import Keys, isrcs_of
from sayso.model.isrc import Isrc, key_of
from sayso.publish.leaves import Entries, Items, Leaves, grow
from sayso.publish.numbering import Breakpoints, NumberedPolicy, Numbers
from sayso.publish.output import Folder, Output
from sayso.publish.ranges import halvings, rank_in, whole
from sayso.wire.lookup import LEAF_ITEMS, NODE_ENTRIES
from sayso.wire.policies import read_policy_content
from sayso.wire.profile import encode_item
from sayso.wire.text import Digest

_AT_ONCE = 131_072


class Nowhere:
    """Takes files and counts them; hashing them is the tree's own work."""

    def __init__(self) -> None:
        self.files = self.bytes = 0

    def write(self, path: str, data: bytes) -> None:
        assert path
        self.files += 1
        self.bytes += len(data)

    def write_packed(self, path: str, content: bytes) -> None:
        self.write(path, content)

    def stream(self) -> BinaryIO:
        return BytesIO()

    def name(self, stream: BinaryIO, path: str) -> None:
        assert path
        stream.close()

    def keep(self, path: str, sha256: str) -> bool:
        assert path != sha256
        return False

    def also(self, path: str, other: str) -> None:
        assert path != other


def make_tree(release: Path, output: Output) -> dict[str, float | int | str | None]:
    """Make the tree of a release anew, and say how long that took."""
    [core] = release.glob("bulk/*.core.parquet")
    table = pq.read_table(core)
    keys = table["key"].to_numpy()
    numbers = table["policy"].to_numpy()
    policies, breakpoints = _facts(release)
    wall, cpu = time.perf_counter(), time.process_time()
    leaves = Leaves(
        policies=policies,
        breakpoints=breakpoints,
        leaf_items=LEAF_ITEMS,
        output=output,
    )
    entries = Entries()
    rank = rank_in(keys)
    for here in halvings(whole(rank), rank, lambda part: part.count <= _AT_ONCE):
        rows = slice(here.first, here.end)
        entries.extend(leaves.of(here, _items(keys[rows], numbers[rows])))
    lookup = grow(
        entries,
        policies,
        leaf_items=LEAF_ITEMS,
        node_entries=NODE_ENTRIES,
        output=output,
    )
    return {
        "recordings": len(keys),
        "leaves": sum(map(bool, entries.names)),
        "root": lookup.root,
        "seconds": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
    }


def _items(keys: Keys, numbers: Numbers) -> Items:
    nothing = pl.lit(None, pl.String)
    frame = pl.DataFrame(
        {"isrc": pl.Series(isrcs_of(keys), dtype=pl.String), "policy": numbers}
    ).select(
        nothing.alias("artist"),
        "isrc",
        nothing.alias("owner"),
        "policy",
        nothing.alias("title"),
    )
    file = BytesIO()
    frame.write_ndjson(file)
    lines = file.getvalue()
    ends = np.flatnonzero(np.frombuffer(lines, np.uint8) == ord("\n")) + 1
    ends = np.concatenate([np.zeros(1, np.int64), ends])
    return Items(keys=keys, numbers=numbers, lines=lines, ends=ends)


def _facts(release: Path) -> tuple[dict[int, NumberedPolicy], Breakpoints]:
    """Return the policies of a release, and where those of unlisted codes change."""
    registry = json.loads((release / "registry.json").read_bytes())
    policies: dict[int, NumberedPolicy] = {}
    for entry in registry["policies"]:
        number = entry.pop("number")
        content = encode_item(entry)
        policies[number] = NumberedPolicy(
            number=number,
            policy=read_policy_content(entry),
            digest=Digest(hashlib.sha256(content).hexdigest()),
            content=content,
            item=encode_item({**entry, "number": number}),
        )
    points = dict(_points(registry["prefixes"]))
    return policies, Breakpoints(
        keys=np.array(list(points), np.int64),
        numbers=np.array(list(points.values()), np.int32),
    )


def _points(prefixes: list[dict[str, str | int]]) -> Iterator[tuple[int, int]]:
    for one in prefixes:
        first, last = (key_of(Isrc(str(one[end]))) for end in ("first", "last"))
        # A range that follows at once replaces the end of the one before it.
        yield first, int(one["policy"])
        yield last + 1, 0


def main() -> None:
    """Make a tree, as a child of the benchmark or by hand."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.tree")
    parser.add_argument("release", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    output = Folder(given.out) if given.write else Nowhere()
    found = make_tree(given.release, output)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
