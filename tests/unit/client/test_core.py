"""The core: what it answers, and that only what the release states is believed."""

import json
import re
import runpy
from array import array
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sayso.client.core import Core, apply_delta, read_core
from sayso.columns import rows as rows_module
from sayso.columns.rows import content_of
from sayso.errors import MalformedError, RegistryError, UntrustedError
from sayso.model.isrc import LAST_KEY, Isrc, key_of
from sayso.wire.contents import Contents, policies_content, prefixes_content
from sayso.wire.delta import REMOVED, Delta, encode_delta
from sayso.wire.profile import Json
from sayso.wire.text import Digest
from tests.cores import (
    ITEMS,
    POLICIES,
    contents,
    core,
    core_parquet,
    delta,
    parquet_of,
    policy_items,
    prefix_items,
    rows_of,
    used_policies,
)

SPECIFICATION = Path(__file__).parents[3] / "site" / "docs" / "spec" / "bulk.md"
A, B, C, D = map(Isrc, ("XXF010000000", "XXF019999999", "XXF020000000", "XXF029999999"))
LISTED = Isrc("XXF010000005")
KEY = key_of(LISTED)
ROWS = {KEY: 1, KEY + 1: 2, KEY + 9: 1}
PREFIXES = {(A, B): 3, (D, D): 1}
NEW_ROWS = {KEY - 1: 4, KEY: 1, KEY + 1: 4, LAST_KEY: 4}
NEW_PREFIXES = {(A, B): 4, (C, C): 1}


@pytest.fixture
def first() -> Core:
    return core(1, ROWS, PREFIXES)


@pytest.fixture
def step() -> Delta:
    return delta(
        {KEY - 1: 4, KEY + 1: 4, KEY + 9: REMOVED, LAST_KEY: 4},
        {2: None, 3: None, 4: ITEMS[4]},
        {(A, B): 4, (D, D): None, (C, C): 1},
        before=contents(1, ROWS, PREFIXES),
        after=contents(2, NEW_ROWS, NEW_PREFIXES),
    )


@pytest.mark.parametrize(
    ("isrc", "number"),
    [
        ("AA0000000000", None),
        ("XXF009999999", None),
        (A, 3),
        ("XXF010000004", 3),
        (LISTED, 1),
        ("XXF010000006", 2),
        ("XXF010000007", 3),
        ("XXF010000014", 1),
        (B, 3),
        (C, None),
        (D, 1),
        ("XXF030000000", None),
        ("ZZZZZ9999999", None),
    ],
)
def test_a_code_has_its_own_policy_or_that_of_its_range(
    first: Core, isrc: str, number: int | None
) -> None:
    assert first.policy_of(Isrc(isrc)) == number


def test_an_empty_core_says_nothing() -> None:
    empty = core(1, {}, {})
    assert empty.policy_of(LISTED) is None
    assert empty.contents.core == empty.contents.policies == empty.contents.prefixes


def test_columns_cannot_be_changed(first: Core, step: Delta) -> None:
    for some in (first, apply_delta(first, step)):
        for column in (some.keys, some.numbers):
            with pytest.raises(ValueError, match="read-only"):
                column[0] = 0


def test_the_content_of_a_recording_is_twelve_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = {n * 10**13: n % 7 + 1 for n in range(10)}
    keys = np.array(list(rows), np.int64)
    numbers = np.array(list(rows.values()), np.int32)
    assert content_of(keys, numbers) == contents(1, rows, {}).core
    monkeypatch.setattr(rows_module, "PIECE", 3)
    assert content_of(keys, numbers) == contents(1, rows, {}).core


def test_a_file_may_have_groups_of_rows(first: Core) -> None:
    columns = {
        "key": pa.array(list(ROWS), pa.int64()),
        "policy": pa.array(list(ROWS.values()), pa.int32()),
    }
    again = read_core(
        parquet_of(columns, group=2),
        policy_items(ROWS, PREFIXES),
        prefix_items(PREFIXES),
        contents=first.contents,
    )
    assert rows_of(again) == ROWS


def test_a_delta_makes_the_next_core(first: Core, step: Delta) -> None:
    second = apply_delta(first, step)
    assert second.contents == contents(2, NEW_ROWS, NEW_PREFIXES)
    assert rows_of(second) == NEW_ROWS
    assert second.policies == {1: ITEMS[1], 4: ITEMS[4]}
    assert [second.policy_of(isrc) for isrc in (LISTED, A, C, D)] == [1, 4, 1, None]


def test_the_core_in_hand_stays_as_it_was(first: Core, step: Delta) -> None:
    apply_delta(first, step)
    assert rows_of(first) == ROWS
    assert first.policies == used_policies(ROWS, PREFIXES)
    assert first.policy_of(D) == 1


