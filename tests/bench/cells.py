"""Codes as cells: one prefix and year each, whose codes are made when needed.

Nothing is kept a recording: a code follows from its cell and its place in it by
hashing, so that any part of any catalogue can be made again, alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sayso.model.isrc import KEYS_PER_YEAR
from tests.bench.distribution import RUN, SPARSE, Distribution

Whole = NDArray[np.uint64]
Keys = NDArray[np.int64]

FULL = 60_000
"""How many codes a cell holds at most, so that runs with gaps end below 100,000."""

_PER_PREFIX = 150_000
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def mix(numbers: Whole) -> Whole:
    """Return well-mixed numbers (splitmix64): the same in, the same out."""
    mixed = numbers * _GOLDEN
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Cells as columns: `prefix` (place in a list), `year`, `count`, `sparse`, `seed`.

    The cells of one owner stand next to each other.
    """

    prefix: NDArray[np.int64]
    year: NDArray[np.int64]
    count: NDArray[np.int64]
    sparse: NDArray[np.bool_]
    seed: Whole

    def part(self, first: int, last: int) -> "Cells":
        """Return the cells from one place up to another."""
        return Cells(
            prefix=self.prefix[first:last],
            year=self.year[first:last],
            count=self.count[first:last],
            sparse=self.sparse[first:last],
            seed=self.seed[first:last],
        )

    def parts(self, rows: int) -> Iterator["Cells"]:
        """Yield all cells in parts of at most `rows` codes, or of one cell."""
        first, ends = 0, np.cumsum(self.count)
        while first < len(ends):
            before = ends[first - 1] if first else 0
            last = int(np.searchsorted(ends, before + rows, side="right"))
            last = max(last, first + 1)
            yield self.part(first, last)
            first = last


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """Codes as columns.

    Attributes:
        prefix: place of the prefix in the list of all.
        number: the last seven digits.
        place: where the code stands in its cell, from 0.
        seed: that of the cell.
    """

    prefix: NDArray[np.int64]
    number: NDArray[np.int64]
    place: NDArray[np.int64]
    seed: Whole

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "Codes":
        """Return some of the codes, by place or by mask."""
        return Codes(
            prefix=self.prefix[rows],
            number=self.number[rows],
            place=self.place[rows],
            seed=self.seed[rows],
        )


def codes_of(cells: Cells) -> Codes:
    """Return the codes of cells, ascending in each."""
    which = np.repeat(np.arange(len(cells.count)), cells.count)
    first = np.cumsum(cells.count) - cells.count
    place = np.arange(len(which)) - first[which]
    seed = cells.seed[which]
    dice = mix(seed + place.astype(np.uint64))
    within = np.uint64(256 * RUN)
    run = np.where(
        (dice & np.uint64(0xFF)) < within,
        np.uint64(1),
        (dice >> np.uint64(8)) % np.uint64(6) + np.uint64(2),
    )
    spread = np.maximum((KEYS_PER_YEAR - 2) // cells.count, 1).astype(np.uint64)
    scattered = (dice >> np.uint64(8)) % spread[which] + np.uint64(1)
    gaps = np.where(cells.sparse[which], scattered, run).astype(np.int64)
    ends = np.cumsum(gaps)
    before = np.concatenate([[0], ends])[first]
    designation = ends - before[which]
    return Codes(
        prefix=cells.prefix[which],
        number=cells.year[which] * KEYS_PER_YEAR + designation,
        place=place,
        seed=seed,
    )


def draw_cells(
    sizes: Sequence[int], law: Distribution, rng: np.random.Generator
) -> tuple[Cells, list[tuple[int, int]], list[list[int]], int]:
    """Return the cells of owners with catalogues of these sizes.

    Returns:
        All cells; the first and the last place (excluded) of each owner's; each
        owner's prefixes, as places; how many prefixes there are.
    """
    columns: list[tuple[int, int, int]] = []
    bounds: list[tuple[int, int]] = []
    prefixes: list[list[int]] = []
    known = 0
    for size in sizes:
        count = -(-size // _PER_PREFIX) + int(rng.integers(0, 2 + (size > 20_000)))
        shares = rng.dirichlet(np.full(count, 3.0))
        parts = np.diff(np.rint(np.cumsum(shares) * size).astype(int), prepend=0)
        first = len(columns)
        for number, part in enumerate(parts):
            columns += [(known + number, *cell) for cell in _years(part, law, rng)]
        bounds.append((first, len(columns)))
        prefixes.append(list(range(known, known + count)))
        known += count
    prefix, year, codes = np.array(columns, dtype=np.int64).T
    sparse = rng.random(len(columns)) < SPARSE
    seed = rng.integers(0, 2**63, len(columns), dtype=np.uint64)
    cells = Cells(prefix=prefix, year=year, count=codes, sparse=sparse, seed=seed)
    return cells, bounds, prefixes, known


def _years(
    size: int, law: Distribution, rng: np.random.Generator
) -> list[tuple[int, int]]:
    """Return years with how many codes of them one registrant gave out."""
    active = int(np.count_nonzero(law.years))
    years = min(active, 1 + int(rng.poisson(3)) + size // 500)
    chosen = rng.choice(100, years, replace=False, p=law.years)
    weights = law.years[chosen] * rng.lognormal(0.0, 0.5, years)
    counts = rng.multinomial(size, weights / weights.sum())
    over = int(np.maximum(counts - FULL, 0).sum())
    counts = np.minimum(counts, FULL)
    for place in np.argsort(counts):
        more = min(over, FULL - int(counts[place]))
        counts[place] += more
        over -= more
    return sorted(
        (int(year), int(count))
        for year, count in zip(chosen, counts, strict=True)
        if count
    )
