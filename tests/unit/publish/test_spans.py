"""Ranges of keys, flattened."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sayso.model.declaration import CatalogueFile, Extent, PrefixRange, RecordingList
from sayso.model.isrc import Isrc, Prefix, key_of, prefix_keys, year_keys
from sayso.publish.spans import extent_spans, flatten, scope_spans

PREFIX = Prefix("XXF01")
RANGES = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 10), st.integers(0, 4)), max_size=8
)


@given(RANGES)
def test_every_key_keeps_exactly_the_facts_that_cover_it(
    ranges: list[tuple[int, int, int]],
) -> None:
    spans = [(start, start + length, fact) for start, length, fact in ranges]
    flat = flatten(spans)
    for key in range(45):
        expected = {fact for start, stop, fact in spans if start <= key < stop}
        found = [span.facts for span in flat if span.start <= key < span.stop]
        assert found == ([frozenset(expected)] if expected else [])


@given(RANGES)
def test_flat_spans_ascend_and_equal_neighbours_are_one(
    ranges: list[tuple[int, int, int]],
) -> None:
    flat = flatten((start, start + length, fact) for start, length, fact in ranges)
    for left, right in pairwise(flat):
        assert left.stop <= right.start
        assert left.stop < right.start or left.facts != right.facts


def test_a_list_has_no_default() -> None:
    assert scope_spans(CatalogueFile(file="catalogue.csv")) == []
    assert scope_spans(RecordingList(isrcs=(), titles=(), artists=())) == []


def test_a_prefix_covers_every_code_under_it() -> None:
    keys = prefix_keys(PREFIX)
    assert scope_spans(PrefixRange(prefix=PREFIX)) == [(keys.start, keys.stop)]


def test_years_may_pass_the_turn_of_the_century() -> None:
    spans = scope_spans(PrefixRange(prefix=PREFIX, years=(1999, 2000)))
    new, old = year_keys(PREFIX, 2000), year_keys(PREFIX, 1999)
    assert spans == [(new.start, new.stop), (old.start, old.stop)]


def test_exceptions_are_holes() -> None:
    spans = scope_spans(
        PrefixRange(
            prefix=PREFIX,
            years=(2019, 2019),
            except_ranges=((Isrc("XXF011900001"), Isrc("XXF011900250")),),
            except_isrcs=(Isrc("XXF011900300"),),
        )
    )
    keys = year_keys(PREFIX, 2019)
    assert spans == [
        (keys.start, key_of(Isrc("XXF011900001"))),
        (key_of(Isrc("XXF011900251")), key_of(Isrc("XXF011900300"))),
        (key_of(Isrc("XXF011900301")), keys.stop),
    ]


def test_an_extent_covers_its_prefixes_and_both_ends_of_its_ranges() -> None:
    first, last = Isrc("XXF020000001"), Isrc("XXF020000005")
    extent = Extent(prefixes=(PREFIX,), ranges=((first, last),))
    keys = prefix_keys(PREFIX)
    assert extent_spans(extent) == [
        (keys.start, keys.stop),
        (key_of(first), key_of(last) + 1),
    ]


def test_beside_each_hole_the_same_set_is_held_once() -> None:
    holes = [
        (start, start + 9, fact)
        for fact in range(20)
        for start in range(fact, 1000, 10)
    ]
    flat = flatten([*holes, (0, 1000, 99)])
    sets = {span.facts for span in flat}
    assert len(flat) > 10 * len(sets)
    assert len({id(span.facts) for span in flat}) == len(sets)
