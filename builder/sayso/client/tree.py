"""Checking the whole look-up tree of a release, where a look-up reads a few files."""

from dataclasses import dataclass
from typing import TypeAlias

from sayso.client.fetch import Fetcher
from sayso.client.lookup import PACKED_LIMIT, unpack
from sayso.errors import MalformedError, UntrustedError
from sayso.wire.items import Row
from sayso.wire.leaf import Leaf
from sayso.wire.lookup import (
    OBJECT_LIMIT,
    Child,
    lookup_path,
    read_policy_file,
    root_child,
)
from sayso.wire.node import decode_lookup
from sayso.wire.release_members import Lookup
from sayso.wire.text import Digest

_Numbers: TypeAlias = dict[int, Digest]


@dataclass(slots=True, kw_only=True)
class TreeCounts:
    """What a look-up tree holds.

    Attributes:
        policies: how many files of policies, which stand where a range has no leaf.
        breakpoints: how often the policy of unlisted codes changes.
        bytes: of all files as served.
    """

    nodes: int = 0
    leaves: int = 0
    policies: int = 0
    recordings: int = 0
    breakpoints: int = 0
    bytes: int = 0


def check_tree(fetcher: Fetcher, lookup: Lookup) -> TreeCounts:
    """Return what the tree holds, when every file below its root is what it must be.

    Each is read and verified as for a look-up; and a policy has one number in all
    leaves. Takes the memory of a path through the tree, whatever its size.

    Args:
        fetcher: brings the files of the release.
        lookup: of a verified release.

    Raises:
        FetchError: a file is missing, too long or cannot be reached.
        UntrustedError: a file is not the one that is named for its place.
        MalformedError: a file is not in its format.
    """
    counts, numbers, policies = TreeCounts(), _Numbers(), set[Digest]()
    left = [root_child(lookup.root)]
    while left:
        child = left.pop()
        name = child.name or child.default
        if name is None or name in policies:
            continue
        try:
            data = _bring(fetcher, name, counts)
            if child.name is None:
                read_policy_file(data, name)
                policies.add(name)
            else:
                left += _children(data, child, lookup, counts, numbers)
        except (UntrustedError, MalformedError) as error:
            raise type(error)(
                f"{lookup_path(name)} is not to be used: {error}"
            ) from error
    counts.policies = len(policies)
    return counts


def _bring(fetcher: Fetcher, name: Digest, counts: TreeCounts) -> bytes:
    data = fetcher.fetch(lookup_path(name), limit=PACKED_LIMIT)
    counts.bytes += len(data)
    return unpack(data, limit=OBJECT_LIMIT)


def _children(
    data: bytes, child: Child, lookup: Lookup, counts: TreeCounts, numbers: _Numbers
) -> tuple[Child, ...]:
    """Count what a file holds and return where to go on, the first one last."""
    content = decode_lookup(
        data,
        child,
        leaf_items=lookup.leaf_items,
        node_entries=lookup.node_entries,
    )
    if not isinstance(content, Leaf):
        counts.nodes += 1
        return content.children[::-1]
    recordings = sum(isinstance(item, Row) for item in content.items)
    counts.leaves += 1
    counts.recordings += recordings
    counts.breakpoints += len(content.items) - recordings
    for number, policy in content.policies.items():
        policy.policy  # noqa: B018 - whoever asks for it finds it good
        if numbers.setdefault(number, policy.digest) != policy.digest:
            raise MalformedError(f"policy {number} is another one in another leaf")
    return ()
