"""Where the time of a build goes: seconds and CPU of its steps and pieces.

    python -m tests.bench.shares DECLARATIONS OUT

The build runs in this process, as `sayso build --no-site` does. The CPU of a piece is
that of its threads, all together, with what it calls; pieces of one step overlap.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from typing import Any

import sayso.cli.build as cli
from sayso.publish import bulk, findings, leaves, output, parts, release
from sayso.publish.cache import Cache
from sayso.publish.names import Names

READING = ("read: find and hash files", "read: parse, check")

STEPS: list[tuple[str, Any, str]] = [
    (READING[0], cli, "read_tree"),
    (READING[1], cli, "read_accepted"),
    ("read: the previous release", cli, "release_before"),
    ("cover and resolve", release, "find"),
    ("number policies", release, "number_policies"),
    ("write: recordings and tree", release, "write_bulk"),
    ("write: lists, deltas, state", release, "_documents"),
    ("verify what was written", cli, "check_content"),
]
"""What follows one another, by the function that does it."""

PIECES: list[tuple[str, Any, str]] = [
    ("a catalogue: read, checked, kept", Cache, "read"),
    ("sets of facts of each recording", findings, "cover"),
    ("policies of each set", findings, "resolve_sets"),
    ("titles, artists, owners", Names, "of"),
    ("rows as JSON Lines", parts, "_lines"),
    ("parts: hash, zstd, Parquet", parts.PartMaker, "_part"),
    ("of which Parquet", parts, "as_parquet"),
    ("leaves, with their files", leaves.Leaves, "of"),
    ("of which files: gzip, or compare and link", output.Folder, "write_packed"),
    ("of which gzip", output, "pack"),
    ("nodes above them", bulk, "grow"),
]
"""What is done within a step, partly by several threads at once."""


class Clock:
    """Adds up what functions take."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = defaultdict(float)
        self.cpu: dict[str, float] = defaultdict(float)

    def watch(self, name: str, home: Any, attribute: str, cpu: str) -> None:  # noqa: ANN401 - a module or a class
        """Put a function in place of one, that measures it."""
        function: Callable[..., object] = getattr(home, attribute)
        used = getattr(time, cpu)

        @wraps(function)
        def measured(*args: object, **options: object) -> object:
            begun, before = time.perf_counter(), used()
            try:
                return function(*args, **options)
            finally:
                self.cpu[name] += used() - before
                self.wall[name] += time.perf_counter() - begun

        setattr(home, attribute, measured)


def main() -> None:
    """Build, and say on one line what took how long."""
    declarations, out, *more = sys.argv[1:]
    clock = Clock()
    for name, home, attribute in STEPS:
        clock.watch(name, home, attribute, "process_time")
    for name, home, attribute in PIECES:
        clock.watch(name, home, attribute, "thread_time")
    begun, started = time.perf_counter(), time.process_time()
    arguments = ["--no-site", "--declarations", declarations, "--out", out, *more]
    cli.command(arguments, standalone_mode=False)
    facts = {
        "start": started,
        "wall": time.perf_counter() - begun,
        "cpu": time.process_time(),
        "steps": {
            name: [clock.wall[name], clock.cpu[name]]
            for name, _, _ in STEPS
            if name in clock.wall
        },
        "pieces": {name: clock.cpu[name] for name, _, _ in PIECES},
    }
    sys.stdout.write(json.dumps(facts) + "\n")


if __name__ == "__main__":
    main()
