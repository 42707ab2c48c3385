"""Lazy frames of Polars, which stay lazy: rows are answered when they are collected.

This and the other modules of one engine import nothing of it: whoever hands over such a
frame has done so.
"""

from collections.abc import Mapping
from functools import partial

import narwhals.stable.v2 as nw
import pyarrow as pa

from sayso.api.native import Native
from sayso.api.screening.arrow import kept_places
from sayso.api.screening.choosing import choose
from sayso.api.screening.frames import arrow_of
from sayso.api.screening.screening import WORDS, Screening


def screen_lazy(screening: Screening, frame: Native, column: str | None) -> Native:
    """Return a lazy frame with the answers beside its columns."""
    polars = nw.dependencies.get_polars()
    names = frame.collect_schema().names()
    chosen = choose(names, column, siblings=screening.question.siblings)
    types = {field.name: _type_of(polars, field) for field in screening.schema()}

    asked = polars.struct(
        polars.col(names[place]).alias(str(nth))
        for nth, place in enumerate(chosen.places)
    )
    # Each row is answered by itself, so that Polars may cut and filter as it likes.
    answers = asked.map_batches(
        partial(answer_structs, screening, types),
        polars.Struct(types),
        is_elementwise=True,
    )
    kept = [polars.col(names[place]) for place in kept_places(names)]
    return frame.select(*kept, answers.struct.unnest())


def answer_structs(
    screening: Screening, types: Mapping[str, Native], asked: Native
) -> Native:
    """Return the answers to some rows, in one column, as Polars wants them.

    Args:
        screening: what is asked.
        types: of the answers, as Polars has them.
        asked: the columns that are asked about, in one.
    """
    parts = (nw.from_native(part, series_only=True) for part in asked.struct)
    answers = screening.answer(*(arrow_of(part) for part in parts))
    polars = nw.dependencies.get_polars()
    return polars.from_arrow(answers).cast(types).to_struct(asked.name)


def _type_of(polars: Native, field: pa.Field) -> Native:
    if field.name in WORDS:
        return polars.Enum(WORDS[field.name])
    return polars.Boolean if pa.types.is_boolean(field.type) else polars.String
