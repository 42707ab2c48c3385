"""Contradictions: one recording in two declarations of one owner that differ.

"Ties take the strictest" (Resolution, rule 3): that is never wrong, but seldom meant.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations, islice

import numpy as np
import polars as pl

from sayso.columns.codes import Keys, cuts
from sayso.model.declaration import CatalogueFile, Declaration, RecordingList
from sayso.model.isrc import Isrc, isrc_of, key_of
from sayso.model.problem import Problem
from sayso.model.rules import identifiers as identifier_rules
from sayso.model.vocabulary import Use
from sayso.publish.reading.documents import Documents
from sayso.publish.reading.locate import problem_at
from sayso.publish.reading.sheet import SHOWN

_ROWS = 2**20


def find_contradictions(documents: Documents) -> Iterator[Problem]:
    """Yield a warning for each two declarations that contradict each other.

    For an owner's first pairs, that is: a thousand files have half a million.
    """
    for names in documents.authored.values():
        if len(names) < 2:  # noqa: PLR2004 - two can contradict
            continue
        said = [documents.declarations[name] for name in names]
        for kind in (RecordingList, CatalogueFile):
            alike = [
                one
                for one in said
                if isinstance(one.scope, kind) and one.withdrawn is None
            ]
            if len({tuple(one.uses.items()) for one in alike}) > 1:
                yield from islice(_contradictions(alike, documents), SHOWN)


def _contradictions(
    said: Sequence[Declaration], documents: Documents
) -> Iterator[Problem]:
    """Compare declarations of one kind where they share recordings."""
    shared = _shared([_keys(one, documents) for one in said])
    reported: set[tuple[int, int]] = set()
    for places, (key, count) in sorted(shared.items(), key=lambda item: item[1]):
        for first, second in combinations(places, 2):
            use = _contradicted(said[first], said[second])
            if use is not None and (first, second) not in reported:
                reported.add((first, second))
                both = (said[first], said[second])
                yield _problem(both, use, isrc_of(key), count, documents)


_COLUMNS = {"key": pl.Int64, "place": pl.UInt32}
"""Of lists, empty ones too."""


def _shared(lists: Sequence[Keys]) -> dict[tuple[int, ...], tuple[int, int]]:
    """Return which lists share recordings: the first of them, and how many.

    A range of keys after the other, since all lists together may be more than memory.
    """
    bounds = cuts(lists, _ROWS)
    edges = [[*keys.searchsorted(bounds).tolist(), len(keys)] for keys in lists]
    shared: dict[tuple[int, ...], tuple[int, int]] = {}
    for part in range(len(bounds)):
        frames = [
            pl.DataFrame({"key": keys[ends[part] : ends[part + 1]], "place": place})
            for place, (keys, ends) in enumerate(zip(lists, edges, strict=True))
        ]
        found = (
            pl.concat(
                frame.cast({"key": pl.Int64, "place": pl.UInt32}) for frame in frames
            )
            .group_by("key")
            .agg(pl.col("place").sort())
            .filter(pl.col("place").list.len() > 1)
            .group_by("place")
            .agg(pl.col("key").min(), pl.len().alias("count"))
        )
        for places, key, count in found.iter_rows():
            first, before = shared.get(tuple(places), (key, 0))
            shared[tuple(places)] = first, before + count
    return shared


def _keys(said: Declaration, documents: Documents) -> Keys:
    if isinstance(said.scope, RecordingList):
        return np.sort(np.array([key_of(isrc) for isrc in said.scope.isrcs], np.int64))
    catalogue = documents.catalogues.get(said.id)
    return np.empty(0, np.int64) if catalogue is None else catalogue.keys()


def _contradicted(first: Declaration, second: Declaration) -> Use | None:
    """Return a use that both name and answer differently at one place and time."""
    if first.owner != second.owner or not _meet(first, second):
        return None
    for use in Use:
        one, other = first.uses.get(use), second.uses.get(use)
        if one is not None and other is not None and one is not other:
            return use
    return None


def _meet(first: Declaration, second: Declaration) -> bool:
    """Return whether two declarations are ever in force at one place and time."""
    starts = max(first.effective or date.min, second.effective or date.min)
    ends = min(first.expires or date.max, second.expires or date.max)
    countries = first.territories.codes | second.territories.codes
    return starts < ends and any(
        first.territories.covers(country) and second.territories.covers(country)
        for country in (*countries, None)
    )


def _problem(
    both: tuple[Declaration, Declaration],
    use: Use,
    isrc: Isrc,
    count: int,
    documents: Documents,
) -> Problem:
    first, second = both
    more = f" and {count - 1:,} more" if count > 1 else ""
    other = documents.files[first.id].path.rpartition("/")[2]
    message = (
        f"{isrc}{more}: {other} says {use}: {first.uses[use]}, this file "
        f"{second.uses[use]}. The stricter counts."
    )
    file = documents.files[second.id]
    return problem_at(file, isrc, identifier_rules.CONTRADICTION, message)
