"""Which engine a table is of, and what screens it there."""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Final, TypeAlias

import pyarrow as pa
from narwhals.stable.v2 import dependencies

from sayso.api.native import Native
from sayso.api.screening.arrow import (
    screen_column,
    screen_dataset,
    screen_rows,
    screen_stream,
)
from sayso.api.screening.frames import is_frame, screen_frame
from sayso.api.screening.screening import Screening

Screened: TypeAlias = Callable[[Screening, Native, str | None], Native]

_LAZY: Final = (
    (dependencies.is_polars_lazyframe, "polars_lazy", "screen_lazy"),
    (dependencies.is_duckdb_relation, "duckdb", "screen_relation"),
    (dependencies.is_dask_dataframe, "dask", "screen_dask"),
)
"""What tells that a table is of an engine, and the function of the module of that."""


def screen_table(
    screening: Screening, table: Native, column: str | None, *, distribute: bool
) -> Native:
    """Return a table of the same kind with the answers beside its columns.

    Args:
        screening: what is asked.
        table: of any engine.
        column: the name of the one with the codes; None to find it.
        distribute: whether the copy is sent to the workers of Spark.

    Raises:
        TypeError: it is no table that we know.
        ValueError: something else than Spark is to send the copy.
    """
    is_spark = dependencies.is_pyspark_dataframe(
        table
    ) or dependencies.is_pyspark_connect_dataframe(table)
    if is_spark:
        from sayso.api.screening.spark import screen_spark  # noqa: PLC0415 - when asked

        return screen_spark(screening, table, column, distribute=distribute)
    if distribute:
        raise ValueError("distribute=True is for data frames of Spark")
    if isinstance(table, pa.Array | pa.ChunkedArray):
        if column is not None:
            raise ValueError("a column of codes has no columns: leave column= out")
        return screen_column(screening, table)
    return _screener(table)(screening, table, column)


def _screener(table: object) -> Screened:
    if isinstance(table, pa.Table | pa.RecordBatch):
        return screen_rows
    if isinstance(table, pa.RecordBatchReader):
        return screen_stream
    datasets = sys.modules.get("pyarrow.dataset")
    if datasets is not None and isinstance(table, datasets.Dataset):
        return screen_dataset
    for is_of, module, name in _LAZY:
        if is_of(table):
            screener: Screened = getattr(
                import_module(f"sayso.api.screening.{module}"), name
            )
            return screener
    if is_frame(table):
        return screen_frame
    raise TypeError(
        f"{type(table).__module__}.{type(table).__name__} is no table that can be "
        "screened: give one of pandas, Polars, PyArrow, DuckDB, Dask or Spark, or an "
        "array of codes; for datasets of Hugging Face and WebDataset there are keep() "
        "and annotate()"
    )
