"""Placing a copy: under its name, in force, and those before it out of the way."""

import os
import re
import shutil
from pathlib import Path
from typing import Final

from sayso.client.kept import KeptFile
from sayso.client.synced.layout import FILES
from sayso.client.synced.standing import Standing, encode_standing

DRAFT: Final = ".draft-"
"""What the name of a folder begins with in which a copy is made."""

_COPY: Final = re.compile(r"(?:[0-9]+-|\.draft-)[a-z0-9_]{8}", re.ASCII)


def put(kept: KeptFile, standing: Standing) -> None:
    """Put a copy in force; like all of it everybody may read what says so."""
    kept.write(encode_standing(standing))
    kept.path.chmod(0o644)


def settle(draft: Path, name: str) -> Path:
    """Give a finished copy its name, on the disk when this returns."""
    place = draft.rename(draft.with_name(name))
    place.chmod(0o755)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return place


def tidy(folder: Path, *, keep: str) -> None:
    """Take away copies that are no longer in force; whoever reads one still can."""
    for place in folder.iterdir():
        # The folder is the user's, and may hold anything else.
        if _COPY.fullmatch(place.name) and place.name != keep and _is_copy(place):
            shutil.rmtree(place, ignore_errors=True)


def _is_copy(place: Path) -> bool:
    return place.is_dir() and {path.name for path in place.iterdir()} <= FILES
