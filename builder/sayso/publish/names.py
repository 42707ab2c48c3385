"""Names: title, artist and owner of each recording, from whoever lists it best.

"Where several versions list a recording, the title and artist come from the best
proved one that gives them, current before earlier ones." Owners of whom two operators
reviewed ownership are proved better than those who only control a domain.
"""

from collections.abc import Collection, Sequence

import numpy as np
import polars as pl
import pyarrow as pa

from sayso.columns.codes import Keys
from sayso.model.declaration import RecordingList
from sayso.model.isrc import key_of
from sayso.model.owner import OwnerId
from sayso.publish.accepted import Accepted, Version
from sayso.publish.ranges import Slice, slices
from sayso.publish.reading.regular import REGULAR
from sayso.publish.reading.tables import Table

_RANKED: dict[str, type[pl.DataType]] = {**REGULAR, "rank": pl.UInt32}
_NAMES = ("title", "artist", "owner")


class Names:
    """The names that accepted versions give to recordings, a range at a time."""

    def __init__(
        self, accepted: Accepted, reviewed: Collection[OwnerId], bounds: Keys
    ) -> None:
        """Find which rows of which lists belong to each range.

        Args:
            accepted: the versions that count.
            reviewed: owners of whom some ownership was reviewed.
            bounds: where each range begins, ascending.
        """
        ranked = _ranked(accepted, reviewed)
        self._owners = pl.Series(
            [version.declaration.owner for version in ranked], dtype=pl.String
        )
        tables: dict[int, tuple[int, Table]] = {}
        for rank, version in enumerate(ranked):
            if (table := version.catalogue) is not None:
                # However many declarations name a catalogue, its rows are taken once.
                tables.setdefault(id(table), (rank, table))
        self._tables = list(tables.values())
        self._lists = _lists(ranked)
        self._parts = slices([table for _, table in self._tables], bounds)
        edges = np.searchsorted(self._lists["key"].to_numpy(), bounds)
        self._edges = [*edges.tolist(), self._lists.height]

    def of(self, part: int, keys: Keys) -> pl.DataFrame:
        """Return columns `title`, `artist`, `owner` of the recordings of a range.

        Args:
            part: the range by its place.
            keys: of its recordings, ascending.
        """
        given = self._given(self._parts[part], part)
        each = given["key"].to_numpy()
        names = given.select(_NAMES)
        if len(each) == len(keys) and (each == keys).all():
            return names
        first = np.searchsorted(each, keys)
        counts = np.searchsorted(each, keys, side="right") - first
        # A recording that a decision names, under somebody's prefix, has no names.
        places = pl.Series(pa.array(first, pa.uint32(), mask=counts == 0))
        found = names.select(pl.all().gather(places))
        lacking = (found["title"].is_null() | found["artist"].is_null()).to_numpy()
        helped = np.flatnonzero(lacking & (counts > 1))
        if not len(helped):
            return found
        rows = np.isin(each, keys[helped])
        best = _best(given.filter(rows))
        return found.with_columns(
            found["title"].scatter(helped, best["title"]),
            found["artist"].scatter(helped, best["artist"]),
        )

    def _given(self, part: Sequence[Slice], place: int) -> pl.DataFrame:
        """Return what is given in a range, by key, the best of each first."""
        given = lists = self._lists[self._edges[place] : self._edges[place + 1]]
        if part:
            given = pl.concat([lists, self._rows(part)])
        if len(part) + bool(lists.height) > 1:
            # Each list ascends already, which this sort is quick with.
            columns = given["rank"].to_numpy(), given["key"].to_numpy()
            given = given[np.lexsort(columns)]
        return given.with_columns(owner=self._owners.gather(given["rank"]))

    def _rows(self, part: Sequence[Slice]) -> pl.DataFrame:
        """Return the rows of some tables, one table after the other."""
        batches = [self._tables[table][1].rows(*rows) for table, *rows in part]
        ranks = np.array([self._tables[table][0] for table, *_ in part], np.uint32)
        sizes = [stop - start for _, start, stop in part]
        frame = pl.DataFrame(pl.from_arrow(batches), schema=REGULAR)
        return frame.with_columns(rank=np.repeat(ranks, sizes))


def _best(given: pl.DataFrame) -> pl.DataFrame:
    """Return each recording once, with the first title and artist that are given."""
    return given.group_by("key", maintain_order=True).agg(
        pl.col("title").drop_nulls().first(),
        pl.col("artist").drop_nulls().first(),
    )


def _ranked(accepted: Accepted, reviewed: Collection[OwnerId]) -> list[Version]:
    """Return the versions that any state holds, the one to be named after first."""
    held = {
        number
        for states in accepted.states.values()
        for state in states
        for number in state.versions
    }
    return sorted(
        (version for version in accepted.versions if version.number in held),
        key=lambda v: (
            v.number not in accepted.current,
            # Else anybody with a domain could name what it lists as precisely.
            v.declaration.owner not in reviewed,
            -v.statement.level,
            -v.statement.specificity,
            v.declaration.id,
            v.number,
        ),
    )


def _lists(ranked: Sequence[Version]) -> pl.DataFrame:
    """Return what lists in declarations give, by key and rank."""
    columns: dict[str, list[object]] = {name: [] for name in _RANKED}
    for rank, version in enumerate(ranked):
        listed = version.declaration.scope
        if isinstance(listed, RecordingList):
            columns["key"] += map(key_of, listed.isrcs)
            columns["title"] += listed.titles
            columns["artist"] += listed.artists
            columns["rank"] += [rank] * len(listed.isrcs)
    return pl.DataFrame(columns, schema=_RANKED).sort("key", "rank")
