"""What the commands of a ceremony are given: folder, profile, public keys, time."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from sayso.cli.key import trusted_key
from sayso.cli.placing import PlaceError, place_files
from sayso.errors import PublishError
from sayso.trust.folder import KEYS
from sayso.trust.keys import PublicKey
from sayso.trust.profiles import PROFILES

KEPT = [name for name, profile in PROFILES.items() if not profile.one_key]
"""The profiles that keep roles apart."""

_MARK = "DEVELOPMENT"

folder_option = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("trust"),
    show_default=True,
    help="The folder of the ceremony.",
)


def public_key(text: str, option: str) -> PublicKey:
    """Return the public key that an option gives, as a file or in itself.

    Raises:
        click.BadParameter: it is none, or one that was made for trying out.
    """
    key = trusted_key(text, option=option)
    if _MARK in key.comment:
        raise click.BadParameter(
            f"{text} is a DEVELOPMENT key, made for trying out; `sayso trust key` "
            "makes a real one",
            param_hint=option,
        )
    return key


def named_files(folder: Path, texts: Iterable[str]) -> dict[Path, bytes]:
    """Return the `.pub` files among what was given, as they are kept in the folder.

    Their names are what messages call the holders. What is there already is left out.

    Raises:
        PublishError: two keys have one name.
    """
    new: dict[Path, PublicKey] = {}
    for text in texts:
        path = folder / KEYS / Path(text).name
        if path.suffix != ".pub" or not Path(text).is_file():
            continue  # the key itself, which has no name
        key = trusted_key(text)
        kept = trusted_key(str(path)) if path.exists() else new.setdefault(path, key)
        if kept.key != key.key:
            raise PublishError(f"{path} is another key than {text}: rename one")
    return {path: key.text().encode() for path, key in new.items()}


def place(files: Mapping[Path, bytes]) -> None:
    """Write new files.

    Raises:
        PublishError: one is there already, or cannot be written; none is.
    """
    try:
        place_files(files)
    except PlaceError as error:
        raise PublishError(f"{error}. Nothing was written.") from error


def now() -> datetime:
    """Return what time it is, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
