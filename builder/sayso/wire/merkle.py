"""RFC 6962 Merkle trees: one hash that commits to an ordered list of entries.

Leaves and inner nodes are hashed with different first bytes, so that a node can
never be passed off as an entry. A proof of inclusion shows that a tree holds a leaf,
a proof of consistency that it begins with all leaves of an older tree. Both climb from
a leaf to the root and name what stands beside the path, lowest first.
https://www.rfc-editor.org/rfc/rfc6962#section-2.1
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Final, NewType, TypeAlias

from sayso.errors import MalformedError, UntrustedError

Hash = NewType("Hash", bytes)
"""SHA-256 as 32 bytes."""

HashOf: TypeAlias = Callable[[int, int], Hash]
"""Gives the hash of a perfect tree by its height and index: of the 2^height leaves
from index·2^height on. Every tree is a row of perfect trees of falling height."""

HASH_BYTES: Final = 32
SIZE_LIMIT: Final = 2**63
"""Every tree has fewer leaves."""


def to_hash(data: bytes) -> Hash:
    """Return bytes as a hash.

    Raises:
        MalformedError: they are not 32.
    """
    if len(data) != HASH_BYTES:
        raise MalformedError(f"a hash has {HASH_BYTES} bytes, and this {len(data)}")
    return Hash(data)


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
    return _joined(tree for _, tree in perfect)


def tree_root(hash_of: HashOf, size: int) -> Hash:
    """Return the root of the tree over the first leaves, `size` of them.

    Raises:
        ValueError: the size is negative.
    """
    if size < 0:
        raise ValueError(f"no tree has {size} leaves")
    return _hash_over(hash_of, range(size))


def prove_inclusion(hash_of: HashOf, index: int, size: int) -> tuple[Hash, ...]:
    """Return the proof that a tree holds a leaf (RFC 6962, 2.1.1).

    Args:
        hash_of: gives the hashes of the tree.
        index: of the leaf, from 0.
        size: of the tree.

    Raises:
        ValueError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    return tuple(_hash_over(hash_of, leaves) for leaves in _beside(index, size, 0))


def prove_consistency(hash_of: HashOf, old: int, new: int) -> tuple[Hash, ...]:
    """Return the proof that a tree begins with an older one (RFC 6962, 2.1.2).

    It climbs from the last perfect tree of the older one, which it names first unless
    that is the whole older tree: a root that the verifier has.

    Args:
        hash_of: gives the hashes of the newer tree.
        old: the size of the older tree, at least 1.
        new: the size of the newer tree.

    Raises:
        ValueError: the older tree is empty, or larger than the newer one.
    """
    if not 0 < old <= new:
        raise ValueError(f"no proof leads from {old} leaves to {new}")
    if old == new:
        return ()
    height = _last_height(old)
    leaves = [*_beside(old - 1, new, height)]
    if old != 1 << height:
        leaves.insert(0, range(old - (1 << height), old))
    return tuple(_hash_over(hash_of, each) for each in leaves)


def check_inclusion(
    leaf: Hash, index: int, size: int, proof: Sequence[Hash], root: Hash
) -> None:
    """Check that a proof leads from a leaf to the root of a tree.

    Raises:
        MalformedError: a hash has not 32 bytes.
        UntrustedError: it does not lead there.
    """
    for each in (leaf, root, *proof):
        to_hash(each)
    if not 0 <= index < size < SIZE_LIMIT:
        raise UntrustedError(f"a tree of {size} leaves has no leaf {index}")
    if _climb(leaf, index, size - 1, proof) != root:
        raise UntrustedError(
            f"the log's tree of {size} leaves has another leaf {index}"
        )


def check_consistency(
    old: int, old_root: Hash, new: int, new_root: Hash, proof: Sequence[Hash]
) -> None:
    """Check that a proof leads from an older tree to a newer one of the same leaves.

    Raises:
        MalformedError: a hash has not 32 bytes.
        UntrustedError: it does not; or the older tree is empty, of which nothing can
            be proved.
    """
    for each in (old_root, new_root, *proof):
        to_hash(each)
    if not 0 < old <= new < SIZE_LIMIT:
        raise UntrustedError(f"no proof leads from {old} leaves to {new}")
    if old == new:
        if proof or old_root != new_root:
            raise UntrustedError(f"there are two trees of {old} leaves")
        return
    height = _last_height(old)
    beside = list(proof)
    start = beside.pop(0) if beside and old != 1 << height else old_root
    index, last = old - 1 >> height, new - 1 >> height
    if _climb(start, index, last, beside) != new_root:
        raise UntrustedError(f"the proof does not lead to the tree of {new} leaves")
    lefts = [
        each for each, left in zip(beside, _sides(index, last), strict=True) if left
    ]
    if _joined([*reversed(lefts), start]) != old_root:
        raise UntrustedError(f"the tree of {new} leaves begins with another of {old}")


def _joined(trees: Iterable[Hash]) -> Hash:
    """Return the root over a row of trees of falling height."""
    row = [*trees]
    if not row:
        return Hash(sha256(b"").digest())
    root = row.pop()
    while row:
        root = node_hash(row.pop(), root)
    return root


def _hash_over(hash_of: HashOf, leaves: range) -> Hash:
    """Return the root over a range of leaves that is a node of a tree."""
    trees = []
    start = leaves.start
    while start < leaves.stop:
        height = (leaves.stop - start).bit_length() - 1
        trees.append(hash_of(height, start >> height))
        start += 1 << height
    return _joined(trees)


def _last_height(size: int) -> int:
    """Return the height of the last of the perfect trees that make up a tree."""
    return (size & -size).bit_length() - 1


def _beside(index: int, size: int, lowest: int) -> Iterator[range]:
    """Yield the leaves beside a leaf's path to the root, from a height upwards.

    At each height the tree is cut into pieces of 2^height leaves, and each piece has
    a neighbour; the last one may be smaller, or have none.
    """
    for height in range(lowest, (size - 1).bit_length()):
        start = (index >> height ^ 1) << height
        if start < size:
            yield range(start, min(start + (1 << height), size))


def _sides(index: int, last: int) -> list[bool]:
    """Return for each neighbour of a path, lowest first, whether it stands on the left.

    Below the height where a leaf's path meets that of the last leaf, there is always a
    neighbour. From there on it is the last piece, with a neighbour on the left or none.
    """
    meeting = (index ^ last).bit_length()
    below = [bool(index >> height & 1) for height in range(meeting)]
    return below + [True] * (index >> meeting).bit_count()


def _climb(start: Hash, index: int, last: int, beside: Sequence[Hash]) -> Hash:
    sides = _sides(index, last)
    if len(beside) != len(sides):
        raise UntrustedError(f"the proof has not {len(sides)} hashes beside the path")
    root = start
    for each, left in zip(beside, sides, strict=True):
        root = node_hash(each, root) if left else node_hash(root, each)
    return root
