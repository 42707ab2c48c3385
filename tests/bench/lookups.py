"""Look-ups in a published tree: bytes, requests, and agreement with the core.

python -m tests.bench.lookups RELEASE --sample 1000

As `sayso lookup` does, the chain from the root to the release is verified first, and
registry.json is fetched and read. These are counted apart, once: what follows is what
each code takes.
"""

import argparse
import hashlib
import json
import sys
import time
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow.parquet as pq

from sayso.client.fetch import FolderFetcher
from sayso.client.lookup import Found, find
from sayso.client.refresh import Trusted, refresh
from sayso.client.registry import fetch_registry
from sayso.columns.codes import Keys
from sayso.model.isrc import KEYS_PER_PREFIX, Isrc, isrc_of
from sayso.trust.roles import read_role
from sayso.wire.places import FIRST_ROOT
from sayso.wire.release import RELEASE_FILE, decode_release

_GZIP = 31

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

    @property
    def first(self) -> Isrc:
        """The first code that is listed."""
        return isrc_of(int(self.keys[0]))

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


class Counting:
    """Reads a release from a folder, and keeps which files and how many bytes."""

    def __init__(self, folder: Path) -> None:
        self._fetcher = FolderFetcher(folder)
        self.asked: list[str] = []
        self.bytes = 0

    def fetch(self, path: str, *, limit: int) -> bytes:
        self.asked.append(path)
        data = self._fetcher.fetch(path, limit=limit)
        self.bytes += len(data)
        return data


def trusted_of(folder: Path, fetcher: Counting) -> Trusted:
    """Return what is believed of a release, by its own root, when it was issued.

    Whoever asks has the root from elsewhere, and has it all the same.
    """
    root = read_role("1.root.json", (folder / FIRST_ROOT).read_bytes())
    issued = decode_release((folder / RELEASE_FILE).read_bytes()).header.issued
    return refresh(fetcher, root, now=issued)


def look_up(release: Path, count: int, seed: int = 1) -> dict[str, float | int]:
    """Look sampled codes up, and compare each with what the core says."""
    fetcher = Counting(release)
    begun = time.perf_counter()
    trusted = trusted_of(release, fetcher)
    before: dict[str, float | int] = {
        "chain_seconds": time.perf_counter() - begun,
        "chain_requests": len(fetcher.asked),
        "chain_bytes": fetcher.bytes,
    }
    fetch_registry(fetcher, trusted.release)
    before["registry_bytes"] = fetcher.bytes - int(before["chain_bytes"])
    lookup = trusted.release.lookup
    fetcher = Counting(release)
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
    [core] = release.glob("bulk/*.core.parquet")
    return {
        **before,
        "lookups": len(found),
        "seconds": seconds,
        "disagree": disagree,
        "bytes_median": median(ordered),
        "bytes_99": ordered[len(ordered) * 99 // 100],
        "bytes_most": ordered[-1],
        "requests_median": median(one.requests for one in found),
        "requests_most": max(one.requests for one in found),
        "release_bytes": (release / RELEASE_FILE).stat().st_size,
        "core_bytes": core.stat().st_size,
        "limit": _limit(release, fetcher.asked),
    }


def _limit(release: Path, paths: Iterable[str]) -> float:
    """Return the seconds that it takes to read, unpack and hash the same files."""
    begun = time.perf_counter()
    for path in paths:
        data = (release / path).read_bytes()
        hashlib.sha256(zlib.decompress(data, _GZIP)).digest()
    return time.perf_counter() - begun


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
