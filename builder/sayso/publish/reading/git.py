"""Facts from Git: the commit, its files, and the bytes of earlier ones.

Only plumbing commands that read objects are run: they start no hook, write no
lock, fetch nothing and touch no working file.
"""

import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sayso.errors import PublishError
from sayso.model.visible import printable

_SECONDS = 120
_COMMAND = (
    "git",
    "--no-pager",
    "--no-replace-objects",
    "--no-optional-locks",
    "--literal-pathspecs",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.quotePath=false",
)
_BLOB = "blob"
_PLAIN = "100644"
_PROGRAM = "100755"
_NO = 1
_NOT_FETCHED = b"from promisor remote"
_REFETCH = "make it whole (git fetch --refetch --no-filter), and try again"
_WHOLE = "fetch the whole history (git fetch --unshallow) and build again"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitFile:
    """A file of a commit, whatever is checked out.

    Attributes:
        path: below the folder that was asked for.
        mode: which kind of file it is, as the system would say it.
        blob: the id of its bytes.
        size: how many bytes it has; 0 for what is no file.
    """

    path: str
    mode: int
    blob: str
    size: int


class CommitTree:
    """The files of a commit under a folder, as `git ls-tree` lists them."""

    def __init__(self, listing: bytes) -> None:
        self._listing = listing

    def holds_exactly(self, files: Iterable[tuple[str, str]]) -> bool:
        """Return whether these are the files: paths and blobs, in order of paths."""
        files = list(files)
        plain = "".join(f"{_PLAIN} {_BLOB} {blob}\t{path}\0" for path, blob in files)
        # Read it only where it is not the usual list, which is soon compared.
        return plain.encode() == self._listing or dict(files) == {
            path: blob for path, (_, blob) in self._entries.items()
        }

    def is_program(self, path: str) -> bool:
        """Return whether the commit marks a file as a program."""
        return path in self._programs

    def has(self, path: str) -> bool:
        """Return whether a file is in the commit."""
        return path in self._entries

    @property
    def blobs(self) -> dict[str, str]:
        """The blob of each file by its path."""
        return {path: blob for path, (_, blob) in self._entries.items()}

    @cached_property
    def _programs(self) -> frozenset[str]:
        if _PROGRAM.encode() not in self._listing:
            return frozenset()
        entries = self._entries.items()
        return frozenset(path for path, (mode, _) in entries if mode == _PROGRAM)

    @cached_property
    def _entries(self) -> dict[str, tuple[str, str]]:
        """The mode and the blob of each file by its path."""
        entries: dict[str, tuple[str, str]] = {}
        text = self._listing.decode("utf-8", "surrogateescape")
        for line in text.split("\0")[:-1]:
            facts, _, path = line.partition("\t")
            mode, _, blob = facts.split(" ")
            entries[path] = mode, blob
        return entries


