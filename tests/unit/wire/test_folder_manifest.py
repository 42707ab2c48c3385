"""Manifests of folders: what is signed has one spelling, and all else is refused."""

from dataclasses import replace
from itertools import product

import pytest

from sayso.errors import MalformedError
from sayso.wire.folder_manifest import (
    MANIFEST_LIMIT,
    REGISTRY,
    FolderManifest,
    decode_manifest,
    encode_manifest,
)
from sayso.wire.text import Digest

MANIFEST = FolderManifest(
    origin="sayso.example",
    owner="domain:fernwood.example",
    epoch=1,
    sequence=3,
    previous=Digest("ab" * 32),
    files={"owner.yaml": Digest("0" * 64), "catalogue.csv": Digest("f" * 64)},
)
WRITTEN = f"""\
{{
"epoch":1,
"files":[
{{"name":"catalogue.csv","sha256":"{"f" * 64}"}},
{{"name":"owner.yaml","sha256":"{"0" * 64}"}}
],
"format":"sayso/manifest/1",
"origin":"sayso.example",
"owner":"domain:fernwood.example",
"previous":"{"ab" * 32}",
"sequence":3
}}
""".encode()


def test_a_manifest_has_one_spelling() -> None:
    assert encode_manifest(MANIFEST) == WRITTEN
    assert decode_manifest(WRITTEN) == MANIFEST


def test_the_first_manifest_goes_on_from_nothing() -> None:
    first = replace(MANIFEST, epoch=0, sequence=1, previous=None, files={})
    assert decode_manifest(encode_manifest(first)) == first


def test_operators_sign_one_of_their_own() -> None:
    theirs = replace(MANIFEST, owner=REGISTRY)
    assert decode_manifest(encode_manifest(theirs)) == theirs


@pytest.mark.parametrize(
    ("written", "changed", "message"),
    [
        (b"manifest/1", b"manifest/2", "has format 'sayso/manifest/2'"),
        (b'"sequence":3', b'"sequence":0', "'sequence' is not a number from 1"),
        (b'"sequence":3', b'"sequence":"3"', "'sequence' is not a number"),
        (b'"sequence":3', b'"sequence":true', "'sequence' is not a number"),
        (b'"epoch":1', b'"epoch":-1', "'epoch' is not a number"),
        (b'"epoch":1', b'"epoch":null', "'epoch' is not a number"),
        (b'"origin":"sayso.example"', b'"origin":null', "'origin' is not a text"),
        (b'"owner":"domain:fernwood.example"', b'"owner":1', "'owner' is not a text"),
        (b'"previous":"abab', b'"previous":"ABAB', "SHA-256"),
        (b'"previous":"abab', b'"previous":"ab', "SHA-256"),
        (b'"sha256":"ffff', b'"sha256":"ffffff', "SHA-256"),
        (b'"sha256":"ffff', b'"sha257":"ffff', "has no 'sha256'"),
        (b'"name":"owner.yaml"', b'"name":7', "'name' is not a text"),
        (b'"name":"owner.yaml"', b'"name":"catalogue.csv"', "order"),
        (b'"name":"owner.yaml"', b'"name":"a.yaml"', "order"),
        (b'"name":"owner.yaml"', b'"also":1,"name":"owner.yaml"', "has 'also'"),
        (b'"files":[', b'"filez":[', "has no 'files'"),
        (b',\n"sequence":3', b"", "has no 'sequence'"),
        (b'"sequence":3', b'"sequence":3,\n"signed":true', "has 'signed'"),
    ],
)
def test_anything_else_is_refused(written: bytes, changed: bytes, message: str) -> None:
    assert WRITTEN.count(written) == 1
    with pytest.raises(MalformedError, match=message):
        decode_manifest(WRITTEN.replace(written, changed))


@pytest.mark.parametrize("data", [b"", b"[]\n", b"{}\n", b"null\n", b"\xff\n"])
def test_what_is_no_manifest_at_all_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        decode_manifest(data)


def test_a_manifest_that_is_too_long_is_not_read() -> None:
    files = {f"{number:05}.yaml": Digest("0" * 64) for number in range(3000)}
    data = encode_manifest(replace(MANIFEST, files=files))
    assert len(data) > MANIFEST_LIMIT
    with pytest.raises(MalformedError):
        decode_manifest(data)


def test_a_bit_flipped_is_refused_or_says_something_else() -> None:
    for index, bit in product(range(len(WRITTEN)), range(8)):
        flipped = bytearray(WRITTEN)
        flipped[index] ^= 1 << bit
        try:
            read = decode_manifest(bytes(flipped))
        except MalformedError:
            continue
        assert read != MANIFEST
        assert encode_manifest(read) == flipped
