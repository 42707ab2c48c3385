"""Other people's readers, each giving the names, types and values that it sees.

A type is told as COLUMNS spells it, from the one spelling of the engine that is right;
a value as Python has it, with None for what is null.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.json as pj

from tests.readers.built import LINES, Row

Read: TypeAlias = Callable[[list[Path]], "Table"]

_DUCKDB = {
    "BIGINT": "int64",
    "INTEGER": "int32",
    "VARCHAR": "string",
    "BOOLEAN": "bool",
    "TIMESTAMP WITH TIME ZONE": "timestamp",
    "VARCHAR[]": "strings",
}
_POLARS = {
    "Int64": "int64",
    "Int32": "int32",
    "String": "string",
    "Boolean": "bool",
    "Datetime(time_unit='us', time_zone='UTC')": "timestamp",
    "List(String)": "strings",
}
_PANDAS = {
    "int64": "int64",
    "int32": "int32",
    "str": "string",
    "bool": "bool",
    "datetime64[us, UTC]": "timestamp",
    "object": "strings",
}
_ARROW = {
    "int64": "int64",
    "int32": "int32",
    "string": "string",
    "bool": "bool",
    "timestamp[us, tz=UTC]": "timestamp",
    "list<element: string>": "strings",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a reader sees.

    Attributes:
        types: of each column, in order.
        rows: the values, in order.
    """

    types: dict[str, str]
    rows: list[Row]


def duckdb_parquet(paths: list[Path]) -> Table:
    return _duckdb("from read_parquet($paths)", paths)


def duckdb_lines(paths: list[Path]) -> Table:
    # Left to itself it takes a column of years for a number.
    columns = dict.fromkeys(LINES, "VARCHAR") | {"policy": "INTEGER"}
    return _duckdb(f"from read_json($paths, columns = {columns})", paths)


def _duckdb(query: str, paths: list[Path]) -> Table:
    with duckdb.connect() as connection:
        relation = connection.sql(query, params={"paths": [*map(str, paths)]})
        columns = zip(relation.columns, relation.types, strict=True)
        types = {name: _DUCKDB[str(type_)] for name, type_ in columns}
        return Table(types=types, rows=relation.to_arrow_table().to_pylist())


def polars_parquet(paths: list[Path]) -> Table:
    return _polars(pl.read_parquet(paths))


def polars_lines(paths: list[Path]) -> Table:
    return _polars(pl.scan_ndjson(paths).collect())


def _polars(frame: pl.DataFrame) -> Table:
    types = {name: _POLARS[str(dtype)] for name, dtype in frame.schema.items()}
    return Table(types=types, rows=frame.to_dicts())


def pandas_parquet(paths: list[Path]) -> Table:
    return _pandas([pd.read_parquet(path) for path in paths])


def pandas_lines(paths: list[Path]) -> Table:
    # Alone, pandas wants one more package for Zstandard.
    streams = [pa.input_stream(str(path)) for path in paths]
    return _pandas([pd.read_json(s, lines=True, dtype=False) for s in streams])


def _pandas(frames: list[pd.DataFrame]) -> Table:
    types = [
        {str(name): _PANDAS[str(dtype)] for name, dtype in frame.dtypes.items()}
        for frame in frames
    ]
    assert all(each == types[0] for each in types)
    plain = [frame.astype(object).where(frame.notna(), None) for frame in frames]
    rows = [
        {
            str(name): value.tolist() if isinstance(value, np.ndarray) else value
            for name, value in row.items()
        }
        for frame in plain
        for row in frame.to_dict("records")
    ]
    return Table(types=types[0], rows=rows)


def pyarrow_parquet(paths: list[Path]) -> Table:
    return _pyarrow(ds.dataset([*map(str, paths)], format="parquet").to_table())


def pyarrow_lines(paths: list[Path]) -> Table:
    tables = [pj.read_json(pa.input_stream(str(path))) for path in paths]
    return _pyarrow(pa.concat_tables(tables))


def _pyarrow(table: pa.Table) -> Table:
    types = {field.name: _ARROW[str(field.type)] for field in table.schema}
    return Table(types=types, rows=table.to_pylist())


PARQUET: dict[str, Read] = {
    "duckdb": duckdb_parquet,
    "polars": polars_parquet,
    "pandas": pandas_parquet,
    "pyarrow": pyarrow_parquet,
}
LINED: dict[str, Read] = {
    "duckdb": duckdb_lines,
    "polars": polars_lines,
    "pandas": pandas_lines,
    "pyarrow": pyarrow_lines,
}
