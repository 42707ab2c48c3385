"""Pasting: recordings as people type or paste them, one a line."""

import csv
import re
from collections.abc import Iterable

from sayso.errors import InvalidIsrcError
from sayso.model.declaration import RecordingList
from sayso.model.isrc import Isrc, explain, parse_isrc
from sayso.publish.drafting.answers import AnswerError, parse_text

_SHOWN = 5
_CODE = re.compile(
    r"(?:ISRC:?[ -]?)?[A-Z]{2}[ -]?[A-Z0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{5}(?![A-Z0-9-])",
    re.ASCII | re.IGNORECASE,
)


def parse_recording(line: str) -> tuple[Isrc, str | None, str | None]:
    """Return ISRC, title and artist of one pasted line.

    The code comes first; title and artist follow after a tab, `|`, `;` or a comma,
    quoted as in CSV where they hold that separator. After a mere space all the rest
    is the title.

    Raises:
        AnswerError: when the title or the number of parts is wrong.
        InvalidIsrcError: when the line does not begin with an ISRC.
    """
    typed = line.strip()
    match = _CODE.match(typed)
    if match is None:
        raise InvalidIsrcError(_why_no_code(typed))
    isrc = parse_isrc(match[0])
    rest = typed[match.end() :].strip(" ")
    separator = rest[:1]
    if separator and separator in ",;|\t":
        parts = next(csv.reader([rest[1:]], delimiter=separator, skipinitialspace=True))
    else:
        parts = re.split(r"\t| \| ", rest)
    texts = [part.strip() for part in parts if part.strip()]
    if len(texts) > 2:  # noqa: PLR2004 - title and artist
        raise AnswerError(
            f"{isrc} is followed by {len(texts)} parts; write ISRC | title | artist"
        )
    title, artist, *_ = [*map(parse_text, texts), None, None]
    return isrc, title, artist


def parse_recordings(lines: Iterable[str]) -> RecordingList:
    """Return the recordings of pasted lines; empty lines are passed over.

    Raises:
        AnswerError: naming the lines that cannot be read.
    """
    found: dict[Isrc, tuple[str | None, str | None]] = {}
    faults: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            isrc, *texts = parse_recording(line)
        except ValueError as error:
            faults.append(f"line {number}: {error}")
            continue
        if isrc in found:
            faults.append(f"line {number}: {isrc} stands in an earlier line too")
        found[isrc] = (texts[0], texts[1])
    if faults:
        more = len(faults) - _SHOWN
        rest = [f"and {more:,} more"] if more > 0 else []
        raise AnswerError("\n".join(faults[:_SHOWN] + rest))
    if not found:
        raise AnswerError("there is no recording here yet")
    return RecordingList(
        isrcs=tuple(found),
        titles=tuple(title for title, _ in found.values()),
        artists=tuple(artist for _, artist in found.values()),
    )


def _why_no_code(line: str) -> str:
    head = re.split(r"[,;|\t]", line)[0].strip()
    first = head.split(" ")[0]
    suspect = first if len(first) > len("XX-F01") else head
    return explain(suspect)
