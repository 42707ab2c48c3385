"""Making deltas: only what changed, and several in a row as one."""

from dataclasses import replace

import numpy as np
import pytest

from sayso.client.core import apply_delta
from sayso.model.isrc import Isrc
from sayso.publish.delta import Rows, compose, difference, make_delta
from sayso.wire.columns import Interval
from sayso.wire.delta import REMOVED, decode_delta, encode_delta
from tests.cores import ITEMS, contents, core, delta, rows_of, used_policies

A, B, C, D = map(Isrc, ("XXF010000000", "XXF019999999", "XXF020000000", "XXF029999999"))


def rows(policies: dict[int, int]) -> Rows:
    keys = np.array(list(policies), np.int64)
    return keys, np.array(list(policies.values()), np.int32)


def changes(old: dict[int, int], new: dict[int, int]) -> dict[int, int]:
    keys, before, after = difference(rows(old), rows(new))
    assert before.tolist() == [old.get(key, REMOVED) for key in keys.tolist()]
    return dict(zip(keys.tolist(), after.tolist(), strict=True))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {}, {}),
        ({5: 1}, {5: 1}, {}),
        ({}, {5: 1, 6: 2}, {5: 1, 6: 2}),
        ({5: 1, 6: 2}, {}, {5: REMOVED, 6: REMOVED}),
        ({5: 1}, {5: 2}, {5: 2}),
        ({5: 1, 7: 1}, {5: 1, 6: 1, 8: 1}, {6: 1, 7: REMOVED, 8: 1}),
        ({0: 1, 9: 2}, {9: 2}, {0: REMOVED}),
    ],
)
def test_a_difference_is_what_changed_in_order(
    old: dict[int, int], new: dict[int, int], expected: dict[int, int]
) -> None:
    found = changes(old, new)
    assert found == expected
    assert list(found) == sorted(found)


def test_a_delta_has_the_policies_and_ranges_that_changed() -> None:
    old, new = {5: 1, 6: 2}, {5: 3, 6: 2}
    old_ranges, new_ranges = {(A, B): 1, (C, C): 2}, {(A, B): 3, (D, D): 2}
    made = make_delta(
        contents(1, old, old_ranges),
        contents(2, new, new_ranges),
        recordings=difference(rows(old), rows(new))[::2],
        policies=(used_policies(old, old_ranges), used_policies(new, new_ranges)),
        prefixes=(
            [Interval(first=f, last=t, policy=n) for (f, t), n in old_ranges.items()],
            [Interval(first=f, last=t, policy=n) for (f, t), n in new_ranges.items()],
        ),
    )
    assert made == delta(
        {5: 3},
        {1: None, 3: ITEMS[3]},
        {(A, B): 3, (C, C): None, (D, D): 2},
        before=made.before,
        after=made.after,
    )
    assert rows_of(apply_delta(core(1, old, old_ranges), made)) == new


def test_of_two_deltas_the_later_word_holds() -> None:
    steps = [contents(n, {}, {}) for n in (1, 2, 3)]
    first = delta(
        {1: 1, 2: 1, 3: REMOVED, 4: 1},
        {1: ITEMS[1], 2: None},
        {(A, B): 1, (C, C): None},
        before=steps[0],
        after=steps[1],
    )
    second = delta(
        {2: 2, 3: 2, 4: REMOVED, 5: 2},
        {1: None, 3: ITEMS[3]},
        {(A, B): None, (D, D): 3},
        before=steps[1],
        after=steps[2],
    )
    both = compose(first, second)
    # 4 may have been there before the first: that it is removed must be said.
    assert both == delta(
        {1: 1, 2: 2, 3: 2, 4: REMOVED, 5: 2},
        {1: None, 2: None, 3: ITEMS[3]},
        {(A, B): None, (C, C): None, (D, D): 3},
        before=steps[0],
        after=steps[2],
    )
    assert decode_delta(encode_delta(both)) == both


def test_what_came_and_went_does_no_harm() -> None:
    steps = [contents(n, {5: 1}, {}) for n in (1, 3)]
    between = contents(2, {5: 1, 6: 2}, {(A, B): 3})
    first = delta(
        {6: 2},
        {2: ITEMS[2], 3: ITEMS[3]},
        {(A, B): 3},
        before=steps[0],
        after=between,
    )
    second = delta(
        {6: REMOVED},
        {2: None, 3: None},
        {(A, B): None},
        before=between,
        after=steps[1],
    )
    both = decode_delta(encode_delta(compose(first, second)))
    assert rows_of(apply_delta(core(1, {5: 1}, {}), both)) == {5: 1}


def test_nothing_after_nothing_is_nothing() -> None:
    first = delta({}, before=contents(1, {}, {}), after=contents(2, {}, {}))
    second = replace(first, before=first.after, after=contents(3, {}, {}))
    assert not compose(first, second).keys


def test_deltas_that_are_not_in_a_row_are_no_delta() -> None:
    first = delta({}, before=contents(1, {}, {}), after=contents(2, {}, {}))
    with pytest.raises(ValueError, match="release 2 and one from 1 are not in a row"):
        compose(first, first)
