"""Which recordings are meant: a list, a table or a prefix."""

from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import click

from sayso.cli.interview.asking import Conversation
from sayso.model.declaration import (
    CatalogueFile,
    PrefixRange,
    RecordingList,
    Scope,
)
from sayso.model.isrc import Prefix, parse_prefix
from sayso.model.problem import Problem
from sayso.publish.drafting.answers import (
    AnswerError,
    parse_years,
)
from sayso.publish.drafting.guidance import ACCOUNT_RECORDINGS
from sayso.publish.drafting.pasting import parse_recording, parse_recordings
from sayso.publish.drafting.table import Table, read_table
from sayso.publish.drafting.template import recordings_text
from sayso.publish.reading.catalogue import read_catalogue
from sayso.publish.reading.encoding import read_text
from sayso.publish.reading.sheet import quote

_SCOPES: dict[str, str] = {
    "list": "type or paste the ISRCs, with titles if you have them",
    "csv": "I have a table (CSV)",
    "prefix": "everything under my ISRC prefix",
}
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Which recordings are meant, before the files have names.

    Attributes:
        suggestion: a fitting name for the declaration.
        recordings: those to write into the declaration itself.
        table: the bytes of the catalogue to write beside it.
        count: how many recordings are listed; None for a prefix.
        prefix: the prefix, where one is meant.
    """

    suggestion: str
    recordings: RecordingList | None = None
    table: bytes | None = None
    count: int | None = None
    prefix: PrefixRange | None = None

    def scope(self, table_name: str) -> Scope:
        """Return the scope, given the name that the catalogue gets."""
        return (
            self.recordings
            or self.prefix
            or CatalogueFile(file=table_name, rows=self.count)
        )


def ask_recordings(
    conversation: Conversation,
    *,
    lines: tuple[str, ...],
    text: Path | None,
    table: Path | None,
    prefix: str | None,
    years: str | None,
) -> Draft:
    """Return which recordings are meant.

    Raises:
        click.UsageError: when options are wrong, missing or contradict each other.
    """
    given = {
        "list": bool(lines or text),
        "csv": table is not None,
        "prefix": prefix is not None,
    }
    named = [kind for kind, is_given in given.items() if is_given]
    if len(named) > 1:
        raise click.UsageError("Give recordings, --csv or --prefix: one of the three.")
    if years is not None and prefix is None:
        raise click.UsageError("--years goes with --prefix only.")
    pasted: list[str] = []

    def take(line: str) -> str | None:
        try:
            parse_recording(line)
        except ValueError:
            return None
        pasted.append(line)
        return "list"

    kind = conversation.choose(
        "--recording, --csv or --prefix",
        named[0] if named else None,
        "Which recordings?",
        _SCOPES,
        other=take,
    )
    match kind:
        case "csv":
            return _table(conversation, table)
        case "prefix":
            return _prefix(conversation, prefix, years)
        case _:
            return _list(conversation, lines, text, pasted)


def _list(
    conversation: Conversation,
    lines: tuple[str, ...],
    text: Path | None,
    pasted: list[str],
) -> Draft:
    if text is not None:
        lines = (*lines, *_lines_of(text))
    if lines:
        try:
            recordings = parse_recordings(lines)
        except AnswerError as error:
            raise click.BadParameter(str(error), param_hint="--recording") from error
    else:
        recordings = _pasted(conversation, pasted)
    count = len(recordings.isrcs)
    if count <= ACCOUNT_RECORDINGS:
        return Draft(suggestion="recordings", recordings=recordings, count=count)
    conversation.say(f"{count:,} recordings: they go into a table (CSV).")
    return Draft(
        suggestion="catalogue", table=recordings_text(recordings).encode(), count=count
    )


def _lines_of(file: Path) -> list[str]:
    with click.open_file(str(file), "rb") as stream:
        text, sheet = read_text(str(file), stream.read())
    for problem in sheet.problems:
        if problem.is_error:
            raise click.BadParameter(
                f"{problem.message} {problem.fix}", param_hint="--recordings-file"
            )
    return (text or "").splitlines()


def _pasted(conversation: Conversation, begun: list[str]) -> RecordingList:
    conversation.say(
        "\nOne recording a line:  ISRC | title | artist\nTitle and artist help to find "
        "a wrong code. You can paste many lines.\nAn empty line ends the list."
    )
    good: dict[str, str] = {}
    while True:
        for line in chain(begun, conversation.lines()):
            try:
                isrc = parse_recording(line)[0]
            except ValueError as error:
                conversation.say(f"  Left out: {error}")
                continue
            if isrc in good:
                conversation.say(f"  Left out: {isrc} is in your list already")
            good.setdefault(isrc, line)
        if good:
            conversation.say(f"  {len(good):,} taken down.")
            return parse_recordings(good.values())
        conversation.say("  There is no recording yet.")


def _table(conversation: Conversation, path: Path | None) -> Draft:
    def read(text: str) -> tuple[Table, int]:
        try:
            data = Path(text.strip().strip("\"'")).expanduser().read_bytes()
        except OSError as error:
            raise AnswerError(f"{text}: {error.strerror}") from error
        table = read_table(data)
        rows, problems = read_catalogue("catalogue.csv", table.text)
        faults = [problem for problem in problems if problem.is_error]
        if faults:
            raise AnswerError(_listed(sorted(faults, key=lambda fault: fault.order)))
        return table, rows.height

    given = None if path is None else str(path)
    table, count = conversation.ask("--csv", given, "Where is the table?", read)
    if table.encoding:
        conversation.say(
            f"  The table is read as {table.encoding}, and written as UTF-8."
            + (f" Is {quote(table.sample)} right?" if table.sample else "")
        )
    conversation.note(f"  {count:,} {'recording' if count == 1 else 'recordings'}.")
    return Draft(suggestion="catalogue", table=table.catalogue, count=count)


def _listed(faults: list[Problem]) -> str:
    shown = [f"line {p.line}: {p.message} {p.fix}" for p in faults[:_SHOWN]]
    more = len(faults) - _SHOWN
    return "\n  ".join(shown + ([f"and {more:,} more"] if more > 0 else []))


def _prefix(conversation: Conversation, given: str | None, years: str | None) -> Draft:
    prefix = conversation.ask(
        "--prefix",
        given,
        "Your prefix, the first five characters of your codes",
        _read_prefix,
    )
    if given is not None and years is None:
        years = "all"
    between = conversation.ask(
        "--years", years, "Which years, such as 2015-2026", parse_years, "all"
    )
    return Draft(
        suggestion=f"prefix-{prefix.lower()}",
        prefix=PrefixRange(prefix=prefix, years=between),
    )


def _read_prefix(text: str) -> Prefix:
    return parse_prefix(text.strip())
