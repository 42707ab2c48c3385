"""Fields and groups of fields: what a file of one kind may say."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

from sayso.model.rules import fields as field_rules
from sayso.model.rules import yaml as yaml_rules
from sayso.publish.reading.document import Group, Node, Scalar
from sayso.publish.reading.quoting import quoted
from sayso.publish.reading.schema.shape import (
    Shape,
    is_empty,
    report,
    report_empty,
    report_kind,
)
from sayso.publish.reading.sheet import Sheet, quote
from sayso.wire.profile import Json

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Generic[T_co]):
    """One field.

    Attributes:
        words: what it is for, in plain words; shown by editors.
        example: a value to begin with; the first of its choices when left out.
    """

    name: str
    shape: Shape[T_co]
    words: str
    required: bool = False
    example: str = ""

    @property
    def choices(self) -> list[str]:
        """The words that the field takes, where they are few."""
        words = self.shape.schema().get("enum")
        return [str(word) for word in words] if isinstance(words, list) else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What the fields of a group hold, and where.

    Attributes:
        complete: whether every required field could be read.
    """

    group: Group
    complete: bool
    _read: Mapping[str, object]
    _nodes: Mapping[str, Node]

    def get(self, wanted: Field[T]) -> T | None:
        """Return the value of a field, or None."""
        return cast("T | None", self._read.get(wanted.name))

    def need(self, wanted: Field[T]) -> T:
        """Return the value of a required field of complete values."""
        return cast("T", self._read[wanted.name])

    def node(self, wanted: Field[object]) -> Node:
        """Return where a field's value stands; the group, when it is left out."""
        return self._nodes.get(wanted.name, self.group)

    def has(self, wanted: Field[object]) -> bool:
        """Return whether a field is written, readable or not."""
        return wanted.name in self._nodes


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSet:
    """The fields of a group, by name and in order.

    Attributes:
        elsewhere: what people write here though another place says it, with advice.
    """

    by_name: Mapping[str, Field[object]]
    required: tuple[Field[object], ...]
    elsewhere: Mapping[str, str] = field(default_factory=dict)


def field_set(
    *fields: Field[object], elsewhere: Mapping[str, str] | None = None
) -> FieldSet:
    """Return the set of these fields."""
    return FieldSet(
        elsewhere=elsewhere or {},
        by_name={one.name: one for one in fields},
        required=tuple(one for one in fields if one.required),
    )


Build = Callable[[Values, Sheet], T | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupOf(Generic[T]):
    """A group of fields, made into one value.

    Attributes:
        build: makes the value of complete fields, or reports why there is none.
        rules: more of the JSON Schema, where fields depend on each other.
    """

    fields: FieldSet
    build: Build[T]
    rules: Mapping[str, Json] = field(default_factory=dict)

    def read(self, node: Node, sheet: Sheet) -> T | None:
        """Return the value of a group."""
        values = read_fields(self.fields, node, sheet)
        if values is None or not values.complete:
            return None
        return self.build(values, sheet)

    def schema(self) -> dict[str, Json]:
        """Return the JSON Schema of the group."""
        return {**fields_schema(self.fields), **self.rules}


def read_fields(fields: FieldSet, node: Node, sheet: Sheet) -> Values | None:
    """Return the values of a group's fields; None where there is no group."""
    if not isinstance(node, Group):
        if is_empty(node):
            report_empty(node, sheet)
        else:
            report_kind(node, "a group of fields (name: value)", sheet)
        return None
    known = fields.by_name
    read: dict[str, object] = {}
    nodes: dict[str, Node] = {}
    before: tuple[Scalar, Node] | None = None
    for key, value in node.entries:
        found = known.get(key.text)
        if found is None:
            _report_unknown(key, value, before, fields, sheet)
        else:
            nodes[key.text] = value
            read[key.text] = found.shape.read(value, sheet)
        before = (key, value)
    complete = True
    for needed in fields.required:
        if needed.name not in nodes:
            _report_missing(needed, node, sheet)
        if read.get(needed.name) is None:
            complete = False
    return Values(group=node, complete=complete, _read=read, _nodes=nodes)


def fields_schema(fields: FieldSet) -> dict[str, Json]:
    """Return the JSON Schema of a group with these fields."""
    required: list[Json] = [needed.name for needed in fields.required]
    return {
        "type": "object",
        "properties": {
            name: {"description": known.words, **known.shape.schema()}
            for name, known in fields.by_name.items()
        },
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def nearest(text: str, choices: Iterable[str]) -> str | None:
    """Return the choice that was most likely meant, or None."""
    simple = {_plain(choice): choice for choice in choices}
    close = difflib.get_close_matches(_plain(text[:64]), simple, n=1, cutoff=0.6)
    return simple[close[0]] if close else None


def _plain(text: str) -> str:
    return text.lower().replace("_", "-").replace(" ", "-")


def _report_missing(absent: Field[object], group: Group, sheet: Sheet) -> None:
    choices = absent.choices
    words = f"{absent.words}: {', '.join(choices)}" if choices else absent.words
    value = absent.example or (choices[0] if choices else "…")
    sheet.report(
        field_rules.MISSING_FIELD,
        f"The field {absent.name} is missing. {words}.",
        fix=f"{absent.name}: {value}",
        line=group.line,
        column=group.column,
    )


def _report_unknown(
    key: Scalar,
    value: Node,
    before: tuple[Scalar, Node] | None,
    fields: FieldSet,
    sheet: Sheet,
) -> None:
    if not sheet.shows(field_rules.UNKNOWN_FIELD):
        sheet.count(field_rules.UNKNOWN_FIELD, 1)
        return
    line = sheet.line(key.line)
    is_cut = isinstance(value, Scalar) and not value.text
    if is_cut and before is not None and "{" in line[: key.column - 1]:
        name, text = before[0].text, before[1]
        whole = f"{text.text}, {key.text}" if isinstance(text, Scalar) else key.text
        message = "A comma inside { } ends a value; one with a comma needs quotes."
        report(
            sheet, yaml_rules.QUOTES_NEEDED, key, message, f"{name}: {quoted(whole)}"
        )
        return
    known = fields.by_name
    near = nearest(key.text, known)
    fix = f"Write {near}." if near else f"The fields here are: {', '.join(known)}."
    fix = fields.elsewhere.get(key.text.lower(), fix)
    message = f"There is no field {quote(key.text)} here."
    report(sheet, field_rules.UNKNOWN_FIELD, key, message, fix)
