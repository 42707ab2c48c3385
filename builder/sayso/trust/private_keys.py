"""Private keys in files and texts: PKCS#8 PEM, with a passphrase or without.

No message here quotes what it read, and none has as its cause an error that might.
"""

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from shlex import quote
from tempfile import TemporaryFile
from typing import BinaryIO, Final, TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sayso.errors import PublishError
from sayso.trust.keys import DEVELOPMENT_MARK, PrivateKey

AskSecret: TypeAlias = Callable[[str], str]
"""Asks a person for the secret of this name, such as a passphrase, and shows it not."""

_PEM_LIMIT: Final = 4096
_BEGIN: Final = "-----BEGIN"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def write_private_key(path: Path, key: PrivateKey, *, passphrase: str = "") -> None:
    """Write a private key to a new file that only its owner may read (0600).

    Raises:
        FileExistsError: the file is there already; no key is ever overwritten.
        OSError: the file cannot be written.
    """
    pem = key.pem(passphrase)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    descriptor = os.open(path, flags, mode=0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(pem)
    except BaseException:
        # Half a key would stand in the way of a whole one.
        path.unlink()
        raise


def is_pem(text: str) -> bool:
    """Return whether a text is PEM, and so perhaps a secret."""
    return _BEGIN in text


def load_private_key(pem: str, *, ask: AskSecret | None = None) -> PrivateKey:
    """Return the private key in a PEM text, such as an environment variable's.

    It is a development key where the mark of one stands before it.

    Args:
        pem: the text.
        ask: for the passphrase of a key that has one; None if nobody can be asked.

    Raises:
        PublishError: it is not an Ed25519 key in PKCS#8, or its passphrase is missing
            or wrong.
    """
    key, encrypted = None, False
    try:
        key = _parsed(pem, None)
    except TypeError:
        encrypted = True
    if encrypted:
        key = _decrypted(pem, ask)
    if not isinstance(key, Ed25519PrivateKey):
        raise PublishError(
            "the signing key is not an Ed25519 private key in PEM; "
            "`openssl genpkey -algorithm ed25519` makes one"
        )
    before, _, _ = pem.partition(_BEGIN)
    return PrivateKey(key, development=DEVELOPMENT_MARK in before)


def read_private_key(path: Path, *, ask: AskSecret | None = None) -> PrivateKey:
    """Return the private key in a file that only its owner may read.

    Args:
        path: of the file.
        ask: as for `load_private_key`.

    Raises:
        PublishError: the file cannot be read, or others may read it too; or as for
            `load_private_key`.
    """
    try:
        with path.open("rb") as file:
            if _is_shared(file, path):
                raise PublishError(
                    f"others may read the signing key {path}; make it yours alone: "
                    f"chmod 600 {quote(str(path))}"
                )
            data = file.read(_PEM_LIMIT)
    except OSError as error:
        raise PublishError(
            f"the signing key {path} cannot be read: {error.strerror}"
        ) from error
    return load_private_key(data.decode("ascii", "replace"), ask=ask)


def _decrypted(pem: str, ask: AskSecret | None) -> object:
    if ask is None:
        raise PublishError(
            "the signing key has a passphrase, and only `sayso trust` asks for one: "
            "machines sign with a key without"
        )
    passphrase = ask("passphrase")
    key = _parsed(pem, passphrase) if passphrase else None
    if key is None:
        raise PublishError("the passphrase does not open the signing key")
    return key


def _parsed(pem: str, passphrase: str | None) -> object:
    """Return the key of some kind in a PEM text, else None.

    Raises:
        TypeError: it has a passphrase, and none is given.
    """
    with suppress(ValueError, UnsupportedAlgorithm):
        password = None if passphrase is None else passphrase.encode()
        return load_pem_private_key(pem.encode(), password=password)
    return None


def _is_shared(file: BinaryIO, path: Path) -> bool:
    """Return whether others may read a file, as far as its file system can say.

    It cannot where a new file is everybody's though it was made for its owner alone,
    as on most sticks.
    """
    if not os.fstat(file.fileno()).st_mode & _OTHERS:
        return False
    try:
        with TemporaryFile(dir=path.parent) as own:
            return not os.fstat(own.fileno()).st_mode & _OTHERS
    except OSError:
        return True
