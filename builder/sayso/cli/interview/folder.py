"""The folder of an owner: where it is, and which names are taken in it."""

from pathlib import Path

from sayso.model.owner import OwnerId
from sayso.publish.drafting.template import folder_of


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
