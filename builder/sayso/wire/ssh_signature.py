"""Signatures by SSH keys as bytes: what is within the `signature` of an SSHSIG.

The name of an algorithm and the signature, RFC 8332, RFC 5656 §3.1.2 and RFC 8709 §6;
a key in hardware adds what it saw, a byte of flags and a counter (PROTOCOL.u2f).
"""

from dataclasses import dataclass
from typing import Final

from sayso.errors import MalformedError
from sayso.wire.ssh import Reading, to_positive, to_string
from sayso.wire.ssh_key import Curve
from sayso.wire.text import shown

RSA_ALGORITHMS: Final = ("rsa-sha2-512", "rsa-sha2-256")
"""How keys of RSA sign; the first is what we sign with. SHA-1 is not among them."""

_PRESENT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """What a key in hardware says of a signature.

    Attributes:
        flags: one byte.
        counter: four bytes, of how many signatures it made.
    """

    flags: int
    counter: bytes

    @property
    def present(self) -> bool:
        """Whether somebody touched the key."""
        return bool(self.flags & _PRESENT)

    @property
    def packed(self) -> bytes:
        """The bytes, as they are signed."""
        return bytes([self.flags]) + self.counter


def format_raw(algorithm: str, raw: bytes) -> bytes:
    """Return a signature with its algorithm."""
    return to_string(algorithm.encode("ascii")) + to_string(raw)


def parse_raw(data: bytes, *algorithms: str) -> tuple[str, bytes]:
    """Return the algorithm and the bytes of a signature.

    Args:
        data: as SSH packs it.
        algorithms: those that the key may sign with.

    Raises:
        MalformedError: it is no signature, or by another algorithm.
    """
    reading = Reading(data)
    algorithm, raw = _raw(reading, algorithms)
    reading.end()
    return algorithm, raw


def parse_witnessed(data: bytes, algorithm: str) -> tuple[bytes, Witnessed]:
    """Return the bytes of a signature by a key in hardware, and what it says of it.

    Raises:
        MalformedError: it is no signature, or by another algorithm.
    """
    reading = Reading(data)
    _, raw = _raw(reading, (algorithm,))
    witnessed = Witnessed(flags=reading.number(1), counter=reading.take(4))
    reading.end()
    return raw, witnessed


def format_pair(r: int, s: int) -> bytes:
    """Return the two numbers of a signature of ECDSA as SSH packs them."""
    return to_positive(r) + to_positive(s)


def parse_pair(raw: bytes, curve: Curve) -> tuple[int, int]:
    """Return the two numbers of a signature of ECDSA.

    Raises:
        MalformedError: they are not two numbers in their shortest form.
    """
    reading = Reading(raw)
    pair = reading.positive(curve.size), reading.positive(curve.size)
    reading.end()
    return pair


def _raw(reading: Reading, algorithms: tuple[str, ...]) -> tuple[str, bytes]:
    algorithm = reading.text()
    if algorithm not in algorithms:
        raise MalformedError(
            f"a signature by {shown(algorithm)}, where {' or '.join(algorithms)} is "
            "expected"
        )
    return algorithm, reading.string()
