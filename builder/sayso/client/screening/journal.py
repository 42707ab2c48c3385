"""The journal: how far a screening came, so that another run can take over.

It is written when everything before it is on the disk. A run takes over only what it
would have done itself: the same manifest, question and release.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sayso.client.kept import KeptFile
from sayso.client.screening.tally import Tally, encode_tally, read_tally
from sayso.wire.members import Members
from sayso.wire.profile import decode, encode
from sayso.wire.text import format_time

FORMAT: Final = "sayso/journal/1"
JOURNAL_FILE: Final = "journal.json"
JOURNAL_LIMIT: Final = 2**26


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a screening came.

    Attributes:
        asked: what tells one screening from another, in words.
        moment: of the question, which stays.
        tally: of the rows so far.
        codes: how many files of codes there are.
        marks: of each output, by its role.
    """

    asked: str
    moment: datetime
    tally: Tally
    codes: int
    marks: Mapping[str, int]


class Journal:
    """The file that says how far a screening came."""

    def __init__(self, folder: Path) -> None:
        """Prepare to read or write it in a folder that is there."""
        self._file = KeptFile(folder / JOURNAL_FILE)

    def read(self) -> Progress | None:
        """Return how far it came, or None where nothing was finished.

        Raises:
            FetchError: it cannot be read.
            MalformedError: it is damaged.
        """
        data = self._file.read(limit=JOURNAL_LIMIT)
        if data is None:
            return None
        members = Members(decode(data, limit=JOURNAL_LIMIT), JOURNAL_FILE)
        members.constant("format", FORMAT)
        marks = members.object("marks")
        progress = Progress(
            asked=members.text("asked"),
            moment=members.time("moment"),
            tally=read_tally(members.object("tally")),
            codes=members.number("codes"),
            marks={name: marks.number(name) for name in marks.names()},
        )
        members.end()
        return progress

    def write(self, progress: Progress) -> None:
        """Write how far it came.

        Raises:
            FetchError: it cannot be written.
        """
        self._file.write(
            encode(
                {
                    "asked": progress.asked,
                    "codes": progress.codes,
                    "format": FORMAT,
                    "marks": dict(progress.marks),
                    "moment": format_time(progress.moment),
                    "tally": encode_tally(progress.tally),
                }
            )
        )
