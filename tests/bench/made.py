"""A release made from columns: of any size in seconds, believed by its own root.

    python -m tests.bench.made FOLDER --recordings 10M

Below the folder are `first/`, and `next/` that follows after 1,000 changes: each is all
that `sayso sync` asks for. There are no parts with titles, no tree and no site, so that
nothing else can be asked of them. Codes and owners are drawn as `registries` does.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from sayso.columns.codes import Keys
from sayso.columns.rows import Numbers
from sayso.model.isrc import KEYS_PER_PREFIX, isrc_of, key_of
from sayso.publish.output import Folder
from sayso.wire.columns import Interval
from sayso.wire.release import RELEASE_FILE
from tests.bench.cells import Cells, codes_of, draw_cells, mix
from tests.bench.distribution import distribution, sizes
from tests.bench.made_files import Rows, publish
from tests.bench.measure import number_of
from tests.bench.registries import Plan, draw_prefixes
from tests.receipts import World

FIRST, NEXT, SUMMARY = "first", "next", "summary.json"
RANGES = 2_000
CHANGES = 1_000
POLICIES = 64

_EXCEPTIONS = 32
"""One of so many recordings has another policy than its neighbours."""
_PART = 2**20
_LASTS = 2 * 86_400
"""What was made longer ago, in seconds, is made again: signatures end."""


def make(folder: Path, recordings: int, seed: int = 1) -> dict[str, object]:
    """Make both releases below a folder, or say that they are there."""
    known = folder / SUMMARY
    plan = {"recordings": recordings, "seed": seed}
    if known.exists() and time.time() - known.stat().st_mtime < _LASTS:
        facts: dict[str, object] = json.loads(known.read_text("utf-8"))
        if facts["plan"] == plan:
            return facts
    drawn = _Drawn(recordings, seed)
    world = World(now=datetime.now(UTC).replace(microsecond=0))
    first = publish(world, drawn.spans, drawn.parts(), POLICIES)
    _write(world, folder / FIRST)
    rows = first.rows()
    changed = _changed(rows, seed)
    publish(world, drawn.spans, iter([changed]), POLICIES, after=(first, rows))
    _write(world, folder / NEXT)
    facts = {"plan": plan, "recordings": len(rows[0]), "ranges": len(drawn.spans)}
    known.write_text(json.dumps(facts), "utf-8")
    return facts


class _Drawn:
    """Which codes there are, and who speaks for those that nobody lists."""

    def __init__(self, recordings: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        law = distribution()
        owners = Plan(recordings=recordings).label_count
        cells, _, _, count = draw_cells(sizes(recordings, owners), law, rng)
        texts = draw_prefixes(count + RANGES, law, rng)
        starts = [key_of(isrc) for isrc in (f"{text}0000000" for text in texts)]  # type: ignore[arg-type] # codes by their making
        self._starts = np.array(starts, np.int64)
        order = np.lexsort((cells.year, self._starts[cells.prefix]))
        self._cells = Cells(
            prefix=cells.prefix[order],
            year=cells.year[order],
            count=cells.count[order],
            sparse=cells.sparse[order],
            seed=cells.seed[order],
        )
        # Half of the ranges, at most, lie around what is listed.
        chosen = np.sort(self._starts[max(count - RANGES // 2, 0) :][:RANGES])
        numbers = mix(chosen.astype(np.uint64)) % np.uint64(POLICIES)
        self.spans = tuple(
            Interval(
                first=isrc_of(start),
                last=isrc_of(start + KEYS_PER_PREFIX - 1),
                policy=number + 1,
            )
            for start, number in zip(chosen.tolist(), numbers.tolist(), strict=True)
        )

    def parts(self) -> Iterator[Rows]:
        """Yield keys and policies, ascending over all."""
        for cells in self._cells.parts(_PART):
            codes = codes_of(cells)
            starts = self._starts[codes.prefix]
            keys = starts + codes.number
            dice = mix(keys.astype(np.uint64))
            by = np.where(dice % np.uint64(_EXCEPTIONS), starts, keys)
            numbers = mix(by.astype(np.uint64)) % np.uint64(POLICIES) + np.uint64(1)
            yield keys, numbers.astype(np.int32)


def _changed(rows: Rows, seed: int) -> Rows:
    """Return the rows after other policies, removals and additions, a third each."""
    keys, numbers = rows
    rng = np.random.default_rng(seed + 1)
    each = min(CHANGES, len(keys) // 3) // 3
    edited, removed = np.split(rng.choice(len(keys), 2 * each, replace=False), 2)
    numbers = numbers.copy()
    numbers[edited] = numbers[edited] % POLICIES + 1
    kept = np.ones(len(keys), np.bool_)
    kept[removed] = False
    # A new code stands behind one that has a gap there.
    gaps = np.flatnonzero(np.diff(keys) > 1)
    near = np.sort(rng.choice(gaps, min(CHANGES - 2 * each, len(gaps)), replace=False))
    added: Keys = keys[near] + 1
    policies: Numbers = numbers[near]
    places = keys[kept].searchsorted(added)
    return (
        np.insert(keys[kept], places, added),
        np.insert(numbers[kept], places, policies),
    )


def _write(world: World, folder: Path) -> None:
    """Write all that a world has published, and nothing that was there."""
    world.files[RELEASE_FILE] = world.log.log.entries[-1]
    output = Folder(folder)
    for old in folder.rglob("*"):
        if old.is_file() and old.relative_to(folder).as_posix() not in world.files:
            old.unlink()
    for path, data in world.files.items():
        output.write(path, data)
    os.sync()


def main() -> None:
    """Make releases, as a child of the benchmark or by hand."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.made")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--recordings", type=number_of, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    facts = make(given.folder, given.recordings, given.seed)
    sys.stdout.write(json.dumps(facts) + "\n")


if __name__ == "__main__":
    main()
