"""The limit of a first sync: fetch its files, hash them, and put columns on the disk.

python -m tests.bench.copy_limits ADDRESS RELEASE SCRATCH
"""

import argparse
import hashlib
import json
import os
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sayso.wire.release import RELEASE_FILE, decode_release, registry_path
from tests.bench.served import get_all


def limit(address: str, release: Path, scratch: Path) -> dict[str, float]:
    """Return the seconds that it takes; the core is read, and nothing is checked."""
    said = decode_release((release / RELEASE_FILE).read_bytes())
    [registry] = [file for file in said.files if file.path == "registry.json"]
    paths = [said.core.path, said.index.path, registry_path(registry.sha256)]
    below = "/".join(release.parts[-2:])
    begun = time.perf_counter()
    places = [f"{below}/{path}" for path in paths]
    _, found = get_all(address, places, one_connection=True)
    for data in found:
        hashlib.sha256(data).digest()
    table = pq.read_table(pa.BufferReader(found[0]))
    for name in table.column_names:
        with (scratch / name).open("wb") as file:
            for chunk in table[name].chunks:
                chunk.to_numpy().tofile(file)
            file.flush()
            os.fsync(file.fileno())
    return {"seconds": time.perf_counter() - begun, "bytes": sum(map(len, found))}


def main() -> None:
    """Measure it, as a child of the benchmark or by hand."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.copy_limits")
    parser.add_argument("address")
    parser.add_argument("release", type=Path)
    parser.add_argument("scratch", type=Path)
    given = parser.parse_args()
    found = limit(given.address, given.release, given.scratch)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
