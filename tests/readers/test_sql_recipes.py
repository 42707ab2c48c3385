"""The SQL on the page about warehouses says of every row what our own code says.

DuckDB and Spark run it. For BigQuery and Snowflake it is parsed as theirs, and a
translation runs in DuckDB.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import sqlglot
from sqlglot import exp

from sayso.wire.registry import Registry, decode_registry
from tests.conftest import NeedsTool
from tests.readers.built import EXPIRY, ISSUED, USES, Built, Row
from tests.readers.drawn import draw_registry, write_registry
from tests.readers.screened import (
    Manifest,
    Question,
    blocks,
    expected,
    manifest_of,
    query,
)

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("spark_screen.py")
SECOND = timedelta(seconds=1)
COUNTRIES = [None, "DE", "US"]
QUESTIONS = [
    Question(use, country, now)
    for use, country, now in product(USES, COUNTRIES, [ISSUED, EXPIRY])
]
DIALECTS = ["duckdb", "spark", "bigquery", "snowflake"]
LOADING = "### DuckDB"
SPARK = {"spark.sql.session.timeZone": "America/New_York"}
AS_IF_LARGE = {
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    # The queries are many and short: to plan and compile takes most of the time.
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
}
"""Only what the query itself sends to every worker is sent there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A registry whose files lie in a folder under their plain names."""

    name: str
    folder: Path
    registry: Registry
    manifest: Manifest


@pytest.fixture(scope="session", params=["built", "drawn"])
def loaded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Loaded:
    """Return a registry that was built, and one that was drawn."""
    folder = tmp_path_factory.mktemp("loaded")
    write_good_until(folder, ISSUED + timedelta(days=7))
    if request.param == "drawn":
        registry = draw_registry(7)
        write_registry(registry, folder)
    else:
        whole: Built = request.getfixturevalue("whole")
        registry = decode_registry((whole.folder / "registry.json").read_bytes())
        for kind in ("core", "policies", "prefixes"):
            (path,) = whole.paths(kind)
            (folder / f"{kind}.parquet").symlink_to(path)
    return Loaded(
        name=request.param,
        folder=folder,
        registry=registry,
        manifest=manifest_of(registry),
    )


def write_good_until(folder: Path, moment: datetime) -> None:
    text = moment.isoformat().replace("+00:00", "Z")
    line = json.dumps({"good_until": text})
    (folder / "good_until.json").write_text(f"{line}\n", encoding="utf-8")


@pytest.fixture
def warehouse(loaded: Loaded) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return DuckDB with what the page loads."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'America/New_York'")
        connection.execute(f"set file_search_path = '{loaded.folder}'")
        connection.execute(blocks("sql", LOADING)[0])
        load_manifest(connection, loaded.manifest)
        yield connection


def load_manifest(connection: duckdb.DuckDBPyConnection, manifest: Manifest) -> None:
    texts = pa.array(manifest, pa.string())
    rows = pa.table({"id": pa.array(range(len(manifest))), "isrc": texts})
    connection.register("rows_here", rows)
    connection.execute("create or replace table manifest as from rows_here")


def moment(now: datetime) -> str:
    return f"timestamptz '{now.isoformat()}'"


def translated(question: Question, dialect: str) -> str:
    """Return the query as DuckDB has it, read as another engine's."""
    text = query(question, "current_timestamp")
    (tree,) = sqlglot.parse(text, dialect=dialect, error_level=sqlglot.ErrorLevel.RAISE)
    assert isinstance(tree, exp.Select)
    (clock,) = tree.find_all(exp.CurrentTimestamp)
    now = exp.Literal.string(question.now.isoformat())
    clock.replace(exp.cast(now, exp.DataType.Type.TIMESTAMPTZ))
    return tree.sql(dialect="duckdb")


def rows_of(connection: duckdb.DuckDBPyConnection, text: str) -> list[Row]:
    rows: list[Row] = connection.sql(text).to_arrow_table().to_pylist()
    return sorted(rows, key=lambda row: row["id"])


def test_duckdb_says_of_every_row_what_the_registry_says(
    loaded: Loaded, warehouse: duckdb.DuckDBPyConnection
) -> None:
    seen = set()
    for question in QUESTIONS:
        rows = rows_of(warehouse, query(question, moment(question.now)))
        assert rows == expected(loaded.registry, loaded.manifest, question)
        seen |= {(row["status"], row["disputed"], row["rule"]) for row in rows}
    assert {status for status, _, _ in seen} == {
        *("allow", "ask", "deny", "undeclared"),
        *("no-identifier", "invalid-identifier"),
    }
    assert ("undeclared", False, "out-of-date") in seen
    assert True in {disputed for _, disputed, _ in seen}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_engine_s_reading_of_it_says_the_same(
    loaded: Loaded, warehouse: duckdb.DuckDBPyConnection, dialect: str
) -> None:
    for question in QUESTIONS:
        rows = rows_of(warehouse, translated(question, dialect))
        assert rows == expected(loaded.registry, loaded.manifest, question)


