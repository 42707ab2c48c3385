"""Spark reads every bulk file, in a process and a Python of its own."""

import json
import os
import re
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NeedsTool
from tests.readers.built import COLUMNS, EXPIRY, ISSUED, KINDS, LINES, Built, Row
from tests.readers.page import example, permitted

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("spark_rows.py")
MOMENTS = (ISSUED, EXPIRY)
TYPES = {
    "bigint": "int64",
    "int": "int32",
    "string": "string",
    "boolean": "bool",
    "timestamp": "timestamp",
    "array<string>": "strings",
}


@pytest.fixture(scope="session")
def seen(
    whole: Built,
    parted: Built,
    tmp_path_factory: pytest.TempPathFactory,
    needs_tool: NeedsTool,
) -> dict[str, Any]:
    """Return what Spark sees of both releases, first of one and then of the other."""
    needs_tool("java")
    python, folder = needs_tool("spark-python"), tmp_path_factory.mktemp("spark")
    job = {
        "parquet": [
            [*map(str, built.paths(kind))]
            for built in (whole, parted)
            for kind in KINDS
        ],
        "lines": [[*map(str, built.lines())] for built in (whole, parted)],
        "examples": [example("Spark", now) for now in MOMENTS],
    }
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    names = ("PATH", "JAVA_HOME")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    done = subprocess.run(
        [python, PROGRAM, folder / "job.json", folder / "result.json"],
        cwd=parted.folder,
        env={**kept, "HOME": str(folder), "TZ": "UTC", "SPARK_LOCAL_IP": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads((folder / "result.json").read_bytes())
    return result


def place(built: Built, whole: Built) -> int:
    return 0 if built is whole else 1


@pytest.mark.parametrize("kind", KINDS)
def test_spark_sees_the_columns_and_values_of_registry_json(
    built: Built, whole: Built, seen: dict[str, Any], kind: str
) -> None:
    table = seen["parquet"][len(KINDS) * place(built, whole) + KINDS.index(kind)]
    types = [(name, TYPES[type_]) for name, type_ in table["types"].items()]
    assert types == [*COLUMNS[kind].items()]
    rows = [{**row, **until_of(row)} for row in table["rows"]]
    assert in_order(rows, kind) == built.expected(kind)


def test_spark_sees_the_lines_of_registry_json(
    built: Built, whole: Built, seen: dict[str, Any]
) -> None:
    table = seen["lines"][place(built, whole)]
    strings = dict.fromkeys(LINES, "string")
    assert table["types"] == {**strings, "policy": "bigint"}
    assert in_order(table["rows"], "registry") == built.rows


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_the_example_for_spark_finds_what_is_permitted(
    parted: Built, seen: dict[str, Any], now: datetime
) -> None:
    printed = seen["examples"][MOMENTS.index(now)]
    assert printed == f"{len(permitted(parted, now))}\n"


def test_spark_is_locked_by_hash_and_without_an_address() -> None:
    text = (ROOT / ".ci/spark.txt").read_text("ascii").replace("\\\n", "")
    lines = text.splitlines()
    assert [line.partition("==")[0] for line in lines] == [
        "py4j",
        "pyspark",
        "setuptools",
    ]
    for line in lines:
        assert re.fullmatch(r"\S+==[0-9.]+( +--hash=sha256:[0-9a-f]{64})+", line)


def until_of(row: Row) -> Row:
    text = row.get("until")
    return {"until": datetime.fromisoformat(text)} if text else {}


def in_order(rows: list[Row], kind: str) -> list[Row]:
    """Return rows as they stand in files in order: Spark reads the longest first."""
    return sorted(rows, key=lambda row: row["isrc"]) if kind == "registry" else rows
