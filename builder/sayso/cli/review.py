"""`sayso review`: say of a change, from Git alone, whether it may be merged."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from sayso.cli.exits import ExitCode
from sayso.cli.painting import paint
from sayso.errors import FetchError, PublishError
from sayso.model.owner import is_account
from sayso.publish.github.commands import as_commands
from sayso.publish.reading.git import read_blobs
from sayso.publish.reading.git_changes import changes, commit_id, fork_point, sizes
from sayso.publish.report import as_text as problems_text
from sayso.publish.review.base import Base
from sayso.publish.review.examine import Review, examine
from sayso.publish.review.proposal import FILES, Proposal
from sayso.publish.review.report import as_json, as_text
from sayso.wire.profile import encode

_EXAMPLES = """\
\b
Examples:
  sayso review --base main --head HEAD --author github:583231
  sayso review --base origin/main --head FETCH_HEAD --author github:583231 \\
    --sender github:583231 --format json > report.json
"""


def account(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> str | None:
    """Return an account as it was given.

    Raises:
        click.BadParameter: it is none.
    """
    if value is not None and not is_account(value):
        raise click.BadParameter(
            f"{value!r} is not an account by number, such as github:583231"
        )
    return value


author_option = click.option(
    "--author",
    required=True,
    callback=account,
    metavar="github:ID",
    help="The account that opened the pull request, by number.",
)


def proposed(
    repository: Path, old: str, new: str, *, folder: str, author: str, sender: str
) -> Proposal:
    """Return what differs between two commits, as somebody proposes it.

    Args:
        repository: any folder of the Git repository.
        old: the id of the commit that it goes off from.
        new: the id of its own commit.
        folder: where declarations are, from the top of the repository.
        author: the account that made it.
        sender: the account that sent it last.

    Raises:
        PublishError: Git does not have the folders of one of them.
    """
    return Proposal(
        changed=changes(repository, old, new, limit=FILES),
        folder=folder,
        sizes=lambda blobs: sizes(repository, blobs),
        read=lambda blobs: read_blobs(repository, blobs),
        author=author,
        sender=sender,
    )


@click.command("review", epilog=_EXAMPLES)
@click.option("--base", required=True, metavar="REV", help="The accepted side.")
@click.option("--head", required=True, metavar="REV", help="The change.")
@author_option
@click.option(
    "--sender",
    callback=account,
    metavar="github:ID",
    help="The account that pushed to it last.  [default: the author]",
)
@click.option(
    "--repository",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Any folder of the Git repository.  [default: this one]",
)
@click.option(
    "--folder",
    default="declarations",
    show_default=True,
    help="Where declarations are, from the top of the repository.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="Text for people, JSON (sayso/review/1) for programs, or annotations.",
)
@click.pass_context
def command(  # noqa: PLR0917 - click passes options by name
    context: click.Context,
    base: str,
    head: str,
    author: str,
    sender: str | None,
    repository: Path,
    folder: str,
    form: str,
) -> None:
    """Say of a change whether it may be merged, and what it would change.

    Nothing of the change is checked out or run: its files are read from Git's objects,
    within bounds. Who may change what is read from the base alone. What Git does not
    have here has to be fetched before.

    The exit code is 0 when it may be merged or touches no declaration, 1 when problems
    stand in the way, 40 when Git cannot say.
    """
    try:
        base_id, head_id = commit_id(repository, base), commit_id(repository, head)
        since = fork_point(repository, base_id, head_id)
        proposal = proposed(
            repository,
            since,
            head_id,
            folder=folder,
            author=author,
            sender=sender or author,
        )
        review = examine(
            Base(repository, base_id, folder), proposal, now=datetime.now(UTC)
        )
    except PublishError as error:
        raise FetchError(f"nothing was reviewed: {error}") from error
    match form:
        case "json":
            report = as_json(
                review,
                base=base_id,
                head=head_id,
                author=author,
                sender=sender or author,
            )
            click.echo(encode(report), nl=False)
        case "github":
            click.echo(as_commands(review.problems, f"{folder}/"), nl=False)
        case _:
            _say(review, folder)
    context.exit(ExitCode.PROBLEMS if review.is_refused else ExitCode.DONE)


def _say(review: Review, folder: str) -> None:
    text = problems_text(review.problems, folder=f"{folder}/", paint=paint)
    click.echo(text, nl=False)
    lines: Sequence[str] = [*as_text(review)]
    click.echo("\n".join(lines))
