"""What a user would do instead, written as such a user would: plain, and not badly.

    python -m tests.bench.peers naive REGISTRY OUT
    python -m tests.bench.peers bare REGISTRY OUT
    python -m tests.bench.peers pandas REGISTRY OUT
    python -m tests.bench.peers sizes RELEASE OUT
    python -m tests.bench.peers upload RELEASE OUT

`naive` does the job of a build for catalogues: validates, lets the strictest win,
writes a core map, JSON lines with titles, and a tree of hashed leaves. `bare` is the
least that one could call a registry: one sorted JSON object, no tree. `sizes` writes
the core as people keep such maps, to compare bytes. `upload` brings a whole release to
a folder that has the one before. Each says on one line what it did.
"""

import argparse
import csv
import gzip
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from sayso.model.isrc import Isrc, isrc_of, key_of
from tests.bench.measure import bytes_below

_ISRC = re.compile(r"([A-Z]{2})-?([A-Z0-9]{3})-?([0-9]{2})-?([0-9]{5})")
_STRICTER = {"deny": 0, "ask": 1, "allow": 2}
_LEAF, _NODE, _SPACE = 256, 64, 2**49
_GZIP = 6

Row = tuple[str, str, str, str]
"""A recording as the naive way keeps it: policy, title, artist, owner."""

Facts = dict[str, int | float | str]


def catalogues(registry: Path) -> Iterator[tuple[Path, str, str]]:
    """Yield each catalogue with the policy and the owner of its declaration."""
    for file in sorted((registry / "declarations/domain").glob("*/*/catalogue-*.yaml")):
        said = yaml.safe_load(file.read_text("utf-8"))
        policy = json.dumps(said["uses"], sort_keys=True)
        yield file.parent / said["catalogue"]["file"], policy, file.parent.name


def rows_of(file: Path) -> Iterator[tuple[str, str, str]]:
    """Yield code, title and artist of each row.

    Raises:
        ValueError: a code is no ISRC.
    """
    with file.open(encoding="utf-8", newline="") as text:
        for number, row in enumerate(csv.DictReader(text), start=2):
            match = _ISRC.fullmatch(row["isrc"].strip().upper())
            if match is None:
                raise ValueError(f"{file}:{number}: {row['isrc']} is no ISRC")
            yield "".join(match.groups()), row["title"], row["artist"]


def bare(registry: Path, out: Path) -> Facts:
    """Write one sorted JSON object of all recordings; the last word wins."""
    found: dict[str, dict[str, str]] = {}
    for file, policy, owner in catalogues(registry):
        for isrc, title, artist in rows_of(file):
            found[isrc] = {
                "artist": artist,
                "owner": owner,
                "policy": policy,
                "title": title,
            }
    (out / "registry.json").write_text(json.dumps(found, sort_keys=True), "utf-8")
    return {"recordings": len(found)}


def naive(registry: Path, out: Path) -> Facts:
    """Do what a build does with catalogues, one object a recording."""
    found: dict[str, Row] = {}
    for file, policy, owner in catalogues(registry):
        for isrc, title, artist in rows_of(file):
            known = found.get(isrc)
            if known is not None:
                policy_now = _stricter(known[0], policy)
                found[isrc] = (policy_now, *known[1:])
            else:
                found[isrc] = (policy, title, artist, owner)
    numbers = {p: n for n, p in enumerate(sorted({row[0] for row in found.values()}))}
    ordered = sorted(found)
    core = {isrc: numbers[found[isrc][0]] for isrc in ordered}
    with gzip.open(out / "core.json.gz", "wt", _GZIP, encoding="utf-8") as file_out:
        json.dump({"policies": list(numbers), "recordings": core}, file_out)
    items = [
        (key_of(Isrc(isrc)), _item(isrc, found[isrc], numbers)) for isrc in ordered
    ]
    with gzip.open(
        out / "registry.jsonl.gz", "wt", _GZIP, encoding="utf-8"
    ) as file_out:
        file_out.writelines(f"{json.dumps(item)}\n" for _, item in items)
    root, files = _tree(items, list(numbers), out)
    return {"recordings": len(found), "root": root, "files": files}


def _stricter(one: str, other: str) -> str:
    first, second = json.loads(one), json.loads(other)
    merged = {
        use: min(
            (said[use] for said in (first, second) if use in said),
            key=_STRICTER.__getitem__,
        )
        for use in sorted({*first, *second})
    }
    return json.dumps(merged, sort_keys=True)


def _item(isrc: str, row: Row, numbers: dict[str, int]) -> dict[str, object]:
    policy, title, artist, owner = row
    return {
        "artist": artist,
        "isrc": isrc,
        "owner": f"domain:{owner}",
        "policy": numbers[policy],
        "title": title,
    }


