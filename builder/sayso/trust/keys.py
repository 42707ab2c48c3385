"""Ed25519 keys: made, named, and written as text.

A private key is written as PKCS#8 PEM, as `openssl genpkey -algorithm ed25519` writes
it; a public key as a minisign `.pub` file. Nothing here puts a private key or a
passphrase into a message, a representation or a log.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from sayso.errors import MalformedError
from sayso.wire.minisign import (
    FILE_LIMIT,
    KEY_ID_BYTES,
    PublicKeyFile,
    format_key_id,
    format_public_key,
    parse_public_key,
)

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
        self._key = key
        self.development = development
        self.public = name_key(
            key.public_key().public_bytes_raw(), development=development
        )

    def __repr__(self) -> str:
        return f"<PrivateKey {self.public.name}>"

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature of the message, 64 bytes."""
        return self._key.sign(message)

    def pem(self, passphrase: str = "") -> str:
        """Return the private key as PKCS#8 PEM: keep it secret.

        A development key's is marked, so that it is never taken for another.

        Args:
            passphrase: without which nobody reads it; none if empty.
        """
        pem = self._key.private_bytes(
            Encoding.PEM,
            PrivateFormat.PKCS8,
            BestAvailableEncryption(passphrase.encode())
            if passphrase
            else NoEncryption(),
        ).decode()
        return f"{DEVELOPMENT_MARK}\n{pem}" if self.development else pem


def name_key(key: bytes, *, development: bool = False) -> PublicKey:
    """Return a public key of 32 bytes with the name that Sayso gives it."""
    key_id = sha256(key).digest()[:KEY_ID_BYTES]
    name = format_key_id(key_id)
    comment = f"sayso public key {name}"
    if development:
        comment = f"sayso DEVELOPMENT public key {name}, not for real use"
    return PublicKey(key=key, key_id=key_id, comment=comment)


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
