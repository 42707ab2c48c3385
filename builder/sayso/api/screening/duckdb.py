"""Relations of DuckDB: run once, and read from then on with the answers beside them."""

from collections.abc import Sequence
from secrets import token_hex
from typing import Final

import pyarrow as pa

from sayso.api.native import Native
from sayso.api.screening.arrow import kept_places, screen_rows
from sayso.api.screening.cells import ROWS
from sayso.api.screening.choosing import choose
from sayso.api.screening.screening import Screening

_ROWS: Final = "sayso_rows"
_SAME: Final = frozenset(
    {
        *("BOOLEAN", "DATE", "DOUBLE", "FLOAT", "TIMESTAMP", "VARCHAR", "VARCHAR[]"),
        *("TINYINT", "SMALLINT", "INTEGER", "BIGINT"),
        *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"),
    }
)
"""Types that come back from Arrow as they went, which is the fastest way."""


def screen_relation(
    screening: Screening, relation: Native, column: str | None
) -> Native:
    """Return a relation of the same connection with the answers beside its columns.

    A relation runs anew whenever it is read, and may then have its rows in another
    order; answers stand beside the rows that they are of, so it is run here.
    """
    if _SAME.issuperset(map(str, relation.types)) or not hasattr(
        relation, "materialize"
    ):
        # Before DuckDB 2 a few types come back as others, such as ENUM as VARCHAR.
        table = screen_rows(screening, relation.to_arrow_table(), column, plain=True)
        return _beside(relation, [], table)
    held = relation.materialize()
    names = held.columns
    chosen = choose(names, column, siblings=screening.question.siblings)
    asked = ", ".join(_quoted(names[place]) for place in chosen.places)
    reader = held.query(_ROWS, f"select {asked} from {_ROWS}")  # noqa: S608 - quoted
    answers = [
        screening.answer(*batch.columns, plain=True)
        for batch in reader.to_arrow_reader(ROWS)
    ]
    empty = screening.schema(plain=True).empty_table()
    kept = [names[place] for place in kept_places(names)]
    return _beside(held, kept, pa.concat_tables([empty, *answers]))


def _beside(relation: Native, kept: Sequence[str], table: pa.Table) -> Native:
    """Return columns of a relation that is in memory, and all of a table beside them.

    DuckDB finds the table by the name of the variable, unless the database has one of
    that name: a name of columns that nobody has lets that fail.
    """
    mark = token_hex(8)
    sayso_answers = table.rename_columns(
        [f"{mark}_{place}" for place in range(table.num_columns)]
    )
    columns = [f"{_ROWS}.{_quoted(name)}" for name in kept]
    columns += [
        f'sayso_answers."{mark}_{place}" as {_quoted(name)}'
        for place, name in enumerate(table.column_names)
    ]
    rows = f"{_ROWS} positional join " if kept else ""
    answered = relation.query(
        _ROWS,
        f"select {', '.join(columns)} from {rows}sayso_answers",  # noqa: S608 - quoted
    )
    del sayso_answers
    return answered


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
