"""Tables of text: CSV and its relatives, read in blocks.

Most text is regular, and Arrow reads it by the million rows a second. A block in which
anything is in doubt is read record by record. A record with too few or too many cells
is kept, without its code: which cell is which nobody can say.
"""

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

import pyarrow as pa
from pyarrow import csv

from sayso.client.manifest.layout import Layout, lay_out
from sayso.client.manifest.lines import RECORD, Lines, too_long
from sayso.client.manifest.origin import Origin
from sayso.client.manifest.quoting import regular
from sayso.client.manifest.records import Record, Records
from sayso.client.manifest.rows import Column, Remarks, Rows

_PIECE: Final = 2**20
"""How many bytes one thread reads at a time."""
_LEAST: Final = 2**16
"""How many bytes are read record by record, at least, where something is in doubt."""

_Part: TypeAlias = list[Column]
"""The columns of rows, and their codes after them."""


class Delimited:
    """A manifest that is a table of text."""

    def __init__(self, origin: Origin, *, kind: str, wanted: str | None) -> None:
        """Look at its header and its first rows.

        Args:
            origin: its bytes.
            kind: `csv`, or `tsv` where tabs are expected.
            wanted: the name of the column with the codes, if the user gave one.

        Raises:
            ManifestError: it has no rows, or no column with codes.
        """
        self.name, self.size = origin.name, origin.size
        self.rows: int | None = None
        self.remarks = Remarks()
        self._origin = origin
        self._lines = Lines(origin, self.remarks)
        self._layout = lay_out(
            origin.name,
            self._lines.sample.decode(),
            tabs=kind == "tsv",
            wanted=wanted,
            is_whole=self._lines.is_whole,
        )
        self.kind = "tsv" if self._layout.delimiter == "\t" else "csv"
        self.column = self._layout.found.words
        self.schema = pa.schema([(name, pa.string()) for name in self._layout.names])

    @property
    def done(self) -> float:
        """How much of it has been read, from 0 to 1."""
        return self._origin.done

    def read(self) -> Iterator[Rows]:
        """Yield all rows in their order.

        Raises:
            ManifestError: it cannot be read to its end.
        """
        parser = _Parser(self.name, self._layout, self.schema, self.remarks)
        skip = self._layout.header
        for block in self._lines.blocks():
            yield from parser.take(block[skip:], final=False)
            skip = max(skip - len(block), 0)
        yield from parser.take(b"", final=True)


