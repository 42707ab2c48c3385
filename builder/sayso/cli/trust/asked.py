"""What the commands of a ceremony are given: folder, public keys, secrets, time."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from sayso.cli.key import given_key
from sayso.cli.placing import PlaceError, place_files
from sayso.errors import PublishError
from sayso.trust.folder import KEYS
from sayso.trust.holder_key import HolderKey, load_holder_key
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


def holder_key(text: str, option: str) -> HolderKey:
    """Return the public key that an option gives, as a file or in itself.

    Raises:
        click.BadParameter: it is none, or one that was made for trying out.
    """
    holder = given_key(text, load_holder_key, option=option)
    if holder.ed25519 is not None and _MARK in holder.ed25519.comment:
        raise click.BadParameter(
            f"{text} is a DEVELOPMENT key, made for trying out; `sayso trust key` "
            "makes a real one",
            param_hint=option,
        )
    return holder


def log_key(text: str, option: str) -> PublicKey:
    """Return the public key of a log or for minisign that an option gives.

    Raises:
        click.BadParameter: as for `holder_key`, or it is of P-256.
    """
    key = holder_key(text, option).ed25519
    if key is None:
        raise click.BadParameter(
            f"{text} is a key of P-256, and this takes one of Ed25519",
            param_hint=option,
        )
    return key


def named_files(folder: Path, texts: Iterable[str]) -> dict[Path, bytes]:
    """Return the `.pub` files among what was given, as they are kept in the folder.

    Their names are what messages call the holders. What is there already is left out.

    Raises:
        PublishError: two keys have one name.
    """
    new: dict[Path, HolderKey] = {}
    for text in texts:
        path = folder / KEYS / Path(text).name
        if path.suffix != ".pub" or not Path(text).is_file():
            continue  # the key itself, which has no name
        key = holder_key(text, text)
        if path.exists():
            kept = holder_key(str(path), str(path))
        else:
            kept = new.setdefault(path, key)
        if kept.key != key.key:
            raise PublishError(f"{path} is another key than {text}: rename one")
    return {path: key.text.encode() for path, key in new.items()}


def place(files: Mapping[Path, bytes]) -> None:
    """Write new files.

    Raises:
        PublishError: one is there already, or cannot be written; none is.
    """
    try:
        place_files(files)
    except PlaceError as error:
        raise PublishError(f"{error}. Nothing was written.") from error


def ask_secret(name: str) -> str:
    """Return what somebody types without its being shown, such as a PIN.

    Raises:
        click.UsageError: there is no terminal.
    """
    return _ask(name, again=False)


def ask_new_secret(name: str) -> str:
    """Return a new secret that somebody types twice; it is never empty.

    Raises:
        click.UsageError: there is no terminal.
    """
    return _ask(name, again=True)


def _ask(name: str, *, again: bool) -> str:
    # Without a terminal it would be read from a pipe, and so lie in some script.
    if not sys.stdin.isatty():
        raise click.UsageError(f"there is no terminal to ask for the {name} on")
    typed: str = click.prompt(
        name[0].upper() + name[1:],
        hide_input=True,
        confirmation_prompt=again,
        err=True,
    )
    return typed


def agrees(question: str) -> bool:
    """Return whether somebody at a terminal says yes.

    Raises:
        click.UsageError: there is no terminal.
    """
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask on: give --yes to agree")
    return click.confirm(question, default=False)
