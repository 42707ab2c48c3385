"""Ed25519 keys: made, kept in files, and named.

A private key is kept as PKCS#8 PEM, as `openssl genpkey -algorithm ed25519` writes
it; a public key as a minisign `.pub` file. Nothing here puts a private key into a
message, a representation or a log.
"""

import os
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from sayso.errors import MalformedError, PublishError
from sayso.wire.minisign import (
    FILE_LIMIT,
    KEY_ID_BYTES,
    PublicKeyFile,
    format_key_id,
    format_public_key,
    parse_public_key,
)

_PEM_LIMIT = 4096
_BEGIN = "-----BEGIN"
DEVELOPMENT_MARK = "Sayso DEVELOPMENT key: for trying out, not for real use"
"""The line before a development key's PEM; every PEM reader skips it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """Whom a signature is checked against.

    Attributes:
        key: 32 bytes.
        key_id: 8 bytes that name the key; a hint, never a proof.
        comment: what the key's file says of it.
    """

    key: bytes
    key_id: bytes
    comment: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """The key id as minisign and our messages print it."""
        return format_key_id(self.key_id)

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Return whether this key made this Ed25519 signature of the message."""
        return verifies(self.key, message, signature)

    def text(self) -> str:
        """Return the key's minisign file."""
        return format_public_key(
            PublicKeyFile(comment=self.comment, key_id=self.key_id, key=self.key)
        )

    def pem(self) -> str:
        """Return the key as PEM (SubjectPublicKeyInfo), for OpenSSL."""
        key = Ed25519PublicKey.from_public_bytes(self.key)
        return key.public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        ).decode()


class SigningKey(Protocol):
    """Signs with one Ed25519 key, wherever it is kept."""

    @property
    def public(self) -> PublicKey:
        """By which the signatures are verified."""
        ...

    @property
    def development(self) -> bool:
        """Whether it was made for trying out."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature of the message, 64 bytes.

        Raises:
            PublishError: the key cannot be used.
        """
        ...


class PrivateKey:
    """Signs with one Ed25519 key; a development key says so in all it writes."""

    __slots__ = ("_key", "development", "public")

    def __init__(self, key: Ed25519PrivateKey, *, development: bool) -> None:
        public = key.public_key().public_bytes_raw()
        key_id = sha256(public).digest()[:KEY_ID_BYTES]
        name = format_key_id(key_id)
        self._key = key
        self.development = development
        self.public = PublicKey(
            key=public,
            key_id=key_id,
            comment=f"sayso DEVELOPMENT public key {name}, not for real use"
            if development
            else f"sayso public key {name}",
        )

    def __repr__(self) -> str:
        return f"<PrivateKey {self.public.name}>"

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature of the message, 64 bytes."""
        return self._key.sign(message)

    def pem(self) -> str:
        """Return the private key as unencrypted PKCS#8 PEM: keep it secret.

        A development key's is marked, so that it is never taken for another.
        """
        pem = self._key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ).decode()
        return f"{DEVELOPMENT_MARK}\n{pem}" if self.development else pem


def verifies(key: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether the Ed25519 key of 32 bytes made this signature of the message."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def generate_key(*, development: bool) -> PrivateKey:
    """Return a new key from the operating system's randomness."""
    return PrivateKey(Ed25519PrivateKey.generate(), development=development)


def write_private_key(path: Path, key: PrivateKey) -> None:
    """Write a private key to a new file that only its owner may read (0600).

    Raises:
        FileExistsError: the file is there already; no key is ever overwritten.
        OSError: the file cannot be written.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(path, flags, mode=0o600), "w", encoding="ascii") as file:
        file.write(key.pem())


def load_private_key(pem: str) -> PrivateKey:
    """Return the private key in a PEM text, such as an environment variable's.

    It is a development key where the mark of one stands before it.

    Raises:
        PublishError: it is not an unencrypted Ed25519 key in PKCS#8.
    """
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # The reason is dropped: it may quote the text, and the text is a secret.
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise PublishError(
            "the signing key is not an unencrypted Ed25519 private key in PEM; "
            "`openssl genpkey -algorithm ed25519` makes one"
        )
    before, _, _ = pem.partition(_BEGIN)
    return PrivateKey(key, development=DEVELOPMENT_MARK in before)


def read_private_key(path: Path) -> PrivateKey:
    """Return the private key in a file.

    Raises:
        PublishError: the file cannot be read, or holds no such key.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_PEM_LIMIT)
    except OSError as error:
        raise PublishError(
            f"the signing key {path} cannot be read: {error.strerror}"
        ) from error
    return load_private_key(data.decode("ascii", "replace"))


def load_public_key(text: str) -> PublicKey:
    """Return the public key in a minisign `.pub` file or in its second line alone.

    Raises:
        MalformedError: the text is neither.
    """
    line = text.strip()
    if len(line) <= FILE_LIMIT and "\n" not in line:
        line = f"untrusted comment: \n{line}"
    try:
        file = parse_public_key(line.replace("\r\n", "\n") + "\n")
    except MalformedError as error:
        raise MalformedError(f"this is not a minisign public key: {error}") from error
    return PublicKey(key=file.key, key_id=file.key_id, comment=file.comment)
