"""Tables of Arrow: whole, in batches, in a stream, or a column of codes alone."""

from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa

from sayso.api.native import Native
from sayso.api.screening.choosing import Chosen, choose
from sayso.api.screening.screening import COLUMNS, Screening
from sayso.client.screening.kernel import Column
from sayso.errors import ManifestError


def screen_column(screening: Screening, codes: Column) -> pa.Table:
    """Return the answers to a column of codes.

    Raises:
        ManifestError: siblings are asked for.
    """
    if screening.question.siblings:
        raise ManifestError(
            "siblings are found by title and artist, which a column of codes has not; "
            "give a table"
        )
    return screening.answer(codes)


def screen_rows(
    screening: Screening, rows: Native, column: str | None, *, plain: bool = False
) -> Native:
    """Return a table or a batch with the answers beside its columns."""
    chosen = choose(rows.schema.names, column, siblings=screening.question.siblings)
    return beside(screening, rows, chosen, plain=plain)


def screen_stream(
    screening: Screening, batches: Native, column: str | None
) -> pa.RecordBatchReader:
    """Return a stream that answers each batch when it is read."""
    schema = batches.schema
    chosen = choose(schema.names, column, siblings=screening.question.siblings)
    return pa.RecordBatchReader.from_batches(
        schema_beside(schema, screening.schema()),
        answered_batches(screening, batches, chosen),
    )


def screen_dataset(
    screening: Screening, dataset: Native, column: str | None
) -> pa.RecordBatchReader:
    """Return a stream of the rows of a dataset, in their order."""
    return screen_stream(screening, dataset.scanner().to_reader(), column)


def answered_batches(
    screening: Screening,
    batches: Iterable[pa.RecordBatch],
    chosen: Chosen,
    *,
    plain: bool = False,
) -> Iterator[pa.RecordBatch]:
    """Yield batches with the answers beside their columns."""
    for batch in batches:
        yield beside(screening, batch, chosen, plain=plain)


def beside(
    screening: Screening, rows: Native, chosen: Chosen, *, plain: bool = False
) -> Native:
    """Return rows with the answers beside their columns; the rest is as it came."""
    columns = [rows.column(place) for place in chosen.places]
    answers = screening.answer(*columns, plain=plain)
    schema = schema_beside(rows.schema, answers.schema)
    kept = [rows.column(place) for place in kept_places(rows.schema.names)]
    if isinstance(rows, pa.Table):
        return pa.Table.from_arrays([*kept, *answers.columns], schema=schema)
    added = [_joined(column) for column in answers.columns]
    return pa.RecordBatch.from_arrays([*kept, *added], schema=schema)


def schema_beside(schema: pa.Schema, answers: pa.Schema) -> pa.Schema:
    """Return the schema of rows with answers beside their columns."""
    kept = [schema.field(place) for place in kept_places(schema.names)]
    return pa.schema([*kept, *answers], schema.metadata)


def kept_places(names: Sequence[str]) -> list[int]:
    """Return where the columns stand that are no answers of an earlier screening."""
    return [place for place, name in enumerate(names) if name.lower() not in COLUMNS]


def _joined(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks)
