"""release.json: the file whose fields commit to every byte."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from sayso.errors import MalformedError
from sayso.wire.header import Profile, trusted_comment
from sayso.wire.merkle import leaf_hash, node_hash
from sayso.wire.profile import Json, encode
from sayso.wire.release import (
    ENTRIES_LIMIT,
    RELEASE_LIMIT,
    ReleaseFile,
    Source,
    declarations_root,
    decode_release,
    encode_release,
    is_path,
)
from sayso.wire.text import Digest
from tests.registries import registry_document, release_document

REGISTRY = encode(registry_document())
COUNTS = registry_document()["counts"]
DOCUMENT = release_document(REGISTRY, COUNTS)
RELEASE = decode_release(encode(DOCUMENT))


def changed(**fields: Json) -> bytes:
    return encode({**DOCUMENT, **fields})


def test_a_release_is_read() -> None:
    header = RELEASE.header
    assert header.number == 1
    assert header.issued == datetime(2026, 11, 22, 11, tzinfo=UTC)
    assert header.origin == "sayso.example"
    assert header.profile is Profile.DEVELOPMENT
    assert RELEASE.counts == COUNTS
    assert RELEASE.file("registry.json").sha256 == sha256(REGISTRY).hexdigest()
    assert [file.path for file in RELEASE.files] == [
        "registry.json",
        "schema/owner.json",
    ]


def test_a_release_is_written_as_it_was_read() -> None:
    assert encode_release(RELEASE) == encode(DOCUMENT)


def test_a_later_release_names_its_predecessor_and_commit() -> None:
    release = replace(
        RELEASE,
        header=replace(RELEASE.header, number=2, profile=Profile.OPERATOR),
        previous=Digest("cd" * 32),
        source=Source(commit="a" * 40, clean=True, declarations_root=Digest("ef" * 32)),
    )
    assert decode_release(encode_release(release)) == release


def test_the_signed_comment_names_file_and_release() -> None:
    assert trusted_comment("registry.json", RELEASE.header) == (
        "sayso registry.json release=1 issued=2026-11-22T11:00:00Z origin=sayso.example"
    )


def test_a_file_that_is_not_listed_is_named() -> None:
    with pytest.raises(MalformedError, match=r"release 1 does not list absent\.json"):
        RELEASE.file("absent.json")


def test_a_release_that_breaks_the_format_is_not_written() -> None:
    file = replace(RELEASE.files[0], path="../registry.json")
    with pytest.raises(MalformedError, match="not a path"):
        encode_release(replace(RELEASE, files=(file,)))


def test_a_release_is_never_long() -> None:
    files = tuple(
        ReleaseFile(
            path=f"schema/{number:04}.json",
            bytes=1,
            sha256=Digest("a" * 64),
            content_sha256=Digest("a" * 64),
        )
        for number in range(400)
    )
    with pytest.raises(MalformedError, match=f"at most {RELEASE_LIMIT}"):
        encode_release(replace(RELEASE, files=(*RELEASE.files[:1], *files)))


NOBODY = {**COUNTS, "prefixes": 0, "recordings": 0}
NO_TREE = {**DOCUMENT["lookup"], "root": None}


@pytest.mark.parametrize(
    ("counts", "lookup", "good"),
    [
        (NOBODY, NO_TREE, True),
        (NOBODY, DOCUMENT["lookup"], False),
        ({**NOBODY, "recordings": 1}, DOCUMENT["lookup"], True),
        ({**NOBODY, "recordings": 1}, NO_TREE, False),
        ({**NOBODY, "prefixes": 1}, DOCUMENT["lookup"], True),
        ({**NOBODY, "prefixes": 1}, NO_TREE, False),
    ],
)
def test_there_is_a_tree_exactly_where_something_is_said(
    counts: dict[str, int],
    lookup: dict[str, Any],
    good: bool,  # noqa: FBT001
) -> None:
    data = changed(counts=counts, lookup=lookup)
    if good:
        release = decode_release(data)
        assert release.lookup.root == lookup["root"]
        assert encode_release(release) == data
    else:
        with pytest.raises(MalformedError, match="has a look-up tree exactly where"):
            decode_release(data)


def test_the_bounds_of_a_tree_are_read() -> None:
    lookup = RELEASE.lookup
    assert (lookup.leaf_items, lookup.node_entries) == (256, 64)
    narrow = {**DOCUMENT["lookup"], "leaf_items": 1, "node_entries": 2}
    wide = {**narrow, "leaf_items": ENTRIES_LIMIT, "node_entries": ENTRIES_LIMIT}
    for bounds in (narrow, wide):
        read = decode_release(changed(lookup=bounds)).lookup
        assert read.leaf_items == bounds["leaf_items"]
        assert read.node_entries == bounds["node_entries"]


FILE = DOCUMENT["files"][0]
LOOKUP = DOCUMENT["lookup"]
SOURCE = DOCUMENT["source"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"format": "sayso/release/2"}, "reads 'sayso/release/1'"),
        ({"vocabulary": "uses/2"}, "reads 'uses/1'"),
        ({"licence": "MIT"}, "reads 'CC0-1.0'"),
        ({"surprise": 1}, "'surprise', which is not part"),
        ({"number": 0}, "'number' is not a number from 1"),
        ({"number": True}, "'number' is not a number"),
        ({"number": "1"}, "'number' is not a number"),
        ({"number": 2}, "no previous release"),
        ({"previous": "ab" * 32}, "no previous release"),
        ({"previous": "AB" * 32}, "SHA-256"),
        ({"previous": 1}, "'previous' is not a text"),
        ({"issued": "2026-11-22"}, "not a time"),
        ({"origin": "Sayso Example"}, "'origin' is not the name of a registry"),
        ({"profile": "toy"}, "'profile' is not one of development, operator"),
        ({"notice": None}, "'notice' is not a text"),
        ({"counts": {}}, "has no 'declarations'"),
        ({"counts": {**COUNTS, "owners": -1}}, "'owners' is not a number from 0"),
        ({"counts": {**COUNTS, "Owners": 1}}, "'Owners' is not the name of a count"),
        ({"counts": []}, "counts is not an object"),
        ({"source": {**SOURCE, "commit": "main"}}, "not a Git commit"),
        ({"source": {**SOURCE, "clean": 1}}, "'clean' is not true or false"),
        ({"source": {**SOURCE, "tag": "v1"}}, "'tag', which is not part"),
        ({"files": {}}, "'files' is not a list"),
        ({"files": []}, r"does not list registry\.json"),
        ({"files": ["registry.json"]}, "not an object"),
        ({"files": [FILE, FILE]}, "not in ascending order"),
        ({"files": [{**FILE, "path": "/etc/passwd"}]}, "not a path"),
        ({"files": [{**FILE, "bytes": -1}]}, "'bytes' is not a number"),
        ({"files": [{**FILE, "sha256": "x"}]}, "SHA-256"),
        ({"files": [{**FILE, "mode": 1}]}, "'mode', which is not part"),
        ({"lookup": None}, "lookup is not an object"),
        ({"lookup": {**LOOKUP, "leaf_items": 0}}, "'leaf_items' is not a number"),
        ({"lookup": {**LOOKUP, "node_entries": 1}}, "'node_entries' is not a number"),
        ({"lookup": {**LOOKUP, "leaf_items": 4097}}, "more than 4096 entries"),
        ({"lookup": {**LOOKUP, "node_entries": 4097}}, "more than 4096 entries"),
        ({"lookup": {**LOOKUP, "root": "x"}}, "SHA-256"),
        ({"lookup": {**LOOKUP, "root": 1}}, "'root' is not a text"),
        ({"lookup": {**LOOKUP, "more": 1}}, "'more', which is not part"),
    ],
)
def test_another_release_is_refused(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        decode_release(changed(**fields))


@pytest.mark.parametrize("name", sorted(DOCUMENT))
def test_every_member_is_needed(name: str) -> None:
    document = {key: value for key, value in DOCUMENT.items() if key != name}
    with pytest.raises(MalformedError, match=f"has no '{name}'"):
        decode_release(encode(document))


def test_counts_may_count_more() -> None:
    release = decode_release(changed(counts={**COUNTS, "open_disputes": 3}))
    assert release.counts["open_disputes"] == 3


@pytest.mark.parametrize(
    ("path", "good"),
    [
        ("registry.json", True),
        ("state/ab.jsonl.gz", True),
        ("_headers", True),
        ("a/../b", False),
        ("..", False),
        (".git/config", False),
        ("/a", False),
        ("a//b", False),
        ("a/", False),
        ("a\\b", False),
        ("a b", False),
        ("a\n", False),
        ("é", False),
        ("", False),
        ("/".join("a" * 9), False),
    ],
)
def test_a_path_stays_below_its_folder(path: str, good: bool) -> None:  # noqa: FBT001
    assert is_path(path) is good


def test_the_root_commits_to_paths_and_bytes() -> None:
    one = leaf_hash(b"a.yaml\0" + b"0" * 64)
    two = leaf_hash(b"b.yaml\0" + b"1" * 64)
    digests = [("b.yaml", Digest("1" * 64)), ("a.yaml", Digest("0" * 64))]
    assert declarations_root(digests) == node_hash(one, two).hex()
