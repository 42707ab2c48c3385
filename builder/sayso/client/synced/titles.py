"""Titles of a copy: recordings by what stands for their title and artist."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sayso.client.fetch import Fetcher
from sayso.client.registry import fetch_listed
from sayso.client.synced import layout
from sayso.client.synced.columns import write_columns
from sayso.columns.cells import read_cells
from sayso.columns.codes import NO_KEY, Keys
from sayso.columns.titles import NO_TITLE, Marks, marks_of
from sayso.errors import MalformedError
from sayso.wire.parts import Part
from sayso.wire.text import shown

Told: TypeAlias = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and of what."""

Titled: TypeAlias = tuple[Marks, Keys]
"""What stands for each title with its artist, and the recording that has it."""

_COLUMNS: Final = ["title", "artist", "isrc"]


def write_titles(
    folder: Path, fetcher: Fetcher, parts: Sequence[Part], told: Told
) -> None:
    """Write the titles of all parts of a release into the folder of a layout.

    Args:
        folder: of the copy that is made.
        fetcher: brings the parts.
        parts: as registry.json lists them.
        told: is told of the progress.

    Raises:
        FetchError: a part is missing, too long or cannot be reached.
        UntrustedError: a part is not the one that the registry names.
        MalformedError: a part is not in its format.
        OSError: a file cannot be written.
    """
    marks: list[Marks] = [np.empty(0, np.uint64)]
    keys: list[Keys] = [np.empty(0, np.int64)]
    for place, part in enumerate(parts):
        told("Fetching titles", place, len(parts))
        mark, key = _titled(fetch_listed(fetcher, part.parquet), part)
        marks.append(mark)
        keys.append(key)
    all_marks, all_keys = np.concatenate(marks), np.concatenate(keys)
    order = np.lexsort((all_keys, all_marks))
    columns = {layout.TITLES: all_marks[order], layout.TITLED: all_keys[order]}
    write_columns(folder, columns)


def _titled(data: bytes, part: Part) -> Titled:
    try:
        table = pq.read_table(pa.BufferReader(data), columns=_COLUMNS)
        columns = (table.column(name).combine_chunks() for name in _COLUMNS)
        titles, artists, isrcs = columns
        marks, keys = marks_of(titles, artists), read_cells(isrcs).keys
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise MalformedError(
            f"{part.parquet.path} is not a part: {shown(str(error))}"
        ) from error
    known = (marks != NO_TITLE) & (keys != NO_KEY)
    return marks[known], keys[known]
