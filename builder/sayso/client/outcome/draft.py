"""Drafts: a file is written beside its place, hidden, and moved there when it is whole.

What is interrupted leaves its draft. It can be continued from a mark that a checkpoint
returned, since everything before a mark is on the disk.
"""

import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from sayso.errors import ManifestError

Bytes: TypeAlias = "bytes | memoryview"


class Draft:
    """A file that grows beside its place."""

    def __init__(self, final: Path, *, mark: int | None) -> None:
        """Begin it, or continue after a mark; what was written later is cut away.

        Args:
            final: its place.
            mark: in bytes; None or 0 to begin.

        Raises:
            ManifestError: it cannot be written, or is not there to be continued.
        """
        self._final, self._path = final, draft_of(final)
        with written(final):
            if mark and self._final.is_file() and not self._path.exists():
                # It was finished, and what else had to be done was not.
                self._final.replace(self._path)
            if not mark:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.write_bytes(b"")
            elif not self._path.is_file() or self._path.stat().st_size < mark:
                raise lost(self._path)
            self._stream = self._path.open("ab")
            self._stream.truncate(mark or 0)
            self._stream.seek(mark or 0)
        # An interruption leaves it to nobody else.
        weakref.finalize(self, self._stream.close)

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self._stream.tell()

    def write(self, data: Bytes) -> None:
        """Add bytes at the end."""
        with written(self._final):
            self._stream.write(data)

    def checkpoint(self) -> int:
        """Bring everything to the disk, and return the mark."""
        with written(self._final):
            self._stream.flush()
            os.fsync(self._stream.fileno())
            return self._stream.tell()

    def finish(self) -> Path:
        """Move it to its place."""
        self.checkpoint()
        self._stream.close()
        with written(self._final):
            self._path.replace(self._final)
            settle(self._final.parent)
        return self._final

    def abandon(self) -> None:
        """Leave it as it is, to be continued or removed."""
        with written(self._final):
            self._stream.close()


def draft_of(final: Path) -> Path:
    """Return where the draft of a file or folder is."""
    return final.with_name(f".{final.name}.draft")


def settle(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system has that."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def lost(path: Path) -> ManifestError:
    """Return what to raise where there is no draft to continue."""
    return ManifestError(
        f"{path} is not there any more, or is shorter than it was; begin again"
    )


@contextmanager
def written(final: Path) -> Iterator[None]:
    """Say of errors of the system which file they are about."""
    try:
        yield
    except OSError as error:
        raise ManifestError(
            f"{final} cannot be written: {error.strerror or error}"
        ) from error
