"""`sayso post`: answer a pull request, the merge queue, or an issue form at GitHub."""

from collections.abc import Callable
from pathlib import Path
from typing import assert_never

import click

from sayso.cli.github import Job, this_event, this_job
from sayso.cli.terminal import printable
from sayso.errors import MalformedError
from sayso.publish.github.answer import Place, title
from sayso.publish.github.event import Issue, MergeGroup, PullRequest
from sayso.publish.github.issue_answer import answer_issue
from sayso.publish.github.posting import (
    answer_pull_request,
    answer_queue,
    check_proposed,
    check_queued,
)
from sayso.publish.github.provenance import proposed
from sayso.publish.github.reviewed import REPORT_LIMIT, Report, read_report


@click.command("post", epilog="Example, in a job: sayso post --report report.json")
@click.option(
    "--report",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="What `sayso review --format json` wrote; it may be missing, which is said.",
)
def command(path: Path | None) -> None:
    """Answer what a job at GitHub is about: a pull request, the queue, or an issue.

    A pull request gets a check run on its commit, one comment that is edited in
    place, one label, and suggestions at its lines; the merge queue the check run
    alone; an issue form the files that it declares, with links that hand them in.

    Nothing is read but the event, the report and GitHub's API. A report that is
    missing, no report, or about another commit is a check that failed.
    """
    job, event = this_job(), this_event()
    if isinstance(event, Issue):
        answer_issue(job.api, event, f"{job.server.rstrip('/')}/{job.repository}")
        click.echo(f"Issue {event.number} is answered.")
        return
    match event:
        case PullRequest():
            click.echo(_answer_pull_request(job, event, path))
        case MergeGroup():
            report = _report(path, lambda found: check_queued(found, event))
            answer_queue(job.api, event, report, job.run)
            said = f"The queue is answered for pull request {event.number}"
            click.echo(f"{said}: {title(report)}.")
        case _:
            assert_never(event)


def _answer_pull_request(job: Job, event: PullRequest, path: Path | None) -> str:
    """Answer a pull request, and return how in a sentence."""
    proposal = proposed(job.api, event)
    report = _report(path, lambda found: check_proposed(found, proposal))
    place = Place(
        server=job.server, source=event.source, branch=event.branch, run=job.run
    )
    if answer_pull_request(job.api, proposal, report, place):
        return f"Pull request {event.number} is answered: {title(report)}."
    return f"Pull request {event.number} has moved on, and has the check run alone."


def _report(path: Path | None, check: Callable[[Report], None]) -> Report | None:
    """Return a report that passes a check; None where there is none, which is said."""
    try:
        report = _read(path)
        check(report)
    except MalformedError as error:
        click.echo(f"sayso: {printable(str(error))}", err=True)
        return None
    return report


def _read(path: Path | None) -> Report:
    if path is None:
        raise MalformedError("no report was named")
    try:
        with path.open("rb") as file:
            return read_report(file.read(REPORT_LIMIT + 1))
    except FileNotFoundError:
        raise MalformedError("the check made no report") from None
