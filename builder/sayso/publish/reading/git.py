"""Facts from Git: the commit, its files, and the bytes of earlier ones.

Only plumbing commands that read objects are run: they start no hook, write no
lock, fetch nothing and touch no working file.
"""

import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sayso.errors import PublishError

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file in a commit."""

    mode: str
    blob: str

    @property
    def executable(self) -> bool:
        """Whether the commit marks it as a program."""
        return self.mode == "100755"


def head_commit(folder: Path) -> str | None:
    """Return the id of the commit that is checked out; None outside of Git."""
    output = _run(folder, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    return None if output is None else output.decode("ascii").strip()


def head_tree(folder: Path) -> dict[str, Entry] | None:
    """Return the files of the commit under a folder; None outside of Git."""
    output = _run(folder, "ls-tree", "-r", "-z", "HEAD")
    if output is None:
        return None
    tree: dict[str, Entry] = {}
    for line in output.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        facts, _, path = line.partition("\t")
        mode, _, blob = facts.split(" ")
        tree[path] = Entry(mode=mode, blob=blob)
    return tree


def is_ancestor(folder: Path, older: str, newer: str) -> bool:
    """Return whether one commit is another, or an ancestor of it.

    Commits that this clone does not have are no ancestors.
    """
    output = _run(
        folder, "merge-base", "--is-ancestor", "--end-of-options", older, newer
    )
    return output is not None


def read_blobs(folder: Path, blobs: Iterable[str]) -> dict[str, bytes]:
    """Return the bytes of files by the ids that Git has for them.

    Raises:
        PublishError: Git does not have one, or cannot be asked.
    """
    wanted = sorted(set(blobs))
    if not wanted:
        return {}
    request = "".join(f"{blob}\n" for blob in wanted).encode("ascii")
    output = _run(folder, "cat-file", "--batch", request=request)
    if output is None:
        raise PublishError(f"the earlier files of {folder} cannot be read from Git")
    found: dict[str, bytes] = {}
    start = 0
    for blob in wanted:
        end = output.index(b"\n", start)
        header = output[start:end].decode("ascii").split(" ")
        if header[1:2] != [_BLOB]:
            raise PublishError(
                f"Git does not have the earlier file {blob}; fetch the whole history "
                "(git fetch --unshallow) and build again"
            )
        start = end + 1 + int(header[2])
        found[blob] = output[end + 1 : start]
        start += 1
    return found


def _run(folder: Path, *arguments: str, request: bytes = b"") -> bytes | None:
    """Return what a Git command writes; None when it fails or there is no Git."""
    try:
        done = subprocess.run(  # noqa: S603 - constant commands, ids and no shell
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
    return done.stdout if done.returncode == 0 else None


def _environment() -> dict[str, str]:
    """Return the environment that Git is given: this one, handed on without GIT_*.

    Such variables are set while a hook runs, and would point Git elsewhere.
    """
    kept = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    return {**kept, "LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
