"""Owners with catalogues: CSV files, prefix defaults, overlaps and proofs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl

from tests.bench import texts
from tests.bench.cells import Cells, codes_of, mix
from tests.bench.rows import HEADER, Rows, as_csv
from tests.bench.words import invented

BATCH = 250_000
"""How many rows are made at once."""

LIMIT = 95 * 1024 * 1024
"""Where a catalogue ends and the next begins: the registry reads up to 100 MiB."""

_LARGEST = 3
_SHUFFLED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """An owner as it was written: whom it overlaps with, and on what."""

    owner: str
    partner: str
    overlaps: list[str]
    rows: int
    files: int


@dataclass(frozen=True, kw_only=True)
class Labels:
    """Writes one owner after the other."""

    declarations: Path
    cells: Cells
    bounds: Sequence[tuple[int, int]]
    prefixes: list[str]
    overlap: float
    hyphens: float
    written: list[Label] = field(default_factory=list)

    @cached_property
    def _rows(self) -> Rows:
        return Rows(self.prefixes)

    def write(self, number: int, places: Sequence[int]) -> dict[str, str]:
        """Write the catalogues of an owner, and return its other files."""
        dice = _dice(number)
        said = texts.stance(dice)
        own = [self.prefixes[place] for place in places]
        folder = f"domain/{domain(number)[:2]}/{domain(number)}"
        rows, overlaps = self._catalogues(number, folder)
        files = {
            f"{folder}/{_stem(place)}.yaml": texts.declaration(
                said.uses,
                texts.catalogue_scope(f"{_stem(place)}.csv", count),
                said.more,
            )
            for place, count in enumerate(rows)
        }
        name = domain(number).partition("-")[0].capitalize()
        files[f"{folder}/owner.yaml"] = texts.owner_file(
            f"{name} Records", "label", prefixes=own[:20]
        )
        files |= self._defaults(folder, own, dice)
        owner = f"domain:{domain(number)}"
        if said.reviewed:
            reviewed = f"registry/decisions/2026/reviewed-{number:05d}.yaml"
            files[reviewed] = texts.decision(
                "reviewed", f"owner: {owner}", f"prefixes: [{', '.join(own)}]"
            )
        self.written.append(
            Label(
                owner=owner,
                partner=f"domain:{domain(self._partner(number))}",
                overlaps=overlaps,
                rows=sum(rows),
                files=len(rows),
            )
        )
        return files

    def _defaults(self, folder: str, own: list[str], dice: int) -> dict[str, str]:
        """Return defaults for unlisted codes: four owners in ten have them."""
        if dice // 100 % 10 >= 4:
            return {}
        return {
            f"{folder}/default-{prefix.lower()}.yaml": texts.declaration(
                "{any-ai: deny}", texts.prefix_scope(prefix, dice // 1000 + place)
            )
            for place, prefix in enumerate(own[:3])
        }

    def _catalogues(self, number: int, folder: str) -> tuple[list[int], list[str]]:
        """Write the CSV files; return the rows of each and codes of others."""
        home = self.declarations / folder
        home.mkdir(parents=True)
        rows, codes = [0], [""]
        file = (home / f"{_stem(0)}.csv").open("wb")
        file.write(HEADER)
        for frame, shared in self._frames(number):
            data = as_csv(frame)
            if rows[-1] and file.tell() + len(data) > LIMIT:
                file.close()
                file = (home / f"{_stem(len(rows))}.csv").open("wb")
                file.write(HEADER)
                rows.append(0)
            file.write(data)
            rows[-1] += frame.height
            if shared:
                found = frame["isrc"].head(20).str.replace_all("-", "")
                codes = found.to_list()
        file.close()
        return rows, [code for code in codes if code]

    def _frames(self, number: int) -> Iterator[tuple[pl.DataFrame, bool]]:
        """Yield an owner's own rows, then those that overlap with another's."""
        hyphens = number >= _LARGEST and _dice(number, 1) % 1000 < self.hyphens * 1000
        shuffled = _dice(number, 2) % _SHUFFLED == 0
        first, last = self.bounds[number]
        for part in self.cells.part(first, last).parts(BATCH):
            codes = codes_of(part)
            if shuffled:
                rng = np.random.default_rng(_dice(number, 3))
                codes = codes.take(rng.permutation(len(codes.number)))
            yield self._rows.frame(codes, hyphens=hyphens), False
        shared, share = self._shared(number)
        for part in shared.parts(BATCH):
            codes = codes_of(part)
            dice = mix(codes.seed ^ codes.place.astype(np.uint64)) >> np.uint64(40)
            codes = codes.take(dice < np.uint64(share * 2**24))
            if len(codes.number):
                yield self._rows.frame(codes, hyphens=hyphens), True

    def _shared(self, number: int) -> tuple[Cells, float]:
        """Return cells of another owner, and the share of their codes to claim."""
        first, last = self.bounds[number]
        wanted = self.overlap * int(self.cells.count[first:last].sum())
        start, end = self.bounds[self._partner(number)]
        start += _dice(number, 4) % (end - start)
        ends = np.cumsum(self.cells.count[start:end])
        cells = int(np.searchsorted(ends, 2 * wanted)) + 1
        part = self.cells.part(start, min(start + cells, end))
        return part, min(wanted / int(part.count.sum()), 0.5)

    def _partner(self, number: int) -> int:
        """Return an owner of about the same size."""
        near = min(5, len(self.bounds) - 1)
        return (number + 1 + _dice(number, 5) % near) % len(self.bounds)


def domain(number: int) -> str:
    """Return the domain of an owner; no such domain can be registered."""
    names = invented()
    return f"{names[number % len(names)].lower()}-{number}.example"


def _stem(place: int) -> str:
    return f"catalogue-{place + 1:02d}"


def _dice(number: int, throw: int = 0) -> int:
    """Return what an owner's dice show: it decides what the owner says and does."""
    return int(mix(np.array([number * 16 + throw + 1], dtype=np.uint64))[0] >> 1)
