"""JSON Lines: a JSON object on each line, or an object of a list on a line each.

The table has one column, the text of each line, so that all of it can be written again
byte for byte. Arrow reads the few members that matter; a block in which anything is in
doubt is read line by line.
"""

from collections.abc import Callable, Iterator
from json import dumps
from typing import Final

import numpy as np
import pyarrow as pa
from pyarrow import json

from sayso.client.manifest.finding import SAMPLE
from sayso.client.manifest.json_fields import Fields, find_fields
from sayso.client.manifest.json_values import parse_object
from sayso.client.manifest.lines import Lines
from sayso.client.manifest.origin import Origin
from sayso.client.manifest.rows import Column, Remarks, Rows
from sayso.errors import ManifestError

LINE: Final = "line"
SCHEMA: Final = pa.schema([(LINE, pa.string())])

_PIECE: Final = 2**20
"""How many bytes one thread reads at a time."""
_DEEPEST: Final = 3
_FEED, _RETURN, _OPEN, _CLOSE = (ord(character) for character in "\n\r{}")


class JsonLines:
    """A manifest with a JSON object on each line."""

    kind = "jsonl"

    def __init__(self, origin: Origin, *, wanted: str | None) -> None:
        """Look at its first lines.

        Args:
            origin: its bytes.
            wanted: the name of the member with the codes, if the user gave one; with
                dots where it is within another.

        Raises:
            ManifestError: it has no lines, or no member with codes.
        """
        self.name, self.size = origin.name, origin.size
        self.rows: int | None = None
        self.remarks = Remarks()
        self.schema = SCHEMA
        self._origin = origin
        self._lines = Lines(origin, self.remarks)
        first = self._lines.sample.decode().split("\n")
        filled = [line for line in first if line.strip()][:SAMPLE]
        if not filled:
            raise ManifestError(
                f"{self.name} is empty; a manifest has a line for each recording"
            )
        objects = [
            value for line in filled if (value := parse_object(line)) is not None
        ]
        if not objects:
            raise ManifestError(
                f"{self.name} has no JSON object on its first lines; is it JSON with "
                "an object on each line?"
            )
        self._fields = find_fields(self.name, objects, wanted=wanted)
        self.column = self._fields.words

    @property
    def done(self) -> float:
        """How much of it has been read, from 0 to 1."""
        return self._origin.done

    def read(self) -> Iterator[Rows]:
        """Yield all rows in their order.

        Raises:
            ManifestError: it cannot be read to its end.
        """
        parser = LineParser(
            self._fields, self.remarks, lambda number: f"{self.name}:{number}"
        )
        for block in self._lines.blocks():
            yield from parser.take(block)


def is_lines(sample: bytes) -> bool:
    """Return whether a text that begins with a brace has an object on each line."""
    first, _, rest = sample.decode().partition("\n")
    value = parse_object(first)
    if value is None:
        return False
    # One object on one line may be a recording, or the document that holds them.
    return bool(rest.strip()) or not _holds_list(value, _DEEPEST)


def _holds_list(value: object, depth: int) -> bool:
    """Return whether there is a list of objects in a value."""
    if isinstance(value, list):
        return bool(value) and isinstance(value[0], dict)
    if isinstance(value, dict) and depth:
        return any(_holds_list(inner, depth - 1) for inner in value.values())
    return False


class LineParser:
    """Turns blocks of lines into rows."""

    def __init__(
        self, fields: Fields, remarks: Remarks, place: Callable[[int], str]
    ) -> None:
        """Prepare to read lines.

        Args:
            fields: the members that matter.
            remarks: takes what is noticed.
            place: says where the line of a number is, from 1.
        """
        self._fields, self._remarks, self._place = fields, remarks, place
        self._line = 1
        self._parse = json.ParseOptions(
            explicit_schema=fields.schema, unexpected_field_behavior="ignore"
        )
        self._read = json.ReadOptions(block_size=_PIECE)

    def take(self, block: bytes) -> Iterator[Rows]:
        """Yield the rows of whole lines in valid UTF-8."""
        lines = _regular(block)
        columns = None if lines is None else self._columns(block, len(lines))
        if lines is None or columns is None:
            yield from self._careful(block.decode())
            return
        self._line += len(lines)
        table = pa.RecordBatch.from_arrays([lines], schema=SCHEMA)
        yield self._fields.of_columns(table, columns)

    def _columns(self, block: bytes, rows: int) -> pa.RecordBatch | None:
        """Return the members that matter; None where a value is of another kind."""
        try:
            table = json.read_json(
                pa.py_buffer(block), read_options=self._read, parse_options=self._parse
            )
        except (pa.ArrowException, ValueError):
            return None
        if table.num_rows != rows:
            return None
        return table.combine_chunks().to_batches()[0]

    def _careful(self, block: str) -> Iterator[Rows]:
        lines, objects = [], []
        texts = block.removesuffix("\n").split("\n")
        for number, text in enumerate(texts, self._line):
            line = text.removesuffix("\r")
            if not line.strip():
                self._remarks.add(
                    "empty-line",
                    f"{self._place(number)}: the line is empty and is no row",
                )
                continue
            value = parse_object(line)
            if value is None:
                self._remarks.add(
                    "not-an-object",
                    f"{self._place(number)}: this is no JSON object; it was kept as a "
                    "row without a code",
                )
                line = dumps({LINE: line}, ensure_ascii=False)
            lines.append(line)
            objects.append(value)
        self._line += len(texts)
        if lines:
            column = pa.array(lines, pa.string())
            table = pa.RecordBatch.from_arrays([column], schema=SCHEMA)
            yield self._fields.of_objects(table, objects)


def _regular(block: bytes) -> Column | None:
    """Return the lines of a block; None where one may be anything but an object.

    Each begins and ends with a brace. As JSON has no line ends in texts, and no two
    values without a comma between them, an object then cannot go on from one line to
    the next, so that as many objects as lines are one a line.
    """
    text = np.frombuffer(block if block.endswith(b"\n") else block + b"\n", np.uint8)
    feeds = np.flatnonzero(text == _FEED)
    starts = np.concatenate([[0], feeds[:-1] + 1])
    if not bool(np.all(text[starts] == _OPEN)):
        return None
    last = text[feeds - 1]
    returns = last == _RETURN
    ends = feeds - returns
    if not bool(np.all(text[ends - 1] == _CLOSE)):
        return None
    # Texts of Arrow follow one another, without the line ends.
    between = b"\r\n" if bool(np.any(returns)) else b"\n"
    data = block.replace(between, b"").replace(b"\n", b"")
    offsets = np.concatenate([[0], np.cumsum(ends - starts)]).astype(np.int32)
    return pa.StringArray.from_buffers(
        len(feeds), pa.py_buffer(offsets), pa.py_buffer(data)
    )
