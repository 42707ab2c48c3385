"""Signatures alone: what a verification costs when nothing else is done."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from securesystemslib.signer import Signature, SSlibKey

from sayso.trust import note
from sayso.trust.keys import verifies

Checked = tuple[bytes, bytes, bytes]
"""A key, a message, and the signature that was verified."""


def signatures_in(work: Callable[[], object]) -> list[Checked]:
    """Return the Ed25519 signatures that some work verifies."""
    found: list[Checked] = []
    of_roles = SSlibKey.verify_signature

    def in_note(key: bytes, message: bytes, signature: bytes) -> bool:
        found.append((key, message, signature))
        return verifies(key, message, signature)

    def in_role(self: SSlibKey, signature: Signature, data: bytes) -> None:
        key = bytes.fromhex(self.keyval["public"])
        found.append((key, data, bytes.fromhex(signature.signature)))
        of_roles(self, signature, data)

    with (
        _instead(note, "verifies", in_note),
        _instead(SSlibKey, "verify_signature", in_role),
    ):
        work()
    return found


def verify_alone(signatures: Sequence[Checked], data: bytes) -> float:
    """Return the seconds that signatures take, and the SHA-256 of all bytes."""
    begun = time.perf_counter()
    for key, message, signature in signatures:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    hashlib.sha256(data).digest()
    return time.perf_counter() - begun


def verify_signed(signed: Checked, data: bytes) -> float:
    """Return the seconds that an answer takes which somebody signs, and no more.

    That is what one would do without a log: one signature, and reading the JSON.
    """
    key, message, signature = signed
    begun = time.perf_counter()
    hashlib.sha256(data).digest()
    Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    json.loads(data)
    return time.perf_counter() - begun


@contextmanager
def _instead(home: Any, name: str, function: Callable[..., object]) -> Iterator[None]:  # noqa: ANN401 - a module or a class
    before = getattr(home, name)
    setattr(home, name, function)
    try:
        yield
    finally:
        setattr(home, name, before)
