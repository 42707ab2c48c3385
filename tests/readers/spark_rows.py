"""Read files with Spark, and run examples, in a Python that has Spark and nothing else.

    spark-python spark_rows.py JOB RESULT

JOB and RESULT are JSON files. A job has `parquet` and `lines`, both lists of lists of
paths, each list one table, and `examples`, which are programs. A result has the same
names, with what was seen: each table's `types` and `rows`, where a time is a text, and
what each program printed.
"""

import json
import sys
from contextlib import redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from pyspark.sql import (  # type: ignore[import-not-found]
    DataFrame,
    SparkSession,
)


def session(folder: Path) -> SparkSession:
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.local.dir": folder,
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": 2,
        "spark.sql.warehouse.dir": folder / "warehouse",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, str(value))
    return builder.getOrCreate()


def table(frame: DataFrame) -> dict[str, object]:
    types = {field.name: field.dataType.simpleString() for field in frame.schema}
    return {"types": types, "rows": [row.asDict() for row in frame.collect()]}


def printed(program: str) -> str:
    output = StringIO()
    with redirect_stdout(output):
        exec(compile(program, "example", "exec"), {})  # noqa: S102
    return output.getvalue()


def spelt(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(value)
    # Spark gives the time of this machine's zone, which the test makes UTC.
    return value.replace(tzinfo=UTC).isoformat()


def main(job_file: Path, result_file: Path) -> None:
    job = json.loads(job_file.read_bytes())
    read = session(job_file.parent).read
    result = {
        "parquet": [table(read.parquet(*paths)) for paths in job["parquet"]],
        "lines": [table(read.json(paths)) for paths in job["lines"]],
        "examples": [printed(program) for program in job["examples"]],
    }
    result_file.write_text(json.dumps(result, default=spelt), encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
