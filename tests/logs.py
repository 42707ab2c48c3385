"""Logs for tests, and their trees a second time: in RFC 6962's own recursive words.

Nothing of the reference comes from the code that makes real trees and proofs, so that
two hands that agree prove more than one.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sayso.trust.keys import PrivateKey
from sayso.trust.log import sign_checkpoint
from sayso.trust.note import cosign
from sayso.wire.checkpoint import Checkpoint
from sayso.wire.log_policy import Log, LogPolicy, Witness
from sayso.wire.log_proof import LogProof
from sayso.wire.merkle import (
    Hash,
    HashOf,
    leaf_hash,
    prove_inclusion,
    root_hash,
    tree_root,
)
from sayso.wire.note import KeyType, VerifierKey
from sayso.wire.tiles import Tile, grow, tile_hashes
from tests.registries import KEY

ORIGIN = "sayso.example/log"
SEEN = datetime(2026, 11, 22, 11, 5, 0, tzinfo=UTC)
LOG = VerifierKey(name=ORIGIN, type=KeyType.ED25519, key=KEY.public.key)


def private_key(seed: int) -> PrivateKey:
    """Return a key for tests that is always the same."""
    raw = seed.to_bytes(32, "big")
    return PrivateKey(Ed25519PrivateKey.from_private_bytes(raw), development=True)


WITNESS_KEYS = [private_key(seed) for seed in (11, 12, 13)]
WITNESSES = tuple(
    Witness(
        name=f"W{number}",
        key=VerifierKey(
            name=f"witness{number}.example",
            type=KeyType.COSIGNATURE,
            key=key.public.key,
        ),
    )
    for number, key in enumerate(WITNESS_KEYS, start=1)
)


def policy(quorum: str | None = None) -> LogPolicy:
    """Return a policy that believes the log of tests and knows three witnesses."""
    logs = (Log(key=LOG),)
    return LogPolicy(logs=logs, witnesses=WITNESSES, groups=(), quorum=quorum)


def witnessed(note: bytes, *numbers: int, now: datetime = SEEN) -> bytes:
    """Return a checkpoint's note with the cosignatures of these witnesses, from 1."""
    for number in numbers:
        name = WITNESSES[number - 1].key.name
        note = cosign(note, WITNESS_KEYS[number - 1], name=name, now=now)
    return note


def hashes_over(leaves: Sequence[Hash]) -> HashOf:
    """Return what gives the hashes of a tree from all its leaves."""
    return lambda height, index: root_hash(
        leaves[index << height : (index + 1) << height]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowingLog:
    """A log that keeps every tile that it ever had."""

    entries: list[bytes] = field(default_factory=list)
    tiles: dict[Tile, bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.entries)

    def add(self, *entries: bytes) -> None:
        leaves = map(leaf_hash, entries)
        self.tiles.update(grow(self.tiles.__getitem__, self.size, leaves))
        self.entries.extend(entries)

    def hash_of(self, size: int | None = None) -> HashOf:
        return tile_hashes(self.tiles.__getitem__, self.size if size is None else size)

    def checkpoint(self) -> Checkpoint:
        root = tree_root(self.hash_of(), self.size)
        return Checkpoint(origin=ORIGIN, size=self.size, root=root)

    def proof(self, index: int, *witnesses: int) -> LogProof:
        note = sign_checkpoint(self.checkpoint(), KEY)
        return LogProof(
            index=index,
            hashes=prove_inclusion(self.hash_of(), index, self.size),
            checkpoint=witnessed(note, *witnesses),
        )


def log_of(count: int) -> GrowingLog:
    """Return a log of this many small entries."""
    log = GrowingLog()
    log.add(*(b"entry %d\n" % number for number in range(count)))
    return log


def reference_root(entries: Sequence[bytes]) -> bytes:
    """Return MTH(D[n]) of RFC 6962, 2.1."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = _split(len(entries))
    left, right = reference_root(entries[:k]), reference_root(entries[k:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def reference_inclusion(m: int, entries: Sequence[bytes]) -> list[bytes]:
    """Return PATH(m, D[n]) of RFC 6962, 2.1.1."""
    if len(entries) == 1:
        return []
    k = _split(len(entries))
    if m < k:
        return [*reference_inclusion(m, entries[:k]), reference_root(entries[k:])]
    return [*reference_inclusion(m - k, entries[k:]), reference_root(entries[:k])]


def reference_consistency(m: int, entries: Sequence[bytes]) -> list[bytes]:
    """Return PROOF(m, D[n]) of RFC 6962, 2.1.2."""
    return _subproof(m, entries, whole=True)


def _subproof(m: int, entries: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if m == len(entries):
        return [] if whole else [reference_root(entries)]
    k = _split(len(entries))
    if m <= k:
        right = reference_root(entries[k:])
        return [*_subproof(m, entries[:k], whole=whole), right]
    left = reference_root(entries[:k])
    return [*_subproof(m - k, entries[k:], whole=False), left]


def _split(n: int) -> int:
    """Return "the largest power of two smaller than n"."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k
