"""Reading many small YAML files: what people use today, and what Sayso does.

    python -m tests.bench.yaml_ways pyyaml FOLDER --sample 2000

`pyyaml` and `cyaml` load with PyYAML's safe loaders (in Python; in C), check by
jsonschema against the published schemas, and write JSON. `sayso` reads the folder as
a build does, without a cache.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

from sayso.publish.reading.schema import json_schemas

_FILES = 4
"""How many files an owner of `small.py` has."""

Report = dict[str, float | int]


def loaded(folder: Path, sample: int, loader: type) -> Report:
    """Load, check and write some of the files one after the other."""
    schemas = json_schemas()
    checks = {
        name: Draft202012Validator(schemas[name]) for name in ("owner", "declaration")
    }
    homes = sorted((folder / "declarations/github").glob("*/*"))
    homes = homes[:: max(_FILES * len(homes) // sample, 1)][: sample // _FILES]
    files = [file for home in homes for file in sorted(home.iterdir())]
    faults = size = 0
    begun = time.perf_counter()
    for file in files:
        data = yaml.load(file.read_bytes(), Loader=loader)  # noqa: S506 - a safe one
        kind = "owner" if file.name == "owner.yaml" else "declaration"
        # Loaders make numbers and days of some scalars; the schema means texts.
        faults += any(True for _ in checks[kind].iter_errors(data))
        size += len(json.dumps(data, default=str))
    seconds = time.perf_counter() - begun
    return {"files": len(files), "seconds": seconds, "faults": faults, "bytes": size}


def read_by_sayso(folder: Path) -> Report:
    """Read all files as a build does."""
    from sayso.publish.reading.registry import read_documents  # noqa: PLC0415
    from sayso.publish.reading.sources import read_tree  # noqa: PLC0415

    begun = time.perf_counter()
    tree = read_tree(folder / "declarations")
    _, problems = read_documents(tree.files)
    seconds = time.perf_counter() - begun
    errors = sum(problem.is_error for problem in problems)
    return {"files": len(tree.files), "seconds": seconds, "faults": errors}


def main() -> None:
    """Read one way, as a child of the benchmark or by hand."""
    ways: dict[str, Callable[[Path, int], Report]] = {
        "pyyaml": lambda folder, sample: loaded(folder, sample, yaml.SafeLoader),
        "cyaml": lambda folder, sample: loaded(folder, sample, yaml.CSafeLoader),
        "sayso": lambda folder, _: read_by_sayso(folder),
    }
    parser = argparse.ArgumentParser(prog="python -m tests.bench.yaml_ways")
    parser.add_argument("way", choices=sorted(ways))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sample", type=int, default=2000)
    given = parser.parse_args()
    report = ways[given.way](given.folder, given.sample)
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
