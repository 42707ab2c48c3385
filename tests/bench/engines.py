"""The stage `frames`: what screening costs in data frames, and in Spark."""

import json

from tests.bench.copies import Copied, copied, manifest_of
from tests.bench.frames import LIBRARIES
from tests.bench.measure import ROOT, CommandError, measure, module
from tests.bench.report import Row
from tests.bench.setting import Facts, Setting, child, number

_SPARK = ROOT / "out/tools/spark/lib"
_SPARK_COLUMNS = {"": "all columns", "_status": "the status alone"}
_MOST = 20_000_000
"""Longer frames leave no room for a second one beside them."""


def frames(setting: Setting) -> list[Row]:
    """Screen frames of each library, against the kernel by hand; and in Spark."""
    if setting.recordings > _MOST:
        return [Row(stage="frames", missing=f"not with more than {_MOST:,}")]
    made = copied(setting)
    rows = [_library(setting, name, made) for name in LIBRARIES]
    return [*rows, *_spark(setting, made)]


def _library(setting: Setting, name: str, made: Copied) -> Row:
    manifest = manifest_of(setting, made, "parquet")
    places = (str(made.copy), str(manifest), "--repeat", str(max(setting.repeat, 3)))
    done, facts = child("tests.bench.frames", name, *places)
    return Row(
        stage=f"Registry.screen in {name}",
        seconds=number(facts, "through"),
        recordings=int(number(facts, "rows")),
        peak=done.peak,
        ratios={
            "s by hand with the kernel": number(facts, "by_hand"),
            "× by hand": number(facts, "times"),
        },
        target="≤ 1.15 × by hand",
    )


def _spark(setting: Setting, made: Copied) -> list[Row]:
    """Screen in Spark, where `.ci/tools` has installed it."""
    [*found] = _SPARK.glob("python*/site-packages")
    if not found:
        return [Row(stage="Spark", missing="out/tools/spark is not there: .ci/tools")]
    out = setting.fresh("spark")
    manifest = manifest_of(setting, made, "parquet")
    places = map(str, (made.copy, made.release, manifest, out))
    command = module("tests.bench.spark_ways", *places)
    command += ["--repeat", str(setting.repeat)]
    paths = {"PYTHONPATH": str(found[0]), "PYSPARK_PYTHON": command[0]}
    pairs = [f"{name}={value}" for name, value in paths.items()]
    local = "SPARK_LOCAL_IP=127.0.0.1"
    done = measure(["/usr/bin/env", local, *pairs, *command])
    facts: Facts = json.loads(done.output.splitlines()[-1])
    said = [
        child("tests.bench.agreement", str(out / f"{way}{name}"))[1]
        for name in _SPARK_COLUMNS
        for way in ("kernel", "join")
    ]
    if any(one != said[0] for one in said):
        raise CommandError(f"in Spark the kernel and the join disagree: {said}")
    started = {"s until the session stands": number(facts, "started")}
    return [
        row
        for name, what in _SPARK_COLUMNS.items()
        for row in (
            Row(
                stage=f"Spark, Registry.screen, {what}, warm",
                seconds=number(facts, f"kernel{name}"),
                recordings=setting.recordings,
                peak=done.peak,
                ratios={
                    "× faster than a join by Spark": number(facts, f"times{name}"),
                    **started,
                },
                target="≥ 2.5 × a join",
            ),
            Row(
                stage=f"peer: Spark, SQL join, {what}, warm",
                seconds=number(facts, f"join{name}"),
                recordings=setting.recordings,
            ),
        )
    ]
