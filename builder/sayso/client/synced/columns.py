"""The columns of a copy: written when it is synced, and mapped when it is asked."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sayso.client.core import Core, Intervals
from sayso.client.screening.siblings import Titled
from sayso.client.synced import layout
from sayso.client.synced.numbers import Numbers
from sayso.wire.contents import Contents
from sayso.wire.profile import Json, encode_item


def mapped_core(
    contents: Contents,
    *,
    rows: tuple[Numbers, Numbers],
    ranges: tuple[Numbers, Numbers, Numbers],
    policies: Mapping[int, bytes],
) -> Core:
    """Return the core whose columns are in files; they are read where they are used."""
    firsts, lasts, numbers = ranges
    return Core(
        contents=contents,
        keys=np.frombuffer(rows[0].bytes, np.int64),
        numbers=np.frombuffer(rows[1].bytes, np.int32),
        policies=policies,
        intervals=Intervals(
            firsts=np.frombuffer(firsts.bytes, np.int64),
            lasts=np.frombuffer(lasts.bytes, np.int64),
            numbers=np.frombuffer(numbers.bytes, np.int32),
        ),
    )


def mapped_titles(marks: Numbers, keys: Numbers) -> Titled:
    """Return the titles whose columns are in files."""
    return Titled(
        marks=np.frombuffer(marks.bytes, np.uint64),
        keys=np.frombuffer(keys.bytes, np.int64),
    )


def write_copy(folder: Path, core: Core, items: Mapping[str, Sequence[Json]]) -> None:
    """Write what a copy holds into a new folder, on the disk when this returns.

    Args:
        folder: empty.
        core: verified.
        items: owners, declarations and disputes, as registry.json lists them.

    Raises:
        OSError: it cannot be written.
    """
    spans = core.intervals
    numbers = sorted(core.policies)
    write_columns(
        folder,
        {
            layout.KEYS: core.keys,
            layout.POLICIES: core.numbers,
            layout.FIRSTS: spans.firsts,
            layout.LASTS: spans.lasts,
            layout.RANGES: spans.numbers,
            layout.NUMBERS: np.array(numbers, np.int32),
        },
    )
    _write_lines(
        folder / layout.POLICY_LINES, (core.policies[number] for number in numbers)
    )
    for name in layout.LISTS:
        _write_lines(folder / name, map(encode_item, items[name]))


def write_columns(folder: Path, columns: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write columns of numbers, each into a file; its errors are those of the disk."""
    for name, column in columns.items():
        with (folder / name).open("xb") as file:
            column.tofile(file)
            file.flush()
            os.fsync(file.fileno())


def write_file(path: Path, data: bytes) -> None:
    """Write a new file, on the disk when this returns.

    Raises:
        OSError: it cannot be written.
    """
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _write_lines(path: Path, lines: Iterable[bytes]) -> None:
    ends = [0]
    with path.with_suffix(layout.LINES).open("xb") as file:
        for line in lines:
            file.write(line + b"\n")
            ends.append(ends[-1] + len(line) + 1)
        file.flush()
        os.fsync(file.fileno())
    write_columns(path.parent, {path.name + layout.ENDS: np.array(ends[1:], np.int64)})
