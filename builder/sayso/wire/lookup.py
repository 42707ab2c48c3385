"""The look-up tree: small files that answer for one code, each named by its hash.

Leaves hold the recordings of a range of codes, nodes hold ranges. A parent names each
child by the SHA-256 of its bytes, and the release names the root, so that hashing
alone proves what is listed, and what is not. `wire.leaf` and `wire.node` have the two
kinds; here is what both share.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from sayso.errors import MalformedError, UntrustedError
from sayso.model.isrc import KEY_LIMIT
from sayso.model.policy import Policy
from sayso.wire.members import Members
from sayso.wire.policies import read_policy_content
from sayso.wire.profile import decode, decode_item
from sayso.wire.text import Digest, parse_digest

FORMAT: Final = "sayso/lookup/1"
LEAF_ITEMS: Final = 256
"""How many items a leaf holds at most, unless the release says otherwise."""
NODE_ENTRIES: Final = 64
"""How many children a node has at most, unless the release says otherwise."""
LEAF_BYTES: Final = 256 * 1024
"""A leaf is made no longer, in unpacked bytes, unless it is of one code alone."""
POLICY_BYTES: Final = 64 * 1024
"""The content of a policy is made no longer, in bytes, so that a leaf holds three."""
OBJECT_LIMIT: Final = 2**20
"""No file of the tree is longer, in unpacked bytes."""
ALL_KEYS: Final = range(KEY_LIMIT)
"""The keys for which the root answers."""

_PLACE = "a file of the look-up tree"


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """What a parent says of a range of codes, and its file must say too.

    Attributes:
        keys: of the codes in the range; never empty.
        default: the policy of unlisted codes in force before the range; None where
            nobody speaks.
        name: SHA-256 of the unpacked file; None where the range holds no item.
        level: how many levels are below the file; None for the root, which may stand
            at any.
    """

    keys: range
    default: Digest | None
    name: Digest | None
    level: int | None


def root_child(root: Digest | None) -> Child:
    """Return what a release says of all codes when it names a root."""
    return Child(keys=ALL_KEYS, default=None, name=root, level=None)


def lookup_path(digest: Digest) -> str:
    """Return where a release keeps the file of this name, relative to release.json."""
    return f"lookup/{digest[:2]}/{digest}.json.gz"


def tree_depth(node_entries: int) -> int:
    """Return the highest level that a root can have.

    The tree of halvings is 49 deep. Its lowest 2^b ranges fit a node with at least
    2^b entries, so that each level takes b off the depth of what is left.

    Args:
        node_entries: how many children a node has at most; 2 or more.
    """
    halvings = KEY_LIMIT.bit_length() - 1
    return -(-halvings // (node_entries.bit_length() - 1))


def is_halving(keys: range) -> bool:
    """Return whether repeated halving of all keys leads to these."""
    width = len(keys)
    return width > 0 and width & (width - 1) == 0 and keys.start % width == 0


def check_name(data: bytes, name: Digest | None) -> None:
    """Check that unpacked bytes are those that a name stands for.

    Raises:
        MalformedError: they are more than any file of the tree has.
        UntrustedError: they are others.
    """
    if len(data) > OBJECT_LIMIT:
        raise MalformedError(
            f"{len(data)} bytes, where at most {OBJECT_LIMIT} are allowed"
        )
    if sha256(data).hexdigest() != name:
        raise UntrustedError("its bytes are not those that its name stands for")


def read_policy_file(data: bytes, name: Digest) -> Policy:
    """Return the policy of a file that is named where a range holds no item.

    Raises:
        UntrustedError: the bytes are not those that the name stands for.
        MalformedError: they are not a policy.
    """
    check_name(data, name)
    return read_policy_content(decode_item(data, limit=OBJECT_LIMIT))


def open_document(data: bytes, child: Child) -> tuple[int, Members]:
    """Return the level of a leaf or node, and what is left of it to read.

    Args:
        data: the unpacked file.
        child: what its parent says of it.

    Raises:
        UntrustedError: the bytes are not those that the parent names, or were made
            for another place in the tree.
        MalformedError: they are not a file of the tree.
    """
    check_name(data, child.name)
    members = Members(decode(data, limit=OBJECT_LIMIT), _PLACE)
    members.constant("format", FORMAT)
    keys = range(members.number("from"), members.number("to"))
    level = members.number("level")
    if keys != child.keys:
        raise UntrustedError(
            f"it holds the keys {keys.start} to {keys.stop}, where its parent says "
            f"{child.keys.start} to {child.keys.stop}"
        )
    if child.level not in {None, level}:
        raise UntrustedError(
            f"it is of level {level}, where its parent says {child.level}"
        )
    return level, members


def check_default(default: Digest | None, child: Child) -> None:
    """Check that a file begins with the policy that its parent says is in force.

    Raises:
        UntrustedError: it begins with another.
    """
    if default != child.default:
        raise UntrustedError(
            "it begins with another policy of unlisted codes than its parent says"
        )


def encode_digest(digest: Digest | None) -> bytes:
    """Return the JSON of a digest, null where there is none."""
    return b"null" if digest is None else b'"%b"' % digest.encode()


def nullable_digest(members: Members, name: str) -> Digest | None:
    """Return a SHA-256 in hexadecimal, or None where the member is null.

    Raises:
        MalformedError: it is neither.
    """
    text = members.nullable_text(name)
    return None if text is None else parse_digest(text)
