"""`sayso event`: who is behind what is merged, in one line for a script."""

import click

from sayso.cli.github import this_event, this_job
from sayso.publish.github.event import MergeGroup
from sayso.publish.github.provenance import merged, queued


@click.command(
    "event",
    epilog="Example, in a job: read -r author sender number head < <(sayso event)",
)
@click.option(
    "--merge",
    metavar="COMMIT",
    help="A commit of the branch, instead of what is in the merge queue.",
)
@click.option(
    "--branch", default="main", show_default=True, help="The branch of that commit."
)
def command(merge: str | None, branch: str) -> None:
    """Print who opened the pull request that is merged, and who pushed to it.

    It is that of the merge queue's event, or the one that --merge came from. The line
    has four words: `github:` and the number of the author, the same of the sender,
    the number of the pull request, and its commit. Nothing is printed for a commit
    that came from no pull request.

    The author is what GitHub says. The sender is what the check run of the review
    kept; without one this fails, since then nobody reviewed that commit.
    """
    api = this_job().api
    if merge is None:
        event = this_event()
        if not isinstance(event, MergeGroup):
            raise click.UsageError("this is not about the merge queue: name --merge.")
        found = queued(api, event)
    else:
        came_from = merged(api, merge, branch)
        if came_from is None:
            return
        found = came_from
    click.echo(f"{found.author} {found.sender} {found.number} {found.head}")
