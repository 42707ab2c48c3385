"""A cluster of Spark says of every row what the kernel says on one machine."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as pads
import pyarrow.parquet as pq
import pytest

from sayso.api.registry import Registry
from tests.conftest import NeedsTool
from tests.copies import opened
from tests.edges import LISTS, NAMES, TEXTS
from tests.readers.python_pages import programs

PROGRAM = Path(__file__).with_name("cluster.py")
USE = "train-generative"
ROWS = 100_000
FILES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What came of a run, and what the kernel says of the same rows."""

    rows: pa.Table
    registry: Registry
    result: Path
    seen: dict[str, Any]

    def table(self, name: str) -> pa.Table:
        return pq.read_table(self.result / f"{name}.parquet")

    def expected(self, **asked: Any) -> list[dict[str, Any]]:  # noqa: ANN401
        return texts_of(self.registry.screen(self.rows, use=USE, **asked))


def texts_of(table: pa.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def table_of_everything() -> pa.Table:
    """Return rows of all kinds, in which neighbours differ."""
    texts, lists = ([cell for cell, _ in cases] for cases in (TEXTS, LISTS))
    places = range(ROWS)
    return pa.table(
        {
            "id": [*places],
            "ISRC": [texts[place * 7 % len(texts)] for place in places],
            "lists": pa.array(
                [lists[place % len(lists)] for place in places], pa.list_(pa.string())
            ),
            "title": ["Slow River" if place % 2 else None for place in places],
            "artist": ["Mara Lindqvist"] * ROWS,
            "sayso_by": ["old"] * ROWS,
        }
    )


def bucket_of(table: pa.Table, folder: Path) -> Path:
    """Write a table into many files, as they lie in a bucket."""
    pads.write_dataset(
        table,
        folder / "tracks",
        format="parquet",
        max_rows_per_file=ROWS // FILES,
        max_rows_per_group=ROWS // FILES,
    )
    assert len([*(folder / "tracks").iterdir()]) == FILES
    return folder / "tracks"


def example(copy: Path) -> str:
    """Return the programs of the page, one after the other."""
    text = "\n".join(programs("clusters.md", "## Spark"))
    assert "/shared/sayso" in text
    return text.replace("/shared/sayso", str(copy))


def home_of(spark: Path, folder: Path) -> Path:
    """Return a home of Spark in which it may write what its workers do."""
    home = folder / "home"
    home.mkdir()
    for entry in spark.iterdir():
        (home / entry.name).symlink_to(entry)
    return home


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory, needs_tool: NeedsTool) -> Ran:
    needs_tool("java")
    folder = tmp_path_factory.mktemp("cluster")
    find = "import pyspark; print(pyspark.__path__[0])"
    python = needs_tool("spark-python")
    found = subprocess.check_output([python, "-c", find], text=True)
    spark = Path(found.strip())
    copy = folder / "copy"
    registry, table = opened(copy), table_of_everything()
    expected = Ran(rows=table, registry=registry, result=folder / "result", seen={})
    expected.result.mkdir()
    job = {
        "registry": str(copy),
        "bucket": str(bucket_of(table, folder)),
        "use": USE,
        "example": example(copy),
    }
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, PROGRAM, folder / "job.json", expected.result],
        cwd=folder,
        env={
            **os.environ,
            "HOME": str(folder),
            "PYSPARK_PYTHON": sys.executable,
            "PYTHONPATH": str(spark.parent),
            "SPARK_HOME": str(home_of(spark, folder)),
            "SPARK_LOCAL_IP": "127.0.0.1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    (folder / "nobody-finds-it").rename(copy)
    (folder / "kept").rename(expected.result / "kept")
    expected.seen.update(json.loads((expected.result / "seen.json").read_bytes()))
    return expected


def test_each_row_is_answered_as_by_the_kernel(ran: Ran) -> None:
    table = ran.table("shared")
    assert len(table) == ROWS
    assert table.schema.names == ["id", "ISRC", "lists", "title", "artist", *NAMES]
    assert texts_of(table) == ran.expected()


def test_lists_of_codes_are_answered_likewise(ran: Ran) -> None:
    assert texts_of(ran.table("lists")) == ran.expected(column="lists")


def test_siblings_are_found_and_earlier_answers_replaced(ran: Ran) -> None:
    assert texts_of(ran.table("siblings")) == ran.expected(siblings=True)


def test_it_may_be_mapped_by_hand(ran: Ran) -> None:
    assert ran.table("by_hand") == ran.table("shared")


def test_a_copy_is_sent_once_to_workers_that_do_not_see_it(ran: Ran) -> None:
    assert ran.table("sent") == ran.table("shared")
    (archive,) = ran.seen["archives"]
    assert archive.endswith(f"/sayso-{ran.registry.standing.folder}.zip")


def test_several_executors_answered(ran: Ran) -> None:
    assert len(ran.seen["executors"]) == 2


def test_a_frame_without_codes_is_refused_before_anything_runs(ran: Ran) -> None:
    assert ran.seen["refused"].startswith("ManifestError: no column of the table")


def test_the_programs_of_the_page_run(ran: Ran) -> None:
    expected = ran.expected()
    kept = pads.dataset(ran.result / "kept").to_table().sort_by("id")
    assert texts_of(kept) == [r for r in expected if r["sayso_action"] == "keep"]
    statuses = Counter(row["sayso_status"] for row in expected)
    rows = re.findall(r"sayso_status='(.*?)', count=(\d+)", ran.seen["printed"])
    assert {status: int(count) for status, count in rows} == statuses
