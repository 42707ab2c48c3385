"""A question to the copy of a registry, which any process or machine can answer.

Everything here ends in `Screening.answer`: whatever the engine, the codes come as
Arrow, the kernel answers them, and the answers go back as Arrow.
"""

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from sayso.api.clock import now
from sayso.api.screening.cells import pieces
from sayso.client.screening.kernel import (
    ANSWERS,
    BASES,
    PREFIX,
    SIBLING,
    Column,
    Kernel,
)
from sayso.client.screening.question import Question
from sayso.client.screening.verdicts import RULES
from sayso.client.synced.copy import Copy
from sayso.client.synced.standing import Standing
from sayso.model.screening import ACTIONS, STATUSES
from sayso.wire.policies import CLAIMED, REVIEWED

COLUMNS: Final = tuple(PREFIX + field.name for field in (*ANSWERS, SIBLING))
"""The names of all columns of answers."""

WORDS: Final = {
    PREFIX + name: tuple(map(str, words))
    for name, words in {
        "status": STATUSES,
        "action": ACTIONS,
        "basis": BASES,
        "rule": RULES,
        "ownership": (CLAIMED, REVIEWED),
        "sibling": STATUSES,
    }.items()
}
"""The columns that hold one of few words, which are the same in every screening."""

_CATEGORY: Final = pa.dictionary(pa.int8(), pa.string())
_LISTS: Final = {name: pa.array(words, pa.string()) for name, words in WORDS.items()}


class Screening:
    """What is asked, and the copy that is asked; it can be pickled.

    Attributes:
        question: what is asked of every row.
    """

    def __init__(self, folder: Path, standing: Standing, question: Question) -> None:
        """Prepare to answer; nothing is opened before the first rows come.

        Args:
            folder: of copies, the one of `standing` among them.
            standing: of the copy.
            question: what is asked of every row.
        """
        self.question = question
        self._folder = folder
        self._standing = standing
        self._kernel: Kernel | None = None
        self._opening = Lock()

    def __reduce__(self) -> tuple[Callable[..., "Screening"], tuple[object, ...]]:
        """Pickle where the copy is; whoever answers opens it there."""
        return type(self), (self._folder, self._standing, self.question)

    @property
    def copy(self) -> Path:
        """The folder of the copy itself."""
        return self._folder / self._standing.folder

    def moved(self, folder: Path) -> "Screening":
        """Return the same question to the same copy in another folder of copies."""
        return Screening(folder, self._standing, self.question)

    def schema(self, *, plain: bool = False) -> pa.Schema:
        """Return that of the answers.

        Args:
            plain: whether words are texts, for engines that know no categories.
        """
        fields = [*ANSWERS, *([SIBLING] if self.question.siblings else [])]
        return pa.schema(
            [
                pa.field(
                    PREFIX + field.name,
                    _type_of(PREFIX + field.name, field.type, plain=plain),
                )
                for field in fields
            ]
        )

    def answer(
        self,
        codes: Column,
        titles: Column | None = None,
        artists: Column | None = None,
        *,
        plain: bool = False,
    ) -> pa.Table:
        """Return the answers to rows, as `schema` says.

        Args:
            codes: an array, or a chunked one, of what stands where the ISRC belongs.
            titles: of the recordings, to find siblings by.
            artists: likewise.
            plain: as in `schema`.

        Raises:
            StaleError: the copy is too old to answer.
            FetchError: it is no longer there.
        """
        self._standing.check_fresh(now())
        kernel, schema = self._opened(), self.schema(plain=plain)
        answered = (kernel.answer(*piece) for piece in pieces(codes, titles, artists))
        batches = [_spelt(rows.columns, schema) for rows in answered]
        return pa.Table.from_batches(batches or [_nothing(schema)], schema)

    def _opened(self) -> Kernel:
        with self._opening:
            if self._kernel is None:
                copy = Copy(self.copy, self._standing)
                titled = copy.titled() if self.question.siblings else None
                self._kernel = Kernel(copy.core(), self.question, titled)
            return self._kernel


def _type_of(name: str, kind: pa.DataType, *, plain: bool) -> pa.DataType:
    if name in WORDS and not plain:
        return _CATEGORY
    return pa.string() if pa.types.is_dictionary(kind) else kind


def _spelt(answers: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [
        _in_words(column, _LISTS[field.name])
        if pa.types.is_dictionary(field.type)
        else column.cast(field.type)
        for column, field in zip(answers.columns, schema, strict=True)
    ]
    return pa.record_batch(columns, schema=schema)


def _nothing(schema: pa.Schema) -> pa.RecordBatch:
    """Return no rows; what their words could be is known even so."""
    empty = (
        pa.DictionaryArray.from_arrays(pa.array([], pa.int8()), _LISTS[field.name])
        if pa.types.is_dictionary(field.type)
        else pa.array([], field.type)
        for field in schema
    )
    return pa.record_batch([*empty], schema=schema)


def _in_words(column: Column, words: Column) -> Column:
    """Return a column whose categories are all words, and not those that occur."""
    places = pc.index_in(column.dictionary, words).cast(pa.int8())
    return pa.DictionaryArray.from_arrays(places.take(column.indices), words)
