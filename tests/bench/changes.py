"""Changes to a generated registry, scattered over its catalogues, and committed.

python -m tests.bench.changes FOLDER --count 1000
"""

import argparse
import csv
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.bench.repository import commit_all
from tests.bench.vouching import vouch

_ROWS = re.compile(r"rows: [0-9]+")
_LAST = 99_999


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What was changed."""

    edited: int
    added: int
    removed: int
    catalogues: int
    commit: str


def change(
    folder: Path,
    count: int,
    *,
    seed: int = 1,
    catalogues: int = 50,
    kinds: Sequence[str] = ("edited", "added", "removed"),
) -> Changed:
    """Edit, add and remove rows in several catalogues, in turn, and commit.

    Args:
        folder: a registry of `write_registry`.
        count: how many rows.
        seed: which rows.
        catalogues: in how many files; they are chosen by their rows.
        kinds: what is done, one after the other. An added row is a new recording
            at once; a removed one only after the waiting period.
    """
    rng = np.random.default_rng(seed)
    files = sorted((folder / "declarations/domain").glob("*/*/*.csv"))
    weights = np.array([file.stat().st_size for file in files], dtype=float)
    number = min(catalogues, len(files))
    chosen = rng.choice(len(files), number, replace=False, p=weights / weights.sum())
    done = dict.fromkeys(("edited", "added", "removed"), 0)
    order = iter(range(count))
    for place, share in zip(
        chosen, np.array_split(np.arange(count), number), strict=True
    ):
        todo = [kinds[next(order) % len(kinds)] for _ in share]
        for kind in _change_file(files[place], todo, rng):
            done[kind] += 1
    vouch(folder / "declarations")
    return Changed(
        edited=done["edited"],
        added=done["added"],
        removed=done["removed"],
        catalogues=number,
        commit=commit_all(folder, f"{count} changes"),
    )


def _change_file(
    file: Path, todo: Sequence[str], rng: np.random.Generator
) -> Iterator[str]:
    """Change rows of a catalogue, and yield what was done."""
    data = file.read_bytes()
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n"))
    rows = len(ends) - 1
    todo = todo[: rows // 2]
    places = np.sort(rng.choice(rows, len(todo), replace=False))
    parts: list[bytes] = []
    kept, added = 0, set[str]()
    for kind, place in zip(todo, places, strict=True):
        start, stop = int(ends[place]) + 1, int(ends[place + 1]) + 1
        parts.append(data[kept:start])
        row = data[start:stop].decode()
        match kind:
            case "edited":
                parts.append(_edited(row).encode())
            case "added":
                new = _new_code(row, data, added)
                parts.append(f"{row}{new},Added Later,Somebody New\n".encode())
            case _:
                rows -= 1
        rows += kind == "added"
        kept = stop
        yield kind
    parts.append(data[kept:])
    file.write_bytes(b"".join(parts))
    said = file.with_suffix(".yaml")
    text = said.read_text("utf-8")
    said.write_text(_ROWS.sub(f"rows: {rows}", text), "utf-8")


def _edited(row: str) -> str:
    """Return a row with another title."""
    isrc, title, artist = next(csv.reader([row.rstrip("\n")]))
    cells = (isrc, f"{title} (Alternate Take)", artist)
    return ",".join(f'"{cell}"' if "," in cell else cell for cell in cells) + "\n"


def _new_code(row: str, data: bytes, added: set[str]) -> str:
    """Return a code near another one that its catalogue does not list yet."""
    code = row.partition(",")[0]
    head, designation = code[:-5], int(code[-5:])
    for step in range(1, _LAST):
        new = f"{head}{(designation + step) % (_LAST + 1):05d}"
        if new not in added and b"\n" + new.encode() + b"," not in data:
            added.add(new)
            return new
    raise ValueError(f"no code is left beside {code}")


def main() -> None:
    """Change a registry, as a child of the benchmark or by hand."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.changes")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--catalogues", type=int, default=50)
    parser.add_argument("--kinds", nargs="+", default=["edited", "added", "removed"])
    given = parser.parse_args()
    done = change(
        given.folder,
        given.count,
        seed=given.seed,
        catalogues=given.catalogues,
        kinds=given.kinds,
    )
    report = {name: getattr(done, name) for name in Changed.__slots__}
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
