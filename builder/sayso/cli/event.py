"""`sayso event`: who is behind a pull request, in one line for a script."""

from typing import assert_never

import click

from sayso.cli.github import this_event, this_job
from sayso.publish.github.event import Issue, MergeGroup, PullRequest
from sayso.publish.github.provenance import Provenance, merged, proposed, queued


@click.command(
    "event",
    epilog="Example, in a job: read -r author sender number head < <(sayso event)",
)
@click.option(
    "--merge",
    metavar="COMMIT",
    help="A commit of the branch, instead of what the event is about.",
)
@click.option(
    "--branch", default="main", show_default=True, help="The branch of that commit."
)
def command(merge: str | None, branch: str) -> None:
    """Print who opened the pull request that a job is about, and who sent its commit.

    It is that of the event, also in the merge queue, or the one that --merge came
    from. The line has four words: `github:` and the number of the author, the same of
    the sender, the number of the pull request, and its commit. Nothing is printed for
    a commit that came from no pull request.

    The author is what GitHub says. The sender is who opened it or pushed to it; after
    that it is what the check run of the review kept, and without one what is merged
    fails, since nobody reviewed that commit.

    The exit code is 1 where nobody reviewed it, and 40 where GitHub cannot be asked.
    """
    found = _merged(merge, branch) if merge is not None else _told()
    if found is not None:
        click.echo(f"{found.author} {found.sender} {found.number} {found.head}")


def _merged(merge: str, branch: str) -> Provenance | None:
    return merged(this_job().api, merge, branch)


def _told() -> Provenance:
    job, event = this_job(), this_event()
    match event:
        case PullRequest():
            return proposed(job.api, event)
        case MergeGroup():
            return queued(job.api, event)
        case Issue():
            raise click.UsageError("this is about no pull request: name --merge.")
        case _:
            assert_never(event)
