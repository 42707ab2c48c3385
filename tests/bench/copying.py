"""The limit of a screening: to read its manifest and to write what it wrote.

What it wrote is read meanwhile, a part at a time, which is not counted.
"""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

_ROWS = 2**17
_READ = 2**20


def copy(screened: Path, manifest: Path, out: Path) -> dict[str, float]:
    """Return the seconds of wall and processor time that both take.

    Args:
        screened: the annotated file, or the folder of its parts.
        manifest: that it is of.
        out: is written with the columns of `screened`, encoded as there.
    """
    is_csv = manifest.suffix == ".csv"
    clock = _Clock()
    for _ in clock.each(_csv_rows(manifest) if is_csv else _rows(manifest)):
        pass
    reading = clock.wall
    parts = _csv_rows(screened) if is_csv else _annotated(screened)
    with clock:
        writer: Any = None
    for part in parts:
        with clock:
            if writer is None:
                writer = _writer(screened, out, part.schema)
            writer.write_table(pa.table(part), len(part))
    with clock:
        writer.close()
        with out.open("rb") as file:
            os.fsync(file.fileno())
    return {"wall": clock.wall, "cpu": clock.cpu, "reading": reading}


class _Clock:
    """Adds up the time that is spent within it."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    def __enter__(self) -> None:
        self.wall -= time.perf_counter()
        self.cpu -= time.process_time()

    def __exit__(self, *_: object) -> None:
        self.wall += time.perf_counter()
        self.cpu += time.process_time()

    def each(self, parts: Iterator[object]) -> Iterator[object]:
        """Yield parts, and count the time that it takes to get them."""
        done = object()
        while True:
            with self:
                part = next(parts, done)
            if part is done:
                return
            yield part


def _rows(path: Path) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(_READ)


def _csv_rows(path: Path) -> Iterator[pa.RecordBatch]:
    with pc.open_csv(path) as reader:
        yield from reader


def _annotated(path: Path) -> Iterator[pa.Table]:
    """Yield the row groups of a file or folder, with dictionaries as they stand."""
    options = ds.ParquetReadOptions(dictionary_columns=_encoded(path)[0])
    rows = ds.dataset(path, format=ds.ParquetFileFormat(read_options=options))
    for batch in rows.to_batches(batch_size=_ROWS):
        yield pa.Table.from_batches([batch]).unify_dictionaries()


def _encoded(path: Path) -> tuple[list[str], dict[str, str]]:
    """Return the columns that have a dictionary, and those that have differences."""
    first = min(path.iterdir()) if path.is_dir() else path
    with pq.ParquetFile(first) as file:
        group = file.metadata.row_group(0)
        columns = [group.column(place) for place in range(group.num_columns)]
    of: Callable[[str], list[str]] = lambda name: [  # noqa: E731
        column.path_in_schema for column in columns if name in column.encodings
    ]
    differences = "DELTA_BINARY_PACKED"
    return of("RLE_DICTIONARY"), dict.fromkeys(of(differences), differences)


def _writer(screened: Path, out: Path, schema: pa.Schema) -> Any:  # noqa: ANN401 - either
    if screened.suffix == ".csv":
        return pc.CSVWriter(out, schema)
    dictionaries, encodings = _encoded(screened)
    return pq.ParquetWriter(
        out,
        schema,
        compression="zstd",
        use_dictionary=dictionaries,
        column_encoding=encodings,
    )
