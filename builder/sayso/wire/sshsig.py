"""SSH signatures of files, as `ssh-keygen -Y sign` writes them.

    -----BEGIN SSH SIGNATURE-----
    U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAg…
    -----END SSH SIGNATURE-----

Within is the key, what the signature is for (its namespace), the name of a hash, and
the signature of these and of the file's hash. OpenSSH's PROTOCOL.sshsig says it all.
A file may have several, one after the other.
"""

import re
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

from sayso.errors import MalformedError
from sayso.wire.ssh import Reading, to_string
from sayso.wire.text import from_base64, shown, to_base64

SIGNATURE_SUFFIX: Final = ".sig"
"""A file's signatures are in a file of the same name with this at its end."""
FILE_LIMIT: Final = 65536
"""No file of signatures is longer, in bytes."""
BLOCKS_LIMIT: Final = 8
"""No file has more signatures."""
HASHES: Final = ("sha512", "sha256")
"""What a file is hashed with; the first is what we sign with."""

_BEGIN = "-----BEGIN SSH SIGNATURE-----"
_END = "-----END SSH SIGNATURE-----"
_BLOCK = re.compile(rf"{_BEGIN}\n((?:[A-Za-z0-9+/=]+\n)+){_END}(?:\n+|\Z)", re.ASCII)
_BLOCK_LIMIT = 8192
_WIDTH = 70
_MAGIC = b"SSHSIG"
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One signature, not verified.

    Attributes:
        key: the bytes of the public key that is said to have made it.
        namespace: what it is for.
        hash_name: one of `HASHES`.
        signature: its algorithm and bytes, as SSH packs them.
    """

    key: bytes
    namespace: str
    hash_name: str
    signature: bytes

    def signed(self, digest: bytes) -> bytes:
        """Return the bytes that are signed, of a file with this digest."""
        return b"".join(
            (
                _MAGIC,
                to_string(self.namespace.encode("ascii")),
                to_string(b""),
                to_string(self.hash_name.encode("ascii")),
                to_string(digest),
            )
        )


def format_signature(envelope: Envelope) -> bytes:
    """Return a signature as ssh-keygen writes it."""
    packed = b"".join(
        (
            _MAGIC,
            _VERSION.to_bytes(4),
            to_string(envelope.key),
            to_string(envelope.namespace.encode("ascii")),
            to_string(b""),
            to_string(envelope.hash_name.encode("ascii")),
            to_string(envelope.signature),
        )
    )
    lines = wrap(to_base64(packed), _WIDTH)
    return "".join(f"{line}\n" for line in (_BEGIN, *lines, _END)).encode("ascii")


def parse_signature(data: bytes) -> Envelope:
    """Return what is in a text of one signature.

    Raises:
        MalformedError: it is not one, or more than one, or not of SSHSIG version 1.
    """
    bodies = _bodies(data)
    if len(bodies) > 1:
        raise MalformedError(f"{len(bodies)} SSH signatures, where one is expected")
    packed = from_base64("".join(bodies[0].split()))
    reading = Reading(packed)
    if reading.take(len(_MAGIC)) != _MAGIC:
        raise MalformedError("not an SSH signature: it does not begin with SSHSIG")
    if (version := reading.number()) != _VERSION:
        raise MalformedError(f"an SSH signature of version {version}, not {_VERSION}")
    key = reading.string()
    namespace = reading.text()
    if reading.string():
        raise MalformedError("the reserved part of an SSH signature is not empty")
    hash_name = reading.text()
    if hash_name not in HASHES:
        raise MalformedError(
            f"an SSH signature with the hash {shown(hash_name)}, and only "
            f"{' and '.join(HASHES)} are taken"
        )
    signature = reading.string()
    reading.end()
    return Envelope(
        key=key, namespace=namespace, hash_name=hash_name, signature=signature
    )


def split(data: bytes) -> tuple[bytes, ...]:
    """Return the signatures in a file, each as a text of its own; at least one.

    Empty lines may follow each signature, and the last line may have no end: OpenSSH
    reads such a file as well. It reads no lines that end as on Windows.

    Raises:
        MalformedError: anything else is in the file, or it has none, too many, or too
            long ones.
    """
    return tuple(f"{_BEGIN}\n{body}{_END}\n".encode("ascii") for body in _bodies(data))


def _bodies(data: bytes) -> list[str]:
    """Return the base64 of each signature, as lines."""
    if len(data) > FILE_LIMIT:
        raise MalformedError(f"SSH signatures are longer than {FILE_LIMIT} bytes")
    text = data.decode("latin-1")
    if "\r" in text:
        raise MalformedError(
            "the lines of an SSH signature end as on Windows; write the file as "
            "ssh-keygen wrote it"
        )
    bodies: list[str] = []
    at = 0
    while at < len(text) or not bodies:
        match = _BLOCK.match(text, at)
        if match is None:
            raise MalformedError(
                f"not an SSH signature, from {_BEGIN!r} to {_END!r}, at byte {at}: "
                f"{shown(text[at:])}"
            )
        if match.end() - at > _BLOCK_LIMIT:
            raise MalformedError(f"an SSH signature is longer than {_BLOCK_LIMIT}")
        if len(bodies) == BLOCKS_LIMIT:
            raise MalformedError(f"more than {BLOCKS_LIMIT} SSH signatures")
        bodies.append(match[1])
        at = match.end()
    return bodies