def test_what_is_so_already_may_be_said_again(first: Core, step: Delta) -> None:
    again = delta(
        {0: REMOVED, KEY: 1, KEY + 2: REMOVED, LAST_KEY: REMOVED},
        {1: ITEMS[1], 7: None},
        {(A, A): None, (A, B): 3},
        before=step.before,
        after=replace(step.before, number=2),
    )
    assert rows_of(apply_delta(first, again)) == ROWS


def changed(step: Delta, **parts: Any) -> Delta:  # noqa: ANN401 - parts of any kind
    return replace(step, **parts)


@pytest.mark.parametrize(
    ("tamper", "why"),
    [
        (
            lambda d: changed(d, numbers=array("i", [4, 4, REMOVED, 1])),
            "not the core of release 2",
        ),
        (lambda d: changed(d, keys=d.keys[:3], numbers=d.numbers[:3]), "not the core"),
        (lambda d: changed(d, policies={}), "not the policies of release 2"),
        (
            lambda d: changed(d, policies={2: None, 3: None, 4: b'{"number":4}'}),
            "not the policies of release 2",
        ),
        (
            lambda d: changed(d, policies={}, prefixes={}),
            "not the policies and prefixes of release 2",
        ),
        (
            lambda d: changed(d, after=contents(2, ROWS, NEW_PREFIXES)),
            "not the core and policies of release 2",
        ),
    ],
)
def test_a_delta_that_does_not_keep_its_word_is_refused(
    first: Core, step: Delta, tamper: Callable[[Delta], Delta], why: str
) -> None:
    with pytest.raises(UntrustedError, match=why):
        apply_delta(first, tamper(step))
    assert rows_of(first) == ROWS


@pytest.mark.parametrize(
    "start",
    [contents(3, ROWS, PREFIXES), contents(1, NEW_ROWS, PREFIXES)],
    ids=["another release", "another history"],
)
def test_a_delta_from_another_release_is_refused(
    first: Core, step: Delta, start: Contents
) -> None:
    with pytest.raises(RegistryError, match="leads from release"):
        apply_delta(first, replace(step, before=start))


@pytest.mark.parametrize(
    ("rows", "policies", "prefixes", "why"),
    [
        (NEW_ROWS, None, None, "not the core of release 1"),
        (ROWS, [POLICIES[1], POLICIES[2]], None, "not the policies"),
        (ROWS, None, {(A, B): 3}, "not the prefixes"),
    ],
)
def test_what_the_release_does_not_state_is_refused(
    rows: dict[int, int],
    policies: list[Json] | None,
    prefixes: dict[tuple[Isrc, Isrc], int] | None,
    why: str,
) -> None:
    with pytest.raises(UntrustedError, match=why):
        read_core(
            core_parquet(rows),
            policies or policy_items(ROWS, PREFIXES),
            prefix_items(prefixes or PREFIXES),
            contents=contents(1, ROWS, PREFIXES),
        )


INT32, INT64 = pa.int32(), pa.int64()
KEYS, NUMBERS = pa.array([1, 2], INT64), pa.array([1, 1], INT32)
WHOLE = core_parquet(dict.fromkeys(range(50), 1))
# Where the file says how many rows it has: the number, doubled, and what follows it.
FIFTY, FIFTY_ONE, FIVE = b"\x16\x64\x19", b"\x16\x66\x19", b"\x16\x0a\x19"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not a Parquet file"),
        (b"PAR1" + bytes(20) + b"PAR1", "not a Parquet file"),
        (parquet_of({"key": KEYS, "policy": NUMBERS})[:-9], "not a Parquet file"),
        (WHOLE.replace(b"key", b"\xffey"), "not a Parquet file"),
        (WHOLE.replace(FIFTY, FIVE), "not a Parquet file"),
        (WHOLE.replace(FIFTY, FIFTY_ONE), "has 50 recordings, not 51"),
        (parquet_of({"key": KEYS}), "other columns"),
        (parquet_of({"policy": NUMBERS, "key": KEYS}), "other columns"),
        (parquet_of({"key": KEYS, "policy": KEYS}), "other columns"),
        (parquet_of({"key": KEYS, "policy": NUMBERS, "x": KEYS}), "other columns"),
        (
            parquet_of({"key": pa.array([1, None], INT64), "policy": NUMBERS}),
            "without key or policy",
        ),
        (
            parquet_of({"key": KEYS, "policy": pa.array([None, 1], INT32)}),
            "without key or policy",
        ),
    ],
)
def test_what_is_no_core_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        read_core(data, [], [], contents=contents(1, {}, {}))


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([(2, 1), (1, 1)], "do not ascend"),
        ([(1, 1), (1, 1)], "do not ascend"),
        ([(-1, 1)], "do not ascend"),
        ([(1, 1), (2, 1), (3, 1), (2, 1)], "do not ascend"),
        ([(1, 1), (LAST_KEY + 1, 1)], f"no ISRC has the key {LAST_KEY + 1}"),
        ([(1, 0)], "there is no policy 0"),
        ([(1, -1)], "there is no policy -1"),
        ([(1, 1), (2, 1), (3, 2)], "there is no policy 2"),
        ([(1, 2**31 - 1)], "there is no policy 2147483647"),
    ],
)
@pytest.mark.parametrize("piece", [2, 100])
def test_a_release_that_contradicts_itself_is_refused(
    rows: list[tuple[int, int]], why: str, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows_module, "PIECE", piece)
    monkeypatch.setattr("sayso.client.core.PIECE", piece)
    keys = pa.array([key for key, _ in rows], INT64)
    numbers = pa.array([number for _, number in rows], INT32)
    stated = replace(
        contents(1, {1: 1}, {}), core=content_of(keys.to_numpy(), numbers.to_numpy())
    )
    with pytest.raises(MalformedError, match=why):
        read_core(
            parquet_of({"key": keys, "policy": numbers}),
            [POLICIES[1]],
            [],
            contents=stated,
        )


