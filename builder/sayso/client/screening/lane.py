"""Lanes: the files of a screening, each written by a thread of its own, in order."""

from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pyarrow as pa

from sayso.client.outcome.sink import Sink
from sayso.client.screening.kernel import PREFIX, Answered
from sayso.model.screening import ACTIONS, Action

ANNOTATED: Final = "annotated"
KEPT: Final = "kept"
LISTS: Final[Mapping[str, Action]] = {
    KEPT: Action.KEEP,
    "excluded": Action.EXCLUDE,
    "apart": Action.APART,
}
"""The files of rows beside the annotated one, and whose rows each holds."""

_WAITING: Final = 1
"""How many parts wait to be written, beside the one that is."""


class Lane:
    """Writes the rows of one file, while others are read, answered and written."""

    def __init__(self, sink: Sink, role: str) -> None:
        """Begin a file of a role, `ANNOTATED` or one of `LISTS`."""
        self._sink = sink
        self._role = role
        self._pool = ThreadPoolExecutor(1)
        self._waiting: deque[Future[None]] = deque()

    def write(self, table: pa.RecordBatch, answered: Answered) -> None:
        """Add rows; an error may be that of rows that were added before.

        Raises:
            ManifestError: rows cannot be written.
        """
        self._waiting.append(self._pool.submit(self._write, table, answered))
        while len(self._waiting) > _WAITING + 1:
            self._waiting.popleft().result()

    def checkpoint(self) -> int:
        """Bring everything so far to the disk, and return the mark of it.

        Raises:
            ManifestError: it cannot be written.
        """
        self._settle()
        return self._sink.checkpoint()

    def close(self) -> Path:
        """Return the finished file, or folder of files.

        Raises:
            ManifestError: it cannot be written.
        """
        self._settle()
        self._pool.shutdown()
        return self._sink.close()

    def abandon(self) -> None:
        """Leave the draft, to be continued from the last mark or removed."""
        self._pool.shutdown(cancel_futures=True)
        self._sink.abandon()

    def _settle(self) -> None:
        while self._waiting:
            self._waiting.popleft().result()

    def _write(self, table: pa.RecordBatch, answered: Answered) -> None:
        answers = answered.columns.rename_columns(
            [PREFIX + name for name in answered.columns.schema.names]
        )
        if self._role == KEPT:
            # Who is given what is kept gets what there was, and nothing of ours.
            answers = answers.select([])
        if self._role != ANNOTATED:
            chosen = pa.array(answered.actions == ACTIONS.index(LISTS[self._role]))
            table = table.filter(chosen)
            answers = answers.filter(chosen) if answers.num_columns else answers
        if table.num_rows:
            self._sink.write(table, answers)
