"""Laws of the core and its deltas: what is applied is what changed, to the byte."""

import contextlib
import gzip
from dataclasses import dataclass, replace
from itertools import pairwise
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sayso.client.core import Core, apply_delta
from sayso.columns.rows import PIECE, changed_rows, content_of
from sayso.errors import MalformedError, RegistryError
from sayso.model.isrc import LAST_KEY, Isrc, isrc_of, key_of
from sayso.publish.delta import Rows, compose, difference, make_delta
from sayso.wire.columns import Interval
from sayso.wire.contents import Contents
from sayso.wire.delta import REMOVED, Delta, decode_delta, encode_delta
from tests.cores import POLICIES, contents, core, delta, rows_of, used_policies

NUMBERS = st.sampled_from(sorted(POLICIES))
# Few keys, so that releases share them; and the ends of the space.
KEYS = st.sampled_from([*range(12), LAST_KEY - 1, LAST_KEY]) | st.integers(0, LAST_KEY)
ROWS = st.dictionaries(KEYS, NUMBERS, max_size=12)
PIECES = st.sampled_from([1, 2, 3, PIECE])


@st.composite
def prefixes(draw: st.DrawFn) -> dict[tuple[Isrc, Isrc], int]:
    ends = sorted(draw(st.sets(KEYS, max_size=8)))
    pairs = zip(ends[::2], ends[1::2], strict=False)
    return {(isrc_of(a), isrc_of(b)): draw(NUMBERS) for a, b in pairs}


@dataclass(frozen=True, kw_only=True)
class Release:
    number: int
    rows: dict[int, int]
    prefixes: dict[tuple[Isrc, Isrc], int]

    @property
    def contents(self) -> Contents:
        return contents(self.number, self.rows, self.prefixes)

    @property
    def core(self) -> Core:
        return core(self.number, self.rows, self.prefixes)

    @property
    def columns(self) -> Rows:
        keys = sorted(self.rows)
        numbers = [self.rows[key] for key in keys]
        return np.array(keys, np.int64), np.array(numbers, np.int32)

    @property
    def intervals(self) -> list[Interval]:
        return [
            Interval(first=first, last=last, policy=number)
            for (first, last), number in self.prefixes.items()
        ]


def release(number: int) -> st.SearchStrategy[Release]:
    return st.builds(Release, number=st.just(number), rows=ROWS, prefixes=prefixes())


def delta_between(old: Release, new: Release) -> Delta:
    made = make_delta(
        old.contents,
        new.contents,
        recordings=difference(old.columns, new.columns)[::2],
        policies=(
            used_policies(old.rows, old.prefixes),
            used_policies(new.rows, new.prefixes),
        ),
        prefixes=(old.intervals, new.intervals),
    )
    return decode_delta(encode_delta(made))


def check_is(found: Core, expected: Release) -> None:
    """Compare with a core that was read, of which the digests are not all."""
    assert found.contents == expected.contents
    assert rows_of(found) == expected.rows
    assert found.policies == used_policies(expected.rows, expected.prefixes)
    firsts, lasts = found.intervals.firsts.tolist(), found.intervals.lasts.tolist()
    columns = zip(firsts, lasts, found.intervals.numbers.tolist(), strict=True)
    assert list(columns) == sorted(spans(expected))


def spans(some: Release) -> list[tuple[int, int, int]]:
    return [(key_of(a), key_of(b), number) for (a, b), number in some.prefixes.items()]


@given(release(1), release(2))
def test_the_difference_applied_to_the_old_is_the_new(
    old: Release, new: Release
) -> None:
    before = old.core
    check_is(apply_delta(before, delta_between(old, new)), new)
    check_is(before, old)


@given(release(1), release(2), release(3), release(4))
def test_composed_deltas_do_what_they_do_in_a_row(
    first: Release, second: Release, third: Release, fourth: Release
) -> None:
    one, two, three = (
        delta_between(old, new)
        for old, new in ((first, second), (second, third), (third, fourth))
    )
    whole = compose(compose(one, two), three)
    assert encode_delta(whole) == encode_delta(compose(one, compose(two, three)))
    check_is(apply_delta(first.core, decode_delta(encode_delta(whole))), fourth)


