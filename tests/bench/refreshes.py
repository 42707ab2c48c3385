"""Refreshing: what it takes to believe which release is the newest, in each profile.

    python -m tests.bench.refreshes SCRATCH --count 20 --delay 0.03

A log of 365 releases is followed by one more. A client that knows nothing asks for
the first time; one that knows the newest asks again; one that knows the release before
asks; and one that asked shortly before does not ask. TUF's own client does its part of
the same, without a log: metadata, policy, release and proof. Bare requests for the same
files are the limit.
"""

import argparse
import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from operator import truediv
from pathlib import Path
from statistics import median

from tuf.ngclient import Updater
from tuf.ngclient.urllib3_fetcher import Urllib3Fetcher

from sayso.client.fetch import WebFetcher
from sayso.client.store import Store
from sayso.trust.profiles import Profile
from sayso.trust.roles import RoleFile
from sayso.wire.log_policy import Group, LogPolicy
from sayso.wire.places import POLICY_NAME, PROOF_NAME, RELEASE_NAME
from sayso.wire.release import Release, decode_release, encode_release
from sayso.wire.text import Digest
from tests.bench.served import get_all, served
from tests.logs import policy
from tests.receipts import World
from tests.roles import DEV, INSTITUTION, SOLO, TEAM

CASES = ("first", "again", "next", "within max-age")
PROFILES = (DEV, SOLO, TEAM, INSTITUTION)

_BEFORE = 364
"""Releases before the two that are asked for: a year of daily ones."""
_TARGETS = (POLICY_NAME, RELEASE_NAME, PROOF_NAME)
_NEVER = timedelta(0)
_LONG = timedelta(hours=1)


class Counting:
    """Asks a web address, and keeps what it asked for and how many bytes came."""

    def __init__(self, address: str) -> None:
        self._fetcher = WebFetcher(address, timeout=30)
        self.asked: list[str] = []
        self.bytes = 0

    def fetch(self, path: str, *, limit: int) -> bytes:
        self.asked.append(path)
        data = self._fetcher.fetch(path, limit=limit)
        self.bytes += len(data)
        return data


class CountingTuf(Urllib3Fetcher):
    """What TUF's client asks with by itself; it keeps connections open."""

    def __init__(self) -> None:
        super().__init__()
        self.requests = self.bytes = 0

    def _fetch(self, url: str) -> Iterator[bytes]:
        self.requests += 1
        return self._counted(super()._fetch(url))

    def _counted(self, parts: Iterator[bytes]) -> Iterator[bytes]:
        for part in parts:
            self.bytes += len(part)
            yield part