def asked_of_spark(loaded: Loaded) -> list[Question]:
    """Return fewer questions, as each takes Spark a second."""
    if loaded.name == "drawn":
        # Each use in each country once; the moments take turns.
        return [each for n, each in enumerate(QUESTIONS) if n % 4 in {0, 3}]
    return [each for each in QUESTIONS if each.use == "train-generative"]


@pytest.fixture(scope="session")
def spark(
    loaded: Loaded, tmp_path_factory: pytest.TempPathFactory, needs_tool: NeedsTool
) -> dict[str, Any]:
    """Return the rows that Spark answers to each question, and how it finds them."""
    needs_tool("java")
    python, folder = needs_tool("spark-python"), tmp_path_factory.mktemp("spark")
    (loading,) = blocks("python", "### Spark")
    queries = [
        query(question, f"timestamp '{question.now.isoformat()}'")
        for question in asked_of_spark(loaded)
    ]
    job = {
        "loading": loading,
        "manifest": loaded.manifest,
        "queries": queries,
        "settings": SPARK | (AS_IF_LARGE if loaded.name == "drawn" else {}),
    }
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    names = ("PATH", "JAVA_HOME")
    kept = {name: os.environ[name] for name in names if name in os.environ}
    zone = {"TZ": "UTC", "SPARK_LOCAL_IP": "127.0.0.1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [python, PROGRAM, folder / "job.json", folder / "result.json"],
        cwd=loaded.folder,
        env={**kept, **zone, "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads((folder / "result.json").read_bytes())
    return result


def test_spark_says_of_every_row_what_the_registry_says(
    loaded: Loaded, spark: dict[str, Any]
) -> None:
    asked = asked_of_spark(loaded)
    for question, answered in zip(asked, spark["rows"], strict=True):
        rows = [
            {**row, "until": row["until"] and datetime.fromisoformat(row["until"])}
            for row in sorted(answered, key=lambda row: row["id"])
        ]
        assert rows == expected(loaded.registry, loaded.manifest, question)


def test_spark_moves_rows_for_the_core_only(
    loaded: Loaded, spark: dict[str, Any]
) -> None:
    joins = re.findall(r"(\w+Join).*LeftOuter", spark["plan"])
    for_core = "SortMergeJoin" if loaded.name == "drawn" else "BroadcastHashJoin"
    assert joins == ["BroadcastHashJoin", "BroadcastHashJoin", for_core]


def test_a_load_can_be_counted(
    loaded: Loaded, warehouse: duckdb.DuckDBPyConnection
) -> None:
    (text,) = blocks("sql", "### Count what was loaded")
    (row,) = warehouse.sql(text).to_arrow_table().to_pylist()
    registry = loaded.registry
    ends = [p.until for p in registry.policies.values() if p.until is not None]
    assert row == {
        "recordings": len(registry.recordings.isrcs),
        "policies": len(registry.policies),
        "prefixes": len(registry.prefixes),
        "first_end": min(ends),
    }


@pytest.mark.parametrize("table", ["core", "policies", "prefixes", "release"])
def test_without_a_table_s_rows_nothing_new_is_allowed_and_no_row_is_lost(
    loaded: Loaded, warehouse: duckdb.DuckDBPyConnection, table: str
) -> None:
    warehouse.execute(f"delete from {table}")  # noqa: S608 - our own names
    question = Question("search", None, ISSUED)
    rows = rows_of(warehouse, query(question, moment(ISSUED)))
    assert [row["id"] for row in rows] == [*range(len(loaded.manifest))]
    right = expected(loaded.registry, loaded.manifest, question)
    listed = {*loaded.registry.recordings.isrcs}
    for row, known in zip(rows, right, strict=True):
        if row["status"] == "allow":
            assert table in {"core", "prefixes"}
            # A core that was not loaded is why the page has its rows counted.
            assert known["status"] == "allow" or known["isrc"] in listed


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=1)])
def test_an_old_release_allows_nothing_and_goes_on_denying(
    loaded: Loaded, warehouse: duckdb.DuckDBPyConnection, late: timedelta
) -> None:
    now = ISSUED + timedelta(days=7) + late
    question = Question("search", None, now)
    rows = rows_of(warehouse, query(question, moment(now)))
    right = expected(loaded.registry, loaded.manifest, question)
    for row, known in zip(rows, right, strict=True):
        if known["status"] == "allow":
            assert (row["status"], row["rule"]) == ("undeclared", "out-of-date")
        else:
            assert row == known


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (("dream", "US"), ("any-ai", "US")),
        (("", None), ("any-ai", None)),
        (("Search", None), ("any-ai", None)),
        (("search", "us"), ("search", None)),
        (("search", ""), ("search", None)),
        (("search", "USA"), ("search", None)),
        (("search", "anywhere"), ("search", None)),
        (("search", "FR"), ("search", "FR")),
    ],
)
def test_a_word_that_is_no_use_or_no_country_is_answered_strictly(
    loaded: Loaded,
    warehouse: duckdb.DuckDBPyConnection,
    asked: tuple[str, str | None],
    answered: tuple[str, str | None],
) -> None:
    rows = rows_of(warehouse, query(Question(*asked, ISSUED), moment(ISSUED)))
    question = Question(*answered, ISSUED)
    assert rows == expected(loaded.registry, loaded.manifest, question)


