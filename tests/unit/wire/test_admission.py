"""Admissions: the host's word has one spelling, and all else is refused."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from sayso.errors import MalformedError
from sayso.model.owner import OwnerId
from sayso.wire.admission import (
    ADMISSION_LIMIT,
    AdmissionFile,
    decode_admission,
    encode_admission,
)

HOME = "github/31/583231-mara"
ADMISSION = AdmissionFile(
    number=12,
    origin="sayso.example",
    owner=OwnerId("github:583231"),
    author="github:583231",
    sender="github:700123",
    pull_request=41,
    base="0" * 40,
    head="1" * 64,
    merge="2" * 40,
    admitted=datetime(2026, 11, 22, 11, tzinfo=UTC),
    files={f"{HOME}/songs.yaml": None, f"{HOME}/owner.yaml": "a" * 40},
)
WRITTEN = f"""\
{{
"admitted":"2026-11-22T11:00:00Z",
"author":"github:583231",
"base":"{"0" * 40}",
"files":[
{{"blob":"{"a" * 40}","path":"{HOME}/owner.yaml"}},
{{"blob":null,"path":"{HOME}/songs.yaml"}}
],
"format":"sayso/admission/1",
"head":"{"1" * 64}",
"merge":"{"2" * 40}",
"number":12,
"origin":"sayso.example",
"owner":"github:583231",
"pull_request":41,
"sender":"github:700123"
}}
""".encode()


def test_an_admission_has_one_spelling() -> None:
    assert encode_admission(ADMISSION) == WRITTEN
    assert decode_admission(WRITTEN) == ADMISSION


def test_a_host_without_pull_requests_has_no_number_of_one() -> None:
    without = replace(ADMISSION, pull_request=None)
    assert decode_admission(encode_admission(without)) == without


@pytest.mark.parametrize(
    ("written", "changed", "message"),
    [
        (b"admission/1", b"admission/2", "has format 'sayso/admission/2'"),
        (b'"number":12', b'"number":0', "'number' is not a number from 1"),
        (b'"number":12', b'"number":"12"', "'number' is not a number"),
        (b'"pull_request":41', b'"pull_request":0', "is not a number from 1"),
        (b'"pull_request":41', b'"pull_request":"41"', "is not a number from 1"),
        (b'"author":"github:583231"', b'"author":"mara"', "'mara' is no author"),
        (b'"author":"github:583231"', b'"author":"github:0583231"', "is no author"),
        (
            b'"author":"github:583231"',
            b'"author":"domain:fernwood.example"',
            "is no author",
        ),
        (b'"sender":"github:700123"', b'"sender":""', "is no sender"),
        (b'"owner":"github:583231"', b'"owner":"registry"', "is no owner"),
        (b'"owner":"github:583231"', b'"owner":null', "'owner' is not a text"),
        (b'"base":"0', b'"base":"g', "is no base"),
        (b'"head":"1', b'"head":"11', "is no head"),
        (b'"merge":"2', b'"merge":"', "is no merge"),
        (b'"blob":"a', b'"blob":"A', "is no blob"),
        (b'"blob":"a', b'"blob":"', "is no blob"),
        (b'"blob":null,', b"", "has no 'blob'"),
        (b'"blob":null', b'"blob":false', "'blob' is not a text"),
        (b'/songs.yaml"', b'/owner.yaml"', "order"),
        (b'/songs.yaml"', b'/a.yaml"', "order"),
        (b"T11:00:00Z", b"", "2026-11-22"),
        (b'"origin":"sayso.example"', b'"origin":1', "'origin' is not a text"),
        (b'"number":12', b'"more":1,\n"number":12', "has 'more'"),
        (b'"blob":null', b'"also":1,"blob":null', "has 'also'"),
    ],
)
def test_anything_else_is_refused(written: bytes, changed: bytes, message: str) -> None:
    assert WRITTEN.count(written) == 1
    with pytest.raises(MalformedError, match=message):
        decode_admission(WRITTEN.replace(written, changed))


def test_an_admission_that_is_too_long_is_not_read() -> None:
    files = {f"{HOME}/{number:05}.yaml": "a" * 40 for number in range(12_000)}
    data = encode_admission(replace(ADMISSION, files=files))
    assert len(data) > ADMISSION_LIMIT
    with pytest.raises(MalformedError):
        decode_admission(data)


def test_a_bit_flipped_is_refused_or_says_something_else() -> None:
    for index, bit in product(range(len(WRITTEN)), range(8)):
        flipped = bytearray(WRITTEN)
        flipped[index] ^= 1 << bit
        try:
            read = decode_admission(bytes(flipped))
        except MalformedError:
            continue
        assert read != ADMISSION
        assert encode_admission(read) == flipped