@dataclass(slots=True)
class Spent:
    """What one case took, each time that it was measured."""

    requests: int = 0
    bytes: int = 0
    seconds: list[float] = field(default_factory=list)
    tuf_requests: int = 0
    tuf_bytes: int = 0
    tuf_seconds: list[float] = field(default_factory=list)
    one_connection: list[float] = field(default_factory=list)
    apart: list[float] = field(default_factory=list)

    def report(self) -> dict[str, float]:
        """Return medians, of times and of how many times what follows they are."""
        others = {
            "tuf": self.tuf_seconds,
            "one_connection": self.one_connection,
            "apart": self.apart,
        }
        return {
            "requests": self.requests,
            "bytes": self.bytes,
            "tuf_requests": self.tuf_requests,
            "tuf_bytes": self.tuf_bytes,
            "seconds": median(self.seconds),
            **{
                f"times_{name}": median(map(truediv, self.seconds, other))
                for name, other in others.items()
                if other
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Two states of a registry, one release apart, and the root to pin."""

    root: RoleFile
    older: Path
    newer: Path


def publish(profile: Profile, folder: Path, now: datetime) -> Registry:
    """Write a registry of a profile before and after a release."""
    world = World(
        profile=profile,
        now=now,
        log_policy=_witnessed() if profile is INSTITUTION else policy(),
        witnesses=(1, 2, 3) if profile is INSTITUTION else (),
    )
    template = World(profile=profile, now=now).release().log.log.entries[0]
    world.log.add((b"%d" % number for number in range(_BEFORE)), *world.witnesses)
    places = folder / "older", folder / "newer"
    previous = world.log.log.entries[-1]
    for hours, place in zip((2, 1), places, strict=True):
        header = replace(
            decode_release(template).header,
            number=world.log.log.size + 1,
            issued=now - timedelta(hours=hours),
        )
        previous = encode_release(_after(decode_release(template), header, previous))
        world.enter(previous)
        for path, data in world.files.items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_bytes(data)
    return Registry(root=world.roots[0], older=places[0], newer=places[1])


def _after(release: Release, header: object, previous: bytes) -> Release:
    digest = Digest(sha256(previous).hexdigest())
    return replace(release, header=header, previous=digest)  # type: ignore[arg-type]


def _witnessed() -> LogPolicy:
    """Return a policy by which two of three witnesses must have cosigned."""
    known = policy()
    group = Group(
        name="two", least=2, members=tuple(each.name for each in known.witnesses)
    )
    return replace(known, groups=(group,), quorum=group.name)


def measure(registry: Registry, scratch: Path, count: int, delay: float) -> list[Spent]:
    """Return what each of the cases took, by turns with what it is compared with."""
    spent = [Spent() for _ in CASES]
    with ExitStack() as stack:
        older = stack.enter_context(served(registry.older, delay))
        newer = stack.enter_context(served(registry.newer, delay))
        for turn in range(count):
            place = scratch / f"{registry.root.digest}-{delay}-{turn}"
            _turn(registry.root, older, newer, place, spent)
            shutil.rmtree(place)
    return spent


def _turn(
    root: RoleFile, older: str, newer: str, place: Path, spent: list[Spent]
) -> None:
    first, again, following, within = spent
    fresh, behind = Store(place / "fresh", root), Store(place / "behind", root)
    _ours(fresh, newer, first)
    _ours(fresh, newer, again)
    _ours(behind, older, Spent())
    _ours(behind, newer, following)
    _ours(fresh, newer, within, max_age=_LONG)
    _tufs(root, place / "tuf", newer, first)
    _tufs(root, place / "tuf", newer, again)
    _tufs(root, place / "tuf-behind", older, Spent())
    _tufs(root, place / "tuf-behind", newer, following)


def _ours(
    store: Store, address: str, spent: Spent, *, max_age: timedelta = _NEVER
) -> None:
    """Refresh as a command does; then ask for the same files, and do nothing else."""
    fetcher = Counting(address)
    now = datetime.now(UTC).replace(microsecond=0)
    spent.seconds.append(
        _timed(lambda: store.refresh(fetcher, now=now, max_age=max_age))
    )
    spent.requests, spent.bytes = len(fetcher.asked), fetcher.bytes
    if fetcher.asked:
        for times, alone in ((spent.one_connection, True), (spent.apart, False)):
            times.append(get_all(address, fetcher.asked, one_connection=alone)[0])


def _tufs(root: RoleFile, place: Path, address: str, spent: Spent) -> None:
    """Let TUF's own client ask for what the metadata names."""
    (place / "metadata").mkdir(parents=True, exist_ok=True)
    (place / "targets").mkdir(exist_ok=True)
    fetcher = CountingTuf()

    def ask() -> None:
        updater = Updater(
            str(place / "metadata"),
            f"{address}/tuf/metadata/",
            str(place / "targets"),
            f"{address}/tuf/targets/",
            fetcher=fetcher,
            bootstrap=root.data,
        )
        for name in _TARGETS:
            info = updater.get_targetinfo(name)
            assert info is not None, name
            if updater.find_cached_target(info) is None:
                updater.download_target(info)

    spent.tuf_seconds.append(_timed(ask))
    spent.tuf_requests, spent.tuf_bytes = fetcher.requests, fetcher.bytes


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    """Measure, as a child of the benchmark or by hand."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.refreshes")
    parser.add_argument("scratch", type=Path)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--delay", type=float, default=0.03, help="seconds a request")
    given = parser.parse_args()
    now = datetime.now(UTC).replace(microsecond=0)
    found: dict[str, dict[str, dict[str, float]]] = {}
    for profile in PROFILES:
        registry = publish(profile, given.scratch / profile.name, now)
        # A delay is the same every time, so that fewer turns do.
        near = measure(registry, given.scratch, given.count, 0)
        far = measure(registry, given.scratch, max(given.count // 4, 1), given.delay)
        found[profile.name] = {
            case: {
                **one.report(),
                **{f"far_{name}": value for name, value in other.report().items()},
            }
            for case, one, other in zip(CASES, near, far, strict=True)
        }
    sys.stdout.write(json.dumps({"delay": given.delay, "profiles": found}) + "\n")


if __name__ == "__main__":
    main()
