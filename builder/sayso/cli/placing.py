"""Placing: files appear whole under their names, and new ones where nothing is."""

import errno
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from sayso.errors import SaysoError

_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS})
"""What systems answer on a stick whose file system (FAT, exFAT) has no links."""


class PlaceError(SaysoError):
    """Files cannot be written; everything is as it was."""


def place_files(files: Mapping[Path, bytes]) -> None:
    """Write files that do not exist yet, and the folders they need.

    Each appears whole under its name. If one cannot be written, those before it
    are taken away again.

    Raises:
        PlaceError: naming what is in the way.
    """
    made: list[Path] = []
    path = Path()
    try:
        for path, data in files.items():
            _make_folders(path.parent, made)
            _place(path, data, made)
    except BaseException as error:
        for place in reversed(made):
            with suppress(OSError):
                place.rmdir() if place.is_dir() else place.unlink()
        match error:
            case FileExistsError():
                raise PlaceError(
                    f"{error.filename2 or error.filename} exists already"
                ) from error
            case OSError():
                # A write that fails, as where a disk is full, names no file.
                place = error.filename or path
                raise PlaceError(f"{place}: {error.strerror}") from error
            case _:
                raise


def replace_file(path: Path, data: bytes) -> None:
    """Write a file in the place of one that is there, which is whole until then.

    Raises:
        PlaceError: it cannot be written, and is as it was.
    """
    draft = _draft(path)
    try:
        with draft.open("xb") as stream:
            stream.write(data)
        draft.replace(path)
    except OSError as error:
        raise PlaceError(f"{path}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)


def _make_folders(folder: Path, made: list[Path]) -> None:
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir()
        made.append(place)


def _place(path: Path, data: bytes, made: list[Path]) -> None:
    # A link fails where a name is taken, on every system, and shows whole files only.
    draft = _draft(path)
    try:
        with draft.open("xb") as stream:
            stream.write(data)
        try:
            os.link(draft, path)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            # The name is taken first, so that nothing is replaced but this.
            path.touch(exist_ok=False)
            made.append(path)
            draft.replace(path)
        else:
            made.append(path)
    finally:
        draft.unlink(missing_ok=True)


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}")
