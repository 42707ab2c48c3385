"""Laws of the tree that a build writes: it is the one of the specification.

`tests.trees` builds it a second time, in plain loops; here both have to agree, file by
file, and every way of asking has to give one answer.
"""

import gzip
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, cast
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sayso.client.core import Core
from sayso.client.lookup import find
from sayso.client.tree import check_tree
from sayso.errors import PublishError
from sayso.model.isrc import Isrc, isrc_of, key_of
from sayso.publish.bulk import breakpoints_of
from sayso.publish.leaves import Entries, Items, Leaves, grow
from sayso.publish.numbering import number_policies
from sayso.publish.output import pack
from sayso.publish.ranges import Range, halvings, rank_in, whole
from sayso.publish.reading.registry import read_documents
from sayso.wire.columns import Interval
from sayso.wire.lookup import OBJECT_LIMIT
from sayso.wire.policies import read_policy_content
from sayso.wire.profile import Json, decode, encode_item
from sayso.wire.release_members import Lookup
from tests.declared import (
    FACTS,
    FERNWOOD,
    POLICY,
    HeldOutput,
    Published,
    core_of,
    declaration,
    publish,
    recordings,
    tree_of,
)
from tests.laws.test_lookup_laws import CONTENTS, Memory, Tree, trees
from tests.laws.test_registry_laws import CODES, registries
from tests.trees import breakpoints_of as plain_breakpoints
from tests.trees import digest_of, packed, reference_tree

POLICIES = number_policies(
    {number: read_policy_content(content) for number, content in CONTENTS.items()},
    {digest_of(content): number for number, content in CONTENTS.items()},
    max(CONTENTS) + 1,
).policies

LONG = max(len(one.content) for one in POLICIES.values()) + 500
"""A leaf of one policy and an item or two has about so many bytes."""


def intervals(tree: Tree) -> tuple[Interval, ...]:
    """Return the ranges of unlisted codes as a dataset has them: equal ones merged."""
    merged: list[tuple[int, int, int]] = []
    for first, last, number in tree.spans:
        if merged and merged[-1][1:] == (first - 1, number):
            first = merged.pop()[0]  # noqa: PLW2901 - it begins where the last one does
        merged.append((first, last, number))
    return tuple(
        Interval(first=isrc_of(first), last=isrc_of(last), policy=number)
        for first, last, number in merged
    )


def items_of(tree: Tree, keys: list[int]) -> Items:
    rows = {key_of(Isrc(row["isrc"])): row for row in tree.items}
    lines = [encode_item(rows[key]) + b"\n" for key in keys]
    return Items(
        keys=np.array(keys, np.int64),
        numbers=np.array([tree.rows[key] for key in keys], np.int32),
        lines=b"".join(lines),
        ends=np.cumsum([0, *map(len, lines)]),
    )


def built(tree: Tree, rows: int) -> tuple[Lookup, dict[str, bytes]]:
    """Return the tree as a build makes it, some recordings at a time."""
    output = HeldOutput()
    keys = sorted(tree.rows)
    leaves = Leaves(
        policies=POLICIES,
        breakpoints=breakpoints_of(intervals(tree)),
        leaf_items=tree.leaf_items,
        output=output,
    )
    rank = rank_in(np.array(keys, np.int64))
    entries = Entries()

    def fits(here: Range) -> bool:
        return here.count <= max(rows, tree.leaf_items)

    with patch("sayso.publish.leaves.LEAF_BYTES", tree.leaf_bytes):
        for here in halvings(whole(rank), rank, fits):
            held = items_of(tree, keys[here.first : here.end])
            entries.extend(leaves.of(here, held))
    lookup = grow(
        entries,
        POLICIES,
        leaf_items=tree.leaf_items,
        node_entries=tree.node_entries,
        output=output,
    )
    return lookup, output.files


