"""What an account may change: the review of a pull request, before there is one."""

from datetime import datetime
from pathlib import Path

import click

from sayso.publish.reading.git import commit_tree, folder_in_repository, head_commit
from sayso.publish.reading.git_changes import Changed, commit_id
from sayso.publish.reading.sources import SourceTree
from sayso.publish.review.base import Base
from sayso.publish.review.examine import Review, examine
from sayso.publish.review.proposal import Proposal

_PLAIN = 0o100644


def review_as(
    account: str,
    root: Path,
    tree: SourceTree,
    *,
    under: set[str],
    since: str | None,
    now: datetime,
) -> Review:
    """Return the review of what is changed in a folder of declarations.

    Args:
        account: who would make the change.
        root: the folder of declarations.
        tree: what was read of it.
        under: beginnings of the paths that were read.
        since: the revision that is accepted; the commit that is checked out when None.
        now: when it is reviewed.

    Raises:
        click.UsageError: the folder is in no Git repository, or has no commit yet.
    """
    folder = folder_in_repository(root)
    if head_commit(root) is None or folder is None:
        raise click.UsageError(
            f"{root} is in no Git repository with a commit: --as compares with what is "
            "accepted there. Clone the registry, and put your files into the clone"
        )
    commit = commit_id(root, since or "HEAD")
    before = {
        path: blob
        for path, blob in commit_tree(root, commit).blobs.items()
        if path.startswith(tuple(under))
    }
    files = {f.path: f for f in tree.files if f.path.startswith(tuple(under))}
    held = {file.blob: file for file in tree.files}
    changed = [
        Changed(
            path=f"{folder}/{path}",
            mode=_PLAIN if path in files else 0,
            before=before.get(path),
            blob=files[path].blob if path in files else None,
        )
        for path in sorted({*files, *before} - tree.refused)
        if path not in files or files[path].blob != before.get(path)
    ]
    proposal = Proposal(
        changed=changed,
        folder=folder,
        sizes=lambda blobs: {blob: held[blob].size for blob in blobs},
        read=lambda blobs: {blob: held[blob].data for blob in blobs},
        author=account,
        sender=account,
    )
    return examine(Base(root, commit, folder), proposal, now=now)
