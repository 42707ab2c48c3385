"""What a commit changes, from Git's own objects: nothing is checked out or run."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sayso.errors import PublishError
from sayso.model.visible import printable
from sayso.publish.reading.git import (
    folder_in_repository,
    head_commit,
    read_blobs,
    run,
)

_UPSTREAM = ("refs/remotes/origin/HEAD", "refs/remotes/origin/main")
_SHA_1 = 40
"""How many digits an id has."""
_TOGETHER = 1000
"""How many paths one command is given."""
_FETCH = "fetch it (git fetch), and review again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One path that differs between two commits.

    Attributes:
        path: from the top of the repository; bytes that are no UTF-8 are escaped.
        mode: of which kind it is afterwards, as the system would say it; 0 for none.
        before: the blob before; None where there was none.
        blob: the blob afterwards; None where it was deleted.
    """

    path: str
    mode: int
    before: str | None
    blob: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a folder of a commit holds under one name.

    Attributes:
        mode: of which kind it is, as the system would say it.
        blob: the id of its bytes, or of what else it is.
    """

    name: str
    mode: int
    blob: str


def commit_id(repository: Path, revision: str) -> str:
    """Return the id of the commit that a revision names.

    Raises:
        PublishError: there is none of this name, or Git names files in another way.
    """
    name = f"{revision}^{{commit}}"
    output = run(
        repository,
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        name,
        nothing=1,
    )
    if not output:
        raise PublishError(
            f"{printable(revision)} names no commit in {repository}; {_FETCH}"
        )
    commit = output.decode("ascii").strip()
    if len(commit) != _SHA_1:
        # The names of files in a release are those that Git gives with SHA-1.
        raise PublishError(
            f"{repository} is in a repository with SHA-256 objects: declarations "
            "belong into one with SHA-1, which git clone of the registry makes"
        )
    return commit


def fork_point(repository: Path, base: str, head: str) -> str:
    """Return the commit from which a change went off.

    A change that crosses with the base went off from several. Against each of them
    something else is changed, and a merge may bring back what no comparison shows.

    Raises:
        PublishError: the two have nothing in common, as far as this clone knows; or
            they went off from several commits.
    """
    options = ("--all", "--end-of-options")
    output = run(repository, "merge-base", *options, base, head, nothing=1)
    found = (output or b"").decode("ascii").split()
    if not found:
        raise PublishError(
            f"{base[:12]} and {head[:12]} have no commit in common here; {_FETCH}"
        )
    if len(found) > 1:
        raise PublishError(
            f"{head[:12]} crosses with {base[:12]}: they went off from {len(found)} "
            f"commits; merge {base[:12]} into the change, and review again"
        )
    return found[0]


def changes(repository: Path, old: str, new: str, *, limit: int) -> list[Changed]:
    """Return the paths that differ between two commits, in order.

    A renamed file is one that was deleted and one that was added. The host's own list
    is not asked for, which leaves out what is beyond its first pages.

    Args:
        repository: any folder of the repository.
        old: the id of the commit before.
        new: the id of the commit afterwards.
        limit: how many are returned at most; one more says that there are more.

    Raises:
        PublishError: Git does not have the folders of one of them, or one is malformed.
    """
    options = ("-r", "--raw", "-z", "--no-renames", "--no-abbrev", "--end-of-options")
    output = run(repository, "diff-tree", *options, old, new)
    if output is None:
        raise PublishError(f"{repository} is in no Git repository")
    fields = output.decode("utf-8", "surrogateescape").split("\0")
    found: list[Changed] = []
    for facts, path in zip(fields[::2], fields[1::2], strict=False):
        _, mode, before, blob, _ = facts.lstrip(":").split(" ")
        found.append(
            Changed(
                path=path, mode=int(mode, 8), before=_blob(before), blob=_blob(blob)
            )
        )
        if len(found) > limit:
            break
    if len({one.path for one in found}) < len(found):
        raise PublishError(f"a folder of {new[:12]} has one name twice; make it anew")
    return found


def entries(repository: Path, commit: str, folder: str) -> list[Entry]:
    """Return what a folder of a commit holds; nothing where there is none."""
    tree = f"{commit}:{folder}"
    known = ("rev-parse", "--verify", "--quiet", "--end-of-options", tree)
    if not run(repository, *known, nothing=1):
        return []
    options = ("--full-tree", "-z", "--end-of-options")
    output = run(repository, "ls-tree", *options, tree)
    found: list[Entry] = []
    for line in (output or b"").decode("utf-8", "surrogateescape").split("\0")[:-1]:
        facts, _, name = line.partition("\t")
        mode, _, blob = facts.split(" ")
        found.append(Entry(name=name, mode=int(mode, 8), blob=blob))
    return found


def blobs_at(repository: Path, commit: str, paths: Iterable[str]) -> dict[str, str]:
    """Return the blobs of those of some paths at which a commit has a file."""
    wanted = sorted(set(paths))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _TOGETHER):
        options = ("--full-tree", "-z", "--end-of-options", commit)
        asked = wanted[start : start + _TOGETHER]
        output = run(repository, "ls-tree", *options, *asked)
        for line in (output or b"").decode("utf-8", "surrogateescape").split("\0")[:-1]:
            facts, _, path = line.partition("\t")
            found[path] = facts.split(" ")[2]
    return found


def accepted_file(folder: Path, name: str, revision: str | None) -> bytes | None:
    """Return a file of a folder as it is accepted; None where it is not.

    Args:
        folder: the folder, as it is checked out.
        name: the file's name.
        revision: the accepted side; when None, the remote's main branch as far as it
            is known here, else the commit that is checked out. Outside of Git what is
            in the folder counts as accepted.

    Raises:
        PublishError: there is no such revision.
    """
    if head_commit(folder) is None:
        path = folder / name
        return path.read_bytes() if path.is_file() else None
    commit = _accepted_commit(folder, revision)
    below = folder_in_repository(folder)
    found = {one.name: one.blob for one in entries(folder, commit, below or "")}
    return read_blobs(folder, [found[name]])[found[name]] if name in found else None


def _accepted_commit(folder: Path, revision: str | None) -> str:
    if revision is not None:
        return commit_id(folder, revision)
    for name in _UPSTREAM:
        arguments = ("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        if output := run(folder, *arguments, nothing=1):
            return output.decode("ascii").strip()
    return commit_id(folder, "HEAD")


def sizes(repository: Path, blobs: Iterable[str]) -> dict[str, int]:
    """Return how many bytes each blob has, without reading it.

    Raises:
        PublishError: Git does not have one.
    """
    wanted = sorted(set(blobs))
    if not wanted:
        return {}
    request = "".join(f"{blob}\n" for blob in wanted).encode("ascii")
    output = run(repository, "cat-file", "--batch-check", request=request)
    found: dict[str, int] = {}
    for line in (output or b"").decode("ascii").splitlines():
        blob, _, facts = line.partition(" ")
        kind, _, size = facts.partition(" ")
        if kind != "blob":
            raise PublishError(f"Git does not have the file {blob} here; {_FETCH}")
        found[blob] = int(size)
    return found


def _blob(name: str) -> str | None:
    return name if name.strip("0") else None
