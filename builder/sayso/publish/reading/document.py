"""YAML as plain text with a line and a column for every value.

"Reading is strict, because the files are hostile: every scalar is text, duplicate
keys, aliases, tags, deep nesting are refused" (Declarations). The C parser's events
are read one by one and bounded before anything is built, since composing a deeply
nested file crashes the process.
"""

from typing import NamedTuple, NoReturn, TypeAlias, cast

import yaml

from sayso.model.problem import Rule
from sayso.model.rules import bytes as byte_rules
from sayso.model.rules import yaml as yaml_rules
from sayso.publish.reading.encoding import hidden
from sayso.publish.reading.quoting import (
    check_comment_after,
    commented_value,
    explain,
    mended,
    value_at,
)
from sayso.publish.reading.sheet import Sheet, quote

DEPTH = 8
EVENTS = 60_000


# Named tuples, since a registry has millions of nodes and they cost a fifth of a
# dataclass.
class Scalar(NamedTuple):
    """A text exactly as typed, and where it stands."""

    text: str
    line: int
    column: int
    width: int


class Items(NamedTuple):
    """A list, and where it begins."""

    items: tuple["Node", ...]
    line: int
    column: int
    width: int


class Group(NamedTuple):
    """Keys with their values, each key once, and where they begin."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    line: int
    column: int
    width: int


Node: TypeAlias = Scalar | Items | Group


def parse_document(text: str, sheet: Sheet) -> Node | None:
    """Return the one document of a text; None when it cannot be used.

    A document with references, tags or duplicate keys is returned all the same, so
    that what else is wrong with it is found in one go; the sheet has the problems.
    """
    reader = _Reader(text, sheet)
    try:
        return reader.read()
    except _StopReading:
        return None
    except yaml.YAMLError as error:
        explain(error, sheet)
        return None


class _StopReading(Exception):  # noqa: N818 - it ends reading, after a report
    """The rest of the document is not read."""


class _Reader:
    """Builds nodes from events, never deeper than `DEPTH`."""

    def __init__(self, text: str, sheet: Sheet) -> None:
        self._sheet = sheet
        self._loader = yaml.CSafeLoader(text)
        self._left = EVENTS
        self._commented = {
            number for number, line in enumerate(sheet.lines) if "#" in line
        }

    def read(self) -> Node | None:
        """Return the document.

        Raises:
            _StopReading: there is more than one, or it is too deep or too long.
        """
        root: Node | None = None
        while (event := self._next()) is not None:
            if not isinstance(event, yaml.DocumentStartEvent):
                continue
            if root is not None:
                message = "A second document begins here; a file holds one."
                self._stop(yaml_rules.SECOND_DOCUMENT, event, message)
            if event.version or event.tags:
                message = "A line that begins with % is an instruction to the reader."
                self._report(yaml_rules.SECOND_DOCUMENT, event, message)
            root = self._node(self._next(), 0)
        if root is None:
            message = "The file has nothing but comments."
            self._sheet.report(byte_rules.EMPTY_FILE, message)
        return root

    def _next(self) -> yaml.Event | None:
        event: yaml.Event | None = self._loader.get_event()
        self._left -= 1
        if self._left < 0 and event is not None:
            message = f"The file has more than {EVENTS:,} parts."
            self._stop(yaml_rules.TOO_DEEP, event, message)
        return event

    def _node(self, event: yaml.Event | None, depth: int) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.AliasEvent):
            return self._refuse(yaml_rules.REFERENCE, event)
        opening = cast("yaml.CollectionStartEvent", event)
        if depth == DEPTH:
            message = f"Lists and groups are nested more than {DEPTH} levels deep."
            self._stop(yaml_rules.TOO_DEEP, opening, message)
        refused = self._marked(opening)
        is_list = isinstance(opening, yaml.SequenceStartEvent)
        node = (self._items if is_list else self._group)(opening, depth)
        return refused or node

    def _items(self, opening: yaml.Event, depth: int) -> Items:
        items: list[Node] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._value(event, depth))
        return Items(tuple(items), *_span(opening, event))

    def _group(self, opening: yaml.Event, depth: int) -> Group:
        entries: dict[str, tuple[Scalar, Node]] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
                message = "A list or a group stands where the name of a field belongs."
                self._stop(yaml_rules.SYNTAX, cast("yaml.Event", event), message)
            key = cast("Scalar", self._node(event, depth))
            value = self._value(self._next(), depth)
            if key.text == "<<":
                message = "`<<` takes over another group; write the fields out."
                fix = "Write the fields of the other group here."
                self._report(yaml_rules.REFERENCE, event, message, fix)
                continue
            first, _ = entries.setdefault(key.text, (key, value))
            if first is not key:
                message = f"{quote(key.text)} already stands on line {first.line}."
                self._report(yaml_rules.DUPLICATE_KEY, event, message)
        return Group(tuple(entries.values()), *_span(opening, event))

    def _value(self, event: yaml.Event | None, depth: int) -> Node:
        node = self._node(event, depth + 1)
        if isinstance(node, Scalar) and not node.text:
            found = commented_value(node.line, node.column, self._sheet)
            if found is not None:
                text, column = found
                return Scalar(text, node.line, column, len(text))
        return node

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        if refused := self._marked(event):
            return refused
        value = event.value
        if event.style == '"' and (fault := hidden(value)) is not None:
            rule, message = fault
            self._report(rule, event, message)
        node = Scalar(value, *_span(event, event))
        end = cast("yaml.Mark", event.end_mark)
        if end.line in self._commented and not event.style and value:
            check_comment_after(node.column, end.line, end.column, self._sheet)
        return node

    def _marked(
        self, event: yaml.ScalarEvent | yaml.CollectionStartEvent
    ) -> Scalar | None:
        """Refuse an anchor or a tag; return the text that was meant, if any."""
        if event.anchor is None and event.tag is None:
            return None
        rule = yaml_rules.TAG if event.anchor is None else yaml_rules.REFERENCE
        return self._refuse(rule, event)

    def _refuse(self, rule: Rule, event: yaml.Event) -> Scalar:
        line, column, width = _span(event, event)
        source = self._sheet.line(line)
        text = value_at(source, column - 1)
        if not self._sheet.shows(rule):
            self._sheet.count(rule, 1)
            return Scalar(text, line, column, width)
        message = f"A value that begins with {text[:1]} must be in quotes."
        self._report(rule, event, message, mended(source, column - 1, text))
        return Scalar(text, line, column, width)

    def _report(
        self, rule: Rule, event: yaml.Event, message: str, fix: str = ""
    ) -> None:
        line, column, width = _span(event, event)
        self._sheet.report(
            rule, message, fix=fix, line=line, column=column, width=width
        )

    def _stop(self, rule: Rule, event: yaml.Event, message: str) -> NoReturn:
        self._report(rule, event, message)
        raise _StopReading


def _span(first: yaml.Event, last: yaml.Event | None) -> tuple[int, int, int]:
    """Return line and column, from 1, and the width on that line."""
    start = cast("yaml.Mark", first.start_mark)  # the C parser marks every event
    end = cast("yaml.Mark", cast("yaml.Event", last).end_mark)
    line, column = start.line, start.column
    width = end.column - column if end.line == line else 1
    return line + 1, column + 1, width or 1
