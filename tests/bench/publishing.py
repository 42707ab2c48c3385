"""Stages about what a build has published: tree, bulk files, look-ups, limits."""

from pathlib import Path

from tests.bench.measure import CommandError, bytes_below
from tests.bench.report import Row
from tests.bench.setting import Facts, Setting, child, number

_LOOKUPS = 1000


def released(setting: Setting) -> Path:
    """Return a release of the registry; the one of stage `build` where it was made."""
    out = setting.work / "cold" / "registry"
    registry, facts = setting.registry()
    counted = out / "release.json"
    if not counted.exists() or str(facts["commit"]) not in counted.read_text("utf-8"):
        setting.build(registry, setting.fresh("cold") / "registry", *setting.signed())
    return out


def tree(setting: Setting) -> list[Row]:
    """Make the tree alone: hashed only, then packed and written too."""
    release = str(released(setting))
    rows = []
    for stage, more in (("hashed", ()), ("packed and written", ("--write",))):
        out = setting.fresh("tree")
        done, facts = child("tests.bench.tree", release, str(out), *more)
        target = "" if more else "10 M ≤ 5 CPU s without titles"
        row = Row(
            stage=f"tree alone without titles, {stage}",
            seconds=number(facts, "seconds"),
            cpu=number(facts, "cpu"),
            recordings=int(number(facts, "recordings")),
            peak=done.peak,
            out=bytes_below(out)[0] or None,
            ratios={"leaves": number(facts, "leaves")},
            target=target,
        )
        rows.append(row)
    return rows


def bulk(setting: Setting) -> list[Row]:
    """Weigh the bulk files, and the core against how people keep such maps."""
    release = released(setting)
    recordings = int(number(setting.registry()[1], "recordings"))
    rows = [
        Row(
            stage=f"bytes of {kind}, {len(files)} files",
            out=sum(file.stat().st_size for file in files),
            ratios={"bytes a recording": _sum(files) / recordings},
            missing="" if files else f"the build published no {pattern}",
        )
        for kind, pattern in (
            ("core", "bulk/*.core.parquet"),
            ("policies", "bulk/*.policies.parquet"),
            ("prefixes", "bulk/*.prefixes.parquet"),
            ("JSON Lines parts", "bulk/*.registry.jsonl.zst"),
            ("Parquet parts", "bulk/*.registry.parquet"),
            ("look-up tree", "lookup/*/*.json.gz"),
            ("registry.json", "registry.json"),
            ("state", "state/*"),
        )
        for files in (list(release.glob(pattern)),)
    ]
    return [*rows, _compared(setting, release)]


def _compared(setting: Setting, release: Path) -> Row:
    """Compare the core with the same map as people keep such maps."""
    stage, target = "core against other maps", "≤ 0.4 of JSON; ≤ 0.08 of SQLite"
    if not any(release.glob("bulk/*.core.parquet")):
        return Row(stage=stage, target=target, missing="the build published no core")
    out = setting.fresh("sizes")
    facts = child("tests.bench.peers", "sizes", str(release), str(out))[1]
    core = number(facts, "core")
    ratios = {
        "of a gzip JSON map": core / number(facts, "json_gz"),
        "of SQLite": core / number(facts, "sqlite"),
    }
    return Row(stage=stage, out=int(core), ratios=ratios, target=target)


def lookup(setting: Setting) -> list[Row]:
    """Look sampled codes up in the published tree."""
    release = str(released(setting))
    options = ("--sample", str(_LOOKUPS))
    done, facts = child("tests.bench.lookups", release, *options)
    if number(facts, "disagree"):
        raise CommandError(f"the tree and the core disagree: {facts}")
    ratios = {
        "bytes a look-up": number(facts, "bytes_median"),
        "at the 99th per cent": number(facts, "bytes_99"),
        "at most": number(facts, "bytes_most"),
        "requests": number(facts, "requests_median"),
        "requests at most": number(facts, "requests_most"),
        "bytes of release.json": number(facts, "release_bytes"),
    }
    row = Row(
        stage=f"{int(number(facts, 'lookups')):,} look-ups, all as the core says",
        seconds=number(facts, "seconds"),
        recordings=int(number(facts, "lookups")),
        peak=done.peak,
        ratios=ratios,
        target="≤ 16 KB at a million",
    )
    return [row]


def limits(setting: Setting) -> list[Row]:
    """Measure what the machine can do at most."""
    scratch = setting.fresh("scratch")
    facts: Facts = child("tests.bench.limits", "machine", str(scratch))[1]
    ratios = {f"MB/s {name}": number(facts, name) / 1e6 for name in facts}
    return [Row(stage="limits of one thread", ratios=ratios)]


def _sum(files: list[Path]) -> int:
    return sum(file.stat().st_size for file in files)
