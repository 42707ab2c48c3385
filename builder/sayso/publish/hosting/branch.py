"""A branch of a Git repository as destination, for hosts that serve one.

One commit is made of Git's own objects in a repository that is thrown away: nothing is
checked out, no hook runs, and what others put into the branch is neither read nor run.
The push moves the branch only from where it was seen, so of two publishers one fails.
"""

import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sayso.errors import FetchError, MissingError, PublishError
from sayso.publish.git_remote import (
    git_environment,
    git_said,
    without_password,
)
from sayso.publish.hosting.outgoing import Outgoing
from sayso.publish.reading.file import blob_id

NO_JEKYLL: Final = ".nojekyll"
"""GitHub Pages passes over names such as `_headers` where this file is missing."""

_SECONDS = 1800
_COMMAND = (
    "git",
    "--no-pager",
    "--no-replace-objects",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.autocrlf=false",
    "-c",
    "gc.auto=0",
    "-c",
    "user.name=sayso publish",
    "-c",
    "user.email=sayso@localhost",
    "-c",
    "commit.gpgSign=false",
)
_SEEN = "refs/remotes/origin/seen"
_PLAIN = "100644"
_GONE = "0"
_TIP = "refs/heads/new"


class BranchDestination:
    """Gathers files, and pushes them as one commit."""

    at_once = 1
    is_atomic = True

    def __init__(self, git: "_Git", branch: str, remote: str, *, squash: bool) -> None:
        """Take a repository that knows the remote.

        Args:
            git: runs in a repository that is bare, and ours alone.
            branch: the name of the branch.
            remote: where it is.
            squash: whether the branch keeps no more than the newest commit.
        """
        self.name = f"branch {branch} of {without_password(remote)}"
        self.notes: list[str] = []
        self._git = git
        self._branch = branch
        self._squash = squash
        self._seen = self._fetch_branch()
        self._blobs = dict(self._listed())
        self._put: dict[str, Outgoing] = {}
        self._removed: set[str] = set()

    def sizes(self) -> Mapping[str, int | None]:
        """Return the paths of what it had; Git tells no sizes without the bytes."""
        return dict.fromkeys(self._blobs)

    def has(self, file: Outgoing) -> bool:
        """Return whether it has exactly this file."""
        blob = self._blobs.get(file.path)
        return blob is not None and blob == blob_id(file.read())

    def fetch(self, path: str, *, limit: int) -> bytes:
        """Return the bytes of a file."""
        if (blob := self._blobs.get(path)) is None:
            raise MissingError(f"{self.name} has no {path}")
        try:
            data = self._git.run("cat-file", "blob", blob)
        except PublishError as error:
            raise FetchError(f"{path} cannot be read: {error}") from error
        if len(data) > limit:
            raise FetchError(f"{path} is longer than the {limit} bytes expected")
        return data

    def put(self, file: Outgoing) -> None:
        """Let the commit have a file."""
        self._put[file.path] = file

    def settle(self) -> None:
        """Do nothing: all becomes visible at once."""

    def remove(self, paths: Iterable[str]) -> None:
        """Let the commit have files no more."""
        self._removed |= set(paths)

    def finish(self, summary: str) -> None:
        """Make the commit, and push it."""
        if not self._put and not self._removed:
            return
        commit = self._commit(summary)
        self._git.run("update-ref", _TIP, commit)
        # With a lease the branch is moved only from where it was seen, and even to a
        # commit that does not follow; without one Git moves it only forwards. Both are
        # a compare-and-swap.
        lease = f"--force-with-lease=refs/heads/{self._branch}:{self._seen or ''}"
        extra = [lease] if self._squash else []
        try:
            self._git.run("push", *extra, "origin", f"{_TIP}:refs/heads/{self._branch}")
        except PublishError as error:
            raise PublishError(
                f"{self.name} was not moved; if somebody else published meanwhile, "
                f"publish again: {error}"
            ) from error

    def _fetch_branch(self) -> str | None:
        """Return the commit of the branch; None where there is no such branch."""
        name = f"refs/heads/{self._branch}"
        if not self._git.run("ls-remote", "origin", name):
            return None
        # The trees say what is there; the bytes of a few files are had when asked for.
        self._git.run(
            "fetch", "--quiet", "--no-tags", "--depth=1", "--filter=blob:none",
            "origin", f"+{name}:{_SEEN}",
        )  # fmt: skip
        return self._git.run("rev-parse", "--verify", _SEEN).decode("ascii").strip()

    def _listed(self) -> Iterator[tuple[str, str]]:
        """Yield the path and the blob of each file of the branch."""
        if self._seen is None:
            return
        listing = self._git.run("ls-tree", "-r", "-z", self._seen)
        for line in listing.decode("utf-8", "surrogateescape").split("\0")[:-1]:
            facts, _, path = line.partition("\t")
            mode, _, blob = facts.split(" ")
            if mode == _PLAIN:
                yield path, blob

    def _commit(self, summary: str) -> str:
        if self._seen is not None:
            self._git.run("read-tree", self._seen)
        files = list(self._put.values())
        places = "".join(f"{file.place.absolute()}\n" for file in files)
        hashed = self._git.run(
            "hash-object", "-w", "--no-filters", "--stdin-paths",
            request=places.encode(),
        )  # fmt: skip
        blobs = hashed.decode("ascii").split()
        empty = self._git.run("hash-object", "-w", "--stdin").decode("ascii").strip()
        lines = [
            f"{_PLAIN} {blob}\t{file.path}\0"
            for file, blob in zip(files, blobs, strict=True)
        ]
        lines.append(f"{_PLAIN} {empty}\t{NO_JEKYLL}\0")
        nothing = "0" * len(empty)
        lines += [f"{_GONE} {nothing}\t{path}\0" for path in sorted(self._removed)]
        request = "".join(lines).encode()
        self._git.run("update-index", "-z", "--index-info", request=request)
        tree = self._git.run("write-tree", "--missing-ok").decode("ascii").strip()
        before = [] if self._seen is None or self._squash else ["-p", self._seen]
        made = self._git.run("commit-tree", tree, *before, request=summary.encode())
        return made.decode("ascii").strip()


