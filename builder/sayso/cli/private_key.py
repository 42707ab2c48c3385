"""The private SSH key that a command signs with."""

import sys
from pathlib import Path

import click

from sayso.cli.trust.asked import ask_secret
from sayso.errors import PublishError
from sayso.trust.ssh_key import PrivateSshKey, load_private_key

_LIMIT = 2**16


def open_key(path: Path) -> PrivateSshKey:
    """Return the key in a file; ask for its passphrase where it has one.

    Raises:
        PublishError: it cannot be read, or is no key.
        click.UsageError: it has a passphrase, and nobody can be asked for it.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(_LIMIT)
    except OSError as error:
        raise PublishError(f"{path}: {error.strerror}") from error
    return load_private_key(data, _ask)


def _ask() -> bytes:
    if not sys.stdin.isatty():
        raise click.UsageError(
            "the private key has a passphrase, and there is no terminal to ask on"
        )
    return ask_secret("passphrase").encode()
