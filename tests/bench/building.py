"""Stages about whole builds: cold, with few changes, and what the changes cost."""

import gzip
import json
import os
from dataclasses import replace
from pathlib import Path
from statistics import median

from tests.bench.measure import Measured, bytes_below
from tests.bench.report import Row
from tests.bench.repository import head, restore
from tests.bench.setting import Facts, Setting, child, number

PEERS = ("naive", "bare", "pandas")
PEER_RECORDINGS = 1_000_000
"""A naive way is measured at this size at most: it would not bear more."""

OUTPUTS = (
    "bulk/*.core.parquet",
    "bulk/*.policies.parquet",
    "bulk/*.prefixes.parquet",
    "bulk/*.registry.jsonl.zst",
    "bulk/*.registry.parquet",
    "lookup/*/*.json.gz",
)
"""What a build publishes; a figure without one of them says so."""

_CHANGES = 1000
_TARGET = "≥ 30 × naive; ≤ 3 × limit; ≤ 2 GB; 100 M in ≤ 6 min"


def cold(setting: Setting) -> list[Row]:
    """Build from nothing, between the limits and the peers of the same run."""
    registry, facts = setting.registry()
    small, few = registry, facts
    if setting.recordings > PEER_RECORDINGS:
        small, few = setting.registry(PEER_RECORDINGS)
    builds: list[Measured] = []
    limits: list[Facts] = []
    peers: dict[str, list[Measured]] = {name: [] for name in PEERS}
    for _ in range(setting.repeat):
        out = setting.fresh("cold") / "registry"
        builds.append(setting.build(registry, out, *setting.operated(out)))
        scratch = setting.fresh("scratch")
        places = (str(registry / "declarations"), str(out), str(scratch))
        limits.append(child("tests.bench.limits", "build", *places)[1])
        for name, done in peers.items():
            place = setting.fresh(f"peer-{name}")
            done.append(child("tests.bench.peers", name, str(small), str(place))[0])
    recordings, fewer = int(number(facts, "recordings")), int(number(few, "recordings"))
    ratios = _limit_ratios(builds, limits)
    for name, done in peers.items():
        ratios |= _peer_ratios(name, builds, done, recordings / fewer)
    rows = [
        _cold_row(setting, builds, recordings, ratios),
        *(_peer_row(setting, name, done, fewer) for name, done in peers.items()),
    ]
    # Other stages ask the release, as those do who pinned its root.
    setting.seal(setting.work / "cold" / "registry")
    return rows


def _peer_ratios(
    name: str, builds: list[Measured], done: list[Measured], more: float
) -> dict[str, float]:
    """Return how much faster a build is that does `more` times the recordings."""
    pairs = list(zip(builds, done, strict=True))
    return {
        f"× faster than {name}": median(p.wall / b.wall * more for b, p in pairs),
        f"× less CPU than {name}": median(p.cpu / b.cpu * more for b, p in pairs),
    }


def _cold_row(
    setting: Setting, builds: list[Measured], recordings: int, ratios: dict[str, float]
) -> Row:
    out = setting.work / "cold" / "registry"
    size, files = bytes_below(out)
    row = _row(f"build cold, {files:,} files", builds, recordings, size, ratios)
    absent = [pattern for pattern in OUTPUTS if not any(out.glob(pattern))]
    missing = f"the build published no {', '.join(absent)}" if absent else ""
    return replace(row, target=_TARGET, missing=missing)


def _peer_row(setting: Setting, name: str, done: list[Measured], few: int) -> Row:
    written = bytes_below(setting.work / f"peer-{name}")[0]
    return _row(f"peer: {name}", done, few, written)


def _limit_ratios(builds: list[Measured], limits: list[Facts]) -> dict[str, float]:
    """Return how many times the limits a build takes, pair by pair."""
    cores = os.cpu_count() or 1
    pairs = list(zip(builds, limits, strict=True))
    found = {
        f"× limit on {threads} core{'s' if threads > 1 else ''}": median(
            build.wall / number(limit, f"wall_{threads}") for build, limit in pairs
        )
        for threads in sorted({1, cores})
    }
    found["× limit in CPU"] = median(
        build.cpu / number(limit, "cpu_1") for build, limit in pairs
    )
    return found


