"""RFC 6962 Merkle trees: one hash that commits to an ordered list of entries.

Leaves and inner nodes are hashed with different first bytes, so that a node can
never be passed off as an entry.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import NewType

Hash = NewType("Hash", bytes)
"""SHA-256 as 32 bytes."""


def leaf_hash(entry: bytes) -> Hash:
    """Return SHA-256(0x00 || entry)."""
    return Hash(sha256(b"\x00" + entry).digest())


def node_hash(left: Hash, right: Hash) -> Hash:
    """Return SHA-256(0x01 || left || right)."""
    return Hash(sha256(b"\x01" + left + right).digest())


def root_hash(leaves: Iterable[Hash]) -> Hash:
    """Return the Merkle tree hash over the leaves, SHA-256("") for none.

    "The largest power of two smaller than n" splits a list (RFC 6962, 2.1): that is
    a row of perfect trees of falling size, joined from the right.
    """
    perfect: list[tuple[int, Hash]] = []
    for leaf in leaves:
        size, tree = 1, leaf
        while perfect and perfect[-1][0] == size:
            tree = node_hash(perfect.pop()[1], tree)
            size *= 2
        perfect.append((size, tree))
    if not perfect:
        return Hash(sha256(b"").digest())
    root = perfect.pop()[1]
    while perfect:
        root = node_hash(perfect.pop()[1], root)
    return root
