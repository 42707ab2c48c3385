"""Data frames of Spark: the index goes to the rows, and no row to another machine.

Every worker maps the same copy, from a folder that all can see or from what was sent to
them, and answers the rows that it has.
"""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pyarrow as pa

from sayso.api.native import Native
from sayso.api.screening.arrow import answered_batches, kept_places
from sayso.api.screening.choosing import Chosen, choose
from sayso.api.screening.screening import Screening


def screen_spark(
    screening: Screening, frame: Native, column: str | None, *, distribute: bool
) -> Native:
    """Return a frame with the answers beside its columns; nothing runs yet.

    Args:
        screening: what is asked.
        frame: of Spark.
        column: the name of the one with the codes, if the user gave it.
        distribute: whether the copy is sent to the workers, as they do not see the
            folder where it is.
    """
    names = frame.columns
    chosen = choose(names, column, siblings=screening.question.siblings)
    sent = _sent(screening, frame) if distribute else None
    fields = frame.schema.fields
    schema = type(frame.schema)([fields[place] for place in kept_places(names)])
    for field in screening.schema(plain=True):
        is_flag = pa.types.is_boolean(field.type)
        schema = schema.add(field.name, "boolean" if is_flag else "string")
    return frame.mapInArrow(_Worker(screening, chosen, sent), schema)


@dataclass(frozen=True, slots=True)
class _Worker:
    """What a worker does with the rows that it has."""

    screening: Screening
    chosen: Chosen
    sent: str | None

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        screening = self.screening
        if self.sent is not None:
            # Only a worker has this module for certain.
            from pyspark import (  # type: ignore[import-not-found] # noqa: PLC0415
                SparkFiles,
            )

            screening = screening.moved(Path(SparkFiles.get(self.sent)))
        return answered_batches(screening, batches, self.chosen, plain=True)


def _sent(screening: Screening, frame: Native) -> str:
    """Send a copy to all workers, once for a session, and return its name there.

    Raises:
        ValueError: the session is one that is connected to from afar.
    """
    context = getattr(frame.sparkSession, "sparkContext", None)
    if context is None:
        raise ValueError(
            "a session of Spark Connect cannot send the copy: put it into a folder "
            "that all workers see, with sayso sync --to, and open that"
        )
    name = f"sayso-{screening.copy.name}.zip"
    if not any(path.endswith(f"/{name}") for path in context.listArchives):
        # Workers may ask for it as long as the session lives.
        folder = Path(tempfile.mkdtemp(prefix="sayso-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        with ZipFile(folder / name, "w", ZIP_STORED) as archive:
            for file in sorted(screening.copy.iterdir()):
                archive.write(file, f"{screening.copy.name}/{file.name}")
        context.addArchive(str(folder / name))
    return name
