"""SSH keys: whom owners and operators sign with, and how they are named.

A public key is a line such as `ssh-ed25519 AAAA…`; a private one is a file as
`ssh-keygen` writes it. No message here quotes a private key or a passphrase, and none
has as its cause an error that might.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias, assert_never

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    EllipticCurvePrivateKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

from sayso.errors import MalformedError, PublishError
from sayso.model.owner import Fingerprint
from sayso.trust.ssh_check import check_key, hash_of
from sayso.wire.ssh_key import Curve, parse_line
from sayso.wire.ssh_private import parse_head
from sayso.wire.ssh_signature import RSA_ALGORITHMS, format_pair, format_raw
from sayso.wire.text import to_base64

Signer: TypeAlias = Ed25519PrivateKey | EllipticCurvePrivateKey | RSAPrivateKey

_LOCKED_OTHERWISE = (
    "a private key with a passphrase needs bcrypt, which is not installed, or it is "
    "locked in a way that is not known here; install the producing side from the "
    "project's folder, pip install '.[publish]', or use OpenSSH: `ssh-keygen -Y sign`"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SshKey:
    """A public key.

    Attributes:
        kind: such as `ssh-ed25519`.
        blob: the key as SSH packs it, which begins with the kind.
    """

    kind: str
    blob: bytes

    @property
    def line(self) -> str:
        """The key as it is written in `owner.yaml`: kind and base64, no comment."""
        return f"{self.kind} {to_base64(self.blob)}"

    @property
    def fingerprint(self) -> Fingerprint:
        """The key's name, as `ssh-keygen -l` prints it."""
        digest = to_base64(sha256(self.blob).digest())
        return Fingerprint(f"SHA256:{digest.rstrip('=')}")


class PrivateSshKey:
    """Signs with one key that is in a file."""

    __slots__ = ("_key", "public")

    def __init__(self, key: Signer) -> None:
        self._key = key
        line = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        self.public = parse_public_key(line.decode("ascii"))

    def __repr__(self) -> str:
        return f"<PrivateSshKey {self.public.fingerprint}>"

    def sign(self, message: bytes) -> bytes:
        """Return a signature of the message, with its algorithm, as SSH packs it.

        Keys of Ed25519 and RSA make the same one each time; RSA signs with SHA-512.
        """
        match self._key:
            case Ed25519PrivateKey():
                raw = self._key.sign(message)
            case EllipticCurvePrivateKey():
                curve = Curve(self.public.kind.rpartition("-")[2])
                der = self._key.sign(message, ECDSA(hash_of(curve)))
                raw = format_pair(*decode_dss_signature(der))
            case RSAPrivateKey():
                raw = self._key.sign(message, PKCS1v15(), hashes.SHA512())
                return format_raw(RSA_ALGORITHMS[0], raw)
            case _:
                assert_never(self._key)
        return format_raw(self.public.kind, raw)

    def text(self, passphrase: bytes = b"") -> bytes:
        """Return the file of the private key, as ssh-keygen reads it: keep it secret.

        Args:
            passphrase: without which nobody reads it; none if empty.

        Raises:
            PublishError: what passphrases need is not installed.
        """
        way = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
        try:
            return self._key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, way)
        except UnsupportedAlgorithm:
            raise PublishError(_LOCKED_OTHERWISE) from None


def generate_key() -> PrivateSshKey:
    """Return a new key of Ed25519 from the operating system's randomness."""
    return PrivateSshKey(Ed25519PrivateKey.generate())


def parse_public_key(text: str) -> SshKey:
    """Return the key in one line of a `.pub` file; its comment is passed over.

    Raises:
        MalformedError: it is not a public key, one of a kind that is not taken, or a
            weak one, such as RSA of 2048 bits.
    """
    kind, blob = parse_line(text)
    check_key(blob)
    return SshKey(kind=kind, blob=blob)


def load_private_key(
    data: bytes, password: Callable[[], bytes] | None
) -> PrivateSshKey:
    """Return the private key in a file of OpenSSH.

    Args:
        data: the file.
        password: asks for the passphrase, only if the key has one; None if nobody can
            be asked.

    Raises:
        PublishError: it is no such file, its key is in hardware, of a kind that is not
            taken or a weak one, or its passphrase is missing or wrong.
    """
    try:
        encrypted, blob = parse_head(data)
        kind = check_key(blob)
    except MalformedError as error:
        raise PublishError(f"the private key cannot be used: {error}") from None
    if kind.startswith("sk-"):
        raise PublishError(
            "this key is in hardware, which only OpenSSH reaches: sign with "
            "`ssh-keygen -Y sign -n sayso -f KEY FILE`"
        )
    passphrase = None
    if encrypted:
        passphrase = password() if password is not None else b""
        if not passphrase:
            raise PublishError("the private key has a passphrase, and none was given")
    key = _opened(data, passphrase)
    # Half of a key that is damaged may still open.
    if key is None or (opened := PrivateSshKey(key)).public.blob != blob:
        raise PublishError(
            "the passphrase does not open the private key"
            if encrypted
            else "the private key is damaged"
        )
    return opened


def _opened(data: bytes, passphrase: bytes | None) -> Signer | None:
    """Return the key, or None where the passphrase or the file is wrong."""
    wrong = (ValueError, TypeError, NotImplementedError, InvalidTag)
    with suppress(*wrong):
        try:
            key = load_ssh_private_key(data, passphrase)
        except UnsupportedAlgorithm:
            raise PublishError(_LOCKED_OTHERWISE) from None
        if isinstance(key, Signer):
            return key
    return None
