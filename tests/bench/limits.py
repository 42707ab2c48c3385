"""Physical limits: what the same bytes cost when nothing else is done with them.

    python -m tests.bench.limits build INPUT OUTPUT SCRATCH
    python -m tests.bench.limits changed NEW OLD SCRATCH
    python -m tests.bench.limits machine SCRATCH

The first reads the input, hashes it, and hashes, packs and writes what a build wrote,
with one thread and with all; unpacking it first is not counted. The second writes the
files that one folder has and another has not so. The third measures disk, hash,
compressors, JSON and memory alone.
"""

import argparse
import gzip
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
from isal import isal_zlib

_HELD = 256 * 1024 * 1024
_DISK = 512 * 1024 * 1024
_SAMPLE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A file that a build wrote: where, what is in it, how it is packed."""

    path: Path
    content: bytes
    pack: Callable[[bytes], bytes] | None


def build_limits(source: Path, output: Path, scratch: Path) -> dict[str, float]:
    """Return the seconds that a build's bytes cost, with one thread and with all."""
    found: dict[str, float] = {}
    for threads in (1, os.cpu_count() or 1):
        place = scratch / str(threads)
        cpu = 0.0
        with ThreadPoolExecutor(threads) as pool:
            wall, used = _timed(partial(_read, source, pool))
            cpu += used
            for pieces in _pieces(output):
                seconds, used = _timed(partial(_write, pieces, place, pool))
                wall, cpu = wall + seconds, cpu + used
        found[f"wall_{threads}"], found[f"cpu_{threads}"] = wall, cpu
    return found


def changed_limits(new: Path, old: Path, scratch: Path) -> dict[str, float]:
    """Return the seconds that it takes to write what has changed, to the disk."""
    changed = {
        path.relative_to(new): data
        for path in sorted(new.rglob("*"))
        if path.is_file()
        for data in (path.read_bytes(),)
        if not _holds(old / path.relative_to(new), data)
    }
    os.sync()

    def write() -> None:
        for path, data in changed.items():
            (scratch / path).parent.mkdir(parents=True, exist_ok=True)
            (scratch / path).write_bytes(data)
        os.sync()

    return {
        "seconds": _timed(write)[0],
        "files": len(changed),
        "bytes": sum(map(len, changed.values())),
    }


def _holds(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def machine_limits(scratch: Path) -> dict[str, float]:
    """Return rates in bytes a second, of one thread."""
    text = _json_sample()
    rows = json.loads(text)
    frame = pl.DataFrame(rows)
    block = np.frombuffer(os.urandom(_SAMPLE), dtype=np.uint8)
    data = block.tobytes()
    packer = pa.Codec("zstd", compression_level=3)
    return {
        "disk_write_fdatasync": _DISK / _timed(lambda: _sync(scratch, data))[0],
        "memory_copy": _SAMPLE / _timed(block.copy)[0],
        "sha256": _SAMPLE / _timed(lambda: hashlib.sha256(data).digest())[0],
        "gzip_isal_1": len(text) / _timed(lambda: _gzip(text.encode()))[0],
        "zstd_3": len(text) / _timed(lambda: packer.compress(text.encode()))[0],
        "json_dumps": len(text) / _timed(lambda: json.dumps(rows))[0],
        "json_columns": len(text) / _timed(frame.write_ndjson)[0],
    }


def _read(source: Path, pool: ThreadPoolExecutor) -> None:
    files = [path for path in source.rglob("*") if path.is_file()]
    for _ in pool.map(_digest_of, files):
        pass


def _digest_of(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def _pieces(output: Path) -> Iterator[list[Piece]]:
    """Yield what a build wrote, unpacked, as much as memory holds at a time."""
    pieces: list[Piece] = []
    held = 0
    for path in sorted(output.rglob("*")):
        if not path.is_file():
            continue
        piece = _piece(path, path.relative_to(output))
        pieces.append(piece)
        held += len(piece.content)
        if held > _HELD:
            yield pieces
            pieces, held = [], 0
    yield pieces


def _piece(path: Path, name: Path) -> Piece:
    """Return a file unpacked. Parquet files are taken as they are: their pages are
    not packed again, so that the limit is rather too low."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        return Piece(path=name, content=gzip.decompress(data), pack=_gzip)
    if path.suffix == ".zst":
        content = pa.input_stream(pa.py_buffer(data), compression="zstd").read()
        return Piece(path=name, content=content, pack=_zstd)
    return Piece(path=name, content=data, pack=None)


def _write(pieces: list[Piece], folder: Path, pool: ThreadPoolExecutor) -> None:
    for _ in pool.map(lambda piece: _write_one(piece, folder), pieces):
        pass


def _write_one(piece: Piece, folder: Path) -> None:
    hashlib.sha256(piece.content).digest()
    data = piece.content
    if piece.pack is not None:
        data = piece.pack(piece.content)
        hashlib.sha256(data).digest()
    place = folder / piece.path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)


def _gzip(data: bytes) -> bytes:
    packer = isal_zlib.compressobj(1, isal_zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def _zstd(data: bytes) -> bytes:
    packed: bytes = pa.Codec("zstd", compression_level=3).compress(data, asbytes=True)
    return packed


def _json_sample() -> str:
    rows = [
        {
            "artist": f"Artist {number % 997}",
            "isrc": f"XXF01{number:07d}",
            "owner": "domain:fernwood.example",
            "policy": number % 13,
            "title": f"Title {number * 7919 % 10_007}",
        }
        for number in range(200_000)
    ]
    return json.dumps(rows)


def _sync(scratch: Path, data: bytes) -> None:
    scratch.mkdir(parents=True, exist_ok=True)
    place = scratch / "disk"
    with place.open("wb") as file:
        for _ in range(_DISK // len(data)):
            file.write(data)
        file.flush()
        os.fdatasync(file.fileno())
    place.unlink()


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    """Measure limits, as a child of the benchmark or by hand."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.limits")
    parser.add_argument("what", choices=("build", "changed", "machine"))
    parser.add_argument("folders", type=Path, nargs="+")
    given = parser.parse_args()
    ways: dict[str, Callable[..., dict[str, float]]] = {
        "build": build_limits,
        "changed": changed_limits,
        "machine": machine_limits,
    }
    found = ways[given.what](*given.folders)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
