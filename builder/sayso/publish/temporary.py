"""New files, there whole or not at all, and folders that pass."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sayso.errors import PublishError

_PREFIX = "new-"


@contextmanager
def new_file(folder: Path) -> Iterator[IO[bytes]]:
    """Give a file to write, and to rename in the end; else it is deleted.

    Raises:
        OSError: the folder cannot be written.
    """
    with tempfile.NamedTemporaryFile(dir=folder, prefix=_PREFIX, delete=False) as file:
        try:
            yield file
        finally:
            Path(file.name).unlink(missing_ok=True)


@contextmanager
def passing_folder() -> Iterator[Path]:
    """Give a folder that is deleted in the end.

    Raises:
        PublishError: there is no place for one.
    """
    try:
        folder = tempfile.TemporaryDirectory(prefix="sayso-")
    except OSError as error:
        raise PublishError(
            f"there is no place for temporary files: {error.strerror}; name a folder "
            "in the variable TMPDIR"
        ) from error
    with folder as name:
        yield Path(name)


def delete_leftovers(folder: Path) -> None:
    """Delete what was being written when a process was killed."""
    for path in folder.glob(f"{_PREFIX}*"):
        path.unlink(missing_ok=True)
