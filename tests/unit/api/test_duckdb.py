"""Relations of DuckDB: rows keep their types, their order and their answers."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.dataset as pads
import pytest

from sayso.api.registry import Registry
from tests.copies import ALLOWED, DENIED, opened

USE = "train-generative"
ROWS = 3000


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return opened(tmp_path_factory.mktemp("duckdb") / "copy")


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def test_types_stay_what_they_are(
    registry: Registry, connection: duckdb.DuckDBPyConnection
) -> None:
    relation = connection.sql(
        f"select '{ALLOWED}' as isrc, 'x'::enum('x', 'y') as e, 5::hugeint as h, "
        "uuid() as u, '101'::bit as b, interval 1 month as i, [1, 2] as l"
    )
    screened = registry.screen(relation, use=USE)
    assert screened.types[: len(relation.types)] == relation.types


def test_answers_stand_beside_the_rows_that_they_are_of_in_any_order(
    registry: Registry, connection: duckdb.DuckDBPyConnection
) -> None:
    codes = [DENIED if place % 3 else ALLOWED for place in range(ROWS)]
    table = pa.table({"isrc": codes, "id": [*range(ROWS)]})
    relation = connection.from_arrow(table).order("random()")
    screened = registry.screen(relation, use=USE)
    for _ in range(2):
        rows = screened.select("id, isrc, sayso_isrc, sayso_action").fetchall()
        assert sorted(row[0] for row in rows) == [*range(ROWS)]
        assert all(row[1] == row[2] for row in rows)
        assert {row[3] for row in rows if row[0] % 3 == 0} == {"keep"}
        assert {row[3] for row in rows if row[0] % 3} == {"exclude"}


def test_the_result_is_a_relation_of_the_same_connection(
    registry: Registry, connection: duckdb.DuckDBPyConnection
) -> None:
    connection.execute("create table names (isrc text, name text)")
    connection.execute("insert into names values (?, 'Open')", [ALLOWED])
    screened = registry.screen(connection.table("names"), use=USE)
    kept = screened.filter("sayso_action = 'keep'")
    joined = kept.join(connection.table("names").set_alias("n"), "isrc")
    assert joined.select("sayso_status", "n.name").fetchall() == [("allow", "Open")]


@pytest.mark.parametrize("held", [True, False])
def test_a_table_of_the_name_of_ours_is_never_taken_for_it(
    registry: Registry,
    connection: duckdb.DuckDBPyConnection,
    monkeypatch: pytest.MonkeyPatch,
    *,
    held: bool,
) -> None:
    if not held:
        monkeypatch.delattr(duckdb.DuckDBPyRelation, "materialize")
    connection.execute("create table sayso_answers (sayso_status text)")
    connection.execute("create table sayso_rows (isrc text)")
    with pytest.raises(duckdb.BinderException):
        registry.screen(connection.sql(f"select '{ALLOWED}' as isrc"), use=USE)
    connection.execute("drop table sayso_answers")
    screened = registry.screen(connection.sql(f"select '{ALLOWED}' as isrc"), use=USE)
    assert screened.select("sayso_status").fetchall() == [("allow",)]


def test_before_version_2_rows_go_through_arrow(
    registry: Registry,
    connection: duckdb.DuckDBPyConnection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = pa.table(
        {"id": [*range(ROWS)], "isrc": [ALLOWED] * ROWS, "sayso_by": ["old"] * ROWS}
    )
    relation = connection.from_arrow(table)
    new = registry.screen(relation, use=USE)
    monkeypatch.delattr(duckdb.DuckDBPyRelation, "materialize")
    old = registry.screen(relation, use=USE)
    assert old.columns == new.columns
    assert old.fetchall() == new.fetchall()
    assert len(old.fetchall()) == ROWS


def test_a_stream_of_it_is_screened_as_it_comes(
    registry: Registry, connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    relation = connection.from_arrow(pa.table({"isrc": [ALLOWED] * ROWS}))
    stream = registry.screen(relation.to_arrow_reader(1000), use=USE)
    assert isinstance(stream, pa.RecordBatchReader)
    pads.write_dataset(stream, tmp_path, format="parquet")
    (file,) = tmp_path.iterdir()
    screened = connection.read_parquet(str(file)).filter("sayso_action = 'keep'")
    assert screened.count("*").fetchall() == [(ROWS,)]
