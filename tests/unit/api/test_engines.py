"""Every engine: the same values beside the same rows, whatever holds them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeAlias

import dask
import dask.dataframe as dd
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as pads
import pytest

from sayso.api.registry import Registry
from sayso.api.screening.choosing import Chosen
from sayso.api.screening.polars_lazy import answer_structs
from sayso.api.screening.spark import _Worker, screen_spark
from sayso.errors import ManifestError
from sayso.model.screening import Action, Status
from tests.copies import (
    ALLOWED,
    DENIED,
    IN_GERMANY,
    REVIEWED_DENY,
    UNLISTED,
    opened,
    written,
)
from tests.edges import ALLOW, LISTS, NAMES, NOTHING, TEXTS, Said

USE = "train-generative"
Rows: TypeAlias = list[dict[str, Any]]
dask_of: Any = dd.from_pandas


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """How a table of Arrow becomes one of an engine, and how that is read."""

    make: Callable[[pa.Table], Any]
    read: Callable[[Any], Rows]
    kind: type


def of_pandas(frame: pd.DataFrame) -> Rows:
    objects: Any = frame.astype(object).where(frame.notna(), None)
    rows: Rows = objects.to_dict("records")
    return rows


def of_table(table: pa.Table) -> Rows:
    rows: Rows = table.to_pylist()
    return rows


def as_pandas(table: pa.Table) -> pd.DataFrame:
    """Return a frame whose texts are objects, as older ones are."""
    objects = {
        name: pd.Series(table[name].to_pylist(), dtype=object)
        for name in table.column_names
    }
    return pd.DataFrame(objects)


def as_indexed(table: pa.Table) -> pd.DataFrame:
    """Return a frame with an index in which every label stands twice."""
    frame: pd.DataFrame = table.to_pandas()
    labels = [(place // 2, "x") for place in range(len(frame))]
    return frame.set_index(pd.MultiIndex.from_tuples(labels, names=["a", "b"]))


def as_relation(table: pa.Table) -> duckdb.DuckDBPyRelation:
    return duckdb.connect().from_arrow(table)


def as_dask(table: pa.Table) -> Any:  # noqa: ANN401 - Dask has no types
    with dask.config.set({"dataframe.convert-string": False}):
        return dask_of(as_pandas(table), npartitions=3)


def chunked(table: pa.Table) -> pa.Table:
    batches = [table.slice(start, 2) for start in range(0, len(table), 2)]
    return pa.concat_tables([table.slice(0, 0), *batches])


Computed = type(dask_of(pd.DataFrame({"a": [1]}), npartitions=1))

ENGINES = {
    "pandas": Engine(make=as_pandas, read=of_pandas, kind=pd.DataFrame),
    "pandas-texts": Engine(
        make=lambda table: table.to_pandas(), read=of_pandas, kind=pd.DataFrame
    ),
    "pandas-arrow": Engine(
        make=lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
        read=of_pandas,
        kind=pd.DataFrame,
    ),
    "pandas-index": Engine(make=as_indexed, read=of_pandas, kind=pd.DataFrame),
    "polars": Engine(
        make=pl.from_arrow, read=lambda frame: frame.to_dicts(), kind=pl.DataFrame
    ),
    "polars-lazy": Engine(
        make=lambda table: pl.DataFrame(table).lazy(),
        read=lambda frame: frame.collect().to_dicts(),
        kind=pl.LazyFrame,
    ),
    "polars-streaming": Engine(
        make=lambda table: pl.DataFrame(table).lazy(),
        read=lambda frame: frame.collect(engine="streaming").to_dicts(),
        kind=pl.LazyFrame,
    ),
    "arrow": Engine(make=lambda table: table, read=of_table, kind=pa.Table),
    "arrow-chunked": Engine(make=chunked, read=of_table, kind=pa.Table),
    "arrow-batch": Engine(
        make=lambda table: table.to_batches()[0], read=of_table, kind=pa.RecordBatch
    ),
    "arrow-stream": Engine(
        make=lambda table: table.to_reader(max_chunksize=3),
        read=lambda stream: of_table(stream.read_all()),
        kind=pa.RecordBatchReader,
    ),
    "arrow-dataset": Engine(
        make=pads.dataset,
        read=lambda stream: of_table(stream.read_all()),
        kind=pa.RecordBatchReader,
    ),
    "duckdb": Engine(
        make=as_relation,
        read=lambda relation: of_table(relation.to_arrow_table()),
        kind=duckdb.DuckDBPyRelation,
    ),
    "dask": Engine(
        make=as_dask, read=lambda frame: of_pandas(frame.compute()), kind=Computed
    ),
}
CASES = {"texts": TEXTS, "lists": LISTS}
each_engine = pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return opened(tmp_path_factory.mktemp("api") / "copy")


def said(rows: Rows) -> list[Said]:
    return [tuple(row[name] for name in NAMES) for row in rows]


@each_engine
@pytest.mark.parametrize("cases", CASES.values(), ids=CASES)
def test_the_edge_table_has_the_same_values_on_every_engine(
    registry: Registry, engine: Engine, cases: list[tuple[Any, Said]]
) -> None:
    table = pa.table({"id": [*range(len(cases))], "ISRC": [cell for cell, _ in cases]})
    screened = registry.screen(engine.make(table), use=USE)
    assert isinstance(screened, engine.kind)
    rows = engine.read(screened)
    assert [row["id"] for row in rows] == [*range(len(cases))]
    assert list(rows[0]) == ["id", "ISRC", *NAMES]
    assert said(rows) == [expected for _, expected in cases]


@each_engine
def test_a_table_without_rows_has_the_columns(
    registry: Registry, engine: Engine
) -> None:
    if engine.make is ENGINES["arrow-batch"].make:
        empty = pa.record_batch({"isrc": pa.array([], pa.string())})
        assert registry.screen(empty, use=USE).schema.names == ["isrc", *NAMES]
        return
    table = pa.table({"isrc": pa.array([], pa.string())})
    screened = registry.screen(engine.make(table), use=USE)
    assert engine.read(screened) == []


@each_engine
def test_siblings_are_found_by_title_and_artist(
    registry: Registry, engine: Engine
) -> None:
    table = pa.table(
        {
            "isrc": [DENIED, UNLISTED, UNLISTED, UNLISTED, None],
            "Title": ["Slow River", "slow river!", "Open", "Slow River", None],
            "artist_name": ["Mara Lindqvist", "Mara Lindqvist", "Mara", None, None],
        }
    )
    screened = registry.screen(
        engine.make(table), use=USE, siblings=True, policy="reservations"
    )
    rows = engine.read(screened)
    assert list(rows[0])[-1] == "sayso_sibling"
    found = [(row["sayso_action"], row["sayso_sibling"]) for row in rows]
    assert found == [
        ("exclude", None),
        ("exclude", "deny"),
        ("keep", "allow"),
        ("keep", None),
        ("apart", None),
    ]


@each_engine
def test_columns_of_an_earlier_screening_are_replaced(
    registry: Registry, engine: Engine
) -> None:
    table = pa.table(
        {
            "SAYSO_Action": ["keep", "keep"],
            "sayso_sibling": ["allow", "allow"],
            "isrc": [DENIED, ALLOWED],
            "sayso_note": ["mine", "mine"],
        }
    )
    once = registry.screen(engine.make(table), use=USE)
    rows = engine.read(once)
    assert list(rows[0]) == ["isrc", "sayso_note", *NAMES]
    assert [row["sayso_action"] for row in rows] == ["exclude", "keep"]


@each_engine
def test_a_code_may_come_from_an_earlier_screening(
    registry: Registry, engine: Engine
) -> None:
    table = pa.table({"sayso_isrc": [ALLOWED, None]})
    rows = engine.read(
        registry.screen(engine.make(table), use=USE, column="sayso_isrc")
    )
    assert [row["sayso_status"] for row in rows] == ["allow", "no-identifier"]
    assert list(rows[0]) == [*NAMES]


@each_engine
def test_a_table_without_a_column_of_codes_is_refused_before_anything_runs(
    registry: Registry, engine: Engine
) -> None:
    table = engine.make(pa.table({"id": [1], "title": ["Slow River"]}))
    with pytest.raises(ManifestError, match=r"column=; its columns are 'id', 'title'"):
        registry.screen(table, use=USE)


@each_engine
def test_the_column_may_be_named(registry: Registry, engine: Engine) -> None:
    table = pa.table({"isrc": [DENIED], 'co"de': [ALLOWED]})
    screened = registry.screen(engine.make(table), use=USE, column='co"de')
    assert [row["sayso_isrc"] for row in engine.read(screened)] == [ALLOWED]
    with pytest.raises(ManifestError, match=r"no column 'isrk'; is it isrc\?"):
        registry.screen(engine.make(table), use=USE, column="isrk")


@each_engine
def test_the_question_counts(registry: Registry, engine: Engine) -> None:
    table = pa.table({"isrc": [IN_GERMANY, REVIEWED_DENY, DENIED, UNLISTED]})

    def statuses(**asked: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - arguments
        screened = registry.screen(engine.make(table), use=USE, **asked)
        rows = engine.read(screened)
        return [(row["sayso_status"], row["sayso_action"]) for row in rows]

    deny, unsaid = ("deny", "exclude"), ("undeclared", "exclude")
    assert statuses() == [unsaid, deny, deny, unsaid]
    assert statuses(territory="DE") == [("allow", "keep"), deny, deny, unsaid]
    assert statuses(ownership="reviewed") == [unsaid, deny, unsaid, unsaid]
    kept = ("undeclared", "keep")
    assert statuses(policy="undeclared=keep") == [kept, deny, deny, kept]


def test_words_are_categories_where_the_engine_has_them(registry: Registry) -> None:
    table = pa.table({"isrc": [ALLOWED]})
    arrow = registry.screen(table, use=USE)
    assert arrow["sayso_status"].type == pa.dictionary(pa.int8(), pa.string())
    assert arrow["sayso_by"].type == pa.string()
    polars = registry.screen(pl.DataFrame(table), use=USE)
    lazy = registry.screen(pl.DataFrame(table).lazy(), use=USE)
    assert polars.schema["sayso_status"] == pl.Enum([*map(str, Status)])
    assert polars.schema == lazy.collect_schema() == lazy.collect().schema
    pandas = registry.screen(table.to_pandas(), use=USE)
    assert list(pandas["sayso_action"].cat.categories) == [*Action]
    dask_ = registry.screen(as_dask(table), use=USE)
    assert dict(dask_.dtypes) == dict(dask_.compute().dtypes)
    assert list(dask_["sayso_action"].cat.categories) == [*Action]
    assert set(registry.screen(as_relation(table), use=USE).types) == {
        "VARCHAR",
        "BOOLEAN",
    }


def test_what_is_lazy_asks_nothing_before_it_runs(tmp_path: Path) -> None:
    folder = written(tmp_path / "copy")
    registry = Registry.open(folder)
    table = pa.table({"isrc": [ALLOWED]})
    lazy = registry.screen(pl.DataFrame(table).lazy(), use=USE)
    for file in (folder / registry.standing.folder).iterdir():
        file.unlink()
    with pytest.raises(Exception, match="run sayso sync again"):
        lazy.collect()


def test_what_is_being_answered_goes_on_though_the_copy_is_replaced(
    tmp_path: Path,
) -> None:
    folder = written(tmp_path / "copy")
    registry = Registry.open(folder)
    parts = pa.RecordBatchReader.from_batches(
        pa.schema({"isrc": pa.string()}),
        (pa.record_batch({"isrc": [code]}) for code in (ALLOWED, DENIED)),
    )
    stream = registry.screen(parts, use=USE)
    assert stream.read_next_batch()["sayso_status"].to_pylist() == ["allow"]
    for file in (folder / registry.standing.folder).iterdir():
        file.unlink()
    assert stream.read_next_batch()["sayso_status"].to_pylist() == ["deny"]


def test_an_index_stays(registry: Registry) -> None:
    frame = as_indexed(pa.table({"isrc": [ALLOWED, DENIED, None]}))
    screened = registry.screen(frame, use=USE)
    assert screened.index.equals(frame.index)
    assert list(frame.columns) == ["isrc"]


def test_objects_of_all_kinds_in_one_column_are_each_read(registry: Registry) -> None:
    cells = [
        *(ALLOWED, [ALLOWED, DENIED], (ALLOWED,), {ALLOWED}, np.array([ALLOWED])),
        *(
            ALLOWED.encode(),
            12,
            float("nan"),
            None,
            pd.NA,
            {"a": 1},
            b"\xff",
            "\ud800x",
        ),
    ]
    frame = pd.DataFrame({"isrc": pd.Series(cells, dtype=object)})
    nothing, wrong = "no-identifier", "invalid-identifier"
    assert list(registry.screen(frame, use=USE)["sayso_status"]) == [
        *("allow", "deny", "allow", "allow", "allow"),
        *("allow", wrong, nothing, nothing, nothing, wrong, wrong, wrong),
    ]


def test_numbers_that_are_missing_name_nothing(registry: Registry) -> None:
    frame = pd.DataFrame({"isrc": [float("nan"), 1.0]})
    assert list(registry.screen(frame, use=USE)["sayso_status"]) == [
        "no-identifier",
        "invalid-identifier",
    ]


def test_columns_need_no_texts_for_names(registry: Registry) -> None:
    frame = pd.DataFrame({0: [ALLOWED], "sayso_by": ["old"]})
    screened = registry.screen(frame, use=USE, column="0")
    assert list(screened.columns) == [0, *NAMES]
    assert list(screened["sayso_action"]) == ["keep"]


def test_two_columns_of_one_name_may_stand_in_arrow(registry: Registry) -> None:
    table = pa.Table.from_arrays(
        [pa.array([1]), pa.array([2]), pa.array([ALLOWED])], names=["a", "a", "isrc"]
    )
    screened = registry.screen(table, use=USE)
    assert screened.schema.names == ["a", "a", "isrc", *NAMES]
    assert [column.to_pylist() for column in screened.columns[:2]] == [[1], [2]]


def test_what_a_schema_says_besides_stays(registry: Registry) -> None:
    table = pa.table({"isrc": [ALLOWED]}).replace_schema_metadata({"mine": "1"})
    for rows in (table, table.to_batches()[0], table.to_reader()):
        assert registry.screen(rows, use=USE).schema.metadata == {b"mine": b"1"}


def test_an_array_of_codes_gives_the_answers_alone(registry: Registry) -> None:
    codes = pa.array([ALLOWED, None])
    for array in (codes, pa.chunked_array([codes[:1], codes[1:]])):
        answers = registry.screen(array, use=USE)
        assert answers.schema.names == [*NAMES]
        assert said(answers.to_pylist()) == [ALLOW, NOTHING]
    with pytest.raises(ValueError, match="leave column= out"):
        registry.screen(codes, use=USE, column="isrc")
    with pytest.raises(ManifestError, match="a column of codes has not"):
        registry.screen(codes, use=USE, siblings=True)


def test_siblings_need_columns_of_titles_and_artists(registry: Registry) -> None:
    table = pa.table({"isrc": [ALLOWED], "title": ["Open"]})
    with pytest.raises(ManifestError, match="by title and artist, and no columns"):
        registry.screen(table, use=USE, siblings=True)


def test_what_is_no_table_is_refused(registry: Registry) -> None:
    for thing in ([ALLOWED], {"isrc": [ALLOWED]}, pd.Series([ALLOWED]), "isrc"):
        with pytest.raises(TypeError, match="no table that can be screened"):
            registry.screen(thing, use=USE)
    with pytest.raises(ValueError, match="for data frames of Spark"):
        registry.screen(pa.array([ALLOWED]), use=USE, distribute=True)


def test_polars_is_answered_in_one_column_of_structs(registry: Registry) -> None:
    lazy = registry.screen(pl.LazyFrame({"isrc": [ALLOWED]}), use=USE)
    types = {name: lazy.collect_schema()[name] for name in NAMES}
    asked = pl.DataFrame({"0": [ALLOWED, None]}).to_struct("asked")
    question = registry.keep(use=USE)._screening
    answers = answer_structs(question, types, asked)
    assert [tuple(row.values()) for row in answers.to_list()] == [ALLOW, NOTHING]


def test_a_copy_is_not_sent_through_a_session_that_is_far_away(
    registry: Registry,
) -> None:
    far = SimpleNamespace(columns=["isrc"], sparkSession=SimpleNamespace())
    with pytest.raises(ValueError, match="Spark Connect cannot send the copy"):
        screen_spark(registry.keep(use=USE)._screening, far, None, distribute=True)


def test_a_copy_that_was_sent_answers_where_it_is_now(tmp_path: Path) -> None:
    registry = Registry.open(written(tmp_path / "copy"))
    question = registry.keep(use=USE)._screening
    (tmp_path / "copy").rename(tmp_path / "sent")
    moved = question.moved(tmp_path / "sent")
    assert said(moved.answer(pa.array([ALLOWED])).to_pylist()) == [ALLOW]
    assert moved.copy == tmp_path / "sent" / registry.standing.folder


def test_a_worker_of_spark_answers_batch_by_batch(registry: Registry) -> None:
    worker = _Worker(registry.keep(use=USE)._screening, Chosen(codes=0), None)
    table = pa.table({"isrc": [ALLOWED, None, ALLOWED]})
    batches = [*worker(iter(table.to_batches(max_chunksize=2)))]
    assert [batch.num_rows for batch in batches] == [2, 1]
    assert said(pa.Table.from_batches(batches).to_pylist()) == [ALLOW, NOTHING, ALLOW]
