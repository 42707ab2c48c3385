"""The stage about many small YAML files: cold, and warm with few of them changed."""

from pathlib import Path

from tests.bench.measure import Measured, bytes_below
from tests.bench.report import Row
from tests.bench.repository import restore
from tests.bench.setting import Facts, Setting, child, number
from tests.bench.shares import READING

_FILES = 100_000
_CHANGED = 5
_SAMPLE = 2000


def yaml_files(setting: Setting) -> list[Row]:
    """Read owner files, build of them, change five, and build again.

    What a build takes until all files are read and checked is told apart: the rest
    goes to as many policies as there are declarations.
    """
    files = min(_FILES, max(setting.recordings // 10, 1000))
    registry = setting.work / f"owners-{files}"
    start = child("tests.bench.small", str(registry), "--files", str(files))[1]
    rows = [_reading(str(registry))]
    out = setting.fresh("yaml") / "registry"
    cold = setting.shares(registry, out, *setting.operated(out))
    setting.seal(out)
    rows.append(_built(f"YAML: build of {files:,} files, cold", cold, out, files))
    try:
        child("tests.bench.small", str(registry), "--change", str(_CHANGED))
        operated = setting.operated(out, follows=True)
        warm = setting.shares(registry, out, *operated, hour=1)
    finally:
        restore(registry, str(start["commit"]))
    stage = f"YAML: build with {_CHANGED} of them changed"
    return [*rows, _built(stage, warm, out, files)]


def _reading(registry: str) -> Row:
    """Compare files a second: each way in a process of its own, start not counted."""
    ratios: dict[str, float] = {}
    reports: dict[str, Facts] = {}
    done: Measured | None = None
    for way in ("pyyaml", "cyaml", "sayso"):
        options = (way, registry, "--sample", str(_SAMPLE))
        done, reports[way] = child("tests.bench.yaml_ways", *options)
    assert done is not None
    rates = {
        way: number(report, "files") / number(report, "seconds")
        for way, report in reports.items()
    }
    for way in ("pyyaml", "cyaml"):
        ratios[f"× faster than {way} + jsonschema + json"] = rates["sayso"] / rates[way]
    return Row(
        stage=f"YAML: read {int(number(reports['sayso'], 'files')):,} files",
        seconds=number(reports["sayso"], "seconds"),
        cpu=done.cpu,
        recordings=int(number(reports["sayso"], "files")),
        peak=done.peak,
        ratios={**ratios, **{f"files/s by {way}": rate for way, rate in rates.items()}},
        target="100,000 files cold ≤ 25 s; with 5 changed ≤ 0.5 s (rate: files/s)",
    )


def _built(stage: str, build: tuple[Measured, Facts], out: Path, files: int) -> Row:
    done, said = build
    steps = said["steps"]
    assert isinstance(steps, dict)
    reading = [steps[name] for name in READING]
    return Row(
        stage=stage,
        seconds=done.wall,
        cpu=done.cpu,
        recordings=files,
        peak=done.peak,
        out=bytes_below(out)[0],
        ratios={
            "s until all files are read": sum(wall for wall, _ in reading),
            "CPU s of this process until then": sum(cpu for _, cpu in reading),
        },
    )
