"""Stamps: whether a file is still the one that was read, without opening it.

A stamp is what the file system notes of a file: a write moves the time of its last
change, which no program can set. (Only one that maps a file into its memory may write
unnoticed for a while, and nobody edits texts so.)

A file that changed just before it was read has no stamp, since a second write may fall
on the same tick of the clock. Nor has one that changed on a whole second: its file
system counts in seconds at best (FAT), shows what a program did set (SSHFS), or has one
time for all (a SquashFS made to be reproducible, whose next edition is mounted at the
same place).
"""

import os
from collections.abc import Iterator, Mapping
from typing import NamedTuple

_TICK = 2 * 10**9
"""How coarse the clock of a file system may be, in nanoseconds."""

_SECOND = 10**9


class Stamp(NamedTuple):
    """What the file system notes of a file; times in nanoseconds."""

    size: int
    modified: int
    changed: int
    inode: int
    device: int


class Known(NamedTuple):
    """A file as it was read: its stamp, its Git blob id and its SHA-256."""

    stamp: Stamp
    blob: str
    sha256: str


class Stamps:
    """The files that were read before, by their paths."""

    def __init__(
        self, known: Mapping[str, Known] | None = None, *, now: int = 0
    ) -> None:
        """Begin with what is known.

        Args:
            known: as `entries` gave them.
            now: the time of the file system, in nanoseconds, before any file is read;
                with 0 nothing is noted.
        """
        self.added = False
        self._known = dict(known or {})
        self._used: set[str] = set()
        self._before = now - _TICK

    def find(self, path: str, facts: os.stat_result) -> Known | None:
        """Return what was read at a path, if the file there is still the same."""
        known = self._known.get(path)
        if known is None or known.stamp != _stamp(facts):
            return None
        self._used.add(path)
        return known

    def note(self, path: str, facts: os.stat_result, blob: str, sha256: str) -> None:
        """Note what was read.

        Args:
            path: relative to the folder of declarations.
            facts: of the open file, before it was read.
            blob: its Git blob id.
            sha256: of its bytes.
        """
        stamp = Stamp(*_stamp(facts))
        if stamp.modified < 0:  # somebody set it, perhaps to more than is ever stored
            return
        is_past = max(stamp.modified, stamp.changed) < self._before
        if is_past and stamp.changed % _SECOND:
            self._known[path] = Known(stamp, blob, sha256)
            self._used.add(path)
            self.added = True

    def entries(self, *, used: bool) -> Iterator[tuple[str, Known]]:
        """Yield what is known; with `used` only what was found or noted."""
        for path, known in self._known.items():
            if path in self._used or not used:
                yield path, known

    @property
    def unused(self) -> bool:
        """Whether more is known than was found or noted."""
        return len(self._known) > len(self._used)


def _stamp(facts: os.stat_result) -> tuple[int, int, int, int, int]:
    return (
        facts.st_size,
        facts.st_mtime_ns,
        facts.st_ctime_ns,
        facts.st_ino,
        facts.st_dev,
    )
