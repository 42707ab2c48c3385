"""Going on from a release of which nothing is left but release.json."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from sayso.cli.previous import check_descends
from sayso.publish.inputs import Previous
from sayso.publish.reading.git import commit_tree
from sayso.publish.reading.sources import SourceTree
from sayso.publish.recovery import recovered_state
from sayso.wire.succession import Entry


def recover(
    last: Entry,
    earlier: Iterable[Entry],
    declarations: Path,
    tree: SourceTree,
    *,
    now: datetime,
    waiting: timedelta,
) -> Previous:
    """Return what the next release needs of one whose state was lost.

    Args:
        last: the release before, verified.
        earlier: those before it, newest first; no more are taken than are needed.
        declarations: the folder whose Git history goes on from that release.
        tree: what was read from it.
        now: when the new release is issued.
        waiting: how long loosening waits in public.

    Raises:
        UntrustedError: the releases do not follow one another.
        PublishError: one is missing, or a commit is; or the new commit does not
            descend from that of the last release.
    """
    check_descends(last.release, declarations, tree)
    state = recovered_state(
        last,
        earlier,
        lambda commit: commit_tree(declarations, commit).blobs,
        now=now,
        waiting=waiting,
    )
    return Previous(digest=last.digest, release=last.release, state=state, kept=None)
