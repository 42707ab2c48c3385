"""Writing a record: it is checked as a part of its registry, before it is written."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import click

from sayso.cli.exits import ExitCode
from sayso.cli.placing import PlaceError, place_files
from sayso.cli.target import FOLDER, beginning_of
from sayso.errors import PublishError
from sayso.model.owner import OwnerId
from sayso.publish.reading.registry import Documents, read_documents
from sayso.publish.reading.sources import read_tree, source_file
from sayso.publish.report import as_text

declarations_option = click.option(
    "--declarations",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(FOLDER),
    show_default=True,
    help="The folder to write into.",
)
dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Print the file, write nothing."
)


def place_record(
    declarations: Path,
    path: str,
    text: str,
    *,
    about: Iterable[OwnerId],
    check: Callable[[Documents], str | None] = lambda _documents: None,
    dry_run: bool,
) -> tuple[Path, Documents]:
    """Write a record, and return where, with what the registry said before.

    Nothing that exists is replaced, and nothing is written that `sayso validate`
    would refuse.

    Args:
        declarations: the folder.
        path: of the record, relative to it.
        text: what it says.
        about: the owners that it names.
        check: returns why the record does not fit to what the registry says, or None.
        dry_run: print it instead.

    Raises:
        PublishError: it does not fit, or cannot be written.
        click.exceptions.Exit: it has problems, which are shown.
    """
    under = {"registry/", "disputes/", *map(beginning_of, about)}
    files = read_tree(declarations, under=under).files
    if any(file.path == path for file in files):
        raise PublishError(
            f"{declarations / path} exists already; choose another --name. Nothing "
            "was written"
        )
    before, _ = read_documents(files)
    draft = source_file(path, text.encode())
    today = datetime.now(UTC).date()
    _, problems = read_documents([*files, draft], today=today)
    found = [problem for problem in problems if problem.path == path]
    if any(problem.is_error for problem in found):
        shown = as_text(found, folder=f"{declarations.as_posix()}/")
        click.echo(f"{shown}Nothing was written.", err=True)
        raise click.exceptions.Exit(ExitCode.PROBLEMS)
    if (fault := check(before)) is not None:
        raise PublishError(f"{fault}. Nothing was written")
    if dry_run:
        click.echo(text, nl=False)
    else:
        _write(declarations / path, text)
    return declarations / path, before


def _write(place: Path, text: str) -> None:
    try:
        place_files({place: text.encode()})
    except PlaceError as error:
        raise PublishError(f"{error}. Nothing was written") from error
    click.echo(place.as_posix())
