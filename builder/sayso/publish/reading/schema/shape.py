"""Shapes: what may stand in a field, for the reader and for JSON Schema alike.

A shape reads a node into a value, and describes itself as JSON Schema (draft-07).
One description serves both, so an editor and `sayso validate` never disagree.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from sayso.model.problem import Rule
from sayso.model.rules import fields as field_rules
from sayso.model.visible import printable
from sayso.publish.reading.document import Group, Items, Node, Scalar
from sayso.publish.reading.quoting import quoted, spaced
from sayso.publish.reading.sheet import Sheet
from sayso.wire.profile import Json

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Mistake(Exception):  # noqa: N818 - it is a declarant's, and never leaves here
    """A text is not what its field holds."""

    def __init__(self, rule: Rule, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.fix = fix


class Shape(Protocol[T_co]):
    """What may stand in a field."""

    def read(self, node: Node, sheet: Sheet) -> T_co | None:
        """Return the value of a node; None after reporting what is wrong with it."""

    def schema(self) -> dict[str, Json]:
        """Return the JSON Schema of the values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Generic[T]):
    """A single value, typed as text.

    Attributes:
        parse: returns the value of a text, or raises `Mistake`.
        form: the JSON Schema of the texts.
        advise: returns a warning about a text that is allowed, or None.
    """

    parse: Callable[[str], T]
    form: Mapping[str, Json]
    advise: Callable[[str], tuple[Rule, str] | None] | None = None

    def read(self, node: Node, sheet: Sheet) -> T | None:
        """Return the value of a scalar."""
        if not isinstance(node, Scalar):
            report_kind(node, "one text", sheet)
            return None
        if not node.text:
            report_empty(node, sheet)
            return None
        try:
            value = self.parse(node.text)
        except Mistake as mistake:
            report(sheet, mistake.rule, node, mistake.message, mistake.fix)
            return None
        if self.advise is not None and (advice := self.advise(node.text)) is not None:
            rule, message = advice
            report(sheet, rule, node, message)
        return value

    def schema(self) -> dict[str, Json]:
        """Return the JSON Schema of the texts."""
        return dict(self.form)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf(Generic[T]):
    """A list of values of one shape."""

    item: Shape[T]
    minimum: int = 0
    maximum: int | None = None

    def read(self, node: Node, sheet: Sheet) -> tuple[T, ...] | None:
        """Return the values that can be read."""
        if is_empty(node) and not isinstance(node, Items):
            report_empty(node, sheet)
            return None
        if not isinstance(node, Items):
            report_kind(node, "a list", sheet)
            return None
        if len(node.items) < self.minimum:
            report_empty(node, sheet)
            return None
        values = (self.item.read(item, sheet) for item in node.items)
        return tuple(value for value in values if value is not None)

    def schema(self) -> dict[str, Json]:
        """Return the JSON Schema of the list."""
        bounds: dict[str, Json] = {}
        if self.minimum:
            bounds["minItems"] = self.minimum
        if self.maximum is not None:
            bounds["maxItems"] = self.maximum
        return {"type": "array", "items": self.item.schema(), **bounds}


def report(sheet: Sheet, rule: Rule, node: Node, message: str, fix: str = "") -> None:
    """Report a breach at the place of a node."""
    sheet.report(
        rule,
        message,
        fix=printable(fix),
        line=node.line,
        column=node.column,
        width=node.width,
    )


def source_of(node: Node, sheet: Sheet) -> str:
    """Return how a node is written, if it is on one line."""
    line = sheet.line(node.line)
    return line[node.column - 1 : node.column - 1 + node.width].strip()


def is_empty(node: Node) -> bool:
    """Return whether nothing is written: no text, no item, no field."""
    match node:
        case Scalar():
            return not node.text
        case Items():
            return not node.items
        case Group():
            return not node.entries


def report_empty(node: Node, sheet: Sheet) -> None:
    """Report that nothing stands where something should."""
    report(sheet, field_rules.EMPTY_VALUE, node, "There is no value here.")


def report_kind(node: Node, expected: str, sheet: Sheet, fix: str = "") -> None:
    """Say that a list, a group or a text stands here, and show it in quotes."""
    if isinstance(node, Scalar):
        message = f"Expected is {expected}, and here is one text."
        if expected == "a list":
            fix = f"[{node.text}]"
        elif field := spaced(sheet.line(node.line)[node.column - 1 :]):
            message, fix = "A space is missing after the colon.", field
    else:
        kind = "a list" if isinstance(node, Items) else "a group of fields"
        message = f"Expected is {expected}, and here is {kind}."
        source = source_of(node, sheet)
        if expected == "one text" and source[:1] in {"[", "{"}:
            message += " Square and curly brackets need quotes."
            fix = quoted(source)
    report(sheet, field_rules.WRONG_KIND, node, message, fix)
