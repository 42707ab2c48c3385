"""Comparing two releases: what counts as a change, pieces, and what is damaged."""

import dataclasses
from datetime import timedelta

import numpy as np
import pytest

from sayso.client.core import Core, Intervals
from sayso.client.difference import comparing
from sayso.client.difference.comparing import Changes, Side, compare
from sayso.client.difference.found import Difference
from sayso.errors import MalformedError
from sayso.model.isrc import LAST_KEY, isrc_of
from sayso.model.vocabulary import Use, Verdict
from sayso.wire.text import format_time
from tests.differences import ALLOW, POLICIES, Rows, Spans, side_of
from tests.registries import ISSUED, LASTS, NOTHING, Document, cells, policy

INDEX = Use.INDEX
YEAR = timedelta(days=365)


def changed(
    old: Side, new: Side, use: Use = INDEX, territory: str | None = None
) -> Difference:
    return compare(old, new, uses=[use], territory=territory)


def allowing(until: str | None) -> dict[int, Document]:
    return {1: policy(1, ("anywhere", cells(ALLOW, any_ai=NOTHING)), until=until)}


def test_each_verdict_that_changed_is_counted() -> None:
    old, new = side_of({1: 1, 2: 1, 3: 2}), side_of({1: 2, 2: 2, 3: 5})
    found = changed(old, new)
    (index,) = found.uses
    assert index.pairs == {
        (Verdict.DENY, Verdict.ASK): 2,
        (Verdict.ASK, Verdict.UNDECLARED): 1,
    }
    assert (index.stricter, index.looser) == (0, 3)
    assert (found.changed, found.listed, found.gone) == (3, 0, 0)


def test_another_number_of_a_policy_that_says_the_same_is_no_change() -> None:
    assert compare(
        side_of({1: 2}), side_of({1: 6}), uses=tuple(Use), territory=None
    ).is_nothing


def test_a_number_that_means_something_else_now_is_a_change() -> None:
    other = {**POLICIES, 1: policy(1, ("anywhere", cells(NOTHING)))}
    found = changed(side_of({1: 1}), side_of({1: 1}, policies=other))
    assert found.uses[0].pairs == {(Verdict.DENY, Verdict.UNDECLARED): 1}


def test_a_listing_under_a_range_that_says_the_same_changes_no_answer() -> None:
    spans: Spans = [(0, 9, 1)]
    found = changed(side_of({1: 1, 2: 1}, spans), side_of({2: 1, 3: 1}, spans))
    assert (found.listed, found.gone, found.changed) == (1, 1, 0)
    assert not found.is_nothing


def test_who_loses_a_listing_falls_to_the_range() -> None:
    spans: Spans = [(0, 9, 1)]
    found = changed(side_of({1: 2, 11: 2}, spans), side_of({}, spans))
    assert found.uses[0].pairs == {
        (Verdict.ASK, Verdict.DENY): 1,
        (Verdict.ASK, Verdict.UNDECLARED): 1,
    }
    assert found.spans == ()


def test_a_range_that_changed_is_told_with_both_ends() -> None:
    found = changed(side_of({}, [(10, 29, 1)]), side_of({}, [(20, 39, 1)]))
    assert [(span.first, span.last) for span in found.spans] == [
        (isrc_of(10), isrc_of(19)),
        (isrc_of(30), isrc_of(39)),
    ]
    old, new = found.spans[0].changes[INDEX]
    assert (old.verdict, new.verdict) == (Verdict.DENY, Verdict.UNDECLARED)
    assert not found.is_nothing


def test_the_last_code_may_be_in_a_range() -> None:
    found = changed(side_of({}), side_of({}, [(LAST_KEY, LAST_KEY, 1)]))
    assert [(span.first, span.last) for span in found.spans] == [
        (isrc_of(LAST_KEY), isrc_of(LAST_KEY))
    ]


def test_a_dispute_is_a_change_of_its_own() -> None:
    found = changed(side_of({1: 1, 2: 3}), side_of({1: 3, 2: 1}))
    (index,) = found.uses
    assert (index.pairs, index.disputed, index.settled) == ({}, 1, 1)
    assert found.changed == 2


def test_a_country_is_asked_about() -> None:
    old, new = side_of({1: 5}), side_of({1: 4})
    assert changed(old, new).is_nothing
    assert changed(old, new, territory="CH").is_nothing
    assert changed(old, new, territory="DE").uses[0].looser == 1


def test_a_permission_that_was_renewed_is_no_change() -> None:
    old = allowing(format_time(ISSUED + LASTS))
    new = allowing(format_time(ISSUED + 2 * YEAR))
    for moment in (ISSUED + LASTS, ISSUED + YEAR):
        later = side_of({1: 1}, moment=moment, policies=new)
        assert changed(side_of({1: 1}, policies=old), later).is_nothing


