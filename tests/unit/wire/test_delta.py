"""Deltas: the one spelling of each, and that nothing else is read."""

from array import array
from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import pytest

from sayso.errors import MalformedError
from sayso.model.isrc import LAST_KEY, Isrc
from sayso.wire import delta as module
from sayso.wire.contents import policies_content, prefixes_content
from sayso.wire.delta import (
    REMOVED,
    Delta,
    decode_delta,
    delta_path,
    encode_delta,
)
from sayso.wire.policies import read_policy
from sayso.wire.release_file import is_path
from sayso.wire.text import Digest
from tests.cores import ITEMS, NO_CONTENTS, POLICIES, delta, lines

A, B, C, D = map(Isrc, ("XXF010000000", "XXF019999999", "XXF020000000", "XXF029999999"))
HEAD: dict[str, Any] = {
    "counts": {"policies": 2, "prefixes": 3, "recordings": 3},
    "format": "sayso/delta/1",
    "from": {
        "core": "a" * 64,
        "number": 1,
        "policies": "b" * 64,
        "prefixes": "c" * 64,
    },
    "to": {"core": "a" * 64, "number": 2, "policies": "b" * 64, "prefixes": "c" * 64},
}
CHANGES = ([0, 3], [7, -1], [LAST_KEY - 7, 2])
NAMED = ({"number": 1}, POLICIES[2])
RANGES = (
    {"first": A, "last": B},
    {"first": A, "last": C, "policy": 2},
    {"first": D, "last": D},
)
WHOLE = lines(HEAD, *CHANGES, *NAMED, *RANGES)
DELTA = delta(
    {0: 3, 7: REMOVED, LAST_KEY: 2},
    {1: None, 2: ITEMS[2]},
    {(A, B): None, (A, C): 2, (D, D): None},
)


def head(**counts: int) -> dict[str, Any]:
    return {**HEAD, "counts": {**HEAD["counts"], **counts}}


def test_a_delta_is_written_as_the_specification_says() -> None:
    assert encode_delta(DELTA) == WHOLE


def test_a_delta_is_read_as_it_was_written() -> None:
    assert decode_delta(WHOLE) == DELTA


def test_nothing_need_change_but_the_number() -> None:
    nothing = delta({})
    written = encode_delta(nothing)
    assert written == lines(head(policies=0, prefixes=0, recordings=0))
    assert decode_delta(written) == nothing


def test_many_changes_are_read_and_written_in_pieces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = delta({3 * n: n + 1 for n in range(70_000)})
    written = encode_delta(many)
    assert written.endswith(b"\n[3,69999]\n[3,70000]\n")
    assert decode_delta(written) == many
    monkeypatch.setattr(module, "_CHUNK", 7)
    assert encode_delta(many) == written


def test_a_policy_that_stands_in_two_deltas_is_parsed_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module._read_policy.cache_clear()
    parse = Mock(wraps=read_policy)
    monkeypatch.setattr(module, "read_policy", parse)
    deltas = [DELTA, replace(DELTA, after=replace(NO_CONTENTS, number=3))]
    assert [decode_delta(encode_delta(one)) for one in deltas] == deltas
    parse.assert_called_once_with(POLICIES[2])


def test_a_path_names_both_releases() -> None:
    path = delta_path(Digest("0" * 64), 9, 10)
    assert path == f"delta/{'0' * 64}.9-10.jsonl.gz"
    assert is_path(path)


def test_contents_do_not_depend_on_the_order_in_which_they_are_held() -> None:
    backwards = {number: ITEMS[number] for number in reversed(list(ITEMS))}
    assert policies_content(backwards) == policies_content(ITEMS)
    assert prefixes_content({(C, D): 1, (A, B): 2}) == prefixes_content(
        {(A, B): 2, (C, D): 1}
    )


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (b"", "whole lines"),
        (WHOLE[:-1], "whole lines"),
        (WHOLE + b"\n", "has 3 and 6 lines"),
        (lines(head(prefixes=4), *CHANGES, *NAMED, *RANGES) + b"\n", "not JSON"),
        (b"\n" + WHOLE, "not JSON"),
        (WHOLE.replace(b"\n", b"\r\n"), "canonical"),
        (b"\xff\n", "not UTF-8"),
        (b"[]\n", "header of the delta is not an object"),
        (lines({**HEAD, "format": "sayso/delta/2"}), "reads 'sayso/delta/1'"),
        (lines({**HEAD, "more": 1}), "not part of the format"),
        (lines(head(more=1)), "not part of the format"),
        (lines({**HEAD, "to": {**HEAD["to"], "more": 1}}), "not part of the format"),
        (lines({**HEAD, "to": {**HEAD["to"], "core": "A" * 64}}), "SHA-256"),
        (lines({**HEAD, "from": {**HEAD["from"], "number": 0}}), "a number from 1"),
        (
            lines(HEAD),
            "counts 3 recordings, 2 policies and 3 prefixes, and has 0 and 0",
        ),
        (
            lines(head(recordings=2), *CHANGES, *NAMED, *RANGES),
            "counts 2 recordings, 2 policies and 3 prefixes, and has 3 and 5",
        ),
        (
            lines(head(policies=1, prefixes=4), *CHANGES, *NAMED, *RANGES),
            "has no 'first'",
        ),
        (
            lines(head(policies=3, prefixes=2), *CHANGES, *NAMED, *RANGES),
            "has no 'number'",
        ),
        (lines(HEAD, *CHANGES, *RANGES, *NAMED), "a policy has no 'number'"),
        (
            lines({**HEAD, "to": HEAD["from"]}, *CHANGES, *NAMED, *RANGES),
            "never leads from release 1 to release 1",
        ),
    ],
)
def test_what_is_no_delta_is_refused(written: bytes, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        decode_delta(written)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"[07,1]", "not a change of a recording: '\\[07,1\\]'"),
        (b"[-7,1]", "not a change"),
        (b"[7,-2]", "not a change"),
        (b"[7,-0]", "not a change"),
        (b"[7,01]", "not a change"),
        (b"[7, 1]", "not a change"),
        (b"[7,1.0]", "not a change"),
        (b"[7,1,1]", "not a change"),
        (b"[7]", "not a change"),
        (b"[7,null]", "not a change"),
        (b"[7_0,1]", "not a change"),
        (b"[" + b"9" * 5000 + b",1]", "not a change of a recording: '\\[9+'…"),
        (b"[\xff]", "not a change"),
        (b"[7,0]", "not a change"),
        (b"[7,2147483648]", "too large"),
        (b"[0,1]", "do not ascend"),
        (b"[999999999999999,1]", "a key that no ISRC has"),
        (b"{}", "counts 3 recordings, 2 policies and 3 prefixes, and has 1 and 7"),
        (b"7", "counts 3 recordings"),
    ],
)
def test_what_is_no_change_is_refused(line: bytes, why: str) -> None:
    written = WHOLE.replace(b"[7,-1]", line)
    assert written != WHOLE
    with pytest.raises(MalformedError, match=why):
        decode_delta(written)


