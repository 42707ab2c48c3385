"""Nodes of the look-up tree, and what a name of the tree stands for.

A node divides a range of codes among its children, without gaps. Of a child in which
no item lies it tells the policy of every code, so that such a child needs no file.
"""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from sayso.errors import MalformedError
from sayso.wire.leaf import Leaf, read_leaf
from sayso.wire.lookup import (
    FORMAT,
    LEAF_ITEMS,
    NODE_ENTRIES,
    Child,
    check_default,
    encode_digest,
    is_halving,
    nullable_digest,
    open_document,
    tree_depth,
)
from sayso.wire.members import Members
from sayso.wire.profile import Json, encode_lines
from sayso.wire.text import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A verified node.

    Attributes:
        keys: of the codes that its children divide among them.
        level: how many levels are below it, from 1.
        children: ascending, without gaps; at least one has a name.
    """

    keys: range
    level: int
    children: tuple[Child, ...]

    def child_at(self, key: int) -> Child:
        """Return the child that answers for a key.

        Raises:
            ValueError: the node does not answer for this key.
        """
        if key not in self.keys:
            raise ValueError(f"{key} is not a key of this node")
        after = bisect_right(self.children, key, key=lambda child: child.keys.start)
        return self.children[after - 1]


def encode_node(node: Node) -> bytes:
    """Return the bytes of a node, not checked: `decode_lookup` does that."""
    head: dict[str, Json] = {
        "format": FORMAT,
        "from": node.keys.start,
        "level": node.level,
        "to": node.keys.stop,
    }
    # Written out, since a registry has as many children as leaves.
    children = (
        b'{"default":%b,"from":%d,"name":%b}'
        % (encode_digest(child.default), child.keys.start, encode_digest(child.name))
        for child in node.children
    )
    return b"".join(encode_lines(head, {"children": children}))


def decode_lookup(
    data: bytes,
    child: Child,
    *,
    leaf_items: int = LEAF_ITEMS,
    node_entries: int = NODE_ENTRIES,
) -> Leaf | Node:
    """Return the leaf or node that a parent names, verified.

    Args:
        data: the unpacked file.
        child: what its parent says of it; `root_child` for the root.
        leaf_items: how many items a leaf may hold, as the release says.
        node_entries: how many children a node may have, as the release says.

    Raises:
        UntrustedError: the bytes are not those that the parent names, or were made
            for another place in the tree.
        MalformedError: they are neither a leaf nor a node, or contradict themselves.
    """
    level, members = open_document(data, child)
    if level == 0:
        return read_leaf(members, child, leaf_items=leaf_items)
    if level > tree_depth(node_entries):
        raise MalformedError(
            f"level {level}, where a tree has {tree_depth(node_entries)} at most"
        )
    return _read_node(members, child, level, node_entries)


def _read_node(members: Members, child: Child, level: int, node_entries: int) -> Node:
    entries = members.items("children")
    members.end()
    if not 1 <= len(entries) <= node_entries:
        raise MalformedError(
            f"a node has {len(entries)} children, where 1 to {node_entries} are allowed"
        )
    parts = list(map(_read_entry, entries))
    starts = [start for start, _, _ in parts]
    ends = [*starts[1:], child.keys.stop]
    children = tuple(
        Child(keys=range(start, end), default=default, name=name, level=level - 1)
        for (start, default, name), end in zip(parts, ends, strict=True)
    )
    check_default(children[0].default, child)
    _check_cover(children, child.keys)
    return Node(keys=child.keys, level=level, children=children)


def _read_entry(value: Json) -> tuple[int, Digest | None, Digest | None]:
    members = Members(value, "a child of a node")
    entry = (
        members.number("from"),
        nullable_digest(members, "default"),
        nullable_digest(members, "name"),
    )
    members.end()
    return entry


def _check_cover(children: tuple[Child, ...], keys: range) -> None:
    # Each child ends where the next one begins, so that only the first can leave a gap.
    if children[0].keys.start != keys.start:
        raise MalformedError("the children of a node do not begin where it begins")
    if not all(is_halving(child.keys) for child in children):
        raise MalformedError("the children of a node are not halves of halves of it")
    if all(child.name is None for child in children):
        raise MalformedError("a node has no child with items")
    for one, other in pairwise(children):
        if one.name is None and one.default != other.default:
            raise MalformedError(
                "the policy of unlisted codes changes where a node says nothing changes"
            )
