"""Stages about what a build has published: tree, bulk files, look-ups, limits."""

from pathlib import Path

from sayso.wire.places import FIRST_ROOT, TIMESTAMP
from tests.bench.lookups import Expected
from tests.bench.measure import CommandError, bytes_below, measure, module
from tests.bench.report import Row
from tests.bench.setting import Facts, Setting, child, number

_LOOKUPS = 1000


def released(setting: Setting) -> Path:
    """Return a release of the registry; the one of stage `build` where it was made."""
    out = setting.work / "cold" / "registry"
    registry, facts = setting.registry()
    counted = out / "release.json"
    is_sealed = counted.exists() and (out / TIMESTAMP).exists()
    if not is_sealed or str(facts["commit"]) not in counted.read_text("utf-8"):
        setting.fresh("cold")
        setting.build(registry, out, *setting.operated(out))
        setting.seal(out)
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
    """Verify the chain, and look sampled codes up in the published tree."""
    release = released(setting)
    options = ("--sample", str(_LOOKUPS))
    done, facts = child("tests.bench.lookups", str(release), *options)
    if number(facts, "disagree"):
        raise CommandError(f"the tree and the core disagree: {facts}")
    size, chain = number(facts, "bytes_median"), number(facts, "chain_bytes")
    codes = Row(
        stage=f"{int(number(facts, 'lookups')):,} look-ups, all as the core says",
        seconds=number(facts, "seconds"),
        recordings=int(number(facts, "lookups")),
        peak=done.peak,
        ratios={
            "bytes a look-up": size,
            "at the 99th per cent": number(facts, "bytes_99"),
            "at most": number(facts, "bytes_most"),
            "requests": number(facts, "requests_median"),
            "requests at most": number(facts, "requests_most"),
            "bytes of release.json": number(facts, "release_bytes"),
            "× reading, unpacking and hashing the same": number(facts, "seconds")
            / number(facts, "limit"),
            "of the bytes of the core, with the chain": (size + chain)
            / number(facts, "core_bytes"),
        },
        target="≤ 16 KB at a million",
    )
    before = Row(
        stage="before the first of them: the chain, from the root to the release",
        seconds=number(facts, "chain_seconds"),
        ratios={
            "requests": number(facts, "chain_requests"),
            "bytes": chain,
            "bytes of registry.json, which the command reads too": number(
                facts, "registry_bytes"
            ),
        },
    )
    return [codes, before, *_commands(setting, release)]


def _commands(setting: Setting, release: Path) -> list[Row]:
    """Measure `sayso lookup` itself, from its start to its end."""
    store = setting.fresh("store")
    code, root = str(Expected(release).first), str(release / FIRST_ROOT)
    options = ("--registry", str(release), "--root", root, "--store", str(store))
    rows = []
    for stage in ("for the first time", "again"):
        done = measure(module("sayso", "lookup", code, *options, "--json"))
        row = Row(
            stage=f"sayso lookup from a folder, {stage}",
            seconds=done.wall,
            cpu=done.cpu,
            peak=done.peak,
        )
        rows.append(row)
    return rows


def receipt(setting: Setting) -> list[Row]:
    """Make receipts of the release, and verify them."""
    done, facts = child("tests.bench.receipts", str(released(setting)))
    one = Row(
        stage=f"a receipt of one code verified, median of {facts['receipts']}",
        seconds=number(facts, "median"),
        peak=done.peak,
        out=int(number(facts, "bytes")),
        ratios={
            "ms at the 99th per cent": number(facts, "at_99") * 1000,
            "ms at most": number(facts, "most") * 1000,
            "ms to make it": number(facts, "making") * 1000,
            "bytes with gzip": number(facts, "packed"),
            "bytes at most": number(facts, "bytes_most"),
            "signatures": number(facts, "signatures"),
            "× these signatures and SHA-256 alone": number(facts, "times_limit"),
            "× an answer with one signature, without a log": number(
                facts, "times_signed"
            ),
        },
        target="≤ 5 ms",
    )
    listed = Row(
        stage="a receipt of a list from an open core",
        seconds=number(facts, "listing"),
        recordings=int(number(facts, "codes")),
        out=int(number(facts, "bytes_of_list")),
    )
    return [one, listed]


def limits(setting: Setting) -> list[Row]:
    """Measure what the machine can do at most."""
    scratch = setting.fresh("scratch")
    facts: Facts = child("tests.bench.limits", "machine", str(scratch))[1]
    ratios = {f"MB/s {name}": number(facts, name) / 1e6 for name in facts}
    return [Row(stage="limits of one thread", ratios=ratios)]


def _sum(files: list[Path]) -> int:
    return sum(file.stat().st_size for file in files)
