"""Public SSH keys as bytes: the lines of `.pub` files, and what is within.

    ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI… mara@studio

A line is the kind of the key, base64 of the key, and a comment that says nothing. The
key begins with its kind again; what follows is another for each kind: RFC 4253 §6.6,
RFC 5656 §3.1, RFC 8709 §4, and OpenSSH's PROTOCOL.u2f for keys in hardware (`sk-`).
"""

import re
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final, TypeAlias

from sayso.errors import MalformedError
from sayso.wire.ssh import Reading
from sayso.wire.text import from_base64, shown

LINE_LIMIT: Final = 8192
"""No line of a public key is longer, in characters."""
RSA_LEAST_BITS: Final = 3072
"""A shorter RSA key is too weak to sign what lasts for years."""

_LINE = re.compile(r"([!-~]+)[ \t]+([!-~]+)(?:[ \t][^\r\n]*)?(?:\r?\n)?", re.ASCII)
_RSA_MOST_BITS = 16384
_EXPONENT_BYTES = 8
_POINT_BYTES = 32
_UNCOMPRESSED = b"\x04"
_APPLICATION = "ssh:"
_APPLICATION_LIMIT = 256

_FIELD = 2**255 - 19
_EIGHTH = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
# The y of the eight points of small order; with one of these as its key, anybody
# makes signatures that verify.
_SMALL = frozenset({0, 1, _FIELD - 1, _EIGHTH, _FIELD - _EIGHTH})


@unique
class Curve(StrEnum):
    """A curve of ECDSA, as SSH names it."""

    P256 = "nistp256"
    P384 = "nistp384"
    P521 = "nistp521"

    @property
    def size(self) -> int:
        """How many bytes a coordinate has."""
        return {"nistp256": 32, "nistp384": 48, "nistp521": 66}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ed25519Parts:
    """A key of Ed25519.

    Attributes:
        point: 32 bytes.
        application: what a key in hardware was made for, as in `ssh:`; else None.
    """

    point: bytes
    application: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EcdsaParts:
    """A key of ECDSA.

    Attributes:
        curve: that the point is said to be on; nobody has checked.
        point: 4, and both coordinates.
        application: as for `Ed25519Parts`.
    """

    curve: Curve
    point: bytes
    application: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RsaParts:
    """A key of RSA, of 3072 to 16384 bits."""

    exponent: int
    modulus: int

    @property
    def size(self) -> int:
        """How many bytes a signature has."""
        return (self.modulus.bit_length() + 7) // 8


Parts: TypeAlias = Ed25519Parts | EcdsaParts | RsaParts

KINDS: Final = (
    "ssh-ed25519",
    *(f"ecdsa-sha2-{curve}" for curve in Curve),
    "ssh-rsa",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
)
"""Every kind of key that is read."""


def parse_line(text: str) -> tuple[str, bytes]:
    """Return the kind and the bytes of the key in a line of a `.pub` file.

    Raises:
        MalformedError: it is not a public key, or one of a kind that is not read.
    """
    if len(text) > LINE_LIMIT:
        raise MalformedError(f"a public key is longer than {LINE_LIMIT} characters")
    if "PRIVATE KEY" in text:
        raise MalformedError(
            "this is a private key, which nobody else may see: if it was given to "
            "anybody, make another one; the public key is in the file named .pub"
        )
    match = _LINE.fullmatch(text)
    if match is None:
        raise MalformedError(
            f"not one line as in `ssh-ed25519 AAAA…`, which a .pub file has: "
            f"{shown(text)}"
        )
    kind, packed = match.groups()
    _check_kind(kind)
    blob = from_base64(packed)
    if (within := Reading(blob).text()) != kind:
        raise MalformedError(f"the key is of the kind {shown(within)}, not {kind}")
    return kind, blob


def parse_parts(blob: bytes) -> tuple[str, Parts]:
    """Return the kind of a key, and what it is made of.

    Raises:
        MalformedError: it is no key, one of a kind that is not read, or a weak one.
    """
    reading = Reading(blob)
    kind = reading.text()
    _check_kind(kind)
    parts = _parts(kind, reading)
    reading.end()
    return kind, parts


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise MalformedError(
            f"a key of the kind {shown(kind)}, and only these are taken: "
            f"{', '.join(KINDS)}; `ssh-keygen -t ed25519` makes one"
        )


def _parts(kind: str, reading: Reading) -> Parts:
    in_hardware = kind.startswith("sk-")
    if kind == "ssh-rsa":
        return _rsa(reading)
    if "ecdsa" in kind:
        curve = Curve(kind.removeprefix("sk-")[len("ecdsa-sha2-") :][:8])
        point = _ecdsa_point(reading, curve)
        application = _application(reading) if in_hardware else None
        return EcdsaParts(curve=curve, point=point, application=application)
    point = _ed25519_point(reading)
    application = _application(reading) if in_hardware else None
    return Ed25519Parts(point=point, application=application)


def _rsa(reading: Reading) -> RsaParts:
    exponent = reading.positive(_EXPONENT_BYTES)
    modulus = reading.positive(_RSA_MOST_BITS // 8)
    if modulus.bit_length() < RSA_LEAST_BITS:
        raise MalformedError(
            f"an RSA key of {modulus.bit_length()} bits, where {RSA_LEAST_BITS} are "
            "needed; `ssh-keygen -t ed25519` makes a better one"
        )
    if exponent == 1 or not exponent % 2 or not modulus % 2:
        raise MalformedError("these numbers are not a key of RSA")
    return RsaParts(exponent=exponent, modulus=modulus)


def _ecdsa_point(reading: Reading, curve: Curve) -> bytes:
    if (named := reading.text()) != curve:
        raise MalformedError(f"the curve is {shown(named)}, not {curve}")
    point = reading.string()
    if len(point) != 1 + 2 * curve.size or not point.startswith(_UNCOMPRESSED):
        raise MalformedError(f"not an uncompressed point of {curve}")
    return point


def _ed25519_point(reading: Reading) -> bytes:
    point = reading.string()
    if len(point) != _POINT_BYTES:
        raise MalformedError(f"a key of Ed25519 has {_POINT_BYTES} bytes")
    y = int.from_bytes(point, "little") % 2**255
    if y >= _FIELD or y in _SMALL:
        raise MalformedError("a key of Ed25519 that anybody could sign with")
    return point


def _application(reading: Reading) -> str:
    application = reading.text()
    if not application.startswith(_APPLICATION) or (
        len(application) > _APPLICATION_LIMIT
    ):
        raise MalformedError(
            f"a key in hardware for {shown(application)}, not for {_APPLICATION}"
        )
    return application
