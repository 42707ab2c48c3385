"""`sayso validate`: check declarations, and say what to change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import click

from sayso.cli.as_account import review_as
from sayso.cli.exits import ExitCode
from sayso.cli.machine import processors
from sayso.cli.painting import paint
from sayso.cli.review import account
from sayso.cli.target import FOLDER, Target, partners, target_of
from sayso.model.problem import Problem
from sayso.publish.cache import passing_cache
from sayso.publish.github.commands import as_commands
from sayso.publish.reading.readings import Readings
from sayso.publish.reading.registry import Documents, read_documents
from sayso.publish.reading.sources import SourceTree, read_tree
from sayso.publish.report import as_json, as_text, summary
from sayso.publish.review.examine import Review
from sayso.publish.review.report import as_text as review_text
from sayso.wire.profile import encode


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """What was found in one folder of declarations.

    Attributes:
        folder: the folder, for messages.
        files: how many files were checked.
    """

    folder: str
    problems: list[Problem]
    files: int
    review: Review | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What is asked beside what every check asks.

    Attributes:
        account: who would make the change; nobody asks for authority when None.
        since: the revision that is accepted.
        now: when it is asked.
    """

    account: str | None
    since: str | None
    now: datetime


_EXAMPLES = """\
\b
Examples:
  sayso validate
  sayso validate declarations/domain/fe/fernwood.example
  sayso validate --as github:583231
  sayso validate --format json > problems.json
"""


@click.command("validate", epilog=_EXAMPLES)
@click.argument(
    "paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]..."
)
@click.option(
    "--as",
    "who",
    callback=account,
    metavar="github:ID",
    help="Also say whether this account may make the change, and what it would change.",
)
@click.option(
    "--base",
    metavar="REV",
    help="With --as: the accepted side.  [default: the commit that is checked out]",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="Text for people, JSON (sayso/problems/1) for programs, or the commands by "
    "which GitHub shows problems at their lines.",
)
@click.pass_context
def command(
    context: click.Context,
    paths: tuple[Path, ...],
    who: str | None,
    base: str | None,
    form: str,
) -> None:
    """Check declarations, and say everything that is wrong with them at once.

    PATH is the folder of declarations (./declarations when left out), an owner's
    folder, or a single file; then only its problems are shown. The exit code is 0
    when there is no error, even with warnings, and 1 otherwise.

    With --as it says, too, what the check of a pull request would say.
    """
    if base is not None and who is None:
        raise click.UsageError("--base says what --as compares with; give both.")
    if not paths and not Path(FOLDER).is_dir():
        raise click.UsageError(f"there is no folder {FOLDER} here; name one as PATH")
    targets = [target_of(path) for path in paths or (Path(FOLDER),)]
    asked = _Asked(account=who, since=base, now=datetime.now(UTC))
    checked = [
        _check([target for target in targets if target.root == root], asked)
        for root in dict.fromkeys(target.root for target in targets)
    ]
    problems = [problem for part in checked for problem in part.problems]
    files = sum(part.files for part in checked)
    if form == "json":
        click.echo(encode(as_json(problems, files)), nl=False)
    else:
        for part in checked:
            if form == "github":
                text = as_commands(part.problems, part.folder)
            else:
                text = as_text(part.problems, folder=part.folder, paint=paint)
            click.echo(text, nl=False)
        click.echo(summary(problems, files))
        for part in checked:
            if part.review is not None and form == "text":
                click.echo("\n".join(review_text(part.review)))
    has_errors = any(problem.is_error for problem in problems)
    context.exit(ExitCode.PROBLEMS if has_errors else ExitCode.DONE)


def _check(targets: Sequence[Target], asked: _Asked) -> _Checked:
    """Check targets in one folder of declarations."""
    tree, problems = _read(targets, asked.now.date())
    review = None
    if asked.account is not None:
        review = review_as(
            asked.account,
            targets[0].root,
            tree,
            under={path for target in targets for path in target.beginnings},
            since=asked.since,
            now=asked.now,
        )
        problems = sorted({*problems, *review.problems}, key=lambda one: one.order)
    paths = {*tree.refused, *(file.path for file in tree.files)}
    return _Checked(
        folder=targets[0].shown_root,
        problems=[p for p in problems if any(target.shows(p) for target in targets)],
        files=sum(any(target.has(path) for target in targets) for path in paths),
        review=review,
    )


def _read(targets: Sequence[Target], today: date) -> tuple[SourceTree, list[Problem]]:
    """Read what the targets are, and no more of the registry than they need."""
    root, workers = targets[0].root, processors()
    readings = Readings(workers=workers)
    wanted = {path for target in targets for path in target.beginnings}
    with passing_cache(workers=workers) as tables:

        def read(under: set[str]) -> tuple[SourceTree, Documents, list[Problem]]:
            tree = read_tree(root, under=under, workers=workers)
            documents, problems = read_documents(
                tree.files,
                readings=readings,
                tables=tables,
                refused=tree.refused,
                today=today,
            )
            return tree, documents, problems

        tree, documents, problems = read(wanted)
        more = partners(documents, [target.path for target in targets]) - wanted
        if "" not in wanted and more:
            tree, _, problems = read(wanted | more)
    problems = [*tree.problems, *problems]
    return tree, sorted(problems, key=lambda problem: problem.order)
