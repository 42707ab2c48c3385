"""Laws of the look-up tree: it answers as a plain search does, from few small files."""

import contextlib
import hashlib
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.client.lookup import Found, find
from sayso.errors import RegistryError
from sayso.model.isrc import Isrc, Prefix, isrc_of, key_of, prefix_keys
from sayso.wire.leaf import Leaf, encode_leaf, encode_leaf_policy
from sayso.wire.lookup import (
    ALL_KEYS,
    LEAF_BYTES,
    LEAF_ITEMS,
    NODE_ENTRIES,
    OBJECT_LIMIT,
    Child,
    root_child,
    tree_depth,
)
from sayso.wire.node import Node, decode_lookup, encode_node
from sayso.wire.profile import Json, decode, decode_item, encode_item
from sayso.wire.text import Digest
from tests.registries import Document, recording, registry_document
from tests.trees import breakpoints_of, packed, reference_tree

CONTENTS: dict[int, Document] = {
    policy["number"]: {name: policy[name] for name in policy if name != "number"}
    for policy in registry_document()["policies"]
}
LAST = key_of(Isrc("ZZZZZ9999999"))
BASES = st.sampled_from([0, key_of(Isrc("XXF012600000")), 2**48 - 8, LAST - 40])
KEYS = st.one_of(
    st.integers(0, LAST),
    st.builds(lambda base, step: min(base + step, LAST), BASES, st.integers(0, 40)),
    st.integers(0, 48).map(lambda power: min(2**power, LAST)),
)
NUMBERS = st.sampled_from(sorted(CONTENTS))
ROWS = st.dictionaries(KEYS, NUMBERS, max_size=24)
ENDS = st.lists(KEYS, unique=True, max_size=8).map(sorted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A tree, and what it was made of.

    Attributes:
        rows: the number of the policy of each listed key.
        spans: first and last key and policy of each interval; ascending, apart.
    """

    rows: Mapping[int, int]
    spans: list[tuple[int, int, int]]
    leaf_items: int = LEAF_ITEMS
    node_entries: int = NODE_ENTRIES
    leaf_bytes: int = LEAF_BYTES
    title: str | None = None

    @property
    def items(self) -> list[Document]:
        return [
            recording(isrc_of(key), number, self.title)
            for key, number in self.rows.items()
        ]

    def built(self) -> tuple[Digest | None, dict[str, bytes]]:
        changes = breakpoints_of(
            (isrc_of(first), isrc_of(last), number)
            for first, last, number in self.spans
        )
        root, files = reference_tree(
            self.items,
            changes,
            CONTENTS,
            self.leaf_items,
            self.node_entries,
            leaf_bytes=self.leaf_bytes,
        )
        return None if root is None else Digest(root), files

    def read(self, data: bytes, child: Child) -> Leaf | Node:
        return decode_lookup(
            data, child, leaf_items=self.leaf_items, node_entries=self.node_entries
        )

    def expected(self, key: int) -> int | None:
        """Return the number of the policy of a code, by looking at everything."""
        if key in self.rows:
            return self.rows[key]
        for first, last, number in self.spans:
            if first <= key <= last:
                return number
        return None


@dataclass(frozen=True, slots=True)
class Memory:
    """Brings files that are at hand."""

    files: dict[str, bytes]

    def fetch(self, path: str, *, limit: int) -> bytes:
        assert len(self.files[path]) <= limit
        return self.files[path]


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    ends = draw(ENDS)
    pairs = zip(ends[::2], ends[1::2], strict=False)
    return Tree(
        rows=draw(ROWS),
        spans=[(first, last, draw(NUMBERS)) for first, last in pairs],
        leaf_items=draw(st.sampled_from([1, 2, 3, 256])),
        node_entries=draw(st.sampled_from([2, 3, 8, 64])),
    )


def asked(tree: Tree, root: Digest | None, memory: Memory, key: int) -> Found:
    return find(
        memory,
        root,
        isrc_of(key),
        leaf_items=tree.leaf_items,
        node_entries=tree.node_entries,
    )


def walk(
    tree: Tree, files: Mapping[str, bytes], child: Child
) -> Iterator[tuple[Child, Leaf | Node | None]]:
    """Yield a range and all below it, with what its file holds."""
    content = None if child.name is None else tree.read(files[child.name], child)
    yield child, content
    if isinstance(content, Node):
        for part in content.children:
            yield from walk(tree, files, part)


def path(
    tree: Tree, files: Mapping[str, bytes], root: Digest | None, key: int
) -> list[Child]:
    """Return the ranges that lead to a key, from the root; each knows its level."""
    found = []
    child = root_child(root)
    while child.name is not None:
        content = tree.read(files[child.name], child)
        level = content.level if isinstance(content, Node) else 0
        found.append(replace(child, level=level))
        if isinstance(content, Leaf):
            return found
        child = content.child_at(key)
    return [*found, replace(child, level=child.level or 0)]


def near(tree: Tree) -> set[int]:
    """Return keys at and beside everything that a tree holds."""
    marks = {*tree.rows, 0, LAST, 2**48}
    marks |= {end for first, last, _ in tree.spans for end in (first, last)}
    beside = {key + step for key in marks for step in (-1, 0, 1)}
    return {key for key in beside if 0 <= key <= LAST}


@given(trees(), st.lists(KEYS, max_size=5))
@settings(max_examples=60)
def test_every_code_is_answered_as_a_plain_search_does(
    tree: Tree, keys: list[int]
) -> None:
    root, files = tree.built()
    memory = Memory(packed(files))
    digests = {number: _digest(content) for number, content in CONTENTS.items()}
    for key in {*keys, *near(tree)}:
        found = asked(tree, root, memory, key)
        number = tree.expected(key)
        assert found.listed == (key in tree.rows)
        assert found.digest == (None if number is None else digests[number])
        assert (found.policy is None) == (number is None)
        assert found.number == number or (found.number is None and not found.listed)
        assert found.requests <= tree_depth(tree.node_entries) + 2


@given(trees())
@settings(max_examples=60)
def test_every_code_falls_in_exactly_one_range(tree: Tree) -> None:
    """At the bottom of the tree, and on every level of it."""
    root, files = tree.built()
    found = list(walk(tree, files, root_child(root)))
    bottom = [child.keys for child, content in found if not isinstance(content, Node)]
    assert bottom[0].start == 0
    assert bottom[-1].stop == ALL_KEYS.stop
    assert all(one.stop == two.start for one, two in itertools.pairwise(bottom))
    items = [
        (item.isrc, child.keys)
        for child, content in found
        if isinstance(content, Leaf)
        for item in content.items
    ]
    assert all(key_of(isrc) in keys for isrc, keys in items)
    assert {key_of(isrc) for isrc, _ in items} >= tree.rows.keys()


@given(trees(), st.data())
@settings(max_examples=40)
def test_the_tree_depends_on_the_set_alone(tree: Tree, data: st.DataObject) -> None:
    order = data.draw(st.permutations(list(tree.rows.items())))
    assert replace(tree, rows=dict(order)).built() == tree.built()


@given(trees(), KEYS, NUMBERS)
@settings(max_examples=60)
def test_one_recording_more_changes_only_its_own_path(
    tree: Tree, key: int, number: int
) -> None:
    """What goes lay on the path, and what comes lies in a range of the path."""
    root, files = tree.built()
    later = replace(tree, rows={**tree.rows, key: number})
    new_root, new_files = later.built()
    way = path(tree, files, root, key)
    assert files.keys() - new_files.keys() <= {child.name for child in way}
    for child, content in walk(later, new_files, root_child(new_root)):
        if content is not None and child.name not in files:
            level = content.level if isinstance(content, Node) else 0
            above = [part.keys for part in way if (part.level or 0) >= level]
            old = above[-1] if above else ALL_KEYS
            assert old.start <= child.keys.start < child.keys.stop <= old.stop


@given(st.from_regex(r"\A[A-Z]{2}[A-Z0-9]{3}\Z"), ROWS, NUMBERS, st.data())
@settings(max_examples=40)
def test_a_prefix_over_millions_of_codes_costs_two_breakpoints(
    prefix: str, rows: dict[int, int], number: int, data: st.DataObject
) -> None:
    keys = prefix_keys(Prefix(prefix))
    without = Tree(rows=rows, spans=[])
    tree = replace(without, spans=[(keys.start, keys.stop - 1, number)])
    root, files = tree.built()
    items = [
        item
        for _, content in walk(tree, files, root_child(root))
        if isinstance(content, Leaf)
        for item in content.items
    ]
    assert len(items) - len(rows) == (1 if keys.stop > LAST else 2)
    assert len(files) == 1
    key = data.draw(st.integers(keys.start, keys.stop - 1))
    found = asked(tree, root, Memory(packed(files)), key)
    assert found.number == rows.get(key, number)


@given(
    BASES,
    st.integers(0, 30).map(lambda power: 2**power),
    st.integers(1, 300),
    st.sampled_from([None, "x" * 3000, "雨" * 3000]),
    st.sampled_from([(1, 2), (2, 64), (256, 2), (256, 64)]),
)
@settings(max_examples=15)
def test_crowded_codes_stay_within_the_limits(
    base: int, step: int, count: int, title: str | None, limits: tuple[int, int]
) -> None:
    keys = {(base + place * step) % LAST for place in range(count)}
    tree = Tree(
        rows=dict.fromkeys(keys, 1),
        spans=[(first, first, 2) for first in sorted(keys)[1::2]],
        leaf_items=limits[0],
        node_entries=limits[1],
        title=title,
    )
    root, files = tree.built()
    assert all(len(data) <= OBJECT_LIMIT for data in files.values())
    for child, content in walk(tree, files, root_child(root)):
        if isinstance(content, Leaf) and child.name is not None:
            one = len(child.keys) == 1
            assert one or len(files[child.name]) <= LEAF_BYTES
            assert one or len(content.items) <= tree.leaf_items
        if isinstance(content, Node):
            assert len(content.children) <= tree.node_entries
            assert content.level <= tree_depth(tree.node_entries)
    memory = Memory(packed(files))
    for key in (min(keys), max(keys)):
        assert asked(tree, root, memory, key).listed


@given(trees())
@settings(max_examples=40)
def test_what_is_read_is_written_again(tree: Tree) -> None:
    root, files = tree.built()
    for child, content in walk(tree, files, root_child(root)):
        if isinstance(content, Node):
            assert child.name is not None
            assert encode_node(content) == files[child.name]
        elif content is not None:
            assert child.name is not None
            data = files[child.name]
            assert _written(content, decode(data, limit=OBJECT_LIMIT)) == data


@given(trees(), st.data())
def test_whatever_the_bytes_they_are_read_or_refused(
    tree: Tree, data: st.DataObject
) -> None:
    """A release that names bad files makes an error of ours, and no other."""
    root, files = tree.built()
    for child, content in walk(tree, files, root_child(root)):
        if content is not None and child.name is not None:
            bad = bytearray(files[child.name])
            place = data.draw(st.integers(0, len(bad) - 1))
            bad[place : place + 1] = data.draw(st.binary(max_size=2))
            name = Digest(hashlib.sha256(bad).hexdigest())
            with contextlib.suppress(RegistryError):
                tree.read(bytes(bad), replace(child, name=name))


VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text('a雨"\\'),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab"), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES)
def test_an_item_is_read_as_it_was_written(value: Json) -> None:
    assert decode_item(encode_item(value), limit=10_000) == value


@given(VALUES, st.data())
def test_an_item_has_one_spelling(value: Json, data: st.DataObject) -> None:
    written = bytearray(encode_item(value))
    place = data.draw(st.integers(0, len(written) - 1))
    written[place : place + 1] = data.draw(st.binary(max_size=2))
    with contextlib.suppress(RegistryError):
        assert encode_item(decode_item(bytes(written), limit=10_000)) == written


def _digest(content: Document) -> str:
    return hashlib.sha256(encode_item(content)).hexdigest()


def _written(leaf: Leaf, document: Mapping[str, Any]) -> bytes:
    return encode_leaf(
        leaf.keys,
        default=leaf.default,
        items=map(encode_item, document["items"]),
        policies=[
            encode_leaf_policy(number, entry.digest, encode_item(CONTENTS[number]))
            for number, entry in leaf.policies.items()
        ],
    )
