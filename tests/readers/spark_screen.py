"""Screen a manifest with Spark, in a Python that has Spark and nothing else.

    spark-python spark_screen.py JOB RESULT

JOB and RESULT are JSON files. A job has `loading`, a program that loads the files in
the folder where this runs; `manifest`, a list of texts; `queries`; and `settings` of
the session. A result has the `rows` of each query, where a time is a text, and the
`plan` of the first.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from tests.readers.spark_rows import session


def spelt(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError(value)
    # Spark gives the time of this machine's zone, which the test makes UTC.
    return value.replace(tzinfo=UTC).isoformat()


def main(job_file: Path, result_file: Path) -> None:
    job = json.loads(job_file.read_bytes())
    spark = session(job_file.parent)
    for name, value in job["settings"].items():
        spark.conf.set(name, value)
    exec(compile(job["loading"], "loading", "exec"), {})  # noqa: S102
    manifest = spark.createDataFrame(
        [*enumerate(job["manifest"])], "id bigint, isrc string"
    )
    manifest.createOrReplaceTempView("manifest")

    def rows(query: str) -> list[dict[str, object]]:
        return [row.asDict() for row in spark.sql(query).collect()]

    with ThreadPoolExecutor(4) as pool:
        answers = [*pool.map(rows, job["queries"])]
    ((plan,),) = spark.sql("explain " + job["queries"][0]).collect()
    result = {"rows": answers, "plan": plan}
    result_file.write_text(json.dumps(result, default=spelt), encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
