"""Data frames in memory, of any library that narwhals knows."""

import narwhals.stable.v2 as nw
import pyarrow as pa
from narwhals.stable.v2 import dependencies

from sayso.api.native import Native
from sayso.api.screening.arrow import kept_places
from sayso.api.screening.cells import ROWS, column_of
from sayso.api.screening.choosing import choose
from sayso.api.screening.screening import WORDS, Screening
from sayso.client.screening.kernel import Column


def is_frame(thing: object) -> bool:
    """Return whether something is a data frame in memory, of a library but Arrow."""
    return dependencies.is_pandas_like_dataframe(
        thing
    ) or dependencies.is_polars_dataframe(thing)


def screen_frame(
    screening: Screening, frame: Native, column: str | None, *, plain: bool = False
) -> Native:
    """Return a data frame with the answers beside its columns."""
    table: nw.DataFrame[Native] = nw.from_native(frame, eager_only=True)
    answers = _as_frame(answer_frame(screening, frame, column, plain=plain), table)
    kept = set(kept_places([str(name) for name in table.columns]))
    old = [name for place, name in enumerate(table.columns) if place not in kept]
    added = [answers.get_column(name) for name in answers.columns]
    return table.drop(*old).with_columns(*added).to_native()


def answer_frame(
    screening: Screening, frame: Native, column: str | None, *, plain: bool
) -> pa.Table:
    """Return the answers to all rows: what is in Arrow meanwhile is some of them."""
    table: nw.DataFrame[Native] = nw.from_native(frame, eager_only=True)
    names = [str(name) for name in table.columns]
    chosen = choose(names, column, siblings=screening.question.siblings)
    asked = [table.get_column(table.columns[place]) for place in chosen.places]
    answers = [
        screening.answer(
            *(arrow_of(part[start : start + ROWS]) for part in asked), plain=plain
        )
        for start in range(0, max(len(table), 1), ROWS)
    ]
    return pa.concat_tables(answers)


def arrow_of(series: nw.Series[Native]) -> Column:
    """Return a column of a data frame in Arrow."""
    try:
        return series.to_arrow()
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        return column_of(series.to_list())


def _as_frame(answers: pa.Table, like: nw.DataFrame[Native]) -> nw.DataFrame[Native]:
    """Return answers as a data frame of the same library."""
    library = nw.get_native_namespace(like)
    frame: nw.DataFrame[Native] = nw.from_arrow(answers, backend=library)
    if not like.implementation.is_polars():
        return frame
    words = [
        field.name for field in answers.schema if pa.types.is_dictionary(field.type)
    ]
    return frame.with_columns(nw.col(name).cast(nw.Enum(WORDS[name])) for name in words)