def unpacked(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {path: gzip.decompress(data) for path, data in files.items()}


@given(
    trees(),
    st.sampled_from([1, 4, 2**17]),
    st.sampled_from([(2**18, None), (LONG, None), (LONG, "x" * 150), (2 * LONG, "ä")]),
)
def test_the_tree_is_that_of_the_specification(
    tree: Tree, rows: int, most: tuple[int, str | None]
) -> None:
    tree = replace(tree, leaf_bytes=most[0], title=most[1])
    lookup, files = built(tree, rows)
    root, expected = tree.built()
    assert lookup.root == root
    assert unpacked(files) == unpacked(packed(expected))


@given(trees())
@settings(max_examples=50)
def test_a_whole_tree_is_found_right_by_who_checks_it(tree: Tree) -> None:
    lookup, files = built(tree, 4)
    counts = check_tree(Memory(files), lookup)
    assert counts.recordings == len(tree.rows)


def test_leaves_are_split_where_their_bytes_are_too_many() -> None:
    """A leaf of many long titles has fewer recordings than it may have."""
    rows = {key_of(Isrc("XXF012600000")) + 3 * n: 1 for n in range(300)}
    tree = Tree(rows=rows, spans=[], title="x" * 3000)
    lookup, files = built(tree, 2**17)
    root, expected = tree.built()
    assert lookup.root == root
    assert unpacked(files) == unpacked(packed(expected))
    assert len(files) > 4
    assert all(len(data) <= 2**18 for data in unpacked(files).values())


def test_a_code_whose_policies_are_too_long_to_look_up_stops_the_build() -> None:
    key = key_of(Isrc("XXF012600001"))
    content = b'{"x":"' + b"y" * OBJECT_LIMIT + b'"}'
    huge = {1: replace(POLICIES[1], content=content)}
    leaves = Leaves(
        policies=huge,
        breakpoints=breakpoints_of(()),
        leaf_items=256,
        output=HeldOutput(),
    )
    rank = rank_in(np.array([key], np.int64))
    held = items_of(Tree(rows={key: 1}, spans=[]), [key])
    with pytest.raises(PublishError, match=r"XXF012600001 need 1,\d+,\d+ bytes"):
        leaves.of(whole(rank), held)


def rows_of(published: Published) -> list[dict[str, Any]]:
    raw = decode(published.files["registry.json"], limit=2**28)
    return cast("list[dict[str, Any]]", raw["recordings"])


def contents_of(published: Published) -> dict[int, dict[str, Json]]:
    raw = decode(published.files["registry.json"], limit=2**28)
    items = cast("list[dict[str, Any]]", raw["policies"])
    return {
        item["number"]: {name: item[name] for name in item if name != "number"}
        for item in items
    }


def check_reference(published: Published) -> None:
    """Compare the tree of a release with one that is made of its registry.json."""
    registry, lookup = published.registry, published.release.lookup
    root, expected = reference_tree(
        rows_of(published),
        plain_breakpoints((s.first, s.last, s.policy) for s in registry.prefixes),
        contents_of(published),
        lookup.leaf_items,
        lookup.node_entries,
    )
    assert lookup.root == root
    assert {
        path: data for path, data in published.files.items() if path[:6] == "lookup"
    } == {path: pack(gzip.decompress(d)) for path, d in packed(expected).items()}


def check_agreement(published: Published, codes: Iterable[Isrc]) -> None:
    """Ask the registry, the core and the tree the same."""
    registry, lookup = published.registry, published.release.lookup
    core = core_of(published)
    for isrc in codes:
        listing = registry.listing(isrc)
        found = find(
            Memory(dict(published.files)),
            lookup.root,
            isrc,
            leaf_items=lookup.leaf_items,
            node_entries=lookup.node_entries,
        )
        assert core.policy_of(isrc) == listing.number
        assert (found.listed, found.title, found.artist, found.owner) == (
            listing.listed,
            listing.title,
            listing.artist,
            listing.owner,
        )
        assert found.policy == listing.policy
        if found.listed or found.number is not None:
            assert found.number == listing.number


def near(codes: Iterable[str]) -> set[Isrc]:
    keys = {key_of(Isrc(code)) + step for code in codes for step in (-1, 0, 1)}
    return {isrc_of(key) for key in keys} | {Isrc("ZZZZZ9999999"), isrc_of(0)}


@given(registries(), st.sampled_from([2, 3, 256]), st.sampled_from([2, 3, 64]))
@settings(max_examples=40)
def test_tree_core_and_registry_agree(
    texts: dict[str, str], leaf_items: int, node_entries: int
) -> None:
    shape = f"leaf_items: {leaf_items}\nnode_entries: {node_entries}\n"
    texts = {**texts, "registry/policy.yaml": POLICY + shape}
    problems = read_documents(tree_of({**FACTS, **texts}).files)[1]
    assume(not any(problem.is_error for problem in problems))
    published = publish(texts)
    check_reference(published)
    check_agreement(published, near(CODES))
    lookup = published.release.lookup
    assert (lookup.leaf_items, lookup.node_entries) == (leaf_items, node_entries)


def test_a_prefix_over_millions_of_codes_costs_two_breakpoints() -> None:
    deny = declaration("{any-ai: deny}", "prefix: XXF01")
    published = publish({f"{FERNWOOD}/prefix.yaml": deny})
    check_reference(published)
    (path,) = (path for path in published.files if path.startswith("lookup/"))
    leaf = decode(gzip.decompress(published.files[path]), limit=2**20)
    assert leaf["items"] == [
        {"isrc": "XXF010000000", "policy": 1},
        {"isrc": "XXF020000000", "policy": None},
    ]


def test_a_last_prefix_has_one_breakpoint() -> None:
    """Beyond ZZZZZ9999999 there is no code."""
    facts = {**FACTS, "registry/policy.yaml": POLICY.replace("XXF02", "ZZZZZ")}
    deny = declaration("{any-ai: deny}", "prefix: ZZZZZ")
    published = publish({f"{FERNWOOD}/prefix.yaml": deny}, facts=facts)
    check_reference(published)
    check_agreement(published, near(["ZZZZZ9999998", "ZZZZY9999999"]))


def test_nothing_declared_has_no_root() -> None:
    published = publish({})
    assert published.release.lookup.root is None
    assert not [path for path in published.files if path.startswith("lookup/")]
    check_agreement(published, near(CODES))


def test_many_recordings_make_a_tree_of_several_levels() -> None:
    codes = [f"XXF01{year}{n:05}" for year in (19, 26) for n in range(0, 400, 3)]
    shape = "leaf_items: 4\nnode_entries: 3\n"
    published = publish(
        {
            "registry/policy.yaml": POLICY + shape,
            f"{FERNWOOD}/a.yaml": declaration("{any-ai: deny}", recordings(*codes)),
            f"{FERNWOOD}/b.yaml": declaration(
                "{search: ask}",
                "prefix: XXF01",
                "years: 2020-2026",
                'offer: {contact: "https://fernwood.example/l", conditions: []}',
            ),
        }
    )
    check_reference(published)
    check_agreement(published, near(codes[::17]))
    assert isinstance(core_of(published), Core)
    assert check_tree(Memory(dict(published.files)), published.release.lookup).nodes > 9
