"""Placing: new files go where nothing is, all of them or none."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from sayso.errors import SaysoError
from sayso.model.owner import OwnerId
from sayso.publish.drafting.template import folder_of


class PlaceError(SaysoError):
    """Files cannot be written; everything is as it was."""


def find_folder(declarations: Path, owner: OwnerId) -> Path | None:
    """Return the folder of an owner who has one with an `owner.yaml`.

    An account's folder is found by its number; the login behind it may be any.
    """
    exact = declarations / folder_of(owner)
    named = exact.parent.glob(f"{exact.name}-*") if owner.startswith("github:") else ()
    for folder in (exact, *sorted(named)):
        if (folder / "owner.yaml").is_file():
            return folder
    return None


def taken_names(folder: Path) -> frozenset[str]:
    """Return the names, without endings, that a folder's files have."""
    return frozenset(path.stem for path in folder.glob("*"))


def place_files(files: Mapping[Path, bytes]) -> None:
    """Write files that do not exist yet, and the folders they need.

    Each appears whole under its name. If one cannot be written, those before it
    are taken away again.

    Raises:
        PlaceError: naming what is in the way.
    """
    made: list[Path] = []
    try:
        for path, data in files.items():
            _make_folders(path.parent, made)
            _place(path, data, made)
    except BaseException as error:
        for path in reversed(made):
            with suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        match error:
            case FileExistsError():
                raise PlaceError(
                    f"{error.filename2 or error.filename} exists already"
                ) from error
            case OSError():
                raise PlaceError(f"{error.filename}: {error.strerror}") from error
            case _:
                raise


def _make_folders(folder: Path, made: list[Path]) -> None:
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir()
        made.append(place)


def _place(path: Path, data: bytes, made: list[Path]) -> None:
    # A link fails where a name is taken, on every system, and shows whole files only.
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("xb") as stream:
            stream.write(data)
        os.link(draft, path)
        made.append(path)
    finally:
        draft.unlink(missing_ok=True)