def test_a_permission_that_the_later_release_ends_is_a_change() -> None:
    later = side_of({1: 5}, moment=ISSUED + YEAR)
    old = side_of({1: 1}, policies=allowing(format_time(ISSUED + LASTS)))
    assert changed(old, later).uses[0].stricter == 1


def test_releases_of_nothing_are_the_same() -> None:
    assert changed(side_of({}), side_of({})).is_nothing
    assert changed(side_of({}), side_of({7: 1})).listed == 1
    assert changed(side_of({7: 1}), side_of({})).gone == 1


def test_pieces_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(5)

    def rows() -> Rows:
        keys = random.choice(20_000, 9_000, replace=False)
        return dict(
            zip(keys.tolist(), random.integers(1, 7, 9_000).tolist(), strict=True)
        )

    old, new = side_of(rows(), [(5, 5_000, 1)]), side_of(rows(), [(9, 900, 3)])
    whole: list[Changes] = []
    parts: list[Changes] = []
    steps: list[tuple[str, int, int]] = []
    expected = compare(old, new, uses=tuple(Use), territory=None, take=whole.append)
    monkeypatch.setattr(comparing, "PIECE", 512)
    found = compare(
        old,
        new,
        uses=tuple(Use),
        territory=None,
        take=parts.append,
        told=lambda *step: steps.append(step),
    )
    assert found == expected
    assert len(whole) == 1
    assert len(parts) == len(steps) > 20
    for name in ("keys", "uses", "before", "after"):
        columns = [getattr(part, name) for part in parts]
        assert np.array_equal(np.concatenate(columns), getattr(whole[0], name))


def test_pieces_that_are_the_same_are_not_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(comparing, "PIECE", 256)
    rows = dict.fromkeys(range(2_000), 1)
    taken: list[Changes] = []
    compare(
        side_of(rows),
        side_of({**rows, 7: 2}),
        uses=[INDEX],
        territory=None,
        take=taken.append,
    )
    assert [part.keys.tolist() for part in taken] == [[7]]


def damaged(**columns: object) -> Side:
    """Return a copy whose columns are not what was verified."""
    side = side_of({1: 1, 2: 1, 3: 1}, [(5, 6, 1), (8, 9, 1)])
    core = dataclasses.replace(side.core, **columns)  # type: ignore[arg-type]
    return dataclasses.replace(side, core=core)


def column(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, np.int64)


def numbers(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.array(values, np.int32)


def spans(firsts: list[int], lasts: list[int], said: list[int]) -> Intervals:
    return Intervals(
        firsts=column(*firsts), lasts=column(*lasts), numbers=numbers(*said)
    )


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"keys": column(1, 3, 2)}, "do not ascend"),
        ({"keys": column(1, 2, 2)}, "do not ascend"),
        ({"keys": column(-1, 2, 3)}, "has no ISRC"),
        ({"keys": column(1, 2, LAST_KEY + 1)}, "has no ISRC"),
        ({"keys": column(1, 2)}, "are cut off"),
        ({"numbers": numbers(1, 77, 1)}, "a policy that is not there"),
        ({"numbers": numbers(1, -1, 1)}, "a policy that is not there"),
        ({"policies": {}}, "a policy that is not there"),
        ({"policies": {2: b"{}"}}, "a policy"),
        ({"intervals": spans([5, 6], [6, 7], [1, 1])}, "overlap"),
        ({"intervals": spans([6], [5], [1])}, "overlap"),
        ({"intervals": spans([-1], [5], [1])}, "overlap"),
        ({"intervals": spans([1], [LAST_KEY + 1], [1])}, "overlap"),
        ({"intervals": spans([1], [2, 3], [1])}, "are cut off"),
        ({"intervals": spans([1], [2], [55])}, "a policy that is not there"),
    ],
)
def test_a_damaged_copy_gives_no_answer(columns: dict[str, object], why: str) -> None:
    for pair in ((damaged(**columns), side_of({})), (side_of({}), damaged(**columns))):
        with pytest.raises(MalformedError, match=why):
            changed(*pair)


def test_a_policy_where_another_belongs_gives_no_answer() -> None:
    core: Core = side_of({}).core
    items = {**core.policies, 1: core.policies[2]}
    with pytest.raises(MalformedError, match="where policy 1 belongs is policy 2"):
        changed(damaged(policies=items), side_of({}))


def test_policies_of_any_number_are_found() -> None:
    large = 2**31 - 1
    both = {**POLICIES, large: policy(large, ("anywhere", cells(NOTHING)))}
    found = changed(
        side_of({1: 1, 2: large}, [(9, 9, large)], policies=both),
        side_of({1: large, 2: large}, policies=both),
    )
    assert found.uses[0].pairs == {(Verdict.DENY, Verdict.UNDECLARED): 1}
    absent = side_of({1: large - 1}, policies=both)
    with pytest.raises(MalformedError, match="a policy that is not there"):
        changed(absent, absent)