@contextmanager
def open_branch(
    remote: str, branch: str, *, squash: bool = False
) -> Iterator[BranchDestination]:
    """Give a branch of a repository.

    Args:
        remote: an address or a folder, as Git takes it.
        branch: the name of the branch; it is made where it is not there.
        squash: whether the branch keeps no more than the newest commit.

    Raises:
        PublishError: the repository cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="sayso-publish-") as folder:
        git = _Git(Path(folder))
        git.run("init", "--quiet", "--bare")
        git.run("check-ref-format", "--branch", branch)
        git.run("remote", "add", "--", "origin", remote)
        yield BranchDestination(git, branch, remote, squash=squash)


class _Git:
    """Runs commands of Git in a bare repository."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository

    def run(self, *arguments: str, request: bytes = b"") -> bytes:
        """Return what a command writes.

        Raises:
            PublishError: it fails, or there is no Git.
        """
        try:
            done = subprocess.run(  # noqa: S603 - no shell
                [*_COMMAND, f"--git-dir={self._repository}", *arguments],
                input=request,
                capture_output=True,
                check=False,
                timeout=_SECONDS,
                env=git_environment(),
            )
        except OSError as error:
            raise PublishError(
                f"git cannot be run: {error.strerror}; install it"
            ) from error
        except subprocess.TimeoutExpired as error:
            raise PublishError(
                f"git {arguments[0]} took longer than {_SECONDS} seconds"
            ) from error
        if done.returncode:
            said = git_said(done.stderr.decode(errors="replace"))
            raise PublishError(f"git {arguments[0]} failed: {said}")
        return done.stdout
