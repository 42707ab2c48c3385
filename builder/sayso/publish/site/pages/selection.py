"""Selection: the recordings that pages show, few of all."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from sayso.model.isrc import Isrc
from sayso.model.owner import OwnerId
from sayso.publish.site.pages.listed import Chunk, Listed, Places
from sayso.publish.site.pages.spoken import Spoken
from sayso.publish.site.pages.totals import Totals


class Recording(NamedTuple):
    """A recording as the registry lists it."""

    isrc: Isrc
    title: str | None
    artist: str | None
    owner: OwnerId | None
    policy: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which recordings to take; each list begins with the lowest code.

    Attributes:
        first: how many of all.
        disputed: how many of the disputed ones.
        of_owner: how many of those that each owner speaks of.
        of_prefix: how many of those under each prefix.
    """

    first: int
    disputed: int
    of_owner: Places
    of_prefix: Places


class Selection:
    """Recordings that were taken, as columns, ascending by ISRC.

    Attributes:
        disputed: the places of disputed ones.
    """

    def __init__(
        self,
        frame: pl.DataFrame,
        rows: Places,
        disputed: Places,
        owned: tuple[Places, Places],
    ) -> None:
        """Arrange what was taken.

        Args:
            frame: the recordings.
            rows: where each stands among all recordings.
            disputed: where the disputed ones do.
            owned: the same of those that an owner speaks of, and the owner.
        """
        self._frame = frame
        self._rows = rows
        self.disputed = self.places(disputed)
        owned_rows, owners = owned
        order = np.argsort(owners, kind="stable")
        self._owners = owners[order]
        self._owned = self.places(owned_rows[order])

    def places(self, rows: Places) -> Places:
        """Return where recordings stand here that stand so among all."""
        return np.searchsorted(self._rows, rows)

    def span(self, start: int, stop: int) -> Places:
        """Return the places of recordings that follow one another among all."""
        return self.places(np.arange(start, stop))

    def of_owner(self, owner: int) -> Places:
        """Return the places of what an owner, the one at this place, speaks of."""
        start, stop = np.searchsorted(self._owners, [owner, owner + 1])
        return self._owned[start:stop]

    def codes(self, places: Places | slice) -> list[Isrc]:
        """Return the codes of recordings."""
        return [Isrc(code) for code in self._frame["isrc"][places]]

    def take(self, places: Places) -> list[Recording]:
        """Return recordings."""
        return [Recording(*row) for row in self._frame[places].iter_rows()]


def select(
    listed: Listed,
    wanted: Wanted,
    totals: Totals,
    spoken: Spoken,
    disputed: npt.NDArray[np.bool_],
) -> Selection:
    """Take recordings, a part of the release at a time.

    Args:
        listed: all of them.
        wanted: which to take.
        totals: where those of each prefix are.
        spoken: who speaks of them.
        disputed: whether each policy is.

    Raises:
        RegistryError: as iterating over `listed` and reading from it does.
    """
    taking = _Taking(listed.numbers, wanted, totals, spoken, disputed)
    for chunk in listed:
        taking.take(chunk)
    return taking.selection()


class _Taking:
    """What is taken so far, and what is left to take."""

    def __init__(
        self,
        numbers: Places,
        wanted: Wanted,
        totals: Totals,
        spoken: Spoken,
        disputed: npt.NDArray[np.bool_],
    ) -> None:
        nothing = np.zeros(0, np.int64)
        schema = {
            "isrc": pl.String,
            "title": pl.String,
            "artist": pl.String,
            "owner": pl.String,
            "policy": pl.Int32,
        }
        self._numbers = numbers
        self._first = wanted.first
        shown = np.flatnonzero(wanted.of_prefix)
        starts = totals.firsts[shown]
        self._spans = (starts, starts + wanted.of_prefix[shown])
        self._spoken = spoken
        self._is_disputed = disputed
        self._left = wanted.of_owner.copy()
        self._left_disputed = wanted.disputed
        self._start = 0
        self._frames = [pl.DataFrame(schema=schema)]
        self._rows = [nothing]
        self._disputed = [nothing]
        self._owned = [(nothing, nothing)]

    def take(self, chunk: Chunk) -> None:
        """Take what is wanted of the recordings that follow."""
        policies = chunk.policies(self._numbers)
        marks = np.zeros(chunk.height, np.bool_)
        marks[: max(0, self._first - self._start)] = True
        marks[self._take_disputed(policies)] = True
        marks[self._take_owned(policies)] = True
        for start, stop in self._of_prefixes(chunk.height):
            marks[start:stop] = True
        rows = np.flatnonzero(marks)
        if len(rows):
            self._frames.append(chunk.rows(rows))
            self._rows.append(rows + self._start)
        self._start += chunk.height

    def selection(self) -> Selection:
        """Return all that was taken."""
        return Selection(
            frame=pl.concat(self._frames),
            rows=np.concatenate(self._rows),
            disputed=np.concatenate(self._disputed),
            owned=(
                np.concatenate([rows for rows, _ in self._owned]),
                np.concatenate([owners for _, owners in self._owned]),
            ),
        )

    def _take_disputed(self, policies: Places) -> Places:
        rows = np.flatnonzero(self._is_disputed[policies])[: self._left_disputed]
        self._left_disputed -= len(rows)
        self._disputed.append(rows + self._start)
        return rows

    def _take_owned(self, policies: Places) -> Places:
        """Return the first recordings of each owner of whom some are left to take."""
        rows = np.flatnonzero(self._spoken.wanted(self._left)[policies])
        rows, owners = self._spoken.pairs(rows, policies[rows])
        order = np.argsort(owners, kind="stable")
        rows, owners = rows[order], owners[order]
        ranks = np.arange(len(owners)) - np.searchsorted(owners, owners)
        few = ranks < self._left[owners]
        rows, owners = rows[few], owners[few]
        self._left -= np.bincount(owners, minlength=len(self._left))
        self._owned.append((rows + self._start, owners))
        return rows

    def _of_prefixes(self, height: int) -> list[tuple[int, int]]:
        """Return where recordings of wanted prefixes begin and end, from here."""
        starts, stops = self._spans
        first = np.searchsorted(stops, self._start, "right")
        last = np.searchsorted(starts, self._start + height)
        low = np.maximum(starts[first:last] - self._start, 0)
        high = np.minimum(stops[first:last] - self._start, height)
        return list(zip(low.tolist(), high.tolist(), strict=True))
