"""YAML as plain text with a line and a column for every value.

"Reading is strict, because the files are hostile: every scalar is text, duplicate
keys, aliases, tags, deep nesting are refused" (Declarations). The C parser's events
are read one by one and bounded before anything is built, since composing a deeply
nested file crashes the process.
"""

from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias, cast

import yaml

from sayso.model.problem import Rule
from sayso.model.rules import bytes as byte_rules
from sayso.model.rules import yaml as yaml_rules
from sayso.publish.encoding import hidden
from sayso.publish.quoting import COMMENT, explain, mended, value_at
from sayso.publish.sheet import Sheet, quote

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
    reader = _Reader(sheet=sheet)
    try:
        for number, event in enumerate(yaml.parse(text, Loader=yaml.CSafeLoader)):
            if number > EVENTS:
                reader.report(
                    yaml_rules.TOO_DEEP,
                    event,
                    f"The file has more than {EVENTS:,} parts.",
                )
                return None
            if not reader.take(event):
                return None
    except yaml.YAMLError as error:
        explain(error, sheet)
        return None
    if reader.root is None:
        sheet.report(byte_rules.EMPTY_FILE, "The file has nothing but comments.")
    return reader.root


@dataclass(slots=True, kw_only=True)
class _Open:
    """A list or a group that has begun and not yet ended."""

    event: yaml.CollectionStartEvent
    nodes: list[Node] = field(default_factory=list)
    keys: list[Scalar] = field(default_factory=list)
    seen: dict[str, Scalar] = field(default_factory=dict)
    is_group: bool

    @property
    def wants_key(self) -> bool:
        return self.is_group and len(self.keys) == len(self.nodes)


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Builds nodes from events; stops at what nobody needs."""

    sheet: Sheet
    root: Node | None = None
    stack: list[_Open] = field(default_factory=list)

    def take(self, event: yaml.Event) -> bool:
        """Take the next event; return whether reading may go on."""
        match event:
            case yaml.ScalarEvent():
                return self._place(self._scalar(event), event)
            case yaml.AliasEvent():
                text = value_at(self._line(event), _start(event).column)
                self._mend(yaml_rules.REFERENCE, event, text)
                return self._place(_scalar_at(event, text), event)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                return self._open(event)
            case yaml.CollectionEndEvent():
                return self._close(event)
            case yaml.DocumentStartEvent():
                return self._begin(event)
            case _:  # the stream's begin and end, a document's end
                return True

    def report(
        self, rule: Rule, event: yaml.Event, message: str, fix: str = ""
    ) -> None:
        """Note a breach at the place of an event."""
        mark = _start(event)
        self.sheet.report(
            rule,
            message,
            fix=fix,
            line=mark.line + 1,
            column=mark.column + 1,
            width=_width(event),
        )

    def _begin(self, event: yaml.DocumentStartEvent) -> bool:
        if self.root is not None:
            message = "A second document begins here; a file holds one."
            self.report(yaml_rules.SECOND_DOCUMENT, event, message)
            return False
        if event.version or event.tags:
            message = "A line that begins with % is an instruction to the reader."
            self.report(yaml_rules.SECOND_DOCUMENT, event, message)
        return True

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> bool:
        if len(self.stack) == DEPTH:
            message = f"Lists and groups are nested more than {DEPTH} levels deep."
            self.report(yaml_rules.TOO_DEEP, event, message)
            return False
        if self.stack and self.stack[-1].wants_key:
            message = "A list or a group stands where the name of a field belongs."
            self.report(yaml_rules.SYNTAX, event, message)
            return False
        self._refuse_marks(event)
        is_group = isinstance(event, yaml.MappingStartEvent)
        self.stack.append(_Open(event=event, is_group=is_group))
        return True

    def _close(self, event: yaml.CollectionEndEvent) -> bool:
        opened = self.stack.pop()
        start, end = _start(opened.event), _end(event)
        place = (start.line + 1, start.column + 1)
        width = end.column - start.column if end.line == start.line else 1
        nodes = tuple(opened.nodes)
        if opened.is_group:
            entries = tuple(zip(opened.keys, nodes, strict=True))
            unique = tuple(e for e in entries if opened.seen[e[0].text] is e[0])
            return self._place(Group(unique, *place, width), event)
        return self._place(Items(nodes, *place, width), event)

    def _place(self, node: Node, event: yaml.Event) -> bool:
        """Put a finished node where it belongs."""
        if not self.stack:
            self.root = node
            return True
        parent = self.stack[-1]
        if parent.wants_key and isinstance(node, Scalar):
            self._name(node, event, parent)
        elif isinstance(node, Scalar) and not node.text:
            parent.nodes.append(self._commented(node))
        else:
            parent.nodes.append(node)
        return True

    def _name(self, key: Scalar, event: yaml.Event, parent: _Open) -> None:
        first = parent.seen.setdefault(key.text, key)
        parent.keys.append(key)
        if first is not key:
            message = f"{quote(key.text)} already stands on line {first.line}."
            self.report(yaml_rules.DUPLICATE_KEY, event, message)
        if key.text == "<<":
            message = "`<<` takes over another group; write the fields out."
            self.report(yaml_rules.REFERENCE, event, message)

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        if self._refuse_marks(event):
            text = value_at(self._line(event), _start(event).column)
            return _scalar_at(event, text)
        if event.style == '"' and (fault := hidden(event.value)) is not None:
            rule, message = fault
            self.report(rule, event, message)
        if not event.style and event.value:
            self._check_comment_inside(event)
        return _scalar_at(event, event.value)

    def _refuse_marks(
        self, event: yaml.ScalarEvent | yaml.CollectionStartEvent
    ) -> bool:
        """Report an anchor or a tag; return whether there is one."""
        if event.anchor is None and event.tag is None:
            return False
        rule = yaml_rules.TAG if event.anchor is None else yaml_rules.REFERENCE
        text = value_at(self._line(event), _start(event).column)
        self._mend(rule, event, text)
        return True

    def _mend(self, rule: Rule, event: yaml.NodeEvent, text: str) -> None:
        message = f"A value that begins with {text[:1]} must be in quotes."
        column = _start(event).column
        self.report(rule, event, message, mended(self._line(event), column, text))

    def _commented(self, node: Scalar) -> Scalar:
        """Return an empty value, or the comment that was meant to be it."""
        line = self.sheet.lines[node.line - 1]
        found = COMMENT.match(line, node.column - 1)
        if found is None:
            return node
        text = value_at(line, found.start("text"))
        column = found.start("text") + 1
        self.sheet.report(
            yaml_rules.COMMENT_ONLY,
            "A value that begins with # must be in quotes, else it is a comment.",
            fix=mended(line, column - 1, text),
            line=node.line,
            column=column,
            width=len(text),
        )
        return Scalar(text, node.line, column, len(text))

    def _check_comment_inside(self, event: yaml.ScalarEvent) -> None:
        line = self.sheet.lines[_end(event).line]
        if found := COMMENT.match(line, _end(event).column):
            start = _start(event).column
            text = line[start:].rstrip()
            self.sheet.report(
                yaml_rules.COMMENT_INSIDE,
                f"The value reads {quote(event.value)}; the rest is a comment.",
                fix=f"{mended(line, start, text)} or a space after the #",
                line=_end(event).line + 1,
                column=found.start("text") + 1,
                width=len(found["text"].rstrip()),
            )

    def _line(self, event: yaml.Event) -> str:
        return self.sheet.lines[_start(event).line]


def _scalar_at(event: yaml.Event, text: str) -> Scalar:
    mark = _start(event)
    return Scalar(text, mark.line + 1, mark.column + 1, _width(event))


def _start(event: yaml.Event) -> yaml.Mark:
    return cast("yaml.Mark", event.start_mark)  # the C parser marks every event


def _end(event: yaml.Event) -> yaml.Mark:
    return cast("yaml.Mark", event.end_mark)


def _width(event: yaml.Event) -> int:
    start, end = _start(event), _end(event)
    return max(end.column - start.column, 1) if start.line == end.line else 1
