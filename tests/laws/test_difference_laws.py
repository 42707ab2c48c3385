"""The difference of two releases is what asking both about every code would show."""

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.client.difference.comparing import Changes, compare
from sayso.client.difference.states import STATES
from sayso.model.isrc import LAST_KEY, key_of
from sayso.model.vocabulary import Use
from tests.differences import POLICIES, Release

KEYS = [*range(24), 10**7, LAST_KEY - 1, LAST_KEY]
STRICTNESS = {"allow": 0, "undeclared": 1, "ask": 2, "deny": 3}

numbers = st.sampled_from(sorted(POLICIES))
rows = st.dictionaries(st.sampled_from(KEYS), numbers)


@st.composite
def releases(draw: st.DrawFn) -> Release:
    bounds = sorted(draw(st.sets(st.sampled_from(KEYS), max_size=8)))
    ends = zip(bounds[::2], bounds[1::2], strict=False)
    spans = [(first, last, draw(numbers)) for first, last in ends]
    return Release(draw(rows), spans)


uses = st.sampled_from([(use,) for use in Use] + [tuple(Use)])
countries = st.sampled_from([None, "DE", "CH"])


def written(changes: list[Changes], asked: tuple[Use, ...]) -> list[Any]:
    return [
        (key, asked[use], _said(old), _said(new), by, by_after)
        for each in changes
        for key, use, old, new, by, by_after in zip(
            each.keys.tolist(),
            each.uses.tolist(),
            each.before.tolist(),
            each.after.tolist(),
            each.by_before.to_pylist(),
            each.by_after.to_pylist(),
            strict=True,
        )
    ]


def _said(place: int) -> tuple[str, bool]:
    return STATES[place].verdict.value, STATES[place].disputed


@settings(max_examples=150)
@given(old=releases(), new=releases(), asked=uses, country=countries)
def test_a_difference_is_what_asking_both_shows(
    old: Release, new: Release, asked: tuple[Use, ...], country: str | None
) -> None:
    changes: list[Changes] = []
    found = compare(
        old.side, new.side, uses=asked, territory=country, take=changes.append
    )
    expected = [
        (key, use, *pair, old.by(key, use, country), new.by(key, use, country))
        for key in sorted({*old.rows, *new.rows})
        for use in asked
        for pair in [(old.said(key, use, country), new.said(key, use, country))]
        if pair[0] != pair[1]
    ]
    assert written(changes, asked) == expected
    assert found.changed == len({row[0] for row in expected})
    assert found.recordings == (len(old.rows), len(new.rows))
    assert found.listed == len(new.rows.keys() - old.rows.keys())
    assert found.gone == len(old.rows.keys() - new.rows.keys())
    for each in found.uses:
        mine = [
            (before, after) for _, use, before, after, *_ in expected if use is each.use
        ]
        verdicts = Counter((a, b) for (a, _), (b, _) in mine if a != b)
        assert each.pairs == verdicts
        steps = [STRICTNESS[b] - STRICTNESS[a] for a, b in verdicts.elements()]
        assert each.stricter == sum(step > 0 for step in steps)
        assert each.looser == sum(step < 0 for step in steps)
        assert each.disputed == sum(not a and b for (_, a), (_, b) in mine)
        assert each.settled == sum(a and not b for (_, a), (_, b) in mine)


@given(old=releases(), new=releases(), asked=uses, country=countries)
def test_ranges_are_those_of_which_both_say_something_else(
    old: Release, new: Release, asked: tuple[Use, ...], country: str | None
) -> None:
    found = compare(old.side, new.side, uses=asked, territory=country)
    bare = Release({}, old.spans), Release({}, new.spans)
    by_key: dict[int, Any] = {}
    last = -1
    for span in found.spans:
        assert last < key_of(span.first) <= key_of(span.last)
        last = key_of(span.last)
        said = {
            use: tuple((state.verdict.value, state.disputed) for state in pair)
            for use, pair in span.changes.items()
        }
        by_key |= {key: said for key in KEYS if key_of(span.first) <= key <= last}
    for key in KEYS:
        pairs = {
            use: tuple(each.said(key, use, country) for each in bare) for use in asked
        }
        differ = {use: pair for use, pair in pairs.items() if pair[0] != pair[1]}
        assert by_key.get(key, {}) == differ


@given(release=releases(), asked=uses, country=countries)
def test_a_release_does_not_differ_from_itself(
    release: Release, asked: tuple[Use, ...], country: str | None
) -> None:
    found = compare(release.side, release.side, uses=asked, territory=country)
    assert found.is_nothing


@given(old=releases(), new=releases(), asked=uses)
def test_backwards_everything_is_turned_round(
    old: Release, new: Release, asked: tuple[Use, ...]
) -> None:
    there = compare(old.side, new.side, uses=asked, territory=None)
    back = compare(new.side, old.side, uses=asked, territory=None)
    assert (there.listed, there.gone) == (back.gone, back.listed)
    assert there.changed == back.changed
    for one, other in zip(there.uses, back.uses, strict=True):
        assert one.pairs == {(b, a): n for (a, b), n in other.pairs.items()}
        assert (one.stricter, one.disputed) == (other.looser, other.settled)