def incremental(setting: Setting) -> list[Row]:
    """Publish after 1,000 changes, again and again, each from the release before."""
    return _releases(setting, "incremental", ("edited", "added", "removed"), 50)


def delta(setting: Setting) -> list[Row]:
    """Publish after 1,000 scattered additions, and weigh the delta."""
    return _releases(setting, "delta", ("added",), 200)


def shares(setting: Setting) -> list[Row]:
    """Say what a cold build spends its time on."""
    registry, facts = setting.registry()
    out = setting.fresh("shares") / "registry"
    done, said = setting.shares(registry, out, *setting.operated(out))
    rows = [
        Row(
            stage="a build, with its parts measured",
            seconds=number(said, "wall"),
            cpu=number(said, "cpu"),
            recordings=int(number(facts, "recordings")),
            peak=done.peak,
        ),
        Row(stage="start of the program", cpu=number(said, "start")),
    ]
    steps, pieces = said["steps"], said["pieces"]
    assert isinstance(steps, dict)
    assert isinstance(pieces, dict)
    rows += [
        Row(stage=name, seconds=wall, cpu=cpu) for name, (wall, cpu) in steps.items()
    ]
    return rows + [Row(stage=f"· {name}", cpu=cpu) for name, cpu in pieces.items()]


def _releases(
    setting: Setting, stage: str, kinds: tuple[str, ...], catalogues: int
) -> list[Row]:
    registry, facts = setting.registry()
    start = head(registry)
    out = setting.fresh(stage) / "registry"
    first = setting.build(registry, out, *setting.operated(out))
    setting.seal(out)
    builds: list[Measured] = []
    weights: list[tuple[int, int]] = []
    try:
        for turn in range(1, setting.repeat + 1):
            options = ["--count", str(_CHANGES), "--seed", str(turn), "--kinds", *kinds]
            options += ["--catalogues", str(catalogues)]
            child("tests.bench.changes", str(registry), *options)
            operated = setting.operated(out, follows=True)
            builds.append(setting.build(registry, out, *operated, hour=turn))
            setting.seal(out, follows=True)
            weights += _newest_delta(out, turn)
    finally:
        restore(registry, start)
    size = bytes_below(out)[0]
    rows = [
        _row(
            f"{stage}: publish {_CHANGES:,} changes",
            builds,
            int(number(facts, "recordings")),
            size,
            {"of the first build": median(b.wall / first.wall for b in builds)},
            target="≤ 2 s at a million",
        )
    ]
    return [*rows, _delta_row(weights, kinds)]


def _delta_row(weights: list[tuple[int, int]], kinds: tuple[str, ...]) -> Row:
    stage = f"delta of {', '.join(kinds)} rows"
    target = "≤ 12 bytes a changed recording"
    weights = [(size, count) for size, count in weights if count]
    if not weights:
        missing = "no delta was published, or none with a changed recording"
        return Row(stage=stage, target=target, missing=missing)
    return Row(
        stage=stage,
        out=int(median(size for size, _ in weights)),
        ratios={
            "bytes a changed recording": median(s / c for s, c in weights),
            "changed recordings": median(count for _, count in weights),
        },
        target=target,
    )


def _newest_delta(out: Path, before: int) -> list[tuple[int, int]]:
    """Return bytes and changed recordings of the delta from the release before."""
    found: list[tuple[int, int]] = []
    for file in out.glob(f"delta/*.{before}-{before + 1}.jsonl.gz"):
        with gzip.open(file) as lines:
            head_line = json.loads(lines.readline())
        found.append((file.stat().st_size, head_line["counts"]["recordings"]))
    return found


def _row(
    stage: str,
    done: list[Measured],
    recordings: int,
    out: int,
    ratios: dict[str, float] | None = None,
    *,
    target: str = "",
) -> Row:
    return Row(
        stage=stage,
        seconds=median(one.wall for one in done),
        cpu=median(one.cpu for one in done),
        recordings=recordings,
        peak=max(one.peak for one in done),
        out=out,
        ratios=ratios or {},
        target=target,
    )
