"""The stage about an operator's day: changes are built, sealed, published and asked."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from sayso.wire.places import FIRST_ROOT
from tests.bench.lookups import Expected
from tests.bench.measure import Measured, measure, module
from tests.bench.report import Row
from tests.bench.repository import head, restore
from tests.bench.setting import Facts, Setting, child, number

_CHANGES = 1000
_CATALOGUES = 50
_STEPS = ("build", "seal", "publish", "ask")
_TRUST = ("seal", "publish", "ask")
_WORDS = {
    "build": "the build",
    "seal": "seal: checked, entered into the log, signed",
    "publish": "publish to a folder: opened, compared, copied, on the disk",
    "ask": "ask what is published, as a reader does for the first time",
}


@dataclass(slots=True)
class Turns:
    """What was measured, turn by turn."""

    steps: dict[str, list[Measured]] = field(
        default_factory=lambda: {step: [] for step in _STEPS}
    )
    limits: list[Facts] = field(default_factory=list)
    uploads: list[Facts] = field(default_factory=list)
    starts: list[Measured] = field(default_factory=list)

    def sums(self, steps: tuple[str, ...]) -> list[float]:
        """Return how many seconds some steps took together, in each turn."""
        columns = [[done.wall for done in self.steps[step]] for step in steps]
        return [sum(turn) for turn in zip(*columns, strict=True)]


def publish(setting: Setting) -> list[Row]:
    """Publish 1,000 changes of a registry that is live, each step by itself."""
    registry, facts = setting.registry()
    start, place = head(registry), setting.fresh("publish")
    out, site = place / "registry", place / "site"
    first = Turns()
    setting.build(registry, out, *setting.operated(out))
    setting.seal(out)
    first.steps["publish"].append(_publish(out, site))
    turns = Turns()
    try:
        for turn in range(1, setting.repeat + 1):
            _turn(setting, registry, place, turns, turn)
    finally:
        restore(registry, start)
    return _rows(turns, first, int(number(facts, "recordings")))


def _turn(
    setting: Setting, registry: Path, place: Path, turns: Turns, turn: int
) -> None:
    out, site, other = place / "registry", place / "site", place / "uploaded"
    # What an upload of everything begins with: the release before, as it is live.
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(site, other)
    options = ["--count", str(_CHANGES), "--seed", str(turn)]
    options += ["--catalogues", str(_CATALOGUES)]
    child("tests.bench.changes", str(registry), *options)
    steps = turns.steps
    operated = setting.operated(out, follows=True)
    steps["build"].append(setting.build(registry, out, *operated, hour=turn))
    steps["seal"].append(setting.seal(out, follows=True))
    turns.starts.append(measure(module("sayso", "publish", "--help")))
    scratch = setting.fresh("scratch")
    places = (str(out), str(site), str(scratch))
    turns.limits.append(child("tests.bench.limits", "changed", *places)[1])
    steps["publish"].append(_publish(out, site))
    steps["ask"].append(_ask(out, site, setting.fresh("store")))
    _settle()
    turns.uploads.append(child("tests.bench.peers", "upload", str(out), str(other))[1])


def _publish(out: Path, site: Path) -> Measured:
    _settle()
    return measure(module("sayso", "publish", str(out), "--to", str(site), "--json"))


def _ask(out: Path, site: Path, store: Path) -> Measured:
    """Look one recording up in what is published, by the root that was pinned."""
    code = str(Expected(out).first)
    options = ("--registry", str(site), "--root", str(site / FIRST_ROOT))
    return measure(
        module("sayso", "lookup", code, *options, "--store", str(store), "--json")
    )


def _settle() -> None:
    """Let what was written so far be on the disk: no other step is to wait for it."""
    os.sync()


def _rows(turns: Turns, first: Turns, recordings: int) -> list[Row]:
    whole, trust = turns.sums(_STEPS), turns.sums(_TRUST)
    limits = [number(limit, "seconds") for limit in turns.limits]
    uploads = [number(upload, "seconds") for upload in turns.uploads]
    [begun] = first.steps["publish"]
    total = Row(
        stage=f"publish: {_CHANGES:,} changes, built, sealed, published and asked",
        seconds=median(whole),
        recordings=recordings,
        out=int(number(turns.limits[-1], "bytes")),
        ratios={
            "s without the build": median(trust),
            "of all without the build": _ratio(trust, whole),
            "× writing the changed bytes": _ratio(whole, limits),
            "× the same, without the build": _ratio(trust, limits),
            "changed files": number(turns.limits[-1], "files"),
        },
        target="≤ 2 s at a million",
    )
    rows = [total]
    for step in _STEPS:
        done = turns.steps[step]
        walls = [one.wall for one in done]
        ratios = {
            "of all": _ratio(walls, whole),
            "× writing the changed bytes": _ratio(walls, limits),
        }
        if step == "publish":
            ratios["of the first time"] = median(walls) / begun.wall
            ratios[f"of {_way(turns)}"] = _ratio(walls, uploads)
            ratios[f"of {_way(turns)}, with the asking"] = _ratio(
                turns.sums(("publish", "ask")), uploads
            )
        rows.append(
            Row(
                stage=f"· {_WORDS[step]}",
                seconds=median(walls),
                cpu=median(one.cpu for one in done),
                peak=max(one.peak for one in done),
                ratios=ratios,
            )
        )
    starts = [one.wall for one in turns.starts]
    return [
        *rows,
        Row(
            stage="· of each of these commands, its start and end alone",
            seconds=median(starts),
            cpu=median(one.cpu for one in turns.starts),
            ratios={"of all, four times": 4 * _ratio(starts, whole)},
        ),
        Row(
            stage="limit: the changed bytes written, and on the disk",
            seconds=median(limits),
            out=int(number(turns.limits[-1], "bytes")),
        ),
        Row(
            stage=f"peer: {_way(turns)}",
            seconds=median(uploads),
            out=int(number(turns.uploads[-1], "bytes")),
        ),
    ]


def _way(turns: Turns) -> str:
    return f"everything by {turns.uploads[-1]['way']}"


def _ratio(ones: list[float], others: list[float]) -> float:
    """Return the median of what one is of the other, turn by turn."""
    return median(one / other for one, other in zip(ones, others, strict=True))
