"""A file that is kept from one run to the next: by one process at a time, and whole."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from sayso.client.files import read_file
from sayso.errors import FetchError, MissingError

_PATIENCE: Final = 60.0
"""Seconds to wait for another process that holds the file."""


class KeptFile:
    """A file that is replaced whole, and is on the disk before more is done."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes that ask so away from the file.

        Raises:
            FetchError: another one has held it for a minute, or there is no folder to
                write in.
        """
        lock = FileLock(
            self.path.with_name(f"{self.path.name}.lock"), timeout=_PATIENCE
        )
        try:
            lock.acquire()
        except Timeout as error:
            raise FetchError(
                f"another command has held {self.path} for {_PATIENCE:.0f} seconds; "
                "try again when it has ended"
            ) from error
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            yield
        finally:
            lock.release()

    def read(self, *, limit: int) -> bytes | None:
        """Return the bytes of the file, at most `limit`; None if there is none yet.

        Raises:
            FetchError: it cannot be read, or is longer.
        """
        try:
            return read_file(self.path, limit=limit)
        except MissingError:
            return None

    def write(self, data: bytes) -> None:
        """Replace the file; when this returns, a crash no longer takes it back.

        Raises:
            FetchError: it cannot be written, and is as it was.
        """
        draft = None
        try:
            with tempfile.NamedTemporaryFile(
                dir=self.path.parent, prefix=f".{self.path.name}.", delete=False
            ) as stream:
                draft = Path(stream.name)
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(self.path)
            self._settle()
        except OSError as error:
            raise self._unwritable(error) from error
        finally:
            if draft is not None:
                draft.unlink(missing_ok=True)

    def _settle(self) -> None:
        """Bring the file's name to the disk as well, where the system has that."""
        if hasattr(os, "O_DIRECTORY"):
            folder = os.open(self.path.parent, os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _unwritable(self, error: OSError) -> FetchError:
        return FetchError(f"{self.path} cannot be written: {error.strerror}")
