"""Owners with few recordings: YAML lists, as artists write them.

python -m tests.bench.small FOLDER --files 100k
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import polars as pl

from tests.bench import texts
from tests.bench.measure import number_of
from tests.bench.repository import commit_all, head
from tests.bench.vouching import vouch
from tests.bench.words import given, invented, phrases

DONE = "done"
"""Stands beside a registry that was written to its end."""

_MOST = 500
_MANAGERS = ("QZX01", "QZX02", "QZX03", "QZX04", "QMX01", "QMX02", "TCX01", "TCX02")
_FIRST_ACCOUNT = 910_000_000
_RECORDINGS = 12
_EACH = 3
"""Declarations of one owner: with `owner.yaml`, four files."""
_STANCES = (
    "{any-ai: deny}",
    "{any-ai: deny}",
    "{any-ai: deny, search: allow}",
    "{train-generative: deny, finetune-generative: deny, clone-voice: deny}",
    "{train-generative: deny, search: allow}",
)


def write_artists(declarations: Path, owners: int, more: dict[str, str]) -> int:
    """Write owners with 500 and fewer recordings, their sizes after Zipf.

    Args:
        declarations: where to.
        owners: how many.
        more: takes the operators' files about them.

    Returns:
        How many recordings they list.
    """
    if not owners:
        return 0
    counts = np.maximum(_MOST * np.arange(1.0, owners + 1) ** -0.9, 1).astype(int)
    counts = np.minimum(counts, _MOST)
    _write(declarations, [int(count) for count in counts])
    managers = "\n".join(f"{prefix},Distributor {prefix}" for prefix in _MANAGERS)
    more["registry/isrc-managers.csv"] = f"prefix,name\n{managers}\n"
    return int(counts.sum())


def write_owner_files(folder: Path, files: int) -> str:
    """Write so many YAML files, four an owner, in a repository; return the commit."""
    declarations = folder / "declarations"
    (declarations / "registry").mkdir(parents=True)
    (declarations / "registry/policy.yaml").write_text(texts.POLICY, "utf-8")
    (declarations / "registry/operators.yaml").write_text(texts.OPERATORS, "utf-8")
    owners = files // (_EACH + 1)
    _write(declarations, [_RECORDINGS] * (owners * _EACH), _EACH)
    vouch(declarations)
    return commit_all(folder, "owner files")


def change_owner_files(folder: Path, count: int) -> str:
    """Change a title in some of the declarations; return the commit."""
    found = sorted((folder / "declarations/github").glob("*/*/songs-*.yaml"))
    for file in found[:: max(len(found) // count, 1)][:count]:
        text = file.read_text("utf-8")
        file.write_text(text.replace('title: "', 'title: "Changed ', 1), "utf-8")
    vouch(folder / "declarations")
    return commit_all(folder, "change")


def _write(declarations: Path, counts: list[int], each: int = 1) -> None:
    """Write declarations that list so many recordings, `each` of one owner."""
    for place, listed in enumerate(_lists(counts, each)):
        number, song = divmod(place, each)
        account = _account(number).partition(":")[2]
        home = declarations / "github" / account[-2:] / account
        if not song:
            home.mkdir(parents=True)
            name = _name(number)
            owner = texts.owner_file(name, "artist", account=_account(number))
            (home / "owner.yaml").write_text(owner, "utf-8")
        uses = _STANCES[number % len(_STANCES)]
        songs = texts.declaration(uses, f"recordings:\n{listed}")
        (home / f"songs-{song + 1}.yaml").write_text(songs, "utf-8")


def _lists(counts: list[int], each: int) -> list[str]:
    """Return the recordings of each declaration as lines of YAML."""
    names = [_name(place // each) for place in range(len(counts))]
    owner = np.repeat(np.arange(len(counts)), counts)
    ticket = np.arange(len(owner))
    manager, year = ticket % len(_MANAGERS), 18 + ticket // len(_MANAGERS) // 90_000
    designation = ticket // len(_MANAGERS) * 7 % 99_991 + 1
    frame = pl.DataFrame(
        {
            "owner": owner,
            "prefix": pl.Series(_MANAGERS).gather(manager),
            "number": year * 100_000 + designation,
            "title": pl.Series(phrases()).gather(ticket * 37 % 4000),
            "artist": pl.Series(names).gather(owner),
        }
    )
    line = pl.format(
        '  - {{isrc: {}{}, title: "{}", artist: "{}"}}',
        pl.col("prefix"),
        pl.col("number").cast(pl.String).str.zfill(7),
        pl.col("title"),
        pl.col("artist"),
    )
    joined = (
        frame.select("owner", line.alias("line"))
        .group_by("owner")
        .agg(pl.col("line").str.join("\n"))
    )
    return joined.sort("owner")["line"].to_list()


def _name(number: int) -> str:
    first, last = given(), invented()
    return f"{first[number % len(first)]} {last[number * 13 % len(last)]}"


def _account(number: int) -> str:
    return f"github:{_FIRST_ACCOUNT + number}"


def main() -> None:
    """Write owner files, as a child of the benchmark or by hand."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.small")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=number_of, default=100_000)
    parser.add_argument("--change", type=int, help="change so many of those there")
    asked = parser.parse_args()
    if asked.change:
        commit = change_owner_files(asked.folder, asked.change)
    elif (asked.folder / DONE).exists():
        commit = head(asked.folder)
    else:
        commit = write_owner_files(asked.folder, asked.files)
        (asked.folder / DONE).touch()
    sys.stdout.write(json.dumps({"files": asked.files, "commit": commit}) + "\n")


if __name__ == "__main__":
    main()