def test_a_column_of_numbers_has_no_codes(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute(
        "create or replace table manifest as from (values (0, 'nan'::double), "
        "(1, null), (2, 1.5)) as numbers(id, isrc)"
    )
    rows = rows_of(warehouse, query(QUESTIONS[0], moment(ISSUED)))
    statuses = [row["status"] for row in rows]
    assert statuses == ["no-identifier", "no-identifier", "invalid-identifier"]


def test_the_manifest_has_everything_that_is_hard(loaded: Loaded) -> None:
    """Else the tests above would show little."""
    question = Question("search", None, ISSUED)
    rows = expected(loaded.registry, loaded.manifest, question)
    read = {row["isrc"]: row["status"] for row in rows}
    assert {read[text] for text in (None, "", " NaN ")} == {"no-identifier"}
    assert read["ISRC01234567"] == read["ISRCISRC01234567"] == "undeclared"
    isrcs = loaded.registry.recordings.isrcs
    for isrc in isrcs[:3]:
        right = {read[text] for text in (isrc, isrc.lower(), f"isrc: {isrc}")}
        wrong = {read[text] for text in (f"{isrc}\n", isrc[:11] + "٣", isrc[:-1])}
        assert len(right) == 1
        assert wrong == {"invalid-identifier"}
    answers = [
        {
            each: expected(
                loaded.registry, loaded.manifest, Question("search", each, now)
            )
        }
        for each in COUNTRIES
        for now in (ISSUED, EXPIRY)
    ]
    assert len({str(answer) for answer in answers}) > 3


def test_what_may_be_used_is_allowed_and_not_disputed(
    loaded: Loaded, warehouse: duckdb.DuckDBPyConnection
) -> None:
    question = Question("search", None, ISSUED)
    text = query(question, moment(ISSUED)).rstrip().removesuffix(";")
    warehouse.execute(f"create table screened as {text}")
    (keep,) = blocks("sql", "## What it says")
    kept = {row[0] for row in warehouse.execute(keep).fetchall()}
    rows = expected(loaded.registry, loaded.manifest, question)
    allowed = {row["id"] for row in rows if row["status"] == "allow"}
    assert kept == {
        row["id"] for row in rows if row["id"] in allowed and not row["disputed"]
    }
    assert kept


def test_the_commands_give_plain_names_to_what_was_checked(
    whole: Built, tmp_path: Path, needs_tool: NeedsTool
) -> None:
    needs_tool("jq")
    (tmp_path / "bulk").symlink_to(whole.folder / "bulk")
    lines = [f"{entry['sha256']}  {entry['path']}\n" for entry in whole.listed()]
    (tmp_path / "files.sha256").write_text("".join(lines), encoding="utf-8")
    for issued, code in ((datetime.now(UTC), 0), (ISSUED - timedelta(days=900), 4)):
        text = issued.isoformat(timespec="seconds").replace("+00:00", "Z")
        release = json.dumps({**whole.release, "issued": text})
        (tmp_path / "release.json").write_text(release, encoding="utf-8")
        (block,) = blocks("console", "## Check, then load")
        script = re.sub(r"^\$ ", "", block, flags=re.MULTILINE)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, check=False
        )
        assert done.returncode == code
    (path,) = whole.paths("core")
    assert (tmp_path / "core.parquet").read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("heading", "dialect"),
    [
        ("### DuckDB", "duckdb"),
        ("### BigQuery", "bigquery"),
        ("### Snowflake", "snowflake"),
    ],
)
def test_what_loads_is_of_the_engine_s_grammar(heading: str, dialect: str) -> None:
    (text,) = blocks("sql", heading)
    parsed = sqlglot.parse(text, dialect=dialect, error_level=sqlglot.ErrorLevel.RAISE)
    assert len(parsed) == text.count(";\n")
    assert not [tree for tree in parsed if isinstance(tree, exp.Command)]


def test_the_registry_counts_as_the_page_asks_it(
    whole: Built, needs_tool: NeedsTool
) -> None:
    needs_tool("jq")
    (block,) = blocks("console", "### Count what was loaded")
    done = subprocess.run(
        ["bash", "-c", block.removeprefix("$ ")],
        cwd=whole.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    counts = whole.registry["counts"]
    numbers = [counts[name] for name in ("recordings", "policies", "prefixes")]
    assert json.loads(done.stdout) == [*numbers, "2027-06-01T00:00:00Z"]
