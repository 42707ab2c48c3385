"""Spill: two columns that are longer than memory, in files without a name."""

import os
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import numpy.typing as npt

from sayso.columns.codes import Keys

Sets = npt.NDArray[np.uint32]

_STEP = 1024


class Spill:
    """Ascending keys, each with a small number.

    Attributes:
        height: how many there are.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Make the files, which the system deletes when they are closed.

        Args:
            folder: where; None for the system's own place.
        """
        self._keys = TemporaryFile(dir=folder)  # noqa: SIM115 - closed on exit
        self._sets = TemporaryFile(dir=folder)  # noqa: SIM115 - closed on exit
        self._marks: list[Keys] = []
        self.height = 0

    def close(self) -> None:
        """Give the files back."""
        self._keys.close()
        self._sets.close()

    def append(self, keys: Keys, sets: Sets) -> None:
        """Add keys that are greater than all before, with their numbers."""
        self._keys.write(np.ascontiguousarray(keys).tobytes())
        self._sets.write(np.ascontiguousarray(sets).tobytes())
        self._marks.append(keys[-self.height % _STEP :: _STEP].copy())
        self.height += len(keys)

    def seal(self) -> None:
        """Make what was added readable."""
        self._keys.flush()
        self._sets.flush()
        self._index = np.concatenate([np.empty(0, np.int64), *self._marks])

    def rank(self, key: int) -> int:
        """Return how many keys are below one."""
        after = int(np.searchsorted(self._index, key))
        if not after:
            return 0
        start = (after - 1) * _STEP
        return start + int(np.searchsorted(self.keys(start, start + _STEP), key))

    def keys(self, start: int, stop: int) -> Keys:
        """Return the keys of some rows."""
        size = 8
        data = os.pread(self._keys.fileno(), (stop - start) * size, start * size)
        return np.frombuffer(data, np.int64)

    def sets(self, start: int, stop: int) -> Sets:
        """Return the numbers of some rows."""
        size = 4
        data = os.pread(self._sets.fileno(), (stop - start) * size, start * size)
        return np.frombuffer(data, np.uint32)
