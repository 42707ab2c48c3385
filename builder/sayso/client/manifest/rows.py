"""Rows: what every kind of manifest is read as, some ten thousand at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias

import pyarrow as pa

Column: TypeAlias = pa.Array

MOST_REMARKS: Final = 100
"""Of how many remarks the words are kept; beyond, they are counted."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Rows that follow one another in a manifest.

    Attributes:
        table: as they were read, to be written back; of a manifest of JSON, each row
            is a text in one column.
        codes: what stands where the ISRC belongs: a text, a list of texts, or null.
        titles: None where the manifest has none that was found.
        artists: likewise.
    """

    table: pa.RecordBatch
    codes: Column
    titles: Column | None = None
    artists: Column | None = None


@dataclass(slots=True, kw_only=True)
class Remarks:
    """What was noticed while a manifest was read, to be said in the report.

    Attributes:
        lines: sentences, each with its place; the first `MOST_REMARKS`.
        counts: of each kind of remark, also of those beyond.
    """

    lines: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, sentence: str) -> None:
        """Note something of a kind."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if len(self.lines) < MOST_REMARKS:
            self.lines.append(sentence)


class Manifest(Protocol):
    """A table or folder of recordings that is read once, from beginning to end.

    Attributes:
        name: as the user wrote it.
        kind: its format, such as `csv` or `parquet`.
        column: where the codes were found, in words for the user: the name of a
            column, and why it was taken.
        schema: of the tables of its rows.
        rows: how many there are, or None where only reading tells.
        size: in bytes, or None.
        remarks: grows while it is read.
    """

    name: str
    kind: str
    column: str
    schema: pa.Schema
    rows: int | None
    size: int | None
    remarks: Remarks

    def read(self) -> Iterator[Rows]:
        """Yield all rows in their order.

        Raises:
            ManifestError: it cannot be read to its end.
        """
        ...

    @property
    def done(self) -> float:
        """How much of it has been read, from 0 to 1."""
        ...
