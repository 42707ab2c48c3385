"""The stages `sync` and `ask`: a copy of a registry, and one question to it."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from sayso.wire.places import FIRST_ROOT
from tests.bench.made import CHANGES, FIRST, NEXT
from tests.bench.measure import Measured, measure, module
from tests.bench.report import Row
from tests.bench.served import served
from tests.bench.setting import Facts, Setting, child, number

_TURNS = 20
_OURS = "sayso lookup"
_PEAK = """
import os, resource, sys
os.waitpid(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ), 0)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
"""
_MS, _US = 1e3, 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A release that was made, and the folder of its copy."""

    release: Path
    copy: Path


def made(setting: Setting) -> Path:
    """Return the folder of two releases of this size; they are made when needed."""
    folder = setting.work / f"made-{setting.recordings}"
    options = ("--recordings", str(setting.recordings), "--seed", str(setting.seed))
    child("tests.bench.made", str(folder), *options)
    return folder


def copied(setting: Setting) -> Copied:
    """Return the first of these releases and a copy, as `sayso sync --to` makes it."""
    release = made(setting) / FIRST
    copy = setting.fresh("copy")
    _sync(str(release), release, setting.fresh("store"), "--to", str(copy))
    return Copied(release=release, copy=copy)


def manifest_of(setting: Setting, here: Copied, kind: str) -> Path:
    """Return a manifest of as many rows as there are recordings, `parquet` or `csv`."""
    stem = setting.work / f"manifest-{setting.recordings}-{setting.seed}"
    path = stem.with_suffix(f".{kind}")
    if not path.exists():
        options = ["--rows", str(setting.recordings), "--seed", str(setting.seed)]
        options += ["--csv"] * (kind == "csv")
        child("tests.bench.manifests", str(here.release), str(stem), *options)
    return path


def sync(setting: Setting) -> list[Row]:
    """Make a copy of a registry, and bring it up to date after 1,000 changes."""
    folder = made(setting)
    releases = [folder / name for name in (FIRST, NEXT)]
    done: list[list[tuple[Measured, Facts]]] = []
    limits: list[Facts] = []
    with served(setting.work) as address:
        for _ in range(setting.repeat):
            live = setting.fresh("live") / "registry"
            store, turns = setting.fresh("store"), []
            location = f"{address}/{live.relative_to(setting.work)}"
            for release in (*releases, releases[-1]):
                live.unlink(missing_ok=True)
                live.symlink_to(release)
                turns.append(_sync(location, releases[0], store))
            done.append(turns)
            scratch = setting.fresh("scratch")
            os.sync()
            places = (address, str(releases[0]), str(scratch))
            limits.append(child("tests.bench.copy_limits", *places)[1])
    first, later, again = ([turn[place] for turn in done] for place in range(3))
    times = [
        one.wall / number(limit, "seconds")
        for (one, _), limit in zip(first, limits, strict=True)
    ]
    shares = [
        after.wall / before.wall
        for (before, _), (after, _) in zip(first, later, strict=True)
    ]
    return [
        _sync_row(
            "for the first time",
            first,
            {"× bare GETs, SHA-256, and Parquet to columns on the disk": median(times)},
        ),
        _sync_row(
            f"after {CHANGES:,} changes", later, {"of the first time": median(shares)}
        ),
        _sync_row("again, nothing is new", again, {}),
    ]


def _sync(
    location: str, release: Path, store: Path, *more: str
) -> tuple[Measured, Facts]:
    root = str(release / FIRST_ROOT)
    options = ("--registry", location, "--root", root, "--store", str(store))
    os.sync()
    done = measure(module("sayso", "sync", *options, "--json", *more))
    facts: Facts = json.loads(done.output)
    return done, facts


def _sync_row(
    stage: str, turns: Sequence[tuple[Measured, Facts]], ratios: dict[str, float]
) -> Row:
    facts = turns[-1][1]
    return Row(
        stage=f"sayso sync, {stage}",
        seconds=median(one.wall for one, _ in turns),
        cpu=median(one.cpu for one, _ in turns),
        recordings=int(number(facts, "recordings")),
        peak=max(one.peak for one, _ in turns),
        ratios={
            **ratios,
            "bytes beside the chain": number(facts, "bytes"),
            "requests for them": number(facts, "requests"),
            "changed recordings": float(facts["changed"] or 0),  # type: ignore[arg-type] # a number or null
        },
    )


def ask(setting: Setting) -> list[Row]:
    """Look up codes in a copy: the command from start to end, and the copy alone."""
    here = copied(setting)
    facts = child("tests.bench.asking", str(here.copy), str(here.release))[1]
    codes = facts["codes"]
    assert isinstance(codes, list)
    root = ("--root", str(here.release / FIRST_ROOT))
    others = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "python -c 'import click'": [sys.executable, "-c", "import click"],
    }
    done: dict[str, list[Measured]] = {name: [] for name in (_OURS, *others)}
    last: dict[str, list[str]] = {}
    for turn in range(_TURNS * setting.repeat):
        code = str(codes[turn % len(codes)])
        ours = module("sayso", "lookup", code, "--registry", str(here.copy), *root)
        last = {_OURS: ours, **others}
        for name, command in last.items():
            done[name].append(measure(command))
    rows = [
        Row(
            stage=f"{name}, from start to end, median of {len(turns)}",
            seconds=median(one.wall for one in turns),
            cpu=median(one.cpu for one in turns),
            peak=_peak(last[name]),
        )
        for name, turns in done.items()
    ]
    pairs = {
        f"× {name}": median(
            one.wall / other.wall
            for one, other in zip(done[_OURS], done[name], strict=True)
        )
        for name in others
    }
    kernel = {
        f"µs {name}": number(facts, name) * _US for name in facts if name != "codes"
    }
    most = max(one.wall for one in done[_OURS])
    target = "≤ 150 ms, ≤ 64 MB; kernel ≤ 5 µs"
    ratios = {**pairs, "ms at most": most * _MS, **kernel}
    first = replace(rows[0], ratios=ratios, target=target)
    return [first, *rows[1:]]


def _peak(command: Sequence[str]) -> int:
    """Return the memory that a short command takes, which nobody could watch.

    It is started by a small process, since a child begins with what its parent has.
    """
    done = measure([sys.executable, "-c", _PEAK, *command])
    return int(done.output.splitlines()[-1])
