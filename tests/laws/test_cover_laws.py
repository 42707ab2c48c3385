"""Laws of the cover: a recording has the facts that name it, wherever keys are cut."""

import tracemalloc
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.columns.codes import Keys
from sayso.model.isrc import KEY_LIMIT
from sayso.model.owner import OwnerId
from sayso.publish.cover import cover
from sayso.publish.facts import Fact, Facts, Finding, Found, Spoken
from sayso.publish.reading.tables import HeldTable
from sayso.publish.spans import flatten
from sayso.publish.spill import Spill
from tests.declared import START, table_of

SPOKEN = Spoken(version=cast("Any", None), limit=KEY_LIMIT)
FOUND = Found(
    finding=Finding.REVIEWED, owner=OwnerId("domain:fernwood.example"), since=START
)
ROWS = st.sampled_from([1, 256, 700, 2**20])


@dataclass(frozen=True, kw_only=True)
class Told:
    """Facts as plain values.

    Attributes:
        spoken: whether each fact is a version.
        lists: keys that a fact names in a short list.
        tables: keys that a fact names in a catalogue, and up to which it counts.
        spans: start, stop and fact.
    """

    spoken: list[bool]
    lists: dict[int, list[int]]
    tables: dict[int, tuple[list[int], int]]
    spans: list[tuple[int, int, int]]

    @property
    def facts(self) -> Facts:
        pairs = sorted((key, fact) for fact, keys in self.lists.items() for key in keys)
        told: list[Fact] = [SPOKEN if spoken else FOUND for spoken in self.spoken]
        return Facts(
            facts=tuple(told),
            now=START,
            limits={},
            keys=np.array([key for key, _ in pairs], np.int64),
            named=np.array([fact for _, fact in pairs], np.uint32),
            tables=tuple(
                (fact, HeldTable(table_of(dict.fromkeys(keys))), limit)
                for fact, (keys, limit) in self.tables.items()
            ),
            spans=tuple(flatten(self.spans)),
        )

    def spanned(self, key: int) -> frozenset[int]:
        return frozenset(fact for a, b, fact in self.spans if a <= key < b)

    def sets(self) -> dict[int, frozenset[int]]:
        """Return the facts of each recording of which anybody speaks."""
        named: dict[int, set[int]] = {}
        for fact, keys in self.lists.items():
            for key in keys:
                named.setdefault(key, set()).add(fact)
        for fact, (keys, limit) in self.tables.items():
            for key in keys:
                if key <= limit:
                    named.setdefault(key, set()).add(fact)
        found = {key: facts | self.spanned(key) for key, facts in named.items()}
        return {
            key: frozenset(facts)
            for key, facts in sorted(found.items())
            if any(self.spoken[fact] for fact in facts)
        }


@st.composite
def told(draw: st.DrawFn) -> Told:
    """Return some facts over some hundred keys, so that there are several ranges."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    count = draw(st.integers(1, 6))
    width = draw(st.sampled_from([8, 600, 4000]))
    base = draw(st.sampled_from([0, 10**7 - 300, KEY_LIMIT - 10_000]))

    def keys() -> list[int]:
        size = int(chance.choice([0, 1, 5, 400]))
        return cast("list[int]", some(size).tolist())

    def some(size: int) -> Keys:
        return np.unique(chance.integers(base, base + width, size))

    def limit() -> int:
        return int(chance.choice([base, base + width // 2, KEY_LIMIT]))

    lists, tables, spans = {}, {}, []
    for fact in range(count):
        match draw(st.sampled_from(["list", "table", "span", "both"])):
            case "table":
                tables[fact] = (keys(), limit())
            case "list":
                lists[fact] = keys()
            case kind:
                ends = some(2).tolist()
                spans += [(a, b, fact) for a, b in [ends] * (len(ends) == 2)]
                lists[fact] = keys() if kind == "both" else []
    spoken = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    return Told(spoken=spoken, lists=lists, tables=tables, spans=spans)


def covered(facts: Facts, rows: int) -> tuple[dict[int, frozenset[int]], object]:
    """Return the facts of each recording, and those of spans."""
    steps: list[tuple[int, int]] = []
    with closing(Spill()) as spill:
        found = cover(
            facts, spill, rows=rows, progress=lambda *step: steps.append(step)
        )
        assert [done for done, _ in steps] == list(range(steps[0][1]))
        keys = spill.keys(0, spill.height).tolist()
        sets = [found.sets[number] for number in spill.sets(0, spill.height).tolist()]
    assert keys == sorted(set(keys))
    spans = [(a, b, found.sets[number]) for a, b, number in found.spans]
    assert set(found.sets.values()) == {*sets, *(facts for _, _, facts in spans)}
    return dict(zip(keys, sets, strict=True)), spans


@settings(max_examples=150)
@given(told(), ROWS)
def test_each_recording_has_the_facts_that_name_it(some: Told, rows: int) -> None:
    sets, spans = covered(some.facts, rows)
    assert sets == some.sets()
    assert spans == [(s.start, s.stop, s.facts) for s in flatten(some.spans)]


def test_several_ranges_arise() -> None:
    """Else the laws above would look at one."""
    keys = list(range(0, 3000, 2))
    some = Told(
        spoken=[True, True, False],
        lists={0: keys[::3], 2: [1, 2]},
        tables={1: (keys, 2000)},
        spans=[(100, 2500, 0)],
    )
    steps: list[tuple[int, int]] = []
    with closing(Spill()) as spill:
        cover(some.facts, spill, rows=256, progress=lambda *step: steps.append(step))
    assert steps[-1][1] > 5
    assert covered(some.facts, 256)[0] == some.sets()


def test_no_facts_cover_nothing() -> None:
    empty = Told(spoken=[], lists={}, tables={}, spans=[])
    assert covered(empty.facts, 256) == ({}, [])


def test_a_catalogue_that_many_declarations_name_is_gone_through_once() -> None:
    asked: list[int] = []

    class Asked(HeldTable):
        def keys(self, start: int = 0, stop: int | None = None) -> Keys:
            asked.append(start)
            return super().keys(start, stop)

    table = Asked(table_of({1: None, 5: None, 9: None}))
    facts = Facts(
        facts=(SPOKEN,) * 50,
        now=START,
        limits={},
        keys=np.empty(0, np.int64),
        named=np.empty(0, np.uint32),
        tables=tuple(
            (fact, table, 5 if fact == 7 else KEY_LIMIT) for fact in range(50)
        ),
        spans=(),
    )
    sets, _ = covered(facts, 256)
    every = frozenset(range(50))
    assert sets == {1: every, 5: every, 9: every - {7}}
    assert len(asked) < 10


def test_a_recording_in_many_lists_makes_one_set() -> None:
    count = 1500
    facts = Facts(
        facts=(SPOKEN,) * count,
        now=START,
        limits={},
        keys=np.zeros(count, np.int64),
        named=np.arange(count, dtype=np.uint32),
        tables=(),
        spans=(),
    )
    tracemalloc.start()
    try:
        sets, _ = covered(facts, 256)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sets == {0: frozenset(range(count))}
    assert most < 1000 * count
