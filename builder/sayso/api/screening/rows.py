"""Rows as loaders of training data hand them over, to be kept or annotated.

Each object here is asked once per batch or once per row, in any process: it can be
pickled. None of them has a truth value, and neither have the answers to several rows:
who tested one would keep everything.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NoReturn

import pyarrow as pa
import pyarrow.compute as pc

from sayso.api.native import Native
from sayso.api.screening.arrow import screen_rows
from sayso.api.screening.cells import column_of
from sayso.api.screening.choosing import Chosen, choose
from sayso.api.screening.frames import answer_frame, is_frame, screen_frame
from sayso.api.screening.screening import Screening
from sayso.client.screening.kernel import PREFIX
from sayso.errors import ManifestError
from sayso.model.screening import Action

_KEY: Final = "__key__"
_SIDECAR: Final = "json"
_SIDECAR_LIMIT: Final = 2**20


class Kept(list[bool]):
    """Whether each row of a batch is kept: a list that cannot be taken for one yes."""

    def __bool__(self) -> NoReturn:
        """Raise: a list is true as soon as it has an item.

        Raises:
            TypeError: always.
        """
        raise TypeError(
            "these are the answers to several rows: pass batched=True, or ask for one "
            "row whose code is a text"
        )


class Texts(list[str | None]):
    """Texts, of which all may be missing: they are a column of texts even so."""

    def __arrow_array__(self, type: pa.DataType | None = None) -> pa.Array:  # noqa: A002 - Arrow calls it so
        """Return them in Arrow, which would not know the type of nothing."""
        return pa.array(list(self), type or pa.string())


class _Rows:
    """What is asked of rows, and where in them the code is."""

    def __init__(self, screening: Screening, column: str | None) -> None:
        self._screening = screening
        self._column = column

    def __reduce__(self) -> tuple[Callable[..., "_Rows"], tuple[object, ...]]:
        return type(self), (self._screening, self._column)

    def __bool__(self) -> NoReturn:
        """Raise: this is a question, and not yet an answer.

        Raises:
            TypeError: always.
        """
        raise TypeError("this is a question: call it with rows to have an answer")

    def _answered(self, rows: Native) -> tuple[pa.Table, bool]:
        """Return the answers, their words as texts, and whether rows are several."""
        if isinstance(rows, pa.Table | pa.RecordBatch):
            places = self._chosen(rows.schema.names).places
            columns = [rows.column(place) for place in places]
            return self._screening.answer(*columns, plain=True), True
        if is_frame(rows):
            answers = answer_frame(self._screening, rows, self._column, plain=True)
            return answers, True
        if not isinstance(rows, Mapping):
            raise TypeError(f"rows come as a dict or as a table, not as {type(rows)}")
        if _KEY in rows:
            return self._one(self._of_sample(rows)), False
        names = list(rows)
        values = [rows[names[place]] for place in self._chosen(names).places]
        if not _is_several(values[0]):
            return self._one(values), False
        columns = [column_of([*value]) for value in values]
        return self._screening.answer(*columns, plain=True), True

    def _one(self, values: Sequence[Native]) -> pa.Table:
        return self._screening.answer(
            *(column_of([value]) for value in values), plain=True
        )

    def _of_sample(self, sample: Mapping[str, Native]) -> list[Native]:
        """Return the values of a sample of WebDataset, or of the JSON in it."""
        for members in (sample, _flat(_sidecar(sample.get(_SIDECAR)))):
            names = list(members)
            try:
                return [members[names[place]] for place in self._chosen(names).places]
            except ManifestError:
                # Of samples each has members of its own; one without a code has none.
                continue
        return [None] * (3 if self._siblings else 1)

    def _chosen(self, names: Sequence[str]) -> Chosen:
        return choose(tuple(map(str, names)), self._column, siblings=self._siblings)

    @property
    def _siblings(self) -> bool:
        return self._screening.question.siblings


class Keep(_Rows):
    """Says which rows are kept; a row without a usable code never is."""

    def __call__(self, rows: Native) -> bool | Kept:
        """Return whether a row is kept, or of several rows which ones.

        Args:
            rows: a batch, that is a dict of columns, or a table of Arrow, pandas or
                Polars; or one row, a dict of values or a sample of WebDataset.

        Raises:
            StaleError: the copy is too old to answer.
            ManifestError: there is no column with codes.
            TypeError: these are no rows.
        """
        answers, is_several = self._answered(rows)
        kept = pc.equal(answers[PREFIX + "action"], Action.KEEP.value).to_pylist()
        return Kept(kept) if is_several else bool(kept[0])


class Annotate(_Rows):
    """Puts the answers beside rows; words are texts here, and missing ones None."""

    def __call__(self, rows: Native) -> Native:
        """Return the answers to rows.

        Args:
            rows: as for `Keep`; or what Spark gives a function of `mapInArrow`.

        Returns:
            Of a dict, a dict of the answers alone; of a sample of WebDataset, the
            sample with them; of a table or of batches, the same with more columns.

        Raises:
            StaleError: the copy is too old to answer.
            ManifestError: there is no column with codes.
            TypeError: these are no rows.
        """
        if isinstance(rows, pa.Table | pa.RecordBatch):
            return screen_rows(self._screening, rows, self._column, plain=True)
        if is_frame(rows):
            return screen_frame(self._screening, rows, self._column, plain=True)
        if isinstance(rows, Iterator):
            return (self(batch) for batch in rows)
        answers, is_several = self._answered(rows)
        columns = answers.to_pydict()
        if is_several:
            flags = {name for name in columns if answers[name].type == pa.bool_()}
            return {
                name: values if name in flags else Texts(values)
                for name, values in columns.items()
            }
        values = {name: values[0] for name, values in columns.items()}
        return {**rows, **values} if _KEY in rows else values


def _is_several(value: object) -> bool:
    """Return whether a value is a column, and not what one row holds."""
    return hasattr(value, "__len__") and not isinstance(value, str | bytes | Mapping)


def _sidecar(member: object) -> Mapping[str, Native]:
    """Return the JSON of a sample, decoded or not; nothing where it is none."""
    if isinstance(member, str | bytes) and len(member) <= _SIDECAR_LIMIT:
        try:
            member = json.loads(member)
        except (ValueError, RecursionError):
            return {}
    return member if isinstance(member, Mapping) else {}


def _flat(members: Mapping[str, Native]) -> dict[str, Native]:
    """Return members, and those of the objects among them with dots between."""
    inner = {
        f"{name}.{below}": value
        for name, member in members.items()
        if isinstance(member, Mapping)
        for below, value in member.items()
    }
    return {**members, **inner}
