"""The kernel: columns of codes in, columns of answers out.

Everything that screens calls this: the command, the Python interface, and every engine
on every machine. It holds no state that changes what is answered, so that parts may be
answered in any order and by any number of workers.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sayso.client.core import Core, Mask
from sayso.client.screening.question import Question
from sayso.client.screening.siblings import (
    NO_SIBLING,
    Statuses,
    Titled,
    siblings_of,
)
from sayso.client.screening.verdicts import Verdicts
from sayso.columns.cells import INVALID, NOTHING, Cells, read_cells
from sayso.columns.codes import NO_KEY, Keys, isrcs_of
from sayso.columns.policies import NOBODY
from sayso.columns.rows import Numbers
from sayso.model.screening import ACTIONS, STATUSES, Status

Column: TypeAlias = pa.Array

_WORDS: Final = pa.dictionary(pa.int8(), pa.string())
_TEXTS: Final = pa.dictionary(pa.int32(), pa.string())
ANSWERS: Final = pa.schema(
    [
        pa.field("status", _WORDS, nullable=False),
        pa.field("action", _WORDS, nullable=False),
        pa.field("disputed", pa.bool_(), nullable=False),
        pa.field("isrc", pa.string()),
        pa.field("basis", _WORDS),
        pa.field("rule", _TEXTS),
        pa.field("ownership", _TEXTS),
        pa.field("by", _TEXTS),
    ]
)
"""What is answered for each row: the status; what is done with the row; whether owners
contradict each other; the code that decided; whether that is listed by itself or falls
under a range; the rule; whether ownership is claimed or reviewed; the declarations."""

SIBLING: Final = pa.field("sibling", _WORDS)
"""The strictest status of another recording with the same title and artist."""

PREFIX: Final = "sayso_"
"""What the names of these columns begin with where they stand in a table."""

BASES: Final = ("recording", "range")
_STATUS_WORDS: Final = pa.array([str(status) for status in STATUSES])
_ACTION_WORDS: Final = pa.array([str(action) for action in ACTIONS])
_BASIS_WORDS: Final = pa.array(BASES)
_WEAKEST_RESERVED: Final = STATUSES.index(Status.ASK)
_STRICTEST: Final = STATUSES.index(Status.DENY)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answered:
    """What was found for rows, and the columns that say so.

    Attributes:
        statuses: of each row, as a place in `STATUSES`.
        actions: likewise in `ACTIONS`.
        disputed: whether owners contradict each other.
        siblings: whether another recording of this title and artist has a `deny` or an
            `ask`.
        keys: of every code that the rows name, in no order.
        listed: how many of those stand for a recording of its own.
        numbers: of the policy of each row; `NOBODY` where nobody speaks.
        several: how many rows name more than one code.
        columns: the answers, as `ANSWERS` says, and `SIBLING` where that was asked.
    """

    statuses: Statuses
    actions: Statuses
    disputed: Mask
    siblings: Mask
    keys: Keys
    numbers: Numbers
    several: int
    columns: pa.RecordBatch


class Kernel:
    """Answers one question from one core."""

    def __init__(
        self, core: Core, question: Question, titled: Titled | None = None
    ) -> None:
        """Prepare to answer.

        Args:
            core: verified.
            question: what is asked of every row.
            titled: of the same release; needed where the question is about siblings.

        Raises:
            ValueError: it is, and there are none.
        """
        if question.siblings and titled is None:
            raise ValueError("titles are compared with those of a synced registry")
        self._core = core
        self._question = question
        self._titled = titled
        self._verdicts = Verdicts(core.policies, question)

    @property
    def verdicts(self) -> Verdicts:
        """What the policies say that occurred."""
        return self._verdicts

    @property
    def schema(self) -> pa.Schema:
        """Of the columns of answers."""
        return ANSWERS.append(SIBLING) if self._question.siblings else ANSWERS

    def answer(
        self, codes: Column, titles: Column | None = None, artists: Column | None = None
    ) -> Answered:
        """Return what the registry says of rows.

        Args:
            codes: what stands where the ISRC belongs, in any type and spelling.
            titles: of the recordings, to find siblings by.
            artists: likewise.

        Raises:
            MalformedError: the core names a policy that it does not have.
        """
        cells = read_cells(codes)
        keys, numbers, listed = self._deciding(cells)
        places = self._verdicts.places(numbers)
        statuses = self._verdicts.statuses[places]
        # A row of several codes keeps its state: a fault weighs more than a yes.
        np.maximum(statuses, cells.states, out=statuses, where=cells.states == INVALID)
        statuses[cells.states == NOTHING] = NOTHING
        spoken = keys != NO_KEY
        disputed = self._verdicts.disputed[places] & spoken
        siblings = np.full(len(keys), NO_SIBLING, np.uint8)
        if self._titled is not None and titles is not None and artists is not None:
            statuses_of = self._statuses_of
            siblings = siblings_of(keys, titles, artists, self._titled, statuses_of)
        has_sibling = (siblings >= _WEAKEST_RESERVED) & (siblings <= _STRICTEST)
        actions = self._actions(statuses, disputed, has_sibling)
        columns = [
            _words(statuses, _STATUS_WORDS),
            _words(actions, _ACTION_WORDS),
            pa.array(disputed),
            _isrcs(codes, cells, keys),
            *self._grounds(places, listed, statuses),
        ]
        if self._question.siblings:
            columns.append(_words(siblings, _STATUS_WORDS, siblings == NO_SIBLING))
        return Answered(
            statuses=statuses,
            actions=actions,
            disputed=disputed,
            siblings=has_sibling,
            keys=np.concatenate([keys[cells.keys != NO_KEY], cells.more_keys]),
            numbers=numbers,
            several=cells.several,
            columns=pa.record_batch(columns, schema=self.schema),
        )

    def _deciding(self, cells: Cells) -> tuple[Keys, Numbers, Mask]:
        """Return the code that decides each row, its policy, and whether it is listed.

        Of several codes the one with the strictest status decides; of those that are
        as strict, one that is disputed.
        """
        # Neighbours in the registry are neighbours in memory.
        order = np.argsort(cells.keys)
        numbers = np.empty(len(cells.keys), np.int32)
        listed = np.empty(len(cells.keys), np.bool_)
        numbers[order], listed[order] = self._core.numbers_of(cells.keys[order])
        numbers[cells.keys == NO_KEY] = NOBODY
        if not len(cells.more_rows):
            return cells.keys, numbers, listed
        keys = cells.keys.copy()
        more, is_listed = self._core.numbers_of(cells.more_keys)
        places = self._verdicts.places(more)
        statuses = self._verdicts.statuses[places]
        weights = 2 * statuses.astype(np.int16) + self._verdicts.disputed[places]
        ranked = np.lexsort((-weights, cells.more_rows))
        rows = cells.more_rows[ranked]
        strictest = ranked[np.diff(rows, prepend=-1) != 0]
        deciding = cells.more_rows[strictest]
        keys[deciding] = cells.more_keys[strictest]
        numbers[deciding], listed[deciding] = more[strictest], is_listed[strictest]
        return keys, numbers, listed

    def _statuses_of(self, keys: Keys) -> Statuses:
        numbers, _ = self._core.numbers_of(keys)
        places = self._verdicts.places(numbers)
        return self._verdicts.statuses[places]

    def _actions(self, statuses: Statuses, disputed: Mask, sibling: Mask) -> Statuses:
        """Return what is done with each row, from a table of all that may be."""
        flags = [(d, s) for d in (False, True) for s in (False, True)]
        handling = self._question.handling
        table = np.array(
            [
                [
                    ACTIONS.index(handling.action(status, disputed=d, sibling=s))
                    for d, s in flags
                ]
                for status in STATUSES
            ],
            np.uint8,
        )
        actions: Statuses = table[statuses, 2 * disputed + sibling]
        return actions

    def _grounds(
        self, places: npt.NDArray[np.int32], listed: Mask, statuses: Statuses
    ) -> list[Column]:
        """Return the columns that say why, from `basis` to `by`."""
        nothing = (statuses == INVALID) | (statuses == NOTHING)
        verdicts = self._verdicts
        return [
            _words((~listed).astype(np.uint8), _BASIS_WORDS, nothing | (places == 0)),
            verdicts.rules(places, nothing),
            verdicts.ownerships(places, nothing),
            verdicts.by(places, nothing),
        ]


def _isrcs(codes: Column, cells: Cells, keys: Keys) -> Column:
    """Return the deciding codes as texts; null where a row names none."""
    if cells.is_plain:
        return codes.cast(pa.string())
    nothing = keys == NO_KEY
    isrcs = isrcs_of(np.where(nothing, 0, keys)).cast(pa.string())
    return pc.if_else(pa.array(nothing), None, isrcs)


def _words(places: Statuses, words: Column, missing: Mask | None = None) -> Column:
    indices = pa.array(places.astype(np.int8), mask=missing)
    return pa.DictionaryArray.from_arrays(indices, words)
