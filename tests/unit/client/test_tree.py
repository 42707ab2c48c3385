"""Checking the whole look-up tree: every file, and nothing beside it."""

import gzip
import hashlib
from pathlib import Path

import pytest

from sayso.client.fetch import FolderFetcher
from sayso.client.tree import TreeCounts, check_tree
from sayso.errors import FetchError, MalformedError, RegistryError, UntrustedError
from sayso.wire.release_members import Lookup
from sayso.wire.text import Digest
from tests.registries import Document, Files, recording, registry_document, tree_of
from tests.trees import packed, reference_tree

EMPTY = Lookup(leaf_items=2, node_entries=2, root=None)


def lookup_of(member: Document) -> Lookup:
    return Lookup(
        leaf_items=member["leaf_items"],
        node_entries=member["node_entries"],
        root=Digest(member["root"]),
    )


def check(folder: Path, files: dict[str, bytes], lookup: Lookup) -> TreeCounts:
    Files(by_path=files).write(folder)
    return check_tree(FolderFetcher(folder), lookup)


@pytest.mark.parametrize(("leaf_items", "node_entries"), [(1, 16), (2, 2), (3, 4)])
def test_every_file_of_a_tree_is_read_once(
    tmp_path: Path, leaf_items: int, node_entries: int
) -> None:
    member, files = tree_of(registry_document(), leaf_items, node_entries)
    counts = check(tmp_path, files, lookup_of(member))
    assert counts.recordings == 4
    assert counts.breakpoints == 4
    assert counts.bytes == sum(map(len, files.values()))
    assert counts.leaves + counts.nodes + counts.policies == len(files)
    assert counts.policies


def test_a_tree_may_be_one_leaf_or_nothing(tmp_path: Path) -> None:
    member, files = tree_of(registry_document())
    counts = check(tmp_path, files, lookup_of(member))
    assert (counts.leaves, counts.nodes, counts.policies) == (1, 0, 0)
    assert check(tmp_path, {}, EMPTY) == TreeCounts()


MEMBER, TREE = tree_of(registry_document(), 2, 16)


@pytest.mark.parametrize("path", sorted(TREE))
def test_every_file_of_a_tree_is_needed_as_it_is(tmp_path: Path, path: str) -> None:
    rest = {name: data for name, data in TREE.items() if name != path}
    with pytest.raises(FetchError, match="is not there"):
        check(tmp_path, rest, lookup_of(MEMBER))
    data = gzip.decompress(TREE[path])
    for other, error in [
        (gzip.compress(data + b"\n", mtime=0), UntrustedError),
        (data[:50], MalformedError),
        (b"", RegistryError),
    ]:
        with pytest.raises(error, match=f"{path} is not to be used: "):
            check(tmp_path, {**TREE, path: other}, lookup_of(MEMBER))


def test_a_policy_has_one_number_in_all_leaves(tmp_path: Path) -> None:
    """Two trees of halves, each good by itself, under one node."""
    policies = {
        item["number"]: {key: item[key] for key in item if key != "number"}
        for item in registry_document()["policies"]
    }
    rows = [recording("AA0000000000", 1), recording("ZZZZZ9999999", 1)]
    root, files = reference_tree(rows, [], policies, 1)
    _, others = reference_tree(rows, [], {1: policies[2]}, 1)
    assert root is not None
    node = files[root]
    # The second leaf of the one tree in place of that of the other.
    last = max(name for name in files if b'"isrc":"ZZ' in files[name])
    other = max(name for name in others if b'"isrc":"ZZ' in others[name])
    node = node.replace(last.encode(), other.encode())
    files |= {**others, (name := hashlib.sha256(node).hexdigest()): node}
    lookup = Lookup(leaf_items=1, node_entries=64, root=Digest(name))
    with pytest.raises(MalformedError, match="policy 1 is another one in another leaf"):
        check(tmp_path, packed(files), lookup)
