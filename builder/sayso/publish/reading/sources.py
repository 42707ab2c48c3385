"""Reading the folder of declarations: bounded, and nothing followed or run.

This is where publishing touches the disk and Git. Sizes are known before a file is
read, links are never followed, and Git is asked only for facts.
"""

import hashlib
import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from sayso.model.problem import Problem
from sayso.model.rules import bytes as byte_rules
from sayso.model.rules import place as place_rules
from sayso.publish.reading.git import (
    Entry,
    commit_tree,
    head_commit,
    is_ancestor,
    read_blobs,
)
from sayso.publish.reading.layout import Place, misplaced, place_of
from sayso.publish.reading.sheet import quote

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
_EXECUTABLE = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file as it was read.

    Attributes:
        path: relative to `declarations/`, with forward slashes.
        blob: the id that Git has for these bytes.
    """

    path: str
    data: bytes
    blob: str

    @property
    def sha256(self) -> str:
        """The SHA-256 of the bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


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


def source_file(path: str, data: bytes) -> SourceFile:
    """Return a file with the id that Git would give it."""
    return SourceFile(path=path, data=data, blob=blob_id(data))


def blob_id(data: bytes) -> str:
    """Return the id that Git has for these bytes."""
    header = b"blob %d\0" % len(data)
    return hashlib.sha1(header + data, usedforsecurity=False).hexdigest()


def read_tree(
    folder: Path, *, under: Collection[str] = ("",), limit: int = FILES
) -> SourceTree:
    """Return the files under a folder; whatever may not be read is a problem.

    Args:
        folder: the folder `declarations/`.
        under: beginnings of the paths to read; all files when left out.
        limit: how many files are read at most.
    """
    commit = head_commit(folder)
    tree = None if commit is None else commit_tree(folder, commit)
    reader = _Reader(tree=tree, under=tuple(under))
    for number, entry in enumerate(reader.walk(folder, "", 0)):
        if number == limit:
            message = f"There are more than {limit:,} files; the rest was not read."
            reader.refuse(misplaced("", place_rules.TOO_MANY_FILES, message))
            break
        reader.read(entry)
    reader.find_collisions()
    files = tuple(sorted(reader.files, key=lambda file: file.path))
    committed = {path: entry.blob for path, entry in (reader.tree or {}).items()}
    return SourceTree(
        files=files,
        problems=tuple(sorted(reader.problems, key=lambda problem: problem.order)),
        refused=frozenset(reader.paths) - {file.path for file in files},
        commit=commit,
        clean=reader.tree is not None
        and not reader.problems
        and committed == {file.path: file.blob for file in files},
    )


class _Reader:
    """Walks a folder and keeps what may be read."""

    def __init__(
        self, *, tree: dict[str, Entry] | None, under: tuple[str, ...]
    ) -> None:
        self.tree = tree
        self._under = under
        self.files: list[SourceFile] = []
        self.problems: list[Problem] = []
        self.paths: list[str] = []

    def refuse(self, problem: Problem) -> None:
        """Note that something was not read."""
        self.problems.append(problem)

    def walk(
        self, folder: Path, prefix: str, depth: int
    ) -> Iterator[tuple[str, os.DirEntry[str]]]:
        """Yield every entry that is no folder with its path, in order."""
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            self.refuse(_unreadable(prefix.rstrip("/"), error))
            return
        for entry in entries:
            path = prefix + entry.name
            if not entry.is_dir(follow_symlinks=False):
                if path.startswith(self._under):
                    yield path, entry
            elif not self._concerns(f"{path}/"):
                continue
            elif depth < _DEEPEST:
                yield from self.walk(Path(entry.path), f"{path}/", depth + 1)
            else:
                message = f"Folders are nested more than {_DEEPEST} levels deep."
                self.refuse(misplaced(path, place_rules.NO_PATTERN, message))

    def _concerns(self, folder: str) -> bool:
        return folder.startswith(self._under) or any(
            beginning.startswith(folder) for beginning in self._under
        )

    def read(self, found: tuple[str, os.DirEntry[str]]) -> None:
        """Read one file, or note why not."""
        path, entry = found
        self.paths.append(path)
        place = _not_plain(path) if entry.is_symlink() else place_of(path)
        if isinstance(place, Problem):
            self.refuse(place)
            return
        try:
            data = self._read(path, place, entry)
        except OSError as error:
            self.refuse(_unreadable(path, error))
            return
        if isinstance(data, Problem):
            self.refuse(data)
        else:
            self.files.append(source_file(path, data))

    def _read(
        self, path: str, place: Place, entry: os.DirEntry[str]
    ) -> bytes | Problem:
        known = entry.stat(follow_symlinks=False)
        if fault := self._mode_fault(path, known.st_mode):
            return fault
        # The file may have been replaced since: what counts is what was opened.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(entry.path, flags), "rb") as file:
            opened = os.fstat(file.fileno())
            if not stat.S_ISREG(opened.st_mode):
                return _not_plain(path)
            data = b"" if opened.st_size > place.limit else file.read(place.limit + 1)
            size = max(opened.st_size, len(data))
        if size > place.limit:
            message = f"The file has {size:,} bytes; at most {place.limit:,} are read."
            return misplaced(path, byte_rules.TOO_LARGE, message)
        return data

    def _mode_fault(self, path: str, mode: int) -> Problem | None:
        if not stat.S_ISREG(mode):
            return _not_plain(path)
        committed = (self.tree or {}).get(path)
        # Some file systems mark every file: what Git has recorded goes before.
        marked = mode & _EXECUTABLE if committed is None else committed.executable
        if not marked:
            return None
        return misplaced(path, place_rules.EXECUTABLE, "The file is marked executable.")

    def find_collisions(self) -> None:
        """Note names that are one and the same on Windows and macOS."""
        seen: dict[str, str] = {}
        for path in self.paths:
            first = seen.setdefault(path.casefold(), path)
            if first != path:
                both = f"{quote(path)} and {quote(first)}"
                message = f"{both} are one file on Windows and macOS."
                self.refuse(misplaced(path, place_rules.CASE_COLLISION, message))


def _not_plain(path: str) -> Problem:
    message = "This is not a plain file, but a link or a device."
    return misplaced(path, place_rules.NOT_PLAIN, message)


def _unreadable(path: str, error: OSError) -> Problem:
    message = f"It cannot be read: {(error.strerror or 'unknown error').lower()}."
    return misplaced(path, place_rules.UNREADABLE, message)
