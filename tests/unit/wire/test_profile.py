"""The JSON profile: one way to write each document."""

from enum import StrEnum
from typing import Any

import pytest

from sayso.errors import MalformedError
from sayso.wire.profile import (
    LARGEST,
    MAX_DEPTH,
    decode,
    encode,
    encode_item,
    encode_lines,
)

DOCUMENT: dict[str, Any] = {
    "recordings": [{"title": "Ærlig 雨", "isrc": "XXF012600001"}, {"policy": 2}],
    "counts": {"b": [1, 2], "a": {}},
    "empty": [],
    "none": None,
    "yes": True,
}
BYTES = """{
"counts":{"a":{},"b":[1,2]},
"empty":[],
"none":null,
"recordings":[
{"isrc":"XXF012600001","title":"Ærlig 雨"},
{"policy":2}
],
"yes":true
}
""".encode()
LIMIT = 1_000_000


def nested(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels - 1):
        value = [value]
    return value


def test_each_item_of_a_top_level_list_has_a_line() -> None:
    assert encode(DOCUMENT) == BYTES
    assert decode(BYTES, limit=LIMIT) == DOCUMENT


def test_an_empty_document_is_two_lines() -> None:
    assert encode({}) == b"{\n}\n"
    assert decode(b"{\n}\n", limit=4) == {}


def test_a_document_is_composed_of_lines_made_elsewhere() -> None:
    head = {name: DOCUMENT[name] for name in ("counts", "none", "yes")}
    one, two = map(encode_item, DOCUMENT["recordings"])
    for items in ([one, two], [one + b",\n" + two]):
        lines = encode_lines(head, {"empty": [], "recordings": items})
        assert b"".join(lines) == BYTES
    assert b"".join(encode_lines({}, {})) == encode({})


def test_a_member_is_not_given_twice() -> None:
    with pytest.raises(ValueError, match=r"given twice: \['a'\]"):
        list(encode_lines({"a": 1}, {"a": []}))


def test_words_of_an_enumeration_are_texts() -> None:
    class Word(StrEnum):
        DENY = "deny"

    assert encode({"a": (Word.DENY,)}) == b'{\n"a":[\n"deny"\n]\n}\n'


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"a": 1.0}, "no place"),
        ({"a": float("nan")}, "no place"),
        ({"a": b""}, "no place"),
        ({"a": {1, 2}}, "no place"),
        ({"a": LARGEST + 1}, r"2\^53"),
        ({"a": -LARGEST - 1}, r"2\^53"),
        ({"é": 1}, "not ASCII"),
        ({1: 1}, "not ASCII"),
        ({"a": "\ud800"}, "surrogates not allowed"),
        ({"a": nested(MAX_DEPTH)}, "nested deeper"),
    ],
)
def test_a_value_outside_the_profile_is_not_written(
    value: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        encode(value)
    with pytest.raises(ValueError, match=why):
        list(encode_lines(value, {}))


def test_an_item_may_be_as_deep_as_its_place_allows() -> None:
    deepest = nested(MAX_DEPTH - 2)
    data = b"".join(encode_lines({}, {"a": [encode_item(deepest)]}))
    assert decode(data, limit=LIMIT) == {"a": [deepest]}
    with pytest.raises(ValueError, match="nested deeper"):
        encode_item([deepest])


@pytest.mark.parametrize("number", [0, -1, LARGEST, -LARGEST])
def test_integers_that_every_language_holds(number: int) -> None:
    data = encode({"n": number})
    assert decode(data, limit=LIMIT) == {"n": number}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not JSON"),
        (b"[]\n", "not a JSON object"),
        (b"null\n", "not a JSON object"),
        (b"\xef\xbb\xbf{\n}\n", "not JSON"),
        (b"\xff", "not UTF-8"),
        (b"{\n}", "canonical"),
        (b"{\n}\n\n", "canonical"),
        (b"{}\n", "canonical"),
        (b'{\r\n"a":1\r\n}\r\n', "canonical"),
        (b'{\n"a": 1\n}\n', "canonical"),
        (b'{\n"b":1,\n"a":1\n}\n', "canonical"),
        (b'{\n"a":[1]\n}\n', "canonical"),
        (b'{\n"a":-0\n}\n', "canonical"),
        (b'{\n"a":"\\u0041"\n}\n', "canonical"),
        (b'{\n"a":"\\/"\n}\n', "canonical"),
        (b'{\n"a":"\\u001F"\n}\n', "canonical"),
        (b'{\n"a":1,\n"a":2\n}\n', "'a' stands twice"),
        (b'{\n"a":{"b":1,"b":1}\n}\n', "'b' stands twice"),
        (b'{\n"\xc3\xa9":1\n}\n', "not ASCII"),
        (b'{\n"a":1.0\n}\n', "not an integer"),
        (b'{\n"a":1e3\n}\n', "not an integer"),
        (b'{\n"a":NaN\n}\n', "not an integer"),
        (b'{\n"a":-Infinity\n}\n', "not an integer"),
        (b'{\n"a":01\n}\n', "not JSON"),
        (b'{\n"a":+1\n}\n', "not JSON"),
        (b'{\n"a":9007199254740992\n}\n', r"2\^53"),
        (b'{\n"a":' + b"1" * 100_000 + b"\n}\n", r"2\^53"),
        (b'{\n"a":"\\ud800"\n}\n', "surrogate"),
        (b'{\n"a":' + b"[" * 16 + b"]" * 16 + b"\n}\n", "nested deeper"),
        (b'{\n"a":' + b"[" * 200_000, "nested too deeply"),
        (b'{"a":' * 200_000, "nested too deeply"),
        (b"{\n}\n" + b" " * LIMIT, "at most 1000000"),
    ],
)
def test_bytes_that_are_never_written_are_refused(data: bytes, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        decode(data, limit=LIMIT)


def test_a_flipped_bit_gives_another_document_or_none() -> None:
    for place in range(len(BYTES) * 8):
        changed = bytearray(BYTES)
        changed[place // 8] ^= 1 << place % 8
        try:
            value = decode(bytes(changed), limit=LIMIT)
        except MalformedError:
            continue
        assert value != DOCUMENT
        assert encode(value) == bytes(changed)
