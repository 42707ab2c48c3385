"""Look-ups in a published tree: bytes, requests, and agreement with the core.

python -m tests.bench.lookups RELEASE --sample 1000
"""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow.parquet as pq

from sayso.client.fetch import FolderFetcher
from sayso.client.lookup import Found, find
from sayso.model.isrc import KEYS_PER_PREFIX, isrc_of
from sayso.publish.codes import Keys
from sayso.wire.release import decode_release

Samples = list[tuple[int, int | None]]
"""Keys with the policy's number that the core and the prefixes say."""


class Expected:
    """What the core and the prefix intervals of a release say of any code."""

    def __init__(self, release: Path) -> None:
        [core] = release.glob("bulk/*.core.parquet")
        [prefixes] = release.glob("bulk/*.prefixes.parquet")
        table, spans = pq.read_table(core), pq.read_table(prefixes)
        self.keys: Keys = table["key"].to_numpy()
        self._policies = table["policy"].to_numpy()
        self._firsts: Keys = spans["first_key"].to_numpy()
        self._lasts: Keys = spans["last_key"].to_numpy()
        self._of_spans = spans["policy"].to_numpy()

    def policy(self, key: int) -> int | None:
        """Return the number of the policy of a code."""
        place = int(np.searchsorted(self.keys, key))
        if place < len(self.keys) and self.keys[place] == key:
            return int(self._policies[place])
        span = int(np.searchsorted(self._firsts, key, side="right")) - 1
        if span >= 0 and key <= self._lasts[span]:
            return int(self._of_spans[span])
        return None

    def samples(self, count: int, seed: int) -> dict[str, Samples]:
        """Return listed codes, neighbours of them, and codes of anywhere."""
        rng = np.random.default_rng(seed)
        listed = rng.choice(self.keys, min(count, len(self.keys)), replace=False)
        anywhere = rng.integers(0, 26**2 * 36**3 * KEYS_PER_PREFIX, count)
        near = (listed + rng.integers(1, 1000, len(listed))) % int(anywhere.max())
        kinds = {"listed": listed, "near": near, "anywhere": anywhere}
        return {
            kind: [(int(key), self.policy(int(key))) for key in keys]
            for kind, keys in kinds.items()
        }


def look_up(release: Path, count: int, seed: int = 1) -> dict[str, float | int]:
    """Look sampled codes up, and compare each with what the core says."""
    data = (release / "release.json").read_bytes()
    lookup = decode_release(data).lookup
    fetcher = FolderFetcher(release)
    found: list[Found] = []
    disagree = 0
    expected = Expected(release).samples(count, seed)
    begun = time.perf_counter()
    for key, number in _all(expected.values()):
        one = find(
            fetcher,
            lookup.root,
            isrc_of(key),
            leaf_items=lookup.leaf_items,
            node_entries=lookup.node_entries,
        )
        # A default above the leaves says its policy, and no number.
        differs = one.number is not None and one.number != number
        disagree += differs or (one.digest is None) is not (number is None)
        found.append(one)
    seconds = time.perf_counter() - begun
    ordered = sorted(one.bytes for one in found)
    return {
        "lookups": len(found),
        "seconds": seconds,
        "disagree": disagree,
        "bytes_median": median(ordered),
        "bytes_99": ordered[len(ordered) * 99 // 100],
        "bytes_most": ordered[-1],
        "requests_median": median(one.requests for one in found),
        "requests_most": max(one.requests for one in found),
        "release_bytes": len(data),
    }


def _all(samples: Iterable[Samples]) -> Iterator[tuple[int, int | None]]:
    for sample in samples:
        yield from sample


def main() -> None:
    """Look codes up, as a child of the benchmark or by hand."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.lookups")
    parser.add_argument("release", type=Path)
    parser.add_argument("--sample", type=int, default=1000)
    given = parser.parse_args()
    sys.stdout.write(json.dumps(look_up(given.release, given.sample)) + "\n")


if __name__ == "__main__":
    main()
