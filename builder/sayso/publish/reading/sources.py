"""Reading the folder of declarations: bounded, and nothing followed or run.

This is where publishing touches the disk and Git. Sizes are known before a file is
read, links are never followed, and Git is asked only for facts.
"""

import os
import stat
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from sayso.model.problem import Problem
from sayso.model.rules import place as place_rules
from sayso.publish.reading.file import (
    CATALOGUE,
    SourceFile,
    blob_id,
    large_file,
    opened,
    small_file,
    source_file,
    unread_file,
)
from sayso.publish.reading.git import (
    CommitTree,
    commit_tree,
    head_commit,
    is_ancestor,
    read_blobs,
)
from sayso.publish.reading.layout import Kind, Place, misplaced, place_of
from sayso.publish.reading.refusing import (
    collisions,
    mode_fault,
    not_plain,
    too_large,
    unreadable,
)
from sayso.publish.reading.stamps import Stamps
from sayso.publish.reading.unswept import unswept

__all__ = [
    "SourceFile",
    "SourceTree",
    "blob_id",
    "is_ancestor",
    "read_blobs",
    "read_tree",
    "source_file",
]

FILES = 1_000_000
"""How many files a registry may have."""

_DEEPEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTree:
    """The files of a registry.

    Attributes:
        files: those that may be read, in the order of their paths.
        problems: the others.
        refused: the paths of files that exist but were not read.
        commit: the commit that is checked out; None outside of Git.
        clean: whether the files are exactly those of the commit.
    """

    files: tuple[SourceFile, ...]
    problems: tuple[Problem, ...]
    refused: frozenset[str] = frozenset()
    commit: str | None
    clean: bool


@unswept()
def read_tree(
    folder: Path,
    *,
    under: Collection[str] = ("",),
    limit: int = FILES,
    stamps: Stamps | None = None,
    workers: int = 1,
) -> SourceTree:
    """Return the files under a folder; whatever may not be read is a problem.

    Args:
        folder: the folder `declarations/`.
        under: beginnings of the paths to read; all files when left out.
        limit: how many files are read at most.
        stamps: the files that were read before, which are not opened as long as they
            are the same; every file is opened when left out.
        workers: how many threads read catalogues.
    """
    reader = _Reader(tuple(under), limit, stamps or Stamps())
    with ThreadPoolExecutor(1) as pool:  # Git lists its files while these are found
        committed = pool.submit(_committed, folder)
        reader.walk(str(folder))
        commit, tree = committed.result()
    reader.read(tree, workers)
    if len(reader.found) > limit:
        message = f"There are more than {limit:,} files; the rest was not read."
        reader.refuse(misplaced("", place_rules.TOO_MANY_FILES, message))
    for problem in collisions(reader.paths):
        reader.refuse(problem)
    files = tuple(sorted(reader.files, key=attrgetter("path")))
    return SourceTree(
        files=files,
        problems=tuple(sorted(reader.problems, key=lambda problem: problem.order)),
        refused=frozenset(reader.paths) - {file.path for file in files},
        commit=commit,
        clean=tree is not None
        and not reader.problems
        and tree.holds_exactly((file.path, file.blob) for file in files),
    )


def _committed(folder: Path) -> tuple[str | None, CommitTree | None]:
    """Return the commit that is checked out, and its files."""
    commit = head_commit(folder)
    return commit, None if commit is None else commit_tree(folder, commit)


class _Reader:
    """Walks a folder and keeps what may be read."""

    def __init__(self, under: tuple[str, ...], limit: int, stamps: Stamps) -> None:
        self._under = under
        self._limit = limit
        self._stamps = stamps
        self.found: list[tuple[str, os.DirEntry[str]]] = []
        self.files: list[SourceFile] = []
        self.problems: list[Problem] = []
        self.paths: list[str] = []

    def refuse(self, problem: Problem) -> None:
        """Note that something was not read."""
        self.problems.append(problem)

    def walk(self, folder: str, prefix: str = "", depth: int = 0) -> None:
        """Find every entry that is no folder, in order, and how it is called."""
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=attrgetter("name"))
        except OSError as error:
            self.refuse(unreadable(prefix.rstrip("/"), error))
            return
        for entry in entries:
            path = prefix + entry.name
            if len(self.found) > self._limit:
                return
            if not entry.is_dir(follow_symlinks=False):
                if path.startswith(self._under):
                    self.found.append((path, entry))
            elif not self._concerns(f"{path}/"):
                continue
            elif depth < _DEEPEST:
                self.walk(entry.path, f"{path}/", depth + 1)
            else:
                message = f"Folders are nested more than {_DEEPEST} levels deep."
                self.refuse(misplaced(path, place_rules.NO_PATTERN, message))

    def _concerns(self, folder: str) -> bool:
        return folder.startswith(self._under) or any(
            beginning.startswith(folder) for beginning in self._under
        )

    def read(self, tree: CommitTree | None, workers: int) -> None:
        """Read what was found, or note why not; catalogues several at once."""
        found = self.found[: self._limit]
        self.paths = [path for path, _ in found]
        large = [(path, entry) for path, entry in found if path.endswith(CATALOGUE)]
        small = [(path, entry) for path, entry in found if not path.endswith(CATALOGUE)]
        with ThreadPoolExecutor(workers) as pool:
            catalogues = pool.map(lambda one: self._try(one[0], one[1], tree), large)
            documents = [self._try(path, entry, tree) for path, entry in small]
        for file in (*documents, *catalogues):
            if isinstance(file, Problem):
                self.refuse(file)
            else:
                self.files.append(file)

    def _try(
        self, path: str, entry: os.DirEntry[str], tree: CommitTree | None
    ) -> SourceFile | Problem:
        try:
            facts = os.lstat(entry.path)  # which the entry would keep
            return self._same(path, entry, facts, tree) or self._read(
                path, entry, facts.st_mode, tree
            )
        except OSError as error:
            place = _place(path, entry)
            return place if isinstance(place, Problem) else unreadable(path, error)

    def _same(
        self,
        path: str,
        entry: os.DirEntry[str],
        facts: os.stat_result,
        tree: CommitTree | None,
    ) -> SourceFile | None:
        """Return a file that was read before; None where it has to be read again."""
        known = self._stamps.find(path, facts)
        # Its place was right, and is; what Git says of it may have changed.
        if known is None or mode_fault(path, facts.st_mode, tree) is not None:
            return None
        size = facts.st_size
        return unread_file(path, entry.path, size, known.blob, known.sha256)

    def _read(
        self,
        path: str,
        entry: os.DirEntry[str],
        mode: int,
        tree: CommitTree | None,
    ) -> SourceFile | Problem:
        place = _place(path, entry)
        if isinstance(place, Problem):
            return place
        if fault := mode_fault(path, mode, tree):
            return fault
        # The file may have been replaced since: what counts is what was opened.
        descriptor = opened(entry.path)
        try:
            now = os.fstat(descriptor)
            size = now.st_size
            if not stat.S_ISREG(now.st_mode):
                return not_plain(path)
            if size > place.limit:
                return too_large(path, size, place.limit)
            if place.kind is Kind.CATALOGUE:
                file = large_file(path, entry.path, descriptor, size)
            else:
                read = small_file(path, descriptor, size, place.limit)
                if isinstance(read, int):
                    return too_large(path, read, place.limit)
                file = read
        finally:
            os.close(descriptor)
        if file.size == size:
            self._stamps.note(path, now, file.blob, file.sha256)
        return file


def _place(path: str, entry: os.DirEntry[str]) -> Place | Problem:
    return not_plain(path) if entry.is_symlink() else place_of(path)
