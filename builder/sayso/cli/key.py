"""`--key`: whom to believe; it never comes from the registry that is checked."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from sayso.client.files import read_file
from sayso.errors import FetchError, MalformedError, UntrustedError
from sayso.trust.keys import PublicKey, load_public_key
from sayso.wire.minisign import FILE_LIMIT
from sayso.wire.text import from_utf8, shown

_NO_KEY = (
    "no key was given to check this with, so nothing was checked. Get the registry's "
    "public key from its operator in another way than from the registry itself, then "
    "give it with --key FILE or in SAYSO_KEY. A registry that you built yourself has "
    "its key beside it: --key out/keys/development.pub"
)

_Key = TypeVar("_Key")

key_option = click.option(
    "--key",
    envvar="SAYSO_KEY",
    metavar="FILE|KEY",
    help="The registry's public key: a .pub file or its second line. [env: SAYSO_KEY]",
)


def trusted_key(text: str | None, *, option: str = "--key") -> PublicKey:
    """Return the key that an option gives: a key itself, or the file with one.

    Args:
        text: what was given, by the option or by SAYSO_KEY.
        option: what to call it in messages.

    Raises:
        UntrustedError: none was given.
        click.BadParameter: it is neither a key nor a file with one.
    """
    if not text:
        raise UntrustedError(_NO_KEY)
    return given_key(text, load_public_key, option=option)


def given_key(text: str, load: Callable[[str], _Key], *, option: str) -> _Key:
    """Return the public key that a text is, or that is in the file that it names.

    Args:
        text: what was given.
        load: returns the key in a text, or raises MalformedError.
        option: what to call it in messages.

    Raises:
        click.BadParameter: it is neither a key nor a file with one.
    """
    try:
        return load(text)
    except MalformedError:
        pass
    try:
        data = read_file(Path(text), limit=FILE_LIMIT)
        return load(from_utf8(data, limit=FILE_LIMIT))
    except FetchError as error:
        raise click.BadParameter(
            f"{shown(text)} is neither a public key nor a file with one",
            param_hint=option,
        ) from error
    except MalformedError as error:
        raise click.BadParameter(f"{text}: {error}", param_hint=option) from error
