"""The files of a release, and the index of most of them."""

from dataclasses import replace
from typing import Any

import pytest

from sayso.errors import MalformedError
from sayso.wire.profile import encode
from sayso.wire.release_file import (
    INDEX_LIMIT,
    ReleaseFile,
    decode_index,
    encode_index,
    file_named,
    index_path,
    is_path,
)
from sayso.wire.text import Digest
from tests.registries import INDEX, INDEX_JSON, SCHEMA, listed

FILE = ReleaseFile(
    path="source/aa.txt.gz",
    bytes=7,
    sha256=Digest("ab" * 32),
    content_sha256=Digest("aa" * 32),
)
OTHER = replace(FILE, path="schema/owner.json")


def test_an_index_is_read_as_somebody_else_writes_it() -> None:
    (file,) = decode_index(INDEX_JSON)
    assert (file.path, file.bytes) == (SCHEMA, 2)
    assert encode_index([file]) == INDEX_JSON
    assert index_path(Digest(INDEX[6:-5])) == INDEX


def test_files_are_listed_in_the_order_of_their_paths() -> None:
    data = encode_index([FILE, OTHER])
    assert decode_index(data) == (OTHER, FILE)
    assert encode_index([OTHER, FILE]) == data


def test_an_index_may_be_empty() -> None:
    assert decode_index(encode_index([])) == ()


def test_no_path_stands_twice() -> None:
    with pytest.raises(MalformedError, match="not in ascending order"):
        encode_index([FILE, FILE])


def test_an_index_is_never_too_long() -> None:
    files = (replace(FILE, path=f"schema/{number:0120}") for number in range(4000))
    with pytest.raises(MalformedError, match=f"at most {INDEX_LIMIT}"):
        encode_index(files)


ENTRY = listed("b", b"")


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({"files": [], "format": "sayso/index/2"}, "reads 'sayso/index/1'"),
        ({"files": []}, "has no 'format'"),
        ({"format": "sayso/index/1"}, "has no 'files'"),
        ({"files": {}, "format": "sayso/index/1"}, "'files' is not a list"),
        ({"files": [], "format": "sayso/index/1", "more": 1}, "'more', which is not"),
        ({"files": [1], "format": "sayso/index/1"}, "not an object"),
        (
            {"files": [ENTRY, {**ENTRY, "path": "a"}], "format": "sayso/index/1"},
            "not in ascending order",
        ),
        ({"files": [{**ENTRY, "path": "../a"}], "format": "sayso/index/1"}, "a path"),
    ],
)
def test_another_index_is_refused(document: dict[str, Any], why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        decode_index(encode(document))


def test_a_file_is_found_by_how_its_path_begins_and_ends() -> None:
    files = [FILE, OTHER]
    assert file_named(files, "source/", ".txt.gz", place="it") is FILE
    with pytest.raises(MalformedError, match=r"it lists 0 files source/…\.json"):
        file_named(files, "source/", ".json", place="it")
    with pytest.raises(MalformedError, match=r"it lists 2 files s…n"):
        file_named([*files, replace(OTHER, path="spun")], "s", "n", place="it")


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
