"""Homes: the folders that owners have, which should be one each."""

from collections.abc import Iterable

from sayso.model.owner import OwnerId
from sayso.publish.authority.folder import Files
from sayso.publish.reading.file import SourceFile
from sayso.publish.reading.layout import Place, place_of


def homes_of(files: Iterable[SourceFile]) -> dict[OwnerId, dict[str, Files]]:
    """Return the folders of each owner, and in each the files by name."""
    homes: dict[OwnerId, dict[str, dict[str, SourceFile]]] = {}
    for file in files:
        place = place_of(file.path)
        if isinstance(place, Place) and place.owner is not None:
            folders = homes.setdefault(place.owner, {})
            folders.setdefault(place.folder, {})[place.name] = file
    return {owner: dict(folders) for owner, folders in homes.items()}