def head_commit(folder: Path) -> str | None:
    """Return the id of the commit that is checked out; None outside of Git."""
    arguments = ("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    output = run(folder, *arguments, nothing=1)
    return output.decode("ascii").strip() if output else None


def folder_in_repository(folder: Path) -> str | None:
    """Return a folder from the top of its repository; None outside of Git."""
    output = run(folder, "rev-parse", "--show-prefix")
    return None if output is None else output.decode().strip("\n").rstrip("/")


def commit_tree(folder: Path, commit: str) -> CommitTree:
    """Return the files of a commit under a folder.

    Raises:
        PublishError: Git does not have them.
    """
    output = run(folder, "ls-tree", "-r", "-z", "--end-of-options", commit)
    if output is None:
        raise PublishError(f"the files of {folder} cannot be read from Git")
    return CommitTree(output)


def commit_files(repository: Path, commit: str, folder: str) -> tuple[CommitFile, ...]:
    """Return the files of a commit below one of its folders.

    Args:
        repository: any folder of the repository, which may be bare.
        commit: its id.
        folder: from the top of the repository, such as `declarations`.

    Raises:
        PublishError: Git does not have them.
    """
    options = ("--full-tree", "-r", "--long", "-z", "--end-of-options")
    output = run(repository, "ls-tree", *options, f"{commit}:{folder}")
    if output is None:
        raise PublishError(f"{repository} is in no Git repository")
    found = []
    for line in output.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        facts, _, path = line.partition("\t")
        mode, _, blob, size = facts.split()
        length = int(size) if size.isdecimal() else 0
        found.append(CommitFile(path=path, mode=int(mode, 8), blob=blob, size=length))
    return tuple(found)


def is_ancestor(folder: Path, older: str, newer: str) -> bool:
    """Return whether one commit is another, or an ancestor of it.

    Raises:
        PublishError: this clone does not have one of them.
    """
    done = _ask(folder, "merge-base", "--is-ancestor", "--end-of-options", older, newer)
    if done is None or done.returncode not in {0, _NO}:
        raise PublishError(
            f"Git cannot tell whether commit {newer[:12]} descends from {older[:12]}; "
            f"{_WHOLE}{_said(done)}"
        )
    return done.returncode == 0


def read_blobs(folder: Path, blobs: Iterable[str]) -> dict[str, bytes]:
    """Return the bytes of files by the ids that Git has for them.

    Raises:
        PublishError: Git does not have one, or cannot be asked.
    """
    wanted = sorted(set(blobs))
    if not wanted:
        return {}
    request = "".join(f"{blob}\n" for blob in wanted).encode("ascii")
    output = run(folder, "cat-file", "--batch", request=request)
    if output is None:
        raise PublishError(f"the earlier files of {folder} cannot be read from Git")
    found: dict[str, bytes] = {}
    start = 0
    for blob in wanted:
        end = output.index(b"\n", start)
        header = output[start:end].decode("ascii").split(" ")
        if header[1:2] != [_BLOB]:
            raise PublishError(f"Git does not have the earlier file {blob}; {_WHOLE}")
        start = end + 1 + int(header[2])
        found[blob] = output[end + 1 : start]
        start += 1
    return found


def run(
    folder: Path, *arguments: str, request: bytes = b"", nothing: int = 0
) -> bytes | None:
    """Return what a Git command writes; None outside of Git, or without a Git.

    Args:
        folder: where it runs.
        arguments: the command.
        request: what it reads.
        nothing: the exit code that says that there is nothing to write.

    Raises:
        PublishError: the folder is in a repository, and Git fails.
    """
    done = _ask(folder, *arguments, request=request)
    if done is None:
        return None
    if done.returncode in {0, nothing}:
        return done.stdout
    if _NOT_FETCHED in done.stderr:
        raise PublishError(f"{folder} is in a clone that lacks files; {_REFETCH}")
    if not _is_in_repository(folder):
        return None
    raise PublishError(f"Git cannot be asked about {folder}{_said(done)}")


def _ask(
    folder: Path, *arguments: str, request: bytes = b""
) -> subprocess.CompletedProcess[bytes] | None:
    """Return how a Git command ends; None when there is no Git."""
    try:
        return subprocess.run(  # noqa: S603 - constant commands, ids and no shell
            [*_COMMAND, "-C", str(folder), *arguments],
            input=request,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
            env=_environment(),
        )
    except OSError:
        return None
    except subprocess.TimeoutExpired as error:
        raise PublishError(f"git gave no answer in {_SECONDS} seconds") from error


def _is_in_repository(folder: Path) -> bool:
    place = folder.resolve()
    return any(os.path.lexists(above / ".git") for above in (place, *place.parents))


def _said(done: subprocess.CompletedProcess[bytes] | None) -> str:
    """Return what Git said, behind a colon."""
    words = [] if done is None else done.stderr.decode(errors="replace").split()
    return f": {printable(' '.join(words))}" if words else ""


def _environment() -> dict[str, str]:
    """Return the environment that Git is given: this one, handed on without GIT_*.

    Such variables are set while a hook runs, and would point Git elsewhere.
    """
    kept = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    return {**kept, "LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
