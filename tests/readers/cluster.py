"""Screen with Spark on a cluster of several executors, each a process of its own.

    python cluster.py JOB RESULT

with PYTHONPATH such that Spark is found. JOB is a JSON file: `registry`, a folder that
was synced; `bucket`, a folder of Parquet files; `use`; and `example`, a program of a
page. RESULT is a folder, in which a Parquet file is written for each way to screen, and
`seen.json` with what else was seen.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import (  # type: ignore[import-not-found]
    DataFrame,
    SparkSession,
)

import sayso

CLUSTER = "local-cluster[2,1,1024]"


def session(folder: Path) -> SparkSession:
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.executorEnv.PYTHONPATH": os.environ["PYTHONPATH"],
        "spark.local.dir": folder,
        "spark.sql.shuffle.partitions": 2,
        "spark.sql.warehouse.dir": folder / "warehouse",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master(CLUSTER)
    for name, value in settings.items():
        builder = builder.config(name, str(value))
    return builder.getOrCreate()


def where(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        yield pa.record_batch({"place": [str(Path.cwd())] * min(len(batch), 1)})


def write(frame: DataFrame, folder: Path, name: str) -> None:
    pq.write_table(frame.toArrow().sort_by("id"), folder / f"{name}.parquet")


def refusal(run: Any) -> str:  # noqa: ANN401 - a function
    try:
        run()
    except (sayso.SaysoError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def printed(program: str) -> str:
    output = StringIO()
    with redirect_stdout(output):
        exec(compile(program, "example", "exec"), {})  # noqa: S102
    return output.getvalue()


def main(job_file: Path, result: Path) -> None:
    job = json.loads(job_file.read_bytes())
    spark = session(job_file.parent)
    seen: dict[str, object] = {"printed": printed(job["example"])}
    registry = sayso.Registry.open(job["registry"])
    rows, ask = spark.read.parquet(job["bucket"]), {"use": job["use"]}
    shared = registry.screen(rows, **ask)
    write(shared, result, "shared")
    write(registry.screen(rows, column="lists", **ask), result, "lists")
    write(registry.screen(shared, siblings=True, **ask), result, "siblings")
    by_hand = rows.mapInArrow(registry.annotate(**ask), shared.schema)
    write(by_hand, result, "by_hand")
    registry.screen(rows, distribute=True, **ask)
    sent = registry.screen(rows, distribute=True, **ask)
    seen["archives"] = list(spark.sparkContext.listArchives)
    copy = Path(job["registry"])
    copy.rename(copy.with_name("nobody-finds-it"))
    write(sent, result, "sent")
    seen["executors"] = [
        row.place for row in rows.mapInArrow(where, "place string").distinct().collect()
    ]
    seen["refused"] = refusal(lambda: registry.screen(rows.select("id"), **ask))
    spark.stop()
    (result / "seen.json").write_text(json.dumps(seen), encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
