"""Following a log: all that it has, and what one more release takes; and entering one.

    python -m tests.bench.follows SCRATCH --entries 365

The log is made up: releases that follow one another, without their data. Requests for
the same files alone are the limit. What one would do without a log is compared as well:
each release.json from an address of its own, held against the SHA-256 that the next one
names.
"""

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

from sayso.client.log import LogTree, read_checkpoint
from sayso.client.monitor import new_releases
from sayso.publish.ledger.entering import enter
from sayso.publish.ledger.folder import LedgerFolder
from sayso.publish.ledger.signed import read_logged
from sayso.wire.checkpoint import Checkpoint
from sayso.wire.release import decode_release, encode_release
from sayso.wire.text import Digest
from tests.bench.refreshes import Counting
from tests.bench.repository import git
from tests.bench.served import get_all, served
from tests.logs import ORIGIN, policy
from tests.published import Published
from tests.receipts import World
from tests.registries import KEY

ALONE = 1000
"""How many releases are asked for one by one: no more, as each takes the same."""
_TURNS = 20

Report = dict[str, float | int]


def releases(count: int, last: datetime, every: timedelta) -> Iterator[bytes]:
    """Yield releases that follow one another, the last of them at a time."""
    begun = last - every * (count - 1)
    release = decode_release(World(now=begun).release().log.log.entries[0])
    for number in range(1, count + 1):
        issued = begun + every * (number - 1)
        header = replace(release.header, number=number, issued=issued)
        release = replace(release, header=header)
        data = encode_release(release)
        yield data
        release = replace(release, previous=Digest(hashlib.sha256(data).hexdigest()))


def write(folder: Path, entries: Sequence[bytes]) -> Checkpoint:
    """Write a log as it is published, and return the checkpoint before its last entry.

    The first of its releases have addresses of their own as well.
    """
    log = Published().add(entries[:-1])
    before = log.log.checkpoint()
    log.add(entries[-1:])
    log.prune()
    alone = {f"alone/{n}.json": data for n, data in enumerate(entries[:ALONE])}
    for path, data in (log.files | alone).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return before


def follow(address: str, old: Checkpoint | None) -> tuple[float, list[str], int, int]:
    """Look at a log as a monitor does.

    Returns:
        The seconds, the paths asked for, the bytes that came, and the new releases.
    """
    fetcher, now = Counting(address), datetime.now(UTC).replace(microsecond=0)
    begun = time.perf_counter()
    checkpoint = read_checkpoint(fetcher, policy())[1].checkpoint
    tree = LogTree(fetcher, checkpoint)
    if old is not None:
        tree.check_grown(old)
    steps = sum(1 for _ in new_releases(tree, old, checkpoint, now=now))
    return time.perf_counter() - begun, fetcher.asked, fetcher.bytes, steps


def follow_alone(address: str, count: int) -> float:
    """Read releases one by one, each of which names the one before."""
    paths = [f"alone/{number}.json" for number in range(count)]
    seconds, found = get_all(address, paths, one_connection=True)
    begun = time.perf_counter()
    previous = None
    for data in found:
        assert json.loads(data).get("previous") == previous
        previous = hashlib.sha256(data).hexdigest()
    return seconds + time.perf_counter() - begun


def bare(address: str, paths: Sequence[str]) -> float:
    """Return what the same files take, each asked for and hashed."""
    seconds, found = get_all(address, paths, one_connection=True)
    begun = time.perf_counter()
    for data in found:
        hashlib.sha256(data).digest()
    return seconds + time.perf_counter() - begun


def followed(address: str, old: Checkpoint | None, count: int) -> Report:
    """Return medians of looks at a log, by turns with bare requests."""
    looks: list[tuple[float, list[str], int, int]] = []
    times: list[float] = []
    for _ in range(count):
        looks.append(follow(address, old))
        times.append(looks[-1][0] / bare(address, looks[-1][1]))
    _, asked, size, steps = looks[-1]
    return {
        "seconds": median(look[0] for look in looks),
        "requests": len(asked),
        "bytes": size,
        "releases": steps,
        "times_limit": median(times),
    }


def append(folder: Path, more: Sequence[bytes], scratch: Path) -> Report:
    """Enter releases into the log of a folder, one by one, each signed and on disk."""
    scratch.mkdir(parents=True, exist_ok=True)
    git(scratch, "init", "--quiet")
    ledger = LedgerFolder(folder)
    spent, times, commits = [], [], []
    gained: dict[str, bytes] = {}
    for release in more:
        begun = time.perf_counter()
        gained = _entered(ledger, release)
        seconds = time.perf_counter() - begun
        spent.append(seconds)
        times.append(seconds / _timed(partial(_write, scratch / "limit", gained)))
        commits.append(seconds / _timed(partial(_commit, scratch, release)))
    return {
        "seconds": median(spent),
        "files": len(gained),
        "bytes": sum(map(len, gained.values())),
        "times_limit": median(times),
        "times_commit": median(commits),
    }


def _entered(ledger: LedgerFolder, release: bytes) -> dict[str, bytes]:
    """Enter a release as `sayso seal` does, and return what the log gained."""
    logged = read_logged(ledger.read, policy())
    now = datetime.now(UTC).replace(microsecond=0)
    files = enter(ledger.read, logged, release, origin=ORIGIN, key=KEY, now=now)
    ledger.commit(files, "Enter a release")
    return files


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """Write files, and wait until they are on the disk."""
    for path, data in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


def _commit(folder: Path, release: bytes) -> None:
    """Keep a release as people do who have no log: in Git."""
    (folder / "release.json").write_bytes(release)
    git(folder, "add", "release.json")
    git(folder, "commit", "--quiet", "--message=release")


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    """Measure, as a child of the benchmark or by hand."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.follows")
    parser.add_argument("scratch", type=Path)
    parser.add_argument("--entries", type=int, default=365)
    parser.add_argument("--hours", type=int, default=24, help="from one to the next")
    given = parser.parse_args()
    count, every = given.entries, timedelta(hours=given.hours)
    now = datetime.now(UTC).replace(microsecond=0)
    entries = [*releases(count + _TURNS, now, every)]
    folder = given.scratch / "log"
    before = write(folder, entries[:count])
    with served(folder) as address:
        alone = min(count, ALONE)
        found = {
            "all": followed(address, None, 3),
            "next": followed(address, before, _TURNS),
            "alone": follow_alone(address, alone) / alone,
            "bytes_each": len(entries[-1]),
        }
    found["append"] = append(folder, entries[count:], given.scratch / "appended")
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