def _tree(
    items: list[tuple[int, dict[str, object]]], policies: list[str], out: Path
) -> tuple[str, int]:
    """Write leaves of halved ranges and nodes above them; return root and files."""
    files = 0

    def save(document: object) -> str:
        nonlocal files
        data = json.dumps(document, sort_keys=True).encode()
        name = hashlib.sha256(data).hexdigest()
        place = out / "lookup" / name[:2] / f"{name}.json.gz"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(gzip.compress(data, _GZIP, mtime=0))
        files += 1
        return name

    def walk(first: int, last: int, start: int, stop: int) -> list[tuple[int, str]]:
        if first == last:
            return []
        if last - first <= _LEAF:
            rows = [item for _, item in items[first:last]]
            used = {str(row["policy"]) for row in rows}
            said = {number: policies[int(number)] for number in sorted(used)}
            leaf = {"from": start, "to": stop, "items": rows, "policies": said}
            return [(start, save(leaf))]
        middle = (start + stop) // 2
        low, high = first, last
        while low < high:
            between = (low + high) // 2
            low, high = (
                (between + 1, high) if items[between][0] < middle else (low, between)
            )
        children = walk(first, low, start, middle) + walk(low, last, middle, stop)
        if len(children) <= _NODE:
            return children
        return [(start, save({"from": start, "to": stop, "children": children}))]

    top = walk(0, len(items), 0, _SPACE)
    return save({"from": 0, "to": _SPACE, "children": top}), files


def pandas_way(registry: Path, out: Path) -> Facts:
    """Do it with data frames: read, clean, one row a recording, Parquet and JSON."""
    import pandas as pd  # noqa: PLC0415 - measured with its import, by those who ask

    frames = []
    for file, policy, owner in catalogues(registry):
        frame = pd.read_csv(file, dtype=str, keep_default_na=False)
        frame["isrc"] = frame["isrc"].str.replace("-", "").str.upper()
        valid = frame["isrc"].str.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
        frames.append(frame[valid].assign(policy=policy, owner=owner))
    rows = pd.concat(frames, ignore_index=True)
    rows["rank"] = rows["policy"].str.contains("deny").map({True: 0, False: 1})
    rows = rows.sort_values(["isrc", "rank"]).drop_duplicates("isrc")
    policies = pd.DataFrame({"policy": sorted(rows["policy"].unique())})
    policies["number"] = range(len(policies))
    rows = rows.merge(policies, on="policy", how="left")
    core = rows[["isrc", "number"]]
    core.to_parquet(out / "core.parquet", index=False)
    full = rows[["isrc", "title", "artist", "owner", "number"]]
    full.to_parquet(out / "registry.parquet", index=False)
    full.to_json(out / "registry.jsonl.gz", orient="records", lines=True)
    return {"recordings": len(rows)}


def sizes(release: Path, out: Path) -> Facts:
    """Write a release's core as a gzip JSON map and as an SQLite table."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - only this one needs it

    [core] = release.glob("bulk/*.core.parquet")
    base = sqlite3.connect(out / "core.sqlite")
    base.execute("create table core (key integer primary key, policy integer)")
    recordings = 0
    with gzip.open(out / "core.json.gz", "wt", _GZIP, encoding="ascii") as text:
        for batch in pq.ParquetFile(core).iter_batches():
            keys, policies = (column.to_pylist() for column in batch.columns)
            codes = dict(zip(map(isrc_of, keys), policies, strict=True))
            text.write(("," if recordings else "{") + json.dumps(codes)[1:-1])
            rows = zip(keys, policies, strict=True)
            base.executemany("insert into core values (?, ?)", rows)
            recordings += len(keys)
        text.write("}")
    base.commit()
    base.close()
    return {
        "recordings": recordings,
        "core": core.stat().st_size,
        "json_gz": (out / "core.json.gz").stat().st_size,
        "sqlite": (out / "core.sqlite").stat().st_size,
    }


def upload(release: Path, out: Path) -> Facts:
    """Bring everything to a folder, by rsync with checksums where there is one."""
    begun = time.perf_counter()
    if rsync := shutil.which("rsync"):
        command = [rsync, "--archive", "--checksum", f"{release}/", f"{out}/"]
        subprocess.run(command, check=True)
    else:
        shutil.copytree(release, out, dirs_exist_ok=True)
    os.sync()
    return {
        "way": "rsync --archive --checksum" if rsync else "copying",
        "seconds": time.perf_counter() - begun,
        "bytes": bytes_below(release)[0],
    }


WAYS: dict[str, Callable[[Path, Path], Facts]] = {
    "naive": naive,
    "bare": bare,
    "pandas": pandas_way,
    "sizes": sizes,
    "upload": upload,
}


def main() -> None:
    """Do it one way, as a child of the benchmark or by hand."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers")
    parser.add_argument("way", choices=sorted(WAYS))
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    found = WAYS[given.way](given.source, given.out)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