def values(some: Core) -> dict[int, Json]:
    """Return the policies of a core as values."""
    return {number: json.loads(item) for number, item in some.policies.items()}


def test_the_program_in_the_specification_does_the_same(
    first: Core, step: Delta, tmp_path: Path
) -> None:
    page = SPECIFICATION.read_text(encoding="utf-8")
    program = tmp_path / "apply.py"
    (code,) = re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    program.write_text(code, encoding="utf-8")
    apply = runpy.run_path(str(program))["apply"]
    lines = encode_delta(step).decode().splitlines()
    policies = values(first)
    second = apply(lines, ROWS, policies, PREFIXES)
    assert second == (NEW_ROWS, values(apply_delta(first, step)), NEW_PREFIXES)
    with pytest.raises(ValueError, match="starts from another release"):
        apply(lines, *second)
    wrong = encode_delta(replace(step, policies={})).decode().splitlines()
    with pytest.raises(ValueError, match="fetch the core"):
        apply(wrong, ROWS, policies, PREFIXES)


def test_the_example_in_the_specification_is_one() -> None:
    page = SPECIFICATION.read_text(encoding="utf-8")
    (example,) = re.findall(r"^```json\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    changes = {"GBAYE6800011": 4, "GBAYE6800101": REMOVED, "QZES92600001": 4}
    written = encode_delta(
        delta(
            {key_of(Isrc(isrc)): number for isrc, number in changes.items()},
            {2: None, 4: ITEMS[4]},
            {(A, B): None, (C, D): 4},
        )
    ).decode()
    for part in (r'(?<=m":)\{.*?\}', r'(?<=to":)\{.*?\}'):
        written = re.sub(part, "{…}", written)
    written = re.sub(r'(?<=s":)\[.*?\](?=,"(?:decl|num))', "[…]", written)
    assert written == example


def stated_with(
    policies: dict[int, bytes], prefixes: dict[tuple[Isrc, Isrc], int]
) -> Contents:
    return Contents(
        number=2,
        core=Digest(contents(1, ROWS, {}).core),
        policies=policies_content(policies),
        prefixes=prefixes_content(prefixes),
    )


@pytest.mark.parametrize(
    ("policies", "prefixes", "why"),
    [
        ([{**POLICIES[1], "number": 2**31}], [], "too large a number"),
        ([{"number": 1}], [], "has no 'until'"),
        ([], prefix_items({(B, A): 1}), "ends before"),
        ([], prefix_items({(A, C): 1, (B, D): 1}), "overlap"),
    ],
)
def test_a_list_that_is_none_is_refused(
    policies: list[Json], prefixes: list[Json], why: str
) -> None:
    with pytest.raises(MalformedError, match=why):
        read_core(core_parquet({}), policies, prefixes, contents=contents(1, {}, {}))


@pytest.mark.parametrize(
    ("prefixes", "why"),
    [({(A, C): 1, (B, D): 1}, "overlap"), ({(C, D): 7}, "there is no policy 7")],
)
def test_a_delta_to_a_release_that_contradicts_itself_is_refused(
    prefixes: dict[tuple[Isrc, Isrc], int], why: str
) -> None:
    wrong = delta(
        {},
        {},
        prefixes,
        before=contents(1, ROWS, {}),
        after=stated_with(used_policies(ROWS, {}), prefixes),
    )
    with pytest.raises(MalformedError, match=why):
        apply_delta(core(1, ROWS, {}), wrong)