class _Parser:
    """Turns blocks into rows, and keeps what is not a whole row yet."""

    def __init__(
        self, name: str, layout: Layout, schema: pa.Schema, remarks: Remarks
    ) -> None:
        self._name, self._schema, self._remarks = name, schema, remarks
        self._delimiter, self._found = layout.delimiter, layout.found
        self._width = len(layout.names)
        self._line = 1 + layout.lines
        self._rest = b""
        places = [str(place) for place in range(self._width)]
        self._read = csv.ReadOptions(column_names=places, block_size=_PIECE)
        self._parse = csv.ParseOptions(
            delimiter=layout.delimiter, newlines_in_values=True
        )
        # Everything stays as it was typed: nothing is a number, a date or a null.
        self._convert = csv.ConvertOptions(
            column_types=dict.fromkeys(places, pa.string()),
            check_utf8=False,
            null_values=[],
            strings_can_be_null=False,
        )

    def take(self, block: bytes, *, final: bool) -> Iterator[Rows]:
        """Yield the rows of whole lines that follow those before."""
        data = self._rest + block if self._rest else block
        self._rest = b""
        parts = list(self._parts(data, final=final))
        if len(self._rest) > RECORD:
            raise too_long(self._name, self._line)
        if not parts:
            return
        columns = [pa.concat_arrays(column) for column in zip(*parts, strict=True)]
        yield self._rows(columns[:-1], columns[-1])

    def _parts(self, data: bytes, *, final: bool) -> Iterator[_Part]:
        """Yield the rows of a text, and leave what is no whole row.

        Where something is in doubt less is taken at a time, and then more again.
        """
        start, window, least = 0, len(data), _LEAST
        while start < len(data):
            end = _line_end(data, start + window)
            piece = data[start:end]
            is_last = final and end == len(data)
            part, used = self._fast(piece, final=is_last)
            if used is None and window > least:
                window //= 2
                continue
            if used is None:
                part, used = self._careful(piece.decode(), final=is_last)
            if part is not None:
                yield part
            if not used and end == len(data):
                break
            start += used
            # A cell of many lines may need more than the least.
            least = _LEAST if used else least * 2
            window = min(max(window * 2, least), len(data))
        self._rest = data[start:]

    def _fast(self, data: bytes, *, final: bool) -> tuple[_Part | None, int | None]:
        """Return regular rows and how many bytes they are; None where in doubt."""
        extent = regular(data, self._delimiter.encode(), final=final)
        if extent is None:
            return None, None
        if not extent.rows:
            return None, 0
        table = self._table(memoryview(data)[: extent.end], extent.rows)
        if table is None:
            return None, None
        self._line += extent.lines
        columns = table.combine_chunks().to_batches()[0].columns
        return [*columns, columns[self._found.codes]], extent.end

    def _table(self, data: memoryview, rows: int) -> pa.Table | None:
        """Return regular rows as a table; None where one is longer or shorter."""
        try:
            table = csv.read_csv(
                pa.py_buffer(data),
                read_options=self._read,
                parse_options=self._parse,
                convert_options=self._convert,
            )
        except pa.ArrowInvalid:
            return None
        return table if table.num_rows == rows else None

    def _careful(self, text: str, *, final: bool) -> tuple[_Part | None, int]:
        """Return rows that are read one by one, and how many bytes they are."""
        records = Records(text, self._delimiter, line=self._line, final=final)
        cells: list[Sequence[str]] = []
        spoilt: list[int] = []
        width = self._width
        for record in records:
            if len(record.cells) == width and not record.is_broken:
                cells.append(record.cells)
            elif record.cells:
                fitting = self._fitted(record)
                if fitting is None:
                    spoilt.append(len(cells))
                    fitting = self._kept(record.cells)
                cells.append(fitting)
            else:
                self._remark("empty-line", record, "the line is empty and is no row")
        self._line = records.line
        used = len(records.taken.encode())
        if not cells:
            return None, used
        columns = [pa.array(column, pa.string()) for column in zip(*cells, strict=True)]
        return [*columns, _without(columns[self._found.codes], spoilt)], used

    def _fitted(self, record: Record) -> Sequence[str] | None:
        """Return the cells of a record; None, with a remark, for one in disorder."""
        cells, width = record.cells, self._width
        if record.is_broken:
            self._remark(
                "broken-quoting",
                record,
                "a quotation mark is not closed as it should be; the line was kept "
                "as a row without its code",
            )
            return None
        # Nobody can mistake empty cells at the end for anything.
        if len(cells) > width and not any(cells[width:]):
            return cells[:width]
        self._remark(
            "ragged-row",
            record,
            f"the number of cells is {len(cells):,} here and {width:,} in the header; "
            "the row was kept without its code",
        )
        return None

    def _kept(self, cells: Sequence[str]) -> Sequence[str]:
        """Return the cells of a record in disorder, as many as there are columns."""
        last = self._width - 1
        if len(cells) <= last:
            return [*cells, *[""] * (self._width - len(cells))]
        return [*cells[:last], self._delimiter.join(cells[last:])]

    def _remark(self, kind: str, record: Record, sentence: str) -> None:
        self._remarks.add(kind, f"{self._name}:{record.line}: {sentence}")

    def _rows(self, columns: list[Column], codes: Column) -> Rows:
        found = self._found
        return Rows(
            table=pa.RecordBatch.from_arrays(columns, schema=self._schema),
            codes=codes,
            titles=None if found.titles is None else columns[found.titles],
            artists=None if found.artists is None else columns[found.artists],
        )


def _without(codes: Column, rows: list[int]) -> Column:
    if not rows:
        return codes
    values = codes.to_pylist()
    for row in rows:
        values[row] = None
    return pa.array(values, pa.string())


def _line_end(data: bytes, place: int) -> int:
    """Return where the line at a place ends."""
    return data.find(b"\n", place) + 1 or len(data)
