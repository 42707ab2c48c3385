"""Data frames through `Registry.screen`, against the kernel called by hand.

    python -m tests.bench.frames polars COPY MANIFEST --repeat 3

By hand is what one would write who knows the kernel: the column is taken out of the
frame and the answers are put beside it as the library does such things. Both are run in
turns in one process, after once for nothing, and must say the same of every row.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sayso import Registry
from sayso.client.screening.kernel import Kernel
from sayso.client.screening.question import Question
from sayso.client.synced.copy import open_copy
from sayso.model.screening import read_handling
from sayso.model.vocabulary import Use
from tests.bench.screeners import USE

Frame = Any
Answer = Callable[[Any], pa.Table]
"""Answers a column of Arrow, by the kernel alone."""

_PIECE = 2**20


def by_kernel(copy_folder: Path) -> Answer:
    """Return what answers a column, in pieces of a size that suits the kernel."""
    copy = open_copy(copy_folder)
    assert copy is not None
    question = Question(
        use=Use(USE),
        territory=None,
        now=datetime.now(UTC).replace(microsecond=0),
        reviewed_only=False,
        siblings=False,
        handling=read_handling("strict"),
    )
    kernel = Kernel(copy.core(), question)

    def answer(column: Any) -> pa.Table:  # noqa: ANN401 - an array, or one in chunks
        parts = []
        for start in range(0, len(column), _PIECE):
            part = column[start : start + _PIECE]
            if isinstance(part, pa.ChunkedArray):
                part = part.combine_chunks()
            parts.append(kernel.answer(part).columns)
        table = pa.Table.from_batches(parts).unify_dictionaries()
        return table.rename_columns([f"sayso_{name}" for name in table.column_names])

    return answer


def _arrow(table: Frame, answer: Answer) -> Frame:
    answers = answer(table["isrc"])
    schema = pa.schema([*table.schema, *answers.schema])
    return pa.Table.from_arrays([*table.columns, *answers.columns], schema=schema)


def _pandas(frame: Frame, answer: Answer) -> Frame:
    answers = answer(pa.Array.from_pandas(frame["isrc"]))
    return frame.join(answers.to_pandas())


def _polars(frame: Frame, answer: Answer) -> Frame:
    import polars as pl  # noqa: PLC0415 - only this one needs it

    answers = answer(frame["isrc"].to_arrow().cast(pa.large_string()))
    return frame.hstack(pl.DataFrame(answers).get_columns())


def _duckdb(relation: Frame, answer: Answer) -> Frame:
    return _arrow(relation.to_arrow_table(), answer)


def _open_arrow(manifest: Path) -> Frame:
    return pq.read_table(manifest)


def _open_pandas(manifest: Path) -> Frame:
    import pandas as pd  # noqa: PLC0415 - only this one needs it

    return pd.read_parquet(manifest)


def _open_polars(manifest: Path) -> Frame:
    import polars as pl  # noqa: PLC0415 - only this one needs it

    return pl.read_parquet(manifest)


def _open_duckdb(manifest: Path) -> Frame:
    import duckdb  # noqa: PLC0415 - only this one needs it

    return duckdb.read_parquet(str(manifest)).order("id").materialize()


def _statuses(frame: Frame) -> Any:  # noqa: ANN401 - a column of texts
    column = frame["sayso_status"]
    if not isinstance(column, pa.ChunkedArray):
        column = pa.array(column) if hasattr(column, "cat") else column.to_arrow()
    return column.cast(pa.string())


LIBRARIES: dict[
    str, tuple[Callable[[Path], Frame], Callable[[Frame, Answer], Frame]]
] = {
    "arrow": (_open_arrow, _arrow),
    "pandas": (_open_pandas, _pandas),
    "polars": (_open_polars, _polars),
    "duckdb": (_open_duckdb, _duckdb),
}


def compare(library: str, copy: Path, manifest: Path, repeat: int) -> dict[str, float]:
    """Return the seconds of both, and how many rows they agree on: all of them."""
    opened, by_hand = LIBRARIES[library]
    frame = opened(manifest)
    registry, answer = Registry.open(copy), by_kernel(copy)

    def through() -> Frame:
        screened = registry.screen(frame, use=USE)
        return screened.to_arrow_table() if library == "duckdb" else screened

    ways: list[Callable[[], Frame]] = [through, lambda: by_hand(frame, answer)]
    spent: tuple[list[float], list[float]] = ([], [])
    for turn in range(repeat + 1):
        found = []
        for seconds, way in zip(spent, ways, strict=True):
            begun = time.perf_counter()
            found.append(way())
            if turn:
                seconds.append(time.perf_counter() - begun)
        if not turn and not pc.all(pc.equal(*map(_statuses, found))).as_py():
            raise AssertionError(f"{library}: the interface and the kernel disagree")
        del found
    return {
        "through": median(spent[0]),
        "by_hand": median(spent[1]),
        "times": median(one / two for one, two in zip(*spent, strict=True)),
        "rows": pq.ParquetFile(manifest).metadata.num_rows,
    }


def main() -> None:
    """Compare in one library, as a child of the benchmark or by hand."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.frames")
    parser.add_argument("library", choices=sorted(LIBRARIES))
    parser.add_argument("copy", type=Path)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--repeat", type=int, default=1)
    given = parser.parse_args()
    found = compare(given.library, given.copy, given.manifest, given.repeat)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
