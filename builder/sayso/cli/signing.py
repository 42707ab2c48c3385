"""The key that signs a release: configured, or a throw-away one for development."""

import os
from pathlib import Path

from sayso.errors import PublishError
from sayso.trust.key_source import load_signing_key, open_signing_key
from sayso.trust.keys import PrivateKey, SigningKey, generate_key
from sayso.trust.private_keys import (
    AskSecret,
    read_private_key,
    write_private_key,
)

VARIABLE = "SAYSO_SIGNING_KEY"
KEY_METAVAR = "FILE|awskms:KEY"
"""What an option that names a signing key takes."""
DEVELOPMENT_SECRET = "development.pem"  # noqa: S105 - a file's name
DEVELOPMENT_PUBLIC = "development.pub"


def configured_key(
    place: str | None, *, variable: str = VARIABLE, ask: AskSecret | None = None
) -> SigningKey | None:
    """Return the operator's key from a place, else from the environment, else None.

    Args:
        place: what an option gave: the path of a PEM file, or `awskms:KEY`.
        variable: holds the PEM text of the key, or `awskms:KEY`.
        ask: for a passphrase; None if the command may not ask.

    Raises:
        PublishError: there is no such key, it cannot be used, or it is one that was
            made for trying out.
        ModuleNotFoundError: what reaches it is not installed.
    """
    key = _given_key(place, variable, ask)
    if key is not None and key.development:
        raise PublishError(
            "the signing key is a DEVELOPMENT key, made for trying out, and signs no "
            "operator's release; build without a signing key to use it, or make a real "
            "one: openssl genpkey -algorithm ed25519"
        )
    return key


def _given_key(
    place: str | None, variable: str, ask: AskSecret | None
) -> SigningKey | None:
    if place is not None:
        return open_signing_key(place, ask=ask)
    text = os.environ.get(variable)
    return load_signing_key(text, ask=ask) if text else None


def development_key(folder: Path) -> PrivateKey:
    """Return the throw-away key of this checkout, made at the first build.

    No pinned key knows it, and everything that it signs says DEVELOPMENT. Its public
    half lies beside it, outside of the release that it signs.

    Raises:
        PublishError: the folder cannot be written, or holds something else.
    """
    secret = folder / DEVELOPMENT_SECRET
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not secret.exists():
            write_private_key(secret, generate_key(development=True))
        key = read_private_key(secret)
        if not key.development:
            raise PublishError(
                f"{secret} is not marked as a DEVELOPMENT key, so it is not used as "
                "one; move it away and build again, and a new one is made"
            )
        public, text = folder / DEVELOPMENT_PUBLIC, key.public.text()
        if not public.exists() or public.read_text(encoding="utf-8") != text:
            public.write_text(text, encoding="ascii")
    except OSError as error:
        raise PublishError(
            f"the development key in {folder} cannot be made: {error.strerror}"
        ) from error
    return key
