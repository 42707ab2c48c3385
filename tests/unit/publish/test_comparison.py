"""What a release changes of the one before, and how much of that is looser."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.model.loosening import loosens
from sayso.model.policy import Policy
from sayso.model.resolution import resolve
from sayso.publish import comparison as module
from sayso.publish.comparison import Comparison
from sayso.publish.core import CoreReader
from sayso.publish.delta import Rows
from sayso.publish.entries import policy_entry
from sayso.publish.numbering import Breakpoints, NumberedPolicy
from sayso.wire.delta import REMOVED
from sayso.wire.profile import encode_item
from tests.claims import NOW, standing, statement
from tests.cores import core_parquet
from tests.declared import digest_of

OLD = {1: 1, 5: 1, 6: 2, 900: 1, 901: 3}
NEW = {0: 1, 5: 1, 6: 1, 7: 2, 900: 1, 950: 2}
CHANGES = {0: 1, 1: REMOVED, 6: 1, 7: 2, 901: REMOVED, 950: 2}
STOPS = (0, 3, 7, 8, 800, 1000)
NOBODY = Breakpoints(keys=np.empty(0, np.int64), numbers=np.empty(0, np.int32))


def said(**uses: str) -> Policy:
    named = {name.replace("_", "-"): verdict for name, verdict in uses.items()}
    some = [standing(statement(named))] if named else []
    return resolve(some, now=NOW, waiting=timedelta(days=7))


POLICIES = {
    1: said(any_ai="deny"),
    2: said(any_ai="ask"),
    3: said(search="allow", any_ai="deny"),
    4: said(),
}
BEFORE = {
    number: encode_item({**policy_entry(policy), "number": number})
    for number, policy in POLICIES.items()
}
AFTER = {
    number: NumberedPolicy(
        number=number,
        policy=policy,
        digest=digest_of(BEFORE[number]),
        content=b"",
        item=BEFORE[number],
    )
    for number, policy in POLICIES.items()
}


def columns(rows: Mapping[int, int]) -> Rows:
    return np.array([*rows], np.int64), np.array([*rows.values()], np.int32)


def breakpoints(points: Mapping[int, int]) -> Breakpoints:
    keys, numbers = columns(points)
    return Breakpoints(keys=keys, numbers=numbers)


def compared(
    old: Mapping[int, int],
    new: Mapping[int, int],
    before: Breakpoints = NOBODY,
    after: Breakpoints = NOBODY,
    stops: Sequence[int] = STOPS,
) -> Comparison:
    comparison = Comparison(CoreReader(core_parquet(dict(old))), before, after)
    for start, stop in pairwise(stops):
        here = {key: new[key] for key in new if start <= key < stop}
        comparison.take(stop, columns(here))
    return comparison


def loosened(comparison: Comparison) -> tuple[int, int]:
    return comparison.loosened(BEFORE, AFTER)


def test_what_changed_is_held_for_the_delta() -> None:
    changes = compared(OLD, NEW).changes
    assert changes is not None
    assert dict(zip(changes[0].tolist(), changes[1].tolist(), strict=True)) == CHANGES


def test_changes_are_not_held_where_the_core_is_shorter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_CHANGES", len(CHANGES))
    assert compared(OLD, NEW).changes is not None
    counted = loosened(compared(OLD, NEW))
    monkeypatch.setattr(module, "MOST_CHANGES", len(CHANGES) - 1)
    assert compared(OLD, NEW).changes is None
    assert loosened(compared(OLD, NEW)) == counted == (2, 0)


@pytest.mark.parametrize(
    ("old", "new", "looser"),
    [
        (1, 2, True),
        (2, 1, False),
        (1, 3, True),
        (3, 1, False),
        (4, 3, True),
        (4, 1, False),
    ],
)
def test_a_recording_is_looser_as_its_policy_is(
    old: int,
    new: int,
    looser: bool,  # noqa: FBT001
) -> None:
    assert loosened(compared({5: old, 6: 1}, {5: new, 6: 1})) == (int(looser), 0)


def test_what_is_listed_no_longer_is_what_nobody_lists() -> None:
    listed, gone = {5: 1}, dict[int, int]()
    assert loosened(compared(listed, gone)) == (1, 0)
    under = breakpoints({3: 1, 9: 0})
    assert loosened(compared(listed, gone, under, under)) == (0, 0)
    assert loosened(compared({5: 1, 9: 1}, gone, under, under)) == (1, 0)
    assert loosened(compared({5: 2}, gone, under, under)) == (0, 0)


def test_what_is_listed_first_was_what_nobody_lists() -> None:
    nothing, opened = dict[int, int](), {5: 3}
    assert loosened(compared(nothing, opened, NOBODY, NOBODY)) == (1, 0)
    assert loosened(compared(nothing, {5: 1})) == (0, 0)
    under = breakpoints({3: 1, 9: 0})
    assert loosened(compared(nothing, {5: 2, 9: 2}, under, under)) == (1, 0)
    assert loosened(compared(nothing, {5: 1}, under, under)) == (0, 0)


def test_ranges_are_counted_as_long_as_both_releases_have_one_policy() -> None:
    before = breakpoints({100: 1, 200: 2, 300: 1, 400: 0})
    assert loosened(compared({}, {}, before, before)) == (0, 0)
    assert loosened(compared({}, {}, before, NOBODY)) == (0, 3)
    after = breakpoints({100: 1, 150: 2, 250: 1, 400: 0})
    assert loosened(compared({}, {}, before, after)) == (0, 1)
    assert loosened(compared({}, {}, NOBODY, breakpoints({7: 3}))) == (0, 1)
    assert loosened(compared({}, {}, NOBODY, breakpoints({7: 1}))) == (0, 0)


NUMBERS = st.integers(0, 4)
ROWS = st.dictionaries(st.integers(0, 29), st.integers(1, 4), max_size=12)
POINTS = st.dictionaries(st.integers(0, 29), NUMBERS, max_size=6)


def sorted_of(rows: Mapping[int, int]) -> dict[int, int]:
    return dict(sorted(rows.items()))


@given(old=ROWS, new=ROWS, before=POINTS, after=POINTS, cut=st.integers(1, 29))
def test_what_is_looser_is_what_a_look_at_each_code_finds(
    old: dict[int, int],
    new: dict[int, int],
    before: dict[int, int],
    after: dict[int, int],
    cut: int,
) -> None:
    old, new = sorted_of(old), sorted_of(new)
    points = sorted_of(before), sorted_of(after)

    def unlisted(which: int, key: int) -> int:
        below = [at for at in points[which] if at <= key]
        return points[which][below[-1]] if below else 0

    def looser(first: int, second: int) -> bool:
        return loosens(POLICIES.get(first), POLICIES.get(second))

    listed = sum(
        looser(old.get(key, unlisted(0, key)), new.get(key, unlisted(1, key)))
        for key in {*old, *new}
    )
    edges = {*points[0], *points[1]}
    ranges = sum(looser(unlisted(0, key), unlisted(1, key)) for key in edges)
    comparison = compared(
        old,
        new,
        breakpoints(points[0]),
        breakpoints(points[1]),
        sorted({0, cut, 30}),
    )
    assert loosened(comparison) == (listed, ranges)
