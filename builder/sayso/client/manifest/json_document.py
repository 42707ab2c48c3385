"""A JSON document: a list of objects, or an object with such a list in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from sayso.client.manifest.finding import SAMPLE
from sayso.client.manifest.json_fields import Fields, find_fields
from sayso.client.manifest.json_lines import SCHEMA, LineParser
from sayso.client.manifest.json_values import Scanner, parse_object, value_at
from sayso.client.manifest.lines import Lines
from sayso.client.manifest.origin import Origin
from sayso.client.manifest.rows import Remarks, Rows
from sayso.errors import MalformedError, ManifestError

DOCUMENT: Final = 2**28
"""No document is longer, in bytes: it is held whole."""

_BLOCK: Final = 2**22
_DEEPEST: Final = 3
_LINE_ENDS: Final = re.compile(r"[ \t]*[\r\n][ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class _List:
    """A list with objects in it.

    Attributes:
        name: the names that lead to it, with dots between; empty for the document.
        place: of its bracket.
        items: how many it has.
    """

    name: str
    place: int
    items: int


class JsonDocument:
    """A manifest that is one JSON document."""

    kind = "json"

    def __init__(self, origin: Origin, *, wanted: str | None) -> None:
        """Read it all, and look for the list of recordings.

        Args:
            origin: its bytes.
            wanted: the name of the member with the codes, if the user gave one; with
                dots where it is within another.

        Raises:
            ManifestError: it is no JSON, or has no list of objects with codes.
        """
        self.name, self.size = origin.name, origin.size
        self.remarks = Remarks()
        self.schema = SCHEMA
        self._text = Lines(origin, self.remarks).whole(DOCUMENT)
        try:
            lists = list(_lists(self._text))
        except MalformedError as error:
            raise ManifestError(f"{self.name} cannot be read: {error}") from error
        self._list, self._fields = self._chosen(lists, wanted)
        self.rows: int | None = self._list.items
        self.column = self._fields.words
        if self._list.name:
            self.column += f", in the list {self._list.name}"
        self._done = 0

    @property
    def done(self) -> float:
        """How much of it has been read, from 0 to 1."""
        return self._done / self.rows if self.rows else 1.0

    def read(self) -> Iterator[Rows]:
        """Yield all rows in their order."""
        parser = LineParser(
            self._fields, self.remarks, lambda number: f"{self.name}: item {number:,}"
        )
        for block in self._blocks():
            for rows in parser.take(block):
                self._done += len(rows.codes)
                yield rows

    def _chosen(self, lists: list[_List], wanted: str | None) -> tuple[_List, Fields]:
        if not lists:
            raise ManifestError(
                f"{self.name} is JSON without a list of objects; a manifest has an "
                "object for each recording, in a list or one a line"
            )
        chosen: list[tuple[_List, Fields]] = []
        refusals: list[ManifestError] = []
        for found in lists:
            try:
                fields = find_fields(self.name, self._first(found), wanted=wanted)
                chosen.append((found, fields))
            except ManifestError as error:
                refusals.append(error)
        if not chosen:
            raise refusals[0]
        if len(chosen) > 1:
            names = ", ".join(found.name for found, _ in chosen)
            raise ManifestError(
                f"{self.name} has several lists of recordings: {names}; screen them "
                "one by one, as files with one list or one object a line"
            )
        return chosen[0]

    def _first(self, found: _List) -> list[dict[str, object]]:
        first = islice(self._items(found), SAMPLE)
        return [value for text in first if (value := parse_object(text)) is not None]

    def _blocks(self) -> Iterator[bytes]:
        """Yield the items as lines."""
        lines: list[str] = []
        size = 0
        for text in self._items(self._list):
            # A line end in JSON is a blank, wherever it stands.
            lines.append(_LINE_ENDS.sub(" ", text) if "\n" in text else text)
            size += len(text)
            if size >= _BLOCK:
                yield "\n".join(lines).encode()
                lines, size = [], 0
        if lines:
            yield "\n".join(lines).encode()

    def _items(self, found: _List) -> Iterator[str]:
        for start, end in Scanner(self._text, found.place).elements():
            yield self._text[start:end]


def _lists(text: str) -> Iterator[_List]:
    """Yield the lists of objects in a text, which is read to its end.

    Raises:
        MalformedError: it is not JSON.
    """
    scanner = Scanner(text)
    start = scanner.place
    if scanner.stands_at("["):
        yield _List("", start, sum(1 for _ in scanner.elements()))
    elif scanner.stands_at("{"):
        yield from _within(scanner, "", 1)
    else:
        _, scanner.place = value_at(text, start)
    scanner.finish()


def _within(scanner: Scanner, before: str, depth: int) -> Iterator[_List]:
    """Yield the lists of objects in the object that is next."""
    for member in scanner.members():
        name = before + member.name
        inner = Scanner(scanner.text, member.value)
        if inner.stands_at("{") and depth < _DEEPEST:
            yield from _within(inner, f"{name}.", depth + 1)
        elif member.items:
            first = Scanner(scanner.text, member.value + 1)
            if first.stands_at("{"):
                yield _List(name, member.value, member.items)
