"""Making a release again, from its commit and from the release before it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sayso.cli.machine import processors
from sayso.cli.making import make_data, read_accepted
from sayso.cli.previous import read_previous
from sayso.cli.rebuild_target import Target
from sayso.errors import FetchError, PublishError, UntrustedError
from sayso.publish.authority.before import Before
from sayso.publish.cache import passing_cache
from sayso.publish.inputs import Previous, Steps
from sayso.publish.output import Folder
from sayso.publish.reading.committed import read_commit
from sayso.publish.reading.git import commit_files, is_ancestor, read_blobs
from sayso.publish.recovery import Commits, recovered_state
from sayso.wire.succession import read_entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """Where the declarations are.

    Attributes:
        place: any folder of the Git repository.
        folder: the declarations, from its top.
    """

    place: Path
    folder: str


def rebuild(
    target: Target, repository: Repository, out: Path, workspace: Path, steps: Steps
) -> None:
    """Make a release again, from its commit and from the release before it.

    Args:
        target: the release.
        repository: where its commit is.
        out: an empty folder, which takes the files.
        workspace: for what is longer than memory.
        steps: is told what is being done.

    Raises:
        PublishError: no release can be made so.
        RegistryError: the commit, or what was published before, cannot be had or not
            be believed.
    """
    release = target.entry.release
    commit = release.source.commit
    if commit is None:
        raise UntrustedError(
            f"release {target.number} says that it was made from no commit, so nobody "
            "can make it again"
        )
    steps("Reading the commit", 0, 1)
    with passing_cache(workers=processors()) as cache:
        with _from(repository):
            files = commit_files(repository.place, commit, repository.folder)
            tree = read_commit(
                files,
                lambda blobs: read_blobs(repository.place, blobs),
                commit=commit,
            )
        previous = _previous(target, repository)
        sources = read_accepted(
            tree,
            Before(
                state=None if previous is None else previous.state,
                blobs=lambda blobs: _earlier(repository, blobs),
            ),
            repository.folder,
            cache,
            now=release.header.issued,
            err=True,
        )
        make_data(
            sources,
            previous,
            Folder(out),
            steps,
            issued=release.header.issued,
            profile=release.header.profile,
            workspace=workspace,
        )


def _previous(target: Target, repository: Repository) -> Previous | None:
    """Return the release before, whose history the commit must go on from."""
    if target.number == 1 or target.kept is None:
        return None
    (data,) = target.entries(range(target.number - 2, target.number - 1))
    before = read_entry(data, index=target.number - 2, before=None)
    read_entry(target.data, index=target.number - 1, before=before)
    old, new = before.release.source.commit, target.entry.release.source.commit
    if old is not None and new is not None:
        with _from(repository):
            is_forward = is_ancestor(repository.place, old, new)
        if not is_forward:
            raise PublishError(
                f"commit {new[:12]} does not descend from {old[:12]}, of which release "
                f"{target.number - 1} was made; a release never goes back"
            )
    if not target.entry.release.recovery:
        return read_previous(target.kept, before.release, data)
    return _recovered(target, repository)


def _recovered(target: Target, repository: Repository) -> Previous:
    """Return what is known of the release before where its state was lost."""
    indexes = reversed(range(target.number - 1))
    entries = (
        read_entry(data, index=index, before=None)
        for index in indexes
        for data in target.entries(range(index, index + 1))
    )
    last = next(entries)
    state = recovered_state(
        last,
        entries,
        Commits(
            files=lambda commit: _files(repository, commit),
            blobs=lambda blobs: _earlier(repository, blobs),
        ),
        now=target.entry.release.header.issued,
    )
    return Previous(digest=last.digest, release=last.release, state=state, kept=None)


def _files(repository: Repository, commit: str) -> dict[str, str]:
    with _from(repository):
        files = commit_files(repository.place, commit, repository.folder)
    return {file.path: file.blob for file in files}


def _earlier(repository: Repository, blobs: list[str]) -> Mapping[str, bytes]:
    with _from(repository):
        return read_blobs(repository.place, blobs)


@contextmanager
def _from(repository: Repository) -> Iterator[None]:
    """Say that what Git does not have is no difference, but could not be had."""
    try:
        yield
    except PublishError as error:
        raise FetchError(
            f"{error}. Nothing was compared: is {repository.place} a clone of the "
            "registry's public repository, with its whole history, and with "
            f"{repository.folder}? If the commit is in none, the release was made from "
            "something that nobody else can see"
        ) from error
