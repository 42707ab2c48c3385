"""The codes of a manifest, each once and ascending, however many there are.

They are gathered some million at a time, sorted, and kept in files; ranges of all files
are then brought together, so that never more than a part of them is in memory.
"""

import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from sayso.columns.codes import Keys, cuts

_GATHERED: Final = 2**23
"""How many codes are gathered before they are sorted and written."""

_TOGETHER: Final = 2**22
"""About how many are brought together at a time."""


class Seen:
    """Gathers codes; what was written stays for a run that takes over."""

    def __init__(self, folder: Path, *, files: int = 0) -> None:
        """Begin, or take over.

        Args:
            folder: for the files, which is there.
            files: how many an earlier run had written at its last checkpoint.
        """
        self._folder = folder
        self._files = files
        self._gathered: list[Keys] = []
        self._count = 0
        for place in folder.glob("*.codes"):
            if int(place.stem) >= files:
                place.unlink()

    def add(self, keys: Keys) -> None:
        """Gather codes."""
        self._gathered.append(keys)
        self._count += len(keys)
        if self._count >= _GATHERED:
            self._write()

    def checkpoint(self) -> int:
        """Bring all that was gathered to the disk, and return how many files it is."""
        self._write()
        return self._files

    def ascending(self) -> Iterator[Keys]:
        """Yield all codes, each once, in parts that follow one another."""
        self._write()
        columns: list[Keys] = [
            np.memmap(self._path(file), np.int64, mode="r")
            for file in range(self._files)
        ]
        bounds = [*cuts(columns, _TOGETHER).tolist(), None]
        for first, end in pairwise(bounds):
            parts = []
            for column in columns:
                start = int(column.searchsorted(first))
                stop = len(column) if end is None else int(column.searchsorted(end))
                parts.append(column[start:stop])
            if parts:
                yield _distinct(np.concatenate(parts))

    def _path(self, file: int) -> Path:
        return self._folder / f"{file}.codes"

    def _write(self) -> None:
        if not self._count:
            return
        keys = _distinct(np.concatenate(self._gathered))
        with self._path(self._files).open("wb") as file:
            keys.tofile(file)
            file.flush()
            os.fsync(file.fileno())
        self._files += 1
        self._gathered, self._count = [], 0


def _distinct(keys: Keys) -> Keys:
    ascending = np.sort(keys)
    distinct: Keys = ascending[np.diff(ascending, prepend=-1) != 0]
    return distinct
