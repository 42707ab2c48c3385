"""Rows of recordings that were read one by one, gathered into tables."""

from typing import Final

import pyarrow as pa

from sayso.client.manifest.rows import Rows
from sayso.client.manifest.tags.naming import Naming

_MOST_ROWS: Final = 10_000
_MOST_TEXT: Final = 2**25
"""Characters: a table of texts that were made to be long is given out earlier."""

_CODES: Final = pa.list_(pa.string())


class Gathered:
    """Takes what names each recording, and gives out a table of them now and then."""

    def __init__(self, *places: str) -> None:
        """Begin without rows.

        Args:
            places: the columns that say where a recording is.
        """
        texts = [pa.field(place, pa.string(), nullable=False) for place in places]
        names = [pa.field(name, pa.string()) for name in ("title", "artist")]
        self.schema = pa.schema([*texts, pa.field("isrc", _CODES), *names])
        self._clear()

    def __len__(self) -> int:
        return len(self._codes)

    @property
    def is_full(self) -> bool:
        """Whether it is time to give out what there is."""
        return len(self._codes) >= _MOST_ROWS or self._text >= _MOST_TEXT

    def add(self, naming: Naming, *places: str) -> None:
        """Take a recording and where it is."""
        for column, place in zip(self._places, places, strict=True):
            # Bytes in a file's name that are no text are shown as numbers.
            column.append(place.encode("utf-8", "backslashreplace").decode())
        codes = naming.codes
        self._codes.append(codes)
        self._titles.append(naming.title)
        self._artists.append(naming.artist)
        self._text += sum(map(len, [*places, *(codes or ())]))
        self._text += len(naming.title or "") + len(naming.artist or "")

    def take(self) -> Rows:
        """Return what there is, and begin anew."""
        codes = pa.array(self._codes, _CODES)
        titles = pa.array(self._titles, pa.string())
        artists = pa.array(self._artists, pa.string())
        places = [pa.array(column, pa.string()) for column in self._places]
        table = pa.RecordBatch.from_arrays(
            [*places, codes, titles, artists], schema=self.schema
        )
        self._clear()
        return Rows(table=table, codes=codes, titles=titles, artists=artists)

    def _clear(self) -> None:
        self._places: list[list[str]] = [[] for _ in self.schema.names[:-3]]
        self._codes: list[list[str] | None] = []
        self._titles: list[str | None] = []
        self._artists: list[str | None] = []
        self._text = 0
