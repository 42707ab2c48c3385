"""Spans: ranges of keys, flattened into disjoint stretches.

A prefix default, its year ranges and exceptions become flat intervals; equal
neighbours merge.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from sayso.model.declaration import (
    Extent,
    PrefixRange,
    Scope,
)
from sayso.model.isrc import key_of, prefix_keys, year_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Keys from `start` up to, not including, `stop`, under the same facts."""

    start: int
    stop: int
    facts: frozenset[int]


def flatten(spans: Iterable[tuple[int, int, int]]) -> list[Span]:
    """Return disjoint ascending spans with the facts that hold on each.

    Args:
        spans: start, stop and fact; they may overlap.
    """
    edges: dict[int, list[tuple[int, int]]] = {}
    for start, stop, fact in spans:
        edges.setdefault(start, []).append((fact, 1))
        edges.setdefault(stop, []).append((fact, -1))
    flat: list[Span] = []
    depth: dict[int, int] = {}
    # Beside each hole the same set is again: where many owners overlap, held once.
    known: dict[frozenset[int], frozenset[int]] = {}
    ordered = sorted(edges)
    for start, stop in pairwise(ordered):
        for fact, step in edges[start]:
            depth[fact] = depth.get(fact, 0) + step
            if not depth[fact]:
                del depth[fact]
        facts = frozenset(depth)
        facts = known.setdefault(facts, facts)
        if flat and flat[-1].stop == start and flat[-1].facts == facts:
            flat[-1] = Span(start=flat[-1].start, stop=stop, facts=facts)
        elif facts:
            flat.append(Span(start=start, stop=stop, facts=facts))
    return flat


def scope_spans(scope: Scope) -> list[tuple[int, int]]:
    """Return the ranges of keys that a scope covers by default."""
    if not isinstance(scope, PrefixRange):
        return []
    covered = [prefix_keys(scope.prefix)]
    if scope.years is not None:
        first, last = scope.years
        covered = [year_keys(scope.prefix, year) for year in range(first, last + 1)]
    holes = [(key_of(a), key_of(b) + 1) for a, b in scope.except_ranges]
    holes += [(key_of(isrc), key_of(isrc) + 1) for isrc in scope.except_isrcs]
    return [
        (span.start, span.stop)
        for span in flatten(
            [(keys.start, keys.stop, 0) for keys in covered]
            + [(start, stop, 1) for start, stop in holes]
        )
        if span.facts == {0}
    ]


def extent_spans(extent: Extent) -> list[tuple[int, int]]:
    """Return the ranges of keys that a decision is about, single codes apart."""
    spans = [(keys.start, keys.stop) for keys in map(prefix_keys, extent.prefixes)]
    return spans + [(key_of(a), key_of(b) + 1) for a, b in extent.ranges]