def test_keys_do_not_run_over() -> None:
    count = 10_000
    written = lines(head(recordings=count)) + b"[999999999999999,1]\n" * count
    with pytest.raises(MalformedError, match="too large"):
        decode_delta(written)


@pytest.mark.parametrize(
    ("named", "why"),
    [
        (NAMED[::-1], "not in the order"),
        ((NAMED[0], NAMED[0]), "not in the order"),
        ((NAMED[0], {**POLICIES[2], "more": 1}), "not part of the format"),
        ((NAMED[0], {"number": 0}), "a number from 1"),
        ((NAMED[0], {"name": 1}), "has no 'number'"),
        ((NAMED[0], {**POLICIES[2], "answers": []}), "does not answer once"),
        ((NAMED[0], {**POLICIES[2], "number": 2**31}), "a number that no policy has"),
        ((NAMED[0], 2), "a policy is not an object"),
    ],
)
def test_what_is_no_policy_is_refused(named: tuple[Any, ...], why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        decode_delta(lines(HEAD, *CHANGES, *named, *RANGES))


def test_a_policy_has_one_spelling() -> None:
    for spaced in (b'{"number": 1}', ITEMS[2].replace(b":", b": ", 1)):
        written = WHOLE.replace(spaced.replace(b": ", b":", 1), spaced)
        assert written != WHOLE
        for _ in range(2):  # what was refused is not remembered as read
            with pytest.raises(MalformedError, match="canonical"):
                decode_delta(written)


@pytest.mark.parametrize(
    ("ranges", "why"),
    [
        ((RANGES[1], RANGES[0], RANGES[2]), "not in the order"),
        ((RANGES[0], RANGES[2], RANGES[1]), "not in the order"),
        ((RANGES[0], RANGES[0], RANGES[2]), "not in the order"),
        # A range that stays and takes another policy needs one line, not two.
        ((RANGES[0], {**RANGES[0], "policy": 2}, RANGES[2]), "not in the order"),
        ((RANGES[0], RANGES[1], {"first": D, "last": A}), "ends before XXF029999999"),
        ((RANGES[0], RANGES[1], {"first": D, "last": "x"}), "not an ISRC"),
        ((RANGES[0], RANGES[1], {"first": D}), "has no 'last'"),
        ((RANGES[0], RANGES[1], {**RANGES[2], "more": 1}), "not part of the format"),
        ((RANGES[0], RANGES[1], {**RANGES[2], "policy": None}), "a number from 1"),
        ((RANGES[0], RANGES[1], {**RANGES[2], "policy": 2**31}), "that no policy has"),
        ((RANGES[0], RANGES[1], 7), "a range of codes is not an object"),
    ],
)
def test_what_is_no_range_is_refused(ranges: tuple[Any, ...], why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        decode_delta(lines(HEAD, *CHANGES, *NAMED, *ranges))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (replace(DELTA, after=NO_CONTENTS), "never leads"),
        (replace(DELTA, before=replace(NO_CONTENTS, number=0)), "never leads"),
        (replace(DELTA, keys=array("q", [1])), "not of one length"),
        (delta({2: 1, 1: 1}), "do not ascend"),
        (delta({-1: 1}), "a key that no ISRC has"),
        (delta({LAST_KEY + 1: 1}), "a key that no ISRC has"),
        (delta({1: 0}), "a number that no policy has"),
        (delta({1: -2}), "a number that no policy has"),
        (delta({}, {0: None}), "a number that no policy has"),
        (delta({}, {2**31: None}), "a number that no policy has"),
        (delta({}, {}, {(A, B): 0}), "a number that no policy has"),
    ],
)
def test_what_is_no_delta_is_not_written(wrong: Delta, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        encode_delta(wrong)


def test_a_delta_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DELTA_LIMIT", len(WHOLE))
    assert encode_delta(decode_delta(WHOLE)) == WHOLE
    monkeypatch.setattr(module, "DELTA_LIMIT", len(WHOLE) - 1)
    with pytest.raises(MalformedError, match="are the most"):
        encode_delta(DELTA)
    with pytest.raises(MalformedError, match="at most"):
        decode_delta(WHOLE)
