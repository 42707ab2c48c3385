"""Files that are not read, and why."""

import stat
from collections.abc import Iterator, Sequence

from sayso.model.problem import Problem
from sayso.model.rules import bytes as byte_rules
from sayso.model.rules import place as place_rules
from sayso.publish.reading.git import CommitTree
from sayso.publish.reading.layout import misplaced
from sayso.publish.reading.sheet import quote

_EXECUTABLE = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH


def mode_fault(path: str, mode: int, tree: CommitTree | None) -> Problem | None:
    """Return why a file of this mode is not read; None for a plain file."""
    if not stat.S_ISREG(mode):
        return not_plain(path)
    marked = tree is not None and tree.is_program(path)
    if not marked and mode & _EXECUTABLE:
        # Some file systems mark every file: what Git has recorded goes before.
        marked = tree is None or not tree.has(path)
    if not marked:
        return None
    return misplaced(path, place_rules.EXECUTABLE, "The file is marked executable.")


def too_large(path: str, size: int, limit: int) -> Problem:
    """Return the problem of a file with too many bytes."""
    message = f"The file has {size:,} bytes; at most {limit:,} are read."
    return misplaced(path, byte_rules.TOO_LARGE, message)


def not_plain(path: str) -> Problem:
    """Return the problem of what is no file."""
    message = "This is not a plain file, but a link or a device."
    return misplaced(path, place_rules.NOT_PLAIN, message)


def unreadable(path: str, error: OSError) -> Problem:
    """Return the problem of a file or a folder that cannot be opened."""
    message = f"It cannot be read: {(error.strerror or 'unknown error').lower()}."
    return misplaced(path, place_rules.UNREADABLE, message)


def collisions(paths: Sequence[str]) -> Iterator[Problem]:
    """Yield the problems of names that are one and the same on Windows and macOS."""
    if len(set(map(str.casefold, paths))) == len(paths):
        return
    seen: dict[str, str] = {}
    for path in paths:
        first = seen.setdefault(path.casefold(), path)
        if first != path:
            both = f"{quote(path)} and {quote(first)}"
            message = f"{both} are one file on Windows and macOS."
            yield misplaced(path, place_rules.CASE_COLLISION, message)
