"""Manifests for tests: what is written to a file, and what is read from it."""

import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sayso.client.manifest.opened import open_manifest
from sayso.client.manifest.rows import Column, Manifest, Rows

CODES = [f"XXF01260{number:04}" for number in range(10_000)]


@dataclass
class Read:
    """All that was read of a manifest."""

    manifest: Manifest
    batches: list[Rows]

    @property
    def codes(self) -> list[Any]:
        return [code for rows in self.batches for code in rows.codes.to_pylist()]

    @property
    def cells(self) -> list[list[Any]]:
        """The rows, as lists of what stands in each column."""
        return [
            list(row)
            for rows in self.batches
            for row in zip(*(c.to_pylist() for c in rows.table.columns), strict=True)
        ]

    @property
    def titles(self) -> list[Any]:
        return [text for rows in self.batches for text in _texts(rows.titles)]

    @property
    def artists(self) -> list[Any]:
        return [text for rows in self.batches for text in _texts(rows.artists)]

    @property
    def remarks(self) -> list[str]:
        """The remarks, without the folder of the manifest."""
        folder = str(Path(self.manifest.name).parent) + "/"
        return [line.removeprefix(folder) for line in self.manifest.remarks.lines]


def read(path: Path, *, column: str | None = None, kind: str | None = None) -> Read:
    manifest = open_manifest(path, column=column, kind=kind)
    return Read(manifest, list(manifest.read()))


def put(folder: Path, name: str, data: str | bytes) -> Path:
    """Write a manifest; a text ends its lines as it says."""
    path = folder / name
    content = data.encode() if isinstance(data, str) else data
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def _texts(column: Column | None) -> list[Any]:
    return [] if column is None else column.to_pylist()
