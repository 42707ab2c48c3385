"""Data frames in memory, of any library that narwhals knows."""

import narwhals.stable.v2 as nw
import pyarrow as pa

from sayso.api.native import Native
from sayso.api.screening.arrow import kept_places
from sayso.api.screening.cells import ROWS, column_of
from sayso.api.screening.choosing import Chosen, choose
from sayso.api.screening.screening import WORDS, Screening
from sayso.client.screening.kernel import Column


def screen_frame(screening: Screening, frame: Native, column: str | None) -> Native:
    """Return a data frame with the answers beside its columns.

    Raises:
        TypeError: it is none.
    """
    table: nw.DataFrame[Native] = nw.from_native(frame, eager_only=True)
    names = [str(name) for name in table.columns]
    chosen = choose(names, column, siblings=screening.question.siblings)
    answers = _as_frame(_answers(screening, table, chosen), table)
    old = set(range(len(names))).difference(kept_places(names))
    kept = table.drop(*(table.columns[place] for place in old))
    added = [answers.get_column(name) for name in answers.columns]
    return kept.with_columns(*added).to_native()


def arrow_of(series: nw.Series[Native]) -> Column:
    """Return a column of a data frame in Arrow."""
    try:
        return series.to_arrow()
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        return column_of(series.to_list())


def _answers(
    screening: Screening, table: nw.DataFrame[Native], chosen: Chosen
) -> pa.Table:
    """Return the answers to all rows: what is in Arrow meanwhile is some of them."""
    asked = [table.get_column(table.columns[place]) for place in chosen.places]
    answers = [
        screening.answer(*(arrow_of(part[start : start + ROWS]) for part in asked))
        for start in range(0, len(table), ROWS)
    ]
    return pa.concat_tables([screening.schema().empty_table(), *answers])


def _as_frame(answers: pa.Table, like: nw.DataFrame[Native]) -> nw.DataFrame[Native]:
    """Return answers as a data frame of the same library."""
    library = nw.get_native_namespace(like)
    frame: nw.DataFrame[Native] = nw.from_arrow(answers, backend=library)
    if not like.implementation.is_polars():
        return frame
    words = [name for name in answers.column_names if name in WORDS]
    return frame.with_columns(nw.col(name).cast(nw.Enum(WORDS[name])) for name in words)
