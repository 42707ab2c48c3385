"""The list of the files that a release was made from, and proofs of single ones."""

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.errors import MalformedError, UntrustedError
from sayso.wire.merkle import Hash, leaf_hash, node_hash
from sayso.wire.sources import (
    SourceDigest,
    check_source,
    declarations_root,
    decode_sources,
    encode_sources,
    prove_source,
    sources_path,
)
from sayso.wire.text import Digest

A: SourceDigest = ("domain/fe/fernwood.example/a.yaml", Digest("0" * 64))
B: SourceDigest = ("domain/fe/fernwood.example/b.csv", Digest("1" * 64))
C: SourceDigest = ("README.md", Digest("2" * 64))


def files_of(count: int) -> list[SourceDigest]:
    return [
        (f"f/{number:05}.yaml", Digest(sha256(bytes(number)).hexdigest()))
        for number in range(count)
    ]


def test_the_root_commits_to_paths_and_bytes() -> None:
    one = leaf_hash(b"a.yaml\0" + b"0" * 64)
    two = leaf_hash(b"b.yaml\0" + b"1" * 64)
    digests = [("b.yaml", Digest("1" * 64)), ("a.yaml", Digest("0" * 64))]
    assert declarations_root(digests) == node_hash(one, two).hex()


def test_the_list_is_as_sha256sum_writes_it() -> None:
    data = encode_sources([B, A, C])
    assert data.decode().splitlines() == [
        f"{'2' * 64}  README.md",
        f"{'0' * 64}  domain/fe/fernwood.example/a.yaml",
        f"{'1' * 64}  domain/fe/fernwood.example/b.csv",
    ]
    assert decode_sources(data) == (C, A, B)
    assert declarations_root(decode_sources(data)) == declarations_root([A, B, C])


def test_there_may_be_no_files() -> None:
    assert encode_sources([]) == b""
    assert decode_sources(b"") == ()


def test_the_list_is_named_by_its_content() -> None:
    assert sources_path(Digest("ab" * 32)) == f"source/{'ab' * 32}.txt.gz"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (encode_sources([A])[:-1], "has no end"),
        (encode_sources([A]) * 2, "do not ascend at 'domain/fe/fernwood"),
        (encode_sources([A]) + encode_sources([C]), "do not ascend at 'README"),
        (b"\n", "not a line"),
        (encode_sources([A]).replace(b"  ", b" "), "not a line"),
        (encode_sources([A]).replace(b"  ", b"  /"), "not a line"),
        (encode_sources([A]).replace(b"/a.", b"/../a."), "not a line"),
        (encode_sources([A]).replace(b"/a.", b"//a."), "not a line"),
        (encode_sources([A]).replace(b"\n", b"\r\n"), "not a line"),
        (encode_sources([C]).replace(b"2", b"F"), "not a line"),
        (b"\xff\n", "not UTF-8"),
    ],
)
def test_another_list_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        decode_sources(data)


def test_a_path_that_no_declared_file_has_is_not_written() -> None:
    with pytest.raises(MalformedError, match="not a line"):
        encode_sources([("a b.yaml", A[1])])


def test_a_list_is_never_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.wire.sources.SOURCES_LIMIT", 80)
    with pytest.raises(MalformedError, match="at most 80"):
        encode_sources([A, C])


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 64, 65])
def test_every_file_of_a_release_is_proved(count: int) -> None:
    files = files_of(count)
    root = declarations_root(files)
    for index, (path, digest) in enumerate(files):
        proof = prove_source(reversed(files), path)
        assert (proof.index, proof.size) == (index, count)
        check_source(path, digest, proof, root)


def test_a_file_that_the_release_has_not_is_not_proved() -> None:
    with pytest.raises(MalformedError, match=r"was not made from 'README\.md'"):
        prove_source([A, B], "README.md")
    with pytest.raises(MalformedError, match="was not made from"):
        prove_source([], "README.md")


@given(
    count=st.integers(1, 20),
    place=st.integers(0, 19),
    what=st.sampled_from(["path", "digest", "index", "size", "hash", "more", "root"]),
)
def test_a_proof_of_anything_else_is_refused(count: int, place: int, what: str) -> None:
    files = files_of(count)
    path, digest = files[place % count]
    proof, root = prove_source(files, path), declarations_root(files)
    if what == "path":
        path += "x"
    elif what == "digest":
        digest = Digest("ab" * 32)
    elif what == "index":
        proof = replace(proof, index=proof.index + 1)
    elif what == "size":
        proof = replace(proof, size=proof.index)
    elif what == "hash":
        proof = replace(proof, hashes=(Hash(bytes(32)), *proof.hashes[1:]))
    elif what == "more":
        proof = replace(proof, hashes=(*proof.hashes, Hash(bytes(32))))
    else:
        root = Digest("cd" * 32)
    with pytest.raises(UntrustedError, match="not proved that the release was made"):
        check_source(path, digest, proof, root)


def test_a_proof_of_no_hashes_is_malformed() -> None:
    proof = replace(prove_source([A, B], A[0]), hashes=(Hash(b"short"),))
    with pytest.raises(MalformedError, match="32 bytes"):
        check_source(*A, proof, declarations_root([A, B]))
