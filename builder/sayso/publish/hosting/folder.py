"""A folder as destination, such as the one that a web server serves."""

import fcntl
import filecmp
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sayso.errors import FetchError, MissingError, PublishError
from sayso.publish.hosting.outgoing import Outgoing, outgoing_files

_LOCK = ".publish.lock"
_NEW = ".new"


class FolderDestination:
    """Puts files below a folder, each whole or not at all."""

    at_once = 1
    is_atomic = False

    def __init__(self, folder: Path, sync: Callable[[], None]) -> None:
        """Take a folder that is locked.

        Args:
            folder: where files are put.
            sync: lets what was written survive a loss of power.
        """
        self.name = str(folder)
        self.notes: list[str] = []
        self._folder = folder
        self._sync = sync
        files = outgoing_files(folder, strict=False)
        self._sizes = {path: file.size for path, file in files.items()}

    def sizes(self) -> Mapping[str, int | None]:
        """Return the paths of what it had, and how many bytes."""
        return self._sizes

    def has(self, file: Outgoing) -> bool:
        """Return whether it has exactly this file."""
        if self._sizes.get(file.path) != file.size:
            return False
        try:
            return filecmp.cmp(file.place, self._folder / file.path, shallow=False)
        except OSError:
            return False

    def fetch(self, path: str, *, limit: int) -> bytes:
        """Return the bytes of a file."""
        try:
            with (self._folder / path).open("rb") as file:
                data = file.read(limit + 1)
        except FileNotFoundError as error:
            raise MissingError(f"{self.name} has no {path}") from error
        except OSError as error:
            raise FetchError(
                f"{path} in {self.name} cannot be read: {error.strerror}"
            ) from error
        if len(data) > limit:
            raise FetchError(f"{path} is longer than the {limit} bytes expected")
        return data

    def put(self, file: Outgoing) -> None:
        """Put a file in its place."""
        place = self._folder / file.path
        # What a run that was killed left here is written over by the next.
        new = place.with_name(f".{place.name}{_NEW}")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.place, new, follow_symlinks=False)
            new.replace(place)
        except OSError as error:
            raise PublishError(f"{place} cannot be written: {error}") from error

    def settle(self) -> None:
        """Let all that was put be on the disk before anything else is."""
        self._sync()

    def remove(self, paths: Iterable[str]) -> None:
        """Take files away, and folders that they leave empty."""
        for path in paths:
            place = self._folder / path
            try:
                place.unlink()
                _remove_empty(place.parent, self._folder)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise PublishError(f"{place} cannot be removed: {error}") from error

    def finish(self, summary: str) -> None:  # noqa: ARG002 - what others write down
        """Let all that was done be on the disk."""
        self._sync()


@contextmanager
def open_folder(
    folder: Path, *, sync: Callable[[], None] = os.sync
) -> Iterator[FolderDestination]:
    """Give a folder, which nobody else publishes to meanwhile.

    Raises:
        PublishError: somebody else does, or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR, mode=0o644)
    except OSError as error:
        raise PublishError(f"{folder} cannot be written: {error.strerror}") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PublishError(
                f"somebody else is publishing to {folder}; wait until that has ended"
            ) from error
        yield FolderDestination(folder, sync)
    finally:
        os.close(lock)


def _remove_empty(folder: Path, top: Path) -> None:
    while folder != top and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
