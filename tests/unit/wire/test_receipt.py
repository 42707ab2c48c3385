"""What a receipt looks like, and all that is none."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from sayso.errors import MalformedError
from sayso.model.isrc import Isrc
from sayso.model.vocabulary import NOTICE, Use, Verdict
from sayso.wire.evidence import ROOTS_LIMIT, Evidence
from sayso.wire.merkle import Hash
from sayso.wire.profile import decode, encode
from sayso.wire.receipt import (
    RECEIPT_LIMIT,
    Receipt,
    decode_receipt,
    encode_receipt,
    is_receipt,
)
from sayso.wire.receipt_kinds import CODES_LIMIT, Asked, Filed, Said, Screened
from sayso.wire.sources import SourceProof
from sayso.wire.text import Digest
from tests.registries import ISSUED

Change = Callable[[dict[str, Any]], object]

EVIDENCE = Evidence(
    roots=(b"root 2", b"root 3"),
    targets=b"targets",
    targets_version=4,
    policy="Förster".encode(),
    release=b"release\n",
    proof=b"proof",
)
OBJECTS = sorted([b"leaf", b"node"], key=lambda data: sha256(data).digest())
ASKED = Asked(
    isrcs=(Isrc("XXF012600001"), Isrc("XXF012600002")),
    territory="DE",
    answers=({"isrc": "XXF012600001"}, None),
    objects=tuple(OBJECTS),
)
SCREENED = Screened(
    codes=3,
    listed=2,
    territory=None,
    list=Digest("a" * 64),
    answers=Digest("b" * 64),
    counts={
        use: {
            Verdict.ALLOW: 0,
            Verdict.ASK: 1,
            Verdict.DENY: 2,
            Verdict.UNDECLARED: 0,
        }
        for use in Use
    },
)
FILED = Filed(
    path="github/31/583231-mara/songs.yaml",
    sha256=Digest("c" * 64),
    proof=SourceProof(index=1, size=2, hashes=(Hash(bytes(32)),)),
)
KINDS: list[Said] = [ASKED, SCREENED, FILED]


def receipt(said: Said, evidence: Evidence = EVIDENCE) -> Receipt:
    return Receipt(asked=ISSUED, maker="sayso 1.0.0", said=said, evidence=evidence)


@pytest.mark.parametrize("said", KINDS, ids=lambda said: type(said).__name__)
def test_a_receipt_reads_back_as_it_was_written(said: Said) -> None:
    for evidence in (
        EVIDENCE,
        replace(EVIDENCE, roots=(), approval=b"approved"),
        replace(EVIDENCE, roots=(b"root",) * ROOTS_LIMIT),
    ):
        data = encode_receipt(receipt(said, evidence))
        assert is_receipt(data)
        assert decode_receipt(data) == receipt(said, evidence)
        assert decode_receipt(data).notice == NOTICE


def test_a_receipt_is_known_by_its_own_format_alone() -> None:
    inner = encode_receipt(receipt(FILED)).decode()
    wrapped = encode({"format": "sayso/release/1", "text": inner})
    assert not is_receipt(wrapped)
    assert not is_receipt(encode({"list": [{"format": "sayso/receipt/1"}]}))
    assert not is_receipt(b"sayso/receipt/1")


def drop(*path: str) -> Change:
    def change(value: dict[str, Any]) -> None:
        for name in path[:-1]:
            value = value[name]
        del value[path[-1]]

    return change


def put(new: object, *path: str) -> Change:
    def change(value: dict[str, Any]) -> None:
        for name in path[:-1]:
            value = value[name]
        value[path[-1]] = new

    return change


@pytest.mark.parametrize(
    ("said", "change", "why"),
    [
        (FILED, put("sayso/receipt/2", "format"), "has format 'sayso/receipt/2'"),
        (FILED, put("song", "kind"), "'kind' is not recordings, list or declaration"),
        (FILED, drop("notice"), "has no 'notice'"),
        (FILED, put(1, "more"), "'more', which is not part"),
        (FILED, put("today", "made", "asked"), "not a time"),
        (FILED, put(1, "made", "more"), "'more', which is not part"),
        (FILED, drop("made", "by"), "has no 'by'"),
        (FILED, put(1, "evidence", "more"), "'more', which is not part"),
        (FILED, put(None, "evidence", "policy"), "'policy' is not a text"),
        (FILED, put(1, "evidence", "approval"), "'approval' is not a text"),
        (FILED, put(0, "evidence", "targets_version"), "not a number from 1"),
        (
            FILED,
            put(["root"] * (ROOTS_LIMIT + 1), "evidence", "roots"),
            "at most 256 texts",
        ),
        (FILED, put("a\0b", "path"), "'path' is not the path of a file"),
        (FILED, put(["00" * 32] * 64, "hashes"), "'path' is not the path of a file"),
        (FILED, put(["00" * 31], "hashes"), "not 64 hexadecimal digits"),
        (FILED, put(["AB" * 32], "hashes"), "not 64 hexadecimal digits"),
        (FILED, put(["0x" * 32], "hashes"), "not 64 hexadecimal digits"),
        (FILED, put(0, "files"), "not a number from 1"),
        (FILED, put("C" * 64, "sha256"), "not a SHA-256"),
        (ASKED, put("XX", "territory"), "'territory' is not a country's code"),
        (ASKED, put(["XXF012600002", "XXF012600001"], "isrcs"), "in ascending order"),
        (ASKED, put(["XXF012600001"] * 2, "isrcs"), "in ascending order"),
        (ASKED, put(["XX-F01-26-00001"], "isrcs"), "in ascending order"),
        (ASKED, put([], "isrcs"), f"a list of 1 to {CODES_LIMIT} codes"),
        (ASKED, put([None], "answers"), "one answer for each code"),
        (ASKED, put(["leaf", "leaf"], "objects"), "ascending order of their SHA-256"),
        (ASKED, put([1], "objects"), "'objects' is not a list of texts"),
        (SCREENED, put(4, "codes"), "as many codes as the list has"),
        (SCREENED, put(4, "listed"), "as many codes as the list has"),
        (SCREENED, put(0, "codes"), "not a number from 1"),
        (SCREENED, put(3, "counts", "any-ai", "allow"), "as many codes"),
        (SCREENED, put(1, "counts", "any-ai", "perhaps"), "not part of the format"),
        (SCREENED, put({}, "counts", "dance"), "'dance', which is not part"),
        (SCREENED, drop("counts", "any-ai"), "has no 'any-ai'"),
    ],
)
def test_another_spelling_is_no_receipt(said: Said, change: Change, why: str) -> None:
    value: dict[str, Any] = decode(encode_receipt(receipt(said)), limit=RECEIPT_LIMIT)
    change(value)
    with pytest.raises(MalformedError, match=why):
        decode_receipt(encode(value))


def test_too_many_codes_make_no_receipt() -> None:
    isrcs = tuple(Isrc(f"XXF0126{number:05}") for number in range(CODES_LIMIT + 1))
    most = replace(ASKED, isrcs=isrcs[:-1], answers=(None,) * CODES_LIMIT)
    assert decode_receipt(encode_receipt(receipt(most))).said == most
    said = replace(ASKED, isrcs=isrcs, answers=(None,) * len(isrcs))
    with pytest.raises(MalformedError, match=f"1 to {CODES_LIMIT} codes"):
        encode_receipt(receipt(said))


def test_a_receipt_has_a_longest_length() -> None:
    long = replace(EVIDENCE, release=b"x" * RECEIPT_LIMIT)
    with pytest.raises(MalformedError, match="at most 16777216 are allowed"):
        encode_receipt(receipt(FILED, long))


def test_what_is_no_text_has_no_place_in_a_receipt() -> None:
    with pytest.raises(MalformedError, match="has no place in a receipt"):
        encode_receipt(receipt(FILED, replace(EVIDENCE, policy=b"\xff")))
