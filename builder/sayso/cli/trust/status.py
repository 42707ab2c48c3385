"""`sayso trust status`: who has signed, what is missing, and until when it holds."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from sayso.cli.clock import now
from sayso.cli.exits import ExitCode
from sayso.cli.terminal import fields, paragraph, width
from sayso.cli.trust.asked import folder_option
from sayso.cli.trust.words import called, fingerprint
from sayso.trust.folder import TrustFolder, read_trust_folder
from sayso.trust.renewal import Expiry, expiries
from sayso.trust.roles import RoleFile, profile_of
from sayso.trust.signing import Tally
from sayso.wire.profile import Json, encode
from sayso.wire.text import format_time

FORMAT = "sayso/trust/1"


@click.command("status", epilog="Example: sayso trust status --json")
@folder_option
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.pass_context
def command(context: click.Context, folder: Path, *, as_json: bool) -> None:
    """Say of every file who has signed it, what is missing, and when it expires.

    Exits 0 when everything is complete and nothing has to be renewed, 1 otherwise, and
    40 where a file is not what its name says.
    """
    given = read_trust_folder(folder)
    ends = {end.name: end for pair in given.in_force for end in expiries(*pair)}
    due = [*_due(given, ends, now())]
    if as_json:
        click.echo(encode(_document(given, ends, due)), nl=False)
    else:
        _say(given, ends, due)
    context.exit(ExitCode.PROBLEMS if due else ExitCode.DONE)


def progress(folder: TrustFolder, file: RoleFile) -> str:
    """Return how far a file is, in a line or two."""
    line = f"{file.name}: {_counts(folder.tally(file))}"
    if folder.is_complete(file):
        line += f", complete.\nSHA-256 of {file.name}: {file.digest}"
    return line


def _due(
    folder: TrustFolder, ends: dict[str, Expiry], moment: datetime
) -> Iterator[str]:
    """Yield what somebody has to do, a sentence each."""
    for file in folder.files:
        for stranger in folder.strangers(file):
            yield (
                f"{file.name} has a signature of the key {stranger} that is false, or "
                "of nobody who may sign it: take back the change that brought it."
            )
        for part in folder.tally(file):
            if not part.enough:
                more = part.least - len(part.signed)
                yield (
                    f"{file.name} needs {more} more of the {len(part.missing)} keys in "
                    f"{part.named_by} that have not signed it: sayso trust sign."
                )
    if not folder.names_policy:
        yield (
            "policy.txt is not what the newest targets name: put it back, or name it "
            "with sayso trust rotate."
        )
    for end in ends.values():
        if end.is_over(moment):
            yield f"{end.name} has expired: sayso trust rotate."
        elif end.is_due(moment):
            yield f"{end.name} expires {format_time(end.expires)}: sayso trust rotate."


def _say(folder: TrustFolder, ends: dict[str, Expiry], due: list[str]) -> None:
    columns = width()
    profile = profile_of(folder.newest[0])
    for file in folder.files:
        click.echo(click.style(file.name, bold=True))
        rows = [*_rows(folder, file, ends.get(file.name))]
        click.echo("\n".join(fields(rows, columns)))
    rows = [("profile", profile.name), ("does not withstand", profile.weakness)]
    click.echo("\n".join(fields(rows, columns)))
    for sentence in due or ["Everything is complete, and nothing is due."]:
        for line in paragraph(sentence, columns, first="- ", rest="  "):
            click.echo(click.style(line, fg="yellow" if due else "green"))


def _rows(
    folder: TrustFolder, file: RoleFile, end: Expiry | None
) -> Iterator[tuple[str, str]]:
    yield "content", fingerprint(file)
    yield "file", file.digest
    for part in folder.tally(file):
        yield "signed", _count(part)
        for key in part.signed:
            yield "", f"yes  {called(folder, key.keyid)}"
        for key in part.missing:
            yield "", f"no   {called(folder, key.keyid)}"
    if end is None:
        yield "holds", "no more: another follows"
    else:
        renewed = f"to be renewed from {format_time(end.warned)} on"
        yield "holds", f"until {format_time(end.expires)}, {renewed}"


def _count(part: Tally) -> str:
    among = len(part.signed) + len(part.missing)
    return (
        f"{len(part.signed)} of {part.least} needed, by the {among} keys in "
        f"{part.named_by}"
    )


def _counts(parts: tuple[Tally, ...]) -> str:
    return "signed by " + " and by ".join(map(_count, parts))


def _document(
    folder: TrustFolder, ends: dict[str, Expiry], due: list[str]
) -> dict[str, Json]:
    profile = profile_of(folder.newest[0])
    return {
        "due": due,
        "files": [
            _file_document(folder, file, ends.get(file.name)) for file in folder.files
        ],
        "format": FORMAT,
        "profile": profile.name,
        "weakness": profile.weakness,
    }


def _file_document(
    folder: TrustFolder, file: RoleFile, end: Expiry | None
) -> dict[str, Json]:
    return {
        "complete": folder.is_complete(file),
        "content": fingerprint(file),
        "digest": file.digest,
        "expires": format_time(file.expires),
        "file": file.name,
        "renew": None if end is None else format_time(end.warned),
        "signatures": [
            {
                "least": part.least,
                "missing": [key.keyid for key in part.missing],
                "named": part.named_by,
                "signed": [key.keyid for key in part.signed],
            }
            for part in folder.tally(file)
        ],
        "strangers": list(folder.strangers(file)),
        "version": file.version,
    }
