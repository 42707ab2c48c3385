"""Which columns a written table has: those that were read, and what is added."""

import pyarrow as pa


def kept_places(table: pa.Schema, answers: pa.Schema) -> list[int]:
    """Return the places of the columns that stay.

    One that is called like an added one is replaced: it is of an earlier screening.
    """
    added = set(answers.names)
    return [place for place, name in enumerate(table.names) if name not in added]


def joined_schema(table: pa.Schema, answers: pa.Schema) -> pa.Schema:
    """Return the schema of what is written; metadata of the table stay."""
    fields = [table.field(place) for place in kept_places(table, answers)]
    return pa.schema([*fields, *answers], metadata=table.metadata)
