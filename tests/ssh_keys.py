"""SSH keys for tests, in files and in hardware that is software here."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256, sha512
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sayso.trust.ssh_key import PrivateSshKey, SshKey
from sayso.trust.sshsig import NAMESPACE
from sayso.wire.ssh import to_string
from sayso.wire.ssh_signature import format_pair, format_raw
from sayso.wire.sshsig import Envelope, format_signature

MESSAGE = b'{"format":"sayso/manifest/1"}\n'

ED25519 = "ssh-ed25519"
P256 = "ecdsa-sha2-nistp256"
P384 = "ecdsa-sha2-nistp384"
P521 = "ecdsa-sha2-nistp521"
RSA = "ssh-rsa"
SK_ED25519 = "sk-ssh-ed25519@openssh.com"
SK_P256 = "sk-ecdsa-sha2-nistp256@openssh.com"

IN_FILES = (ED25519, P256, P384, P521, RSA)
IN_HARDWARE = (SK_ED25519, SK_P256)
ALL = (*IN_FILES, *IN_HARDWARE)

_POINT = PublicFormat.UncompressedPoint


@cache
def private(kind: str) -> PrivateSshKey:
    """Return the one key of a kind that may be in a file."""
    match kind:
        case "ssh-ed25519":
            return PrivateSshKey(Ed25519PrivateKey.from_private_bytes(bytes(32)))
        case "ecdsa-sha2-nistp256":
            return PrivateSshKey(ec.derive_private_key(_number(32), ec.SECP256R1()))
        case "ecdsa-sha2-nistp384":
            return PrivateSshKey(ec.derive_private_key(_number(48), ec.SECP384R1()))
        case "ecdsa-sha2-nistp521":
            return PrivateSshKey(ec.derive_private_key(_number(66), ec.SECP521R1()))
        case "ssh-rsa":
            return PrivateSshKey(rsa.generate_private_key(65537, 3072))
        case _:
            raise KeyError(kind)


@dataclass(frozen=True, kw_only=True)
class Authenticator:
    """A security key; it signs what OpenSSH would have it sign."""

    kind: str
    blob: bytes
    application: bytes
    signs: Callable[[bytes], bytes]

    def sign(self, message: bytes, *, flags: int = 1, counter: int = 7) -> bytes:
        """Return a signature with its algorithm, flags and counter."""
        seen = bytes([flags]) + counter.to_bytes(4)
        raw = self.signs(
            sha256(self.application).digest() + seen + sha256(message).digest()
        )
        return format_raw(self.kind, raw) + seen


def authenticator(kind: str, application: bytes = b"ssh:") -> Authenticator:
    """Return the one security key of a kind."""
    if kind == SK_ED25519:
        key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        point = to_string(key.public_key().public_bytes_raw())
        return Authenticator(
            kind=kind,
            blob=to_string(kind.encode()) + point + to_string(application),
            application=application,
            signs=key.sign,
        )
    secret = ec.derive_private_key(_number(32), ec.SECP256R1())
    point = secret.public_key().public_bytes(Encoding.X962, _POINT)

    def signs(message: bytes) -> bytes:
        return format_pair(
            *decode_dss_signature(secret.sign(message, ec.ECDSA(SHA256())))
        )

    names = to_string(kind.encode()) + to_string(b"nistp256")
    return Authenticator(
        kind=kind,
        blob=names + to_string(point) + to_string(application),
        application=application,
        signs=signs,
    )


def public(kind: str) -> SshKey:
    """Return the public half of the one key of a kind."""
    if kind in IN_FILES:
        return private(kind).public
    return SshKey(kind=kind, blob=authenticator(kind).blob)


def signs(
    kind: str, *, hash_name: str = "sha512", namespace: str = NAMESPACE, flags: int = 1
) -> bytes:
    """Return the armored signature of the message by the one key of a kind."""
    envelope = Envelope(
        key=public(kind).blob, namespace=namespace, hash_name=hash_name, signature=b""
    )
    digest = (sha256 if hash_name == "sha256" else sha512)(MESSAGE).digest()
    return armored(envelope, _signature(kind, envelope.signed(digest), flags))


def armored(envelope: Envelope, signature: bytes) -> bytes:
    """Return an armored signature."""
    return format_signature(
        Envelope(
            key=envelope.key,
            namespace=envelope.namespace,
            hash_name=envelope.hash_name,
            signature=signature,
        )
    )


def ssh_keygen(
    *arguments: str | Path, typed: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run ssh-keygen, whatever it says."""
    return subprocess.run(
        ["ssh-keygen", *arguments], input=typed, capture_output=True, check=False
    )


def _signature(kind: str, message: bytes, flags: int) -> bytes:
    if kind in IN_FILES:
        return private(kind).sign(message)
    return authenticator(kind).sign(message, flags=flags)


def _number(size: int) -> int:
    # OpenSSH takes no number for a secret that is small for its curve.
    return int.from_bytes(bytes(range(1, size + 1)))
