"""Where two look-up trees first say different things."""

from collections.abc import Callable
from itertools import zip_longest
from typing import TypeAlias

from sayso.model.isrc import LAST_KEY, Isrc, isrc_of
from sayso.wire.leaf import Leaf
from sayso.wire.lookup import Child, root_child
from sayso.wire.node import Node, decode_lookup
from sayso.wire.release_members import Lookup
from sayso.wire.text import Digest

Bring: TypeAlias = Callable[[Digest], bytes]
"""Gives the unpacked bytes of a file of a tree."""


def first_code(theirs: tuple[Lookup, Bring], ours: tuple[Lookup, Bring]) -> Isrc | None:
    """Return the first code of which two trees differ; None where they do not.

    Only files on the way to it are asked for.

    Args:
        theirs: what a release says of its tree, and what brings the files.
        ours: the same of the rebuild.

    Raises:
        RegistryError: a file is missing, or not what it must be.
    """
    one, other = root_child(theirs[0].root), root_child(ours[0].root)
    while one != other:
        same = isrc_of(min(one.keys.start, LAST_KEY))
        if one.name is None or other.name is None or one.keys != other.keys:
            return same
        contents = (
            _open(one, one.name, *theirs),
            _open(other, other.name, *ours),
        )
        if not isinstance(contents[0], Node) or not isinstance(contents[1], Node):
            return _first_item(*contents)
        children = zip(contents[0].children, contents[1].children, strict=False)
        # Where all are the same, it is in the node itself that they differ.
        pair = next((each for each in children if each[0] != each[1]), None)
        if pair is None:
            return same
        one, other = pair
    return None


def _open(child: Child, name: Digest, lookup: Lookup, bring: Bring) -> Leaf | Node:
    return decode_lookup(
        bring(name),
        child,
        leaf_items=lookup.leaf_items,
        node_entries=lookup.node_entries,
    )


def _first_item(theirs: Leaf | Node, ours: Leaf | Node) -> Isrc:
    """Return the first code of which two leaves differ, or else where they begin."""
    if isinstance(theirs, Leaf) and isinstance(ours, Leaf):
        for one, other in zip_longest(theirs.items, ours.items):
            if one is None or other is None:
                return next(item.isrc for item in (one, other) if item is not None)
            policies = [
                None if item.policy is None else leaf.policies[item.policy].digest
                for item, leaf in ((one, theirs), (other, ours))
            ]
            if one != other or policies[0] != policies[1]:
                return min(one.isrc, other.isrc)
    return isrc_of(theirs.keys.start)
