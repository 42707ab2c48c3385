"""The stage `screen`: a manifest through `sayso screen`, and through other hands."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from tests.bench.copies import Copied, copied, manifest_of
from tests.bench.diligence import PYTHON, ROWS
from tests.bench.measure import CommandError, Measured, bytes_below, measure, module
from tests.bench.report import Row
from tests.bench.screeners import PEERS, USE
from tests.bench.setting import Facts, Setting, child, number

MOST: Mapping[str, int] = {
    "pandas": 20_000_000,
    "polars": 30_000_000,
    "duckdb": 200_000_000,
}
"""For more rows than these an engine has not memory enough, on machines like ours."""

_AS_TEXT = 20_000_000
"""Longer manifests are screened in Parquet only."""

_TARGETS = {
    "parquet": "≥ 6 × pandas, ≤ 1/6 of its memory; ≥ 1.5 × DuckDB; ≤ 2 × limit; "
    "100 M in ≤ 60 s, ≤ 2 GB",
    "csv": "",
}


def screen(setting: Setting) -> list[Row]:
    """Screen as many rows as there are recordings, against joins by hand."""
    made = copied(setting)
    kinds = ["parquet"] + ["csv"] * (setting.recordings <= _AS_TEXT)
    rows: list[Row] = []
    for kind in kinds:
        rows += _kind(setting, made, manifest_of(setting, made, kind))
    return [*rows, _diligence(setting)]


def _diligence(setting: Setting) -> Row:
    """Measure `datadiligence` where a Python is said that has it."""
    stage = "peer: datadiligence"
    python = os.environ.get(PYTHON)
    if python is None:
        missing = f"{PYTHON} names no Python that has it: see diligence.py"
        return Row(stage=stage, missing=missing)
    done = measure([python, "-m", "tests.bench.diligence"])
    facts: Facts = json.loads(done.output.splitlines()[-1])
    by_address, by_headers = number(facts, "by_address"), number(facts, "by_headers")
    return Row(
        stage=f"{stage}, {ROWS:,} addresses on this machine",
        seconds=by_address * ROWS,
        recordings=ROWS,
        ratios={
            "ms a row": by_address * 1e3,
            "µs a row with headers at hand": by_headers * 1e6,
            "s extrapolated to all rows": by_address * setting.recordings,
            "s extrapolated, with headers at hand": by_headers * setting.recordings,
        },
    )


def _kind(setting: Setting, made: Copied, manifest: Path) -> list[Row]:
    """Screen a manifest in each way, one after the other, as often as is asked."""
    kind = manifest.suffix[1:]
    peers = [name for name in PEERS if setting.recordings <= MOST[name]]
    ours: list[Measured] = []
    whole: list[Measured] = []
    limits: list[Facts] = []
    theirs: dict[str, list[Measured]] = {name: [] for name in peers}
    for _ in range(setting.repeat):
        folder = setting.fresh(f"screened-{kind}")
        ours.append(_screened(made, manifest, folder / "out", "--write", "annotated"))
        written = folder / "out" / f"annotated.{kind}"
        limits.append(_limit(setting, written, manifest))
        said = _said(written)
        for name, done in theirs.items():
            out = setting.fresh(f"peer-{name}") / f"out.{kind}"
            done.append(_peer(name, made.release, manifest, out))
            if (other := _said(out)) != said:
                raise CommandError(f"{name} says {other}, and Sayso says {said}")
        whole.append(_screened(made, manifest, folder / "all"))
    ratios = _ratios(ours, limits, theirs)
    name = {"parquet": "Parquet", "csv": "CSV"}[kind]
    sizes = {
        place: bytes_below(setting.work / f"screened-{kind}" / place)[0]
        for place in ("out", "all")
    }
    rows = [
        _row(
            f"sayso screen, {name} to {name}",
            ours,
            setting.recordings,
            sizes["out"],
            ratios,
            target=_TARGETS[kind],
        ),
        _row(
            f"sayso screen, {name}: lists, receipt and report too",
            whole,
            setting.recordings,
            sizes["all"],
            {"× the annotated file alone": _times(whole, ours)},
        ),
    ]
    rows += [
        _row(
            f"peer: {name}, {kind}",
            done,
            setting.recordings,
            bytes_below(setting.work / f"peer-{name}")[0],
        )
        for name, done in theirs.items()
    ]
    rows += [
        Row(stage=f"peer: {name}, {kind}", missing=f"not with more than {MOST[name]:,}")
        for name in PEERS
        if name not in theirs
    ]
    return rows


def _screened(made: Copied, manifest: Path, out: Path, *more: str) -> Measured:
    """Screen with the command; rows that are not kept are no failure."""
    options = ("--use", USE, "--registry", str(made.copy), "--out", str(out), *more)
    command = module("sayso", "screen", str(manifest), *options)
    os.sync()
    done = measure(command, check=False)
    if done.code not in (0, 1):
        raise CommandError(f"{' '.join(command)} ended with {done.code}:\n{done.error}")
    return done


def _peer(name: str, release: Path, manifest: Path, out: Path) -> Measured:
    places = (str(release), str(manifest), str(out))
    os.sync()
    return measure(module("tests.bench.screeners", name, *places))


def _limit(setting: Setting, written: Path, manifest: Path) -> Facts:
    out = setting.fresh("limit") / f"out{manifest.suffix}"
    places = (str(written), str(manifest), str(out))
    os.sync()
    return child("tests.bench.screeners", "limit", *places)[1]


def _said(out: Path) -> Facts:
    return child("tests.bench.agreement", str(out))[1]


def _ratios(
    ours: Sequence[Measured],
    limits: Sequence[Facts],
    theirs: Mapping[str, Sequence[Measured]],
) -> dict[str, float]:
    """Return how one way compares with the others, pair by pair."""
    pairs = list(zip(ours, limits, strict=True))
    found = {
        "× limit": median(one.wall / number(limit, "wall") for one, limit in pairs),
        "× limit in CPU": median(
            one.cpu / number(limit, "cpu") for one, limit in pairs
        ),
        "s of the limit are reading": median(number(one, "reading") for one in limits),
    }
    for name, done in theirs.items():
        found[f"× faster than {name}"] = _times(done, ours)
        found[f"× less CPU than {name}"] = median(
            other.cpu / one.cpu for other, one in zip(done, ours, strict=True)
        )
        found[f"of the memory of {name}"] = median(
            one.peak / other.peak for other, one in zip(done, ours, strict=True)
        )
    return found


def _times(longer: Sequence[Measured], shorter: Sequence[Measured]) -> float:
    pairs = zip(longer, shorter, strict=True)
    return median(one.wall / other.wall for one, other in pairs)


def _row(
    stage: str,
    done: Sequence[Measured],
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
