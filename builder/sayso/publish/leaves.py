"""The look-up tree: its leaves, range by range, and the nodes above them.

"A content-addressed search tree over ISRC ranges: presence and absence proved by
hashing alone." (Release) The format is in the specification (Look-up), and
`sayso.wire.lookup` reads it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

import numpy as np

from sayso.columns.codes import Keys
from sayso.errors import PublishError
from sayso.model.isrc import isrc_of
from sayso.publish.numbering import Breakpoints, NumberedPolicy, Numbers
from sayso.publish.output import Output
from sayso.publish.ranges import Range, Rank, halvings, rank_in, whole
from sayso.wire.leaf import encode_leaf, encode_leaf_policy
from sayso.wire.lookup import LEAF_BYTES, OBJECT_LIMIT, Child, lookup_path
from sayso.wire.node import Node, encode_node
from sayso.wire.profile import encode_item
from sayso.wire.release_members import Lookup
from sayso.wire.text import Digest


@dataclass(slots=True)
class Entries:
    """Ranges of one level, ascending, as columns of equal length.

    Attributes:
        starts: where each begins.
        names: the SHA-256 of each one's file as bytes; empty where it has none.
        defaults: the number of the policy in force before each, 0 for none.
    """

    starts: list[int] = field(default_factory=list)
    names: list[bytes] = field(default_factory=list)
    defaults: list[int] = field(default_factory=list)

    def add(self, start: int, name: bytes, default: int) -> None:
        """Add the next range."""
        self.starts.append(start)
        self.names.append(name)
        self.defaults.append(default)

    def extend(self, other: "Entries") -> None:
        """Add the ranges that follow."""
        self.starts += other.starts
        self.names += other.names
        self.defaults += other.defaults


@dataclass(frozen=True, kw_only=True)
class Items:
    """What stands in a range of keys.

    Attributes:
        keys: of its recordings, ascending.
        numbers: the policy of each.
        lines: them as JSON Lines.
        ends: where each line ends, behind a zero.
    """

    keys: Keys
    numbers: Numbers
    lines: bytes
    ends: Keys

    @cached_property
    def rank(self) -> Rank:
        """How many recordings are below a key."""
        return rank_in(self.keys)

    @cached_property
    def _turns(self) -> tuple[Rank, list[int]]:
        """The places at which the policy is another one than before, and which."""
        places = np.flatnonzero(np.diff(self.numbers))
        return rank_in(places), self.numbers[places + 1].tolist()

    def used(self, first: int, end: int) -> set[int]:
        """Return the policies of some rows."""
        if first == end:
            return set()
        rank, numbers = self._turns
        return {int(self.numbers[first]), *numbers[rank(first) : rank(end - 1)]}


class Leaves:
    """Makes the leaves of ranges that follow one another."""

    def __init__(
        self,
        *,
        policies: Mapping[int, NumberedPolicy],
        breakpoints: Breakpoints,
        leaf_items: int,
        output: Output,
    ) -> None:
        self._digests = {0: None, **{n: p.digest for n, p in policies.items()}}
        self._policies = {
            number: encode_leaf_policy(number, one.digest, one.content)
            for number, one in policies.items()
        }
        self._breakpoints = breakpoints
        self._leaf_items = leaf_items
        self._output = output

    def of(self, here: Range, items: Items) -> Entries:
        """Write the leaves of a range, and return the ranges that they cover."""
        points = self._breakpoints
        turns = points.keys[points.rank(here.start) : points.rank(here.stop)]
        keys, rank = items.keys, items.rank
        if len(turns):
            keys = np.sort(np.concatenate([keys, turns]))
            rank = rank_in(keys)
        found = Entries()
        between = Range(here.start, here.stop, 0, len(keys))
        for part in halvings(between, rank, lambda r: r.count <= self._leaf_items):
            self._add(part, rank, items, found)
        return found

    def _add(self, here: Range, rank: Rank, items: Items, found: Entries) -> None:
        default = self._breakpoints.before(here.start)
        if not here.count:
            found.add(here.start, b"", default)
            return
        data = self._leaf(here, items, default)
        if len(data) > LEAF_BYTES and not here.is_one_key:
            for half in here.halves(rank):
                self._add(half, rank, items, found)
            return
        if len(data) > OBJECT_LIMIT:
            raise PublishError(
                f"the policies of {isrc_of(here.start)} need {len(data):,} bytes, and "
                f"a look-up holds {OBJECT_LIMIT:,}: too many declarations name it"
            )
        found.add(here.start, write_object(data, self._output), default)

    def _leaf(self, here: Range, items: Items, default: int) -> bytes:
        first, end = items.rank(here.start), items.rank(here.stop)
        used = items.used(first, end) | ({default} - {0})
        pieces = [_joined(items, first, end)] if first < end else []
        if here.count > end - first:
            pieces = list(self._pieces(here, items, first, end, used))
        return encode_leaf(
            range(here.start, here.stop),
            default=self._digests[default],
            items=pieces,
            policies=[self._policies[number] for number in sorted(used)],
        )

    def _pieces(
        self, here: Range, items: Items, first: int, end: int, used: set[int]
    ) -> Iterator[bytes]:
        """Yield rows and breakpoints in order; note which policies these use."""
        points = self._breakpoints
        for place in range(points.rank(here.start), points.rank(here.stop)):
            key, number = int(points.keys[place]), int(points.numbers[place])
            stop = items.rank(key)
            if first < stop:
                yield _joined(items, first, stop)
            yield encode_item({"isrc": isrc_of(key), "policy": number or None})
            first = max(first, stop)
            used |= {number} - {0}
        if first < end:
            yield _joined(items, first, end)


def write_object(data: bytes, output: Output) -> bytes:
    """Write a file of the tree, and return its name as bytes."""
    digest = sha256(data)
    output.write_packed(lookup_path(Digest(digest.hexdigest())), data)
    return digest.digest()


def _joined(items: Items, first: int, end: int) -> bytes:
    """Return rows as items of a list."""
    return items.lines[items.ends[first] : items.ends[end] - 1].replace(b"\n", b",\n")


def grow(
    leaves: Entries,
    policies: Mapping[int, NumberedPolicy],
    *,
    leaf_items: int,
    node_entries: int,
    output: Output,
) -> Lookup:
    """Write the nodes above all leaves, and return what a release says of the tree."""
    digests = {0: None, **{n: p.digest for n, p in policies.items()}}
    named = zip(leaves.names, leaves.defaults, strict=True)
    for number in sorted({default for name, default in named if not name} - {0}):
        content = policies[number].content
        output.write_packed(lookup_path(policies[number].digest), content)
    level, entries = 0, leaves
    while len(entries.starts) > 1:
        level += 1
        entries = _level(entries, digests, level, node_entries, output)
    return Lookup(
        leaf_items=leaf_items,
        node_entries=node_entries,
        root=_name(entries.names[0]),
    )


def _level(
    below: Entries,
    digests: Mapping[int, Digest | None],
    level: int,
    node_entries: int,
    output: Output,
) -> Entries:
    rank = rank_in(np.array(below.starts, np.int64))
    found = Entries()
    for here in halvings(whole(rank), rank, lambda r: r.count <= node_entries):
        first, end = here.first, here.end
        default = below.defaults[first]
        if not any(below.names[first:end]):
            found.add(here.start, b"", default)
            continue
        edges = [*below.starts[first:end], here.stop]
        children = tuple(
            Child(
                keys=range(edges[place], edges[place + 1]),
                default=digests[below.defaults[first + place]],
                name=_name(below.names[first + place]),
                level=level - 1,
            )
            for place in range(end - first)
        )
        keys = range(here.start, here.stop)
        data = encode_node(Node(keys=keys, level=level, children=children))
        found.add(here.start, write_object(data, output), default)
    return found


def _name(digest: bytes) -> Digest | None:
    return Digest(digest.hex()) if digest else None
