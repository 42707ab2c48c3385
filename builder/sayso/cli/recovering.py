"""Going on from a release of which nothing is left but release.json."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sayso.cli.previous import check_descends
from sayso.publish.inputs import Previous
from sayso.publish.reading.git import commit_tree
from sayso.publish.reading.sources import SourceTree, read_blobs
from sayso.publish.recovery import Commits, recovered_state
from sayso.wire.succession import Entry


def recover(
    last: Entry,
    earlier: Iterable[Entry],
    declarations: Path,
    tree: SourceTree,
    *,
    now: datetime,
) -> Previous:
    """Return what the next release needs of one whose state was lost.

    Args:
        last: the release before, verified.
        earlier: those before it, newest first; no more are taken than are needed.
        declarations: the folder whose Git history goes on from that release.
        tree: what was read from it.
        now: when the new release is issued.

    Raises:
        UntrustedError: the releases do not follow one another.
        PublishError: one is missing, or a commit is; or the new commit does not
            descend from that of the last release.
    """
    check_descends(last.release, declarations, tree)
    state = recovered_state(
        last,
        earlier,
        Commits(
            files=lambda commit: commit_tree(declarations, commit).blobs,
            blobs=lambda blobs: read_blobs(declarations, blobs),
        ),
        now=now,
    )
    return Previous(digest=last.digest, release=last.release, state=state, kept=None)
