"""`sayso screen`: what a registry answers for every row of a manifest."""

import sys
from datetime import datetime, timedelta
from pathlib import Path

import click

from sayso.cli.clock import now
from sayso.cli.exits import ExitCode
from sayso.cli.question import (
    as_of_option,
    check_past,
    country_option,
    max_age_option,
    registry_option,
    use_of,
)
from sayso.cli.root import root_option, store_option
from sayso.cli.screening.answering import Where
from sayso.cli.screening.doing import EU, REPORT, ROLES, SUMMARY, Order, do
from sayso.cli.screening.newest import newest
from sayso.cli.screening.summary import document, lines
from sayso.cli.steps import shown_steps
from sayso.cli.terminal import paragraph, printable, width
from sayso.client.manifest.opened import KINDS, open_manifest
from sayso.client.screening.question import Question
from sayso.errors import MalformedError
from sayso.model.screening import HANDLINGS, Action, Handling, read_handling
from sayso.model.vocabulary import Use
from sayso.wire.policies import CLAIMED, REVIEWED
from sayso.wire.profile import encode

_STREAM = "-"
_HANDLINGS = "; ".join(f"{name} {words}" for name, words in HANDLINGS.items())


def _handling(_: click.Context, __: click.Parameter, text: str) -> Handling:
    try:
        return read_handling(text)
    except MalformedError as error:
        raise click.BadParameter(str(error)) from error


@click.command(
    "screen",
    epilog="Example: sayso screen tracks.csv --use train-generative "
    "--registry https://registry.example --root 1.root.json",
)
@click.argument("manifest", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--use",
    required=True,
    callback=use_of,
    metavar="USE",
    help="What the recordings are to be used for, such as train-generative.",
)
@country_option
@click.option(
    "--ownership",
    type=click.Choice([CLAIMED, REVIEWED]),
    default=CLAIMED,
    show_default=True,
    help="Whom to believe. With reviewed, a verdict of an owner whose ownership is "
    "only claimed reads as undeclared.",
)
@click.option(
    "--siblings",
    is_flag=True,
    help="Find rows whose title and artist are declared under another code too. "
    "Fetches titles the first time.",
)
@click.option(
    "--policy",
    "handling",
    callback=_handling,
    default="strict",
    show_default=True,
    metavar="NAME|PAIRS",
    help=f"What to keep: {_HANDLINGS}; or pairs, as undeclared=keep,disputed=keep. "
    "Rows without a usable code are always set apart.",
)
@click.option(
    "--column", metavar="NAME", help="The column with the codes. [default: found]"
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(KINDS),
    help="What the manifest is. [default: found]",
)
@registry_option
@root_option
@store_option
@max_age_option
@as_of_option
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for the files; nothing in it is overwritten. [default: the name of "
    "the manifest, with .screened]",
)
@click.option(
    "--write",
    "roles",
    multiple=True,
    type=click.Choice(ROLES),
    help="Write only this; may be given several times. [default: all]",
)
@click.option("--json", "as_json", is_flag=True, help="Write the summary in JSON.")
@click.pass_context
def command(
    context: click.Context,
    *,
    manifest: Path,
    use: Use,
    country: str | None,
    ownership: str,
    siblings: bool,
    handling: Handling,
    column: str | None,
    kind: str | None,
    location: str,
    root_file: Path | None,
    store_folder: Path,
    max_age: timedelta,
    moment_asked: datetime | None,
    folder: Path | None,
    roles: tuple[str, ...],
    as_json: bool,
) -> None:
    """Check every row of MANIFEST before it is used.

    MANIFEST is a table (CSV, TSV, JSON, JSON Lines, Parquet, Excel), a folder of audio,
    a tar of a WebDataset, or - for a table on standard input. Everything happens on
    this machine: nobody learns what was asked.

    Into the folder of --out go the annotated table, the rows that are kept, excluded
    and set apart for want of a usable code, a receipt, and a report for people who
    were not there. What was interrupted goes on where it was, with the same command.

    Exits 0 where every row is kept, 1 where some are not, 2 where the manifest or the
    question is wrong, and 40 where the registry cannot be had or believed: then there
    is no answer.
    """
    moment = now()
    if siblings and moment_asked is not None:
        raise click.UsageError("--siblings goes with the newest release only")
    if moment_asked is not None:
        moment_asked = check_past(moment_asked, moment)
    try:
        question = Question(
            use=use,
            territory=country,
            now=moment_asked or moment,
            reviewed_only=ownership == REVIEWED,
            siblings=siblings,
            handling=handling,
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    is_stream = str(manifest) == _STREAM
    opened = open_manifest(
        sys.stdin.buffer if is_stream else manifest, column=column, kind=kind
    )
    where = Where(
        location=location, root_file=root_file, store=store_folder, max_age=max_age
    )
    with shown_steps() as told:
        if moment_asked is None:
            answering = newest(where, now=moment, titles=siblings, told=told)
        else:
            from sayso.cli.screening.fetching import as_of  # noqa: PLC0415

            answering = as_of(where, moment_asked, now=moment, told=told)
        order = Order(
            manifest=opened,
            path=None if is_stream else manifest,
            folder=folder or _beside(manifest, is_stream=is_stream),
            roles=frozenset(roles or ROLES),
            question=question,
            as_of=moment_asked,
        )
        account = do(order, answering, told=told)
    if as_json:
        click.echo(encode(document(account)), nl=False)
    else:
        click.echo("\n".join([*lines(account, width()), "", *_places(order)]))
    all_kept = account.actions[Action.KEEP] == account.manifest.rows
    context.exit(ExitCode.DONE if all_kept else ExitCode.PROBLEMS)


def _places(order: Order) -> list[str]:
    """Say where everything is."""
    what = f"Everything is in {printable(str(order.folder))}"
    if "report" in order.roles:
        what += f": {REPORT} is for people who were not there, {EU} for the summary"
        what += f" of training content, {SUMMARY} for programs"
    return paragraph(f"{what}.", width())


def _beside(manifest: Path, *, is_stream: bool) -> Path:
    """Return the folder for the files, in the folder where the command is given."""
    name = "stdin" if is_stream else manifest.resolve().name
    return Path(f"{name}.screened")