@given(ROWS, st.dictionaries(KEYS, NUMBERS | st.just(REMOVED), max_size=12), PIECES)
def test_changes_are_set_or_removed_in_pieces_of_any_size(
    rows: dict[int, int], changes: dict[int, int], piece: int
) -> None:
    some = delta(dict(sorted(changes.items())))
    old = Release(number=1, rows=rows, prefixes={}).columns
    with patch("sayso.columns.rows.PIECE", piece):
        keys, numbers = changed_rows(*old, (some.keys, some.numbers))
        content = content_of(keys, numbers)
    after = {k: n for k, n in {**rows, **changes}.items() if n != REMOVED}
    assert list(zip(keys.tolist(), numbers.tolist(), strict=True)) == sorted(
        after.items()
    )
    assert content == contents(1, after, {}).core


@given(release(1), release(2), st.lists(KEYS, max_size=3))
def test_differences_of_ranges_of_keys_make_the_whole(
    old: Release, new: Release, cuts: list[int]
) -> None:
    edges = [0, *sorted(cuts), LAST_KEY + 1]
    parts = []
    for start, stop in pairwise(edges):
        old_rows, new_rows = (
            replace(r, rows={k: n for k, n in r.rows.items() if start <= k < stop})
            for r in (old, new)
        )
        parts.append(difference(old_rows.columns, new_rows.columns))
    whole = difference(old.columns, new.columns)
    for place in (0, 1):
        joined = np.concatenate([part[place] for part in parts])
        assert joined.tolist() == whole[place].tolist()


@given(release(1), release(2), st.data())
def test_a_delta_that_was_tampered_with_is_refused(
    old: Release, new: Release, data: st.DataObject
) -> None:
    """Of whatever can be read, nothing but the release that it names is kept."""
    before = old.core
    written = bytearray(encode_delta(delta_between(old, new)))
    place = data.draw(st.integers(0, len(written) - 1))
    written[place : place + 1] = data.draw(st.binary(max_size=2))
    with contextlib.suppress(RegistryError):
        changed = decode_delta(bytes(written))
        assert encode_delta(changed) == bytes(written)
        found = apply_delta(before, changed)
        assert replace(found.contents, number=2) == new.contents
    check_is(before, old)


@given(release(1), release(2), st.data())
def test_a_delta_with_another_change_is_refused(
    old: Release, new: Release, data: st.DataObject
) -> None:
    whole = delta_between(old, new)
    assume(whole.keys)
    row = data.draw(st.integers(0, len(whole.keys) - 1))
    numbers = whole.numbers[:]
    numbers[row] = data.draw(NUMBERS)
    assume(numbers != whole.numbers)
    before = old.core
    with pytest.raises(RegistryError, match="not the core of release 2"):
        apply_delta(before, replace(whole, numbers=numbers))
    check_is(before, old)


@given(st.lists(st.sampled_from(b'[]{},-:"\n0123456789aponelst'), max_size=40))
def test_a_delta_has_one_spelling(tail: list[int]) -> None:
    head = encode_delta(delta({5: 1})).replace(b"[5,1]\n", b"")
    written = head + bytes(tail) + b"\n"
    with contextlib.suppress(MalformedError):
        assert encode_delta(decode_delta(written)) == written


@given(release(1), KEYS)
def test_a_look_up_says_what_a_search_through_everything_says(
    some: Release, key: int
) -> None:
    found = some.core.policy_of(isrc_of(key))
    listed = some.rows.get(key)
    ranged = [number for first, last, number in spans(some) if first <= key <= last]
    assert found == (listed if listed is not None else next(iter(ranged), None))


def test_scattered_changes_cost_at_most_twelve_bytes_each() -> None:
    """In a large core whose codes are spread as widely as codes can be."""
    chance = np.random.default_rng(2026)
    keys = np.unique(chance.integers(0, LAST_KEY, 2 * PIECE + 1))
    numbers = chance.integers(1, 200, len(keys), dtype=np.int32)
    changed = numbers.copy()
    rows = chance.choice(len(keys), 1000, replace=False)
    changed[rows] = chance.integers(200, 400, len(rows))
    found = difference((keys, numbers), (keys, changed))[::2]
    some = contents(1, {}, {})
    made = make_delta(
        some,
        replace(some, number=2),
        recordings=found,
        policies=({}, {}),
        prefixes=((), ()),
    )
    written = encode_delta(made)
    assert len(made.keys) == len(rows)
    assert len(gzip.compress(written, mtime=0)) <= 12 * len(rows)
    read = decode_delta(written)
    again = changed_rows(keys, numbers, (read.keys, read.numbers))
    assert np.array_equal(again[0], keys)
    assert np.array_equal(again[1], changed)
