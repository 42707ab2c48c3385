"""Forms: one kind of file, from its `schema` line to its value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeVar

from sayso.model.rules import SITE
from sayso.model.rules import fields as field_rules
from sayso.publish.reading.document import Group, Node, Scalar
from sayso.publish.reading.layout import Place
from sayso.publish.reading.schema.field import (
    Field,
    FieldSet,
    Values,
    field_set,
    fields_schema,
    read_fields,
)
from sayso.publish.reading.schema.shape import Text, report, report_kind
from sayso.publish.reading.sheet import Sheet, quote
from sayso.wire.profile import Json

T_co = TypeVar("T_co", covariant=True)

DRAFT = "http://json-schema.org/draft-07/schema#"


@dataclass(frozen=True, kw_only=True)  # without slots, which cached values need
class Form(Generic[T_co]):
    """One kind of file.

    Attributes:
        name: what the form is called: `owner`.
        title: the same for people.
        words: what such a file says.
        build: makes the value of complete fields.
        elsewhere: see `FieldSet`.
        rules: more of the JSON Schema, where fields depend on each other.
    """

    name: str
    title: str
    words: str
    fields: tuple[Field[object], ...]
    build: Callable[[Values, Sheet, Place], T_co | None]
    rules: Mapping[str, Json] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def version(self) -> str:
        """What stands after `schema:`."""
        return f"sayso/{self.name}/1"

    def read(self, node: Node, sheet: Sheet, place: Place) -> T_co | None:
        """Return what a file says; None after reporting why it says nothing."""
        if not isinstance(node, Group):
            report_kind(node, "a file of fields (name: value)", sheet)
            return None
        self._check_version(node, sheet)
        values = read_fields(self._read_fields, node, sheet)
        if values is None or not values.complete:
            return None
        return self.build(values, sheet, place)

    def schema(self) -> dict[str, Json]:
        """Return the JSON Schema of the files."""
        return {
            "$schema": DRAFT,
            "$id": f"{SITE}schema/{self.name}.json",
            "title": self.title,
            "description": self.words,
            **fields_schema(field_set(self._schema_field(required=True), *self.fields)),
            **self.rules,
        }

    @cached_property
    def _read_fields(self) -> FieldSet:
        # A missing schema line has a rule of its own.
        return field_set(
            self._schema_field(required=False), *self.fields, elsewhere=self.elsewhere
        )

    def _schema_field(self, *, required: bool) -> Field[str]:
        shape: Text[str] = Text(parse=str, form={"const": self.version})
        return Field(
            name="schema",
            shape=shape,
            words="The form of this file; always the first line",
            required=required,
        )

    def _check_version(self, group: Group, sheet: Sheet) -> None:
        """Check the first line, which says what the file is."""
        line = f"schema: {self.version}"
        for place, (key, value) in enumerate(group.entries):
            if key.text != "schema":
                continue
            text = value.text if isinstance(value, Scalar) else ""
            if place > 0:
                message = "The schema line has to be the first."
                report(sheet, field_rules.SCHEMA, key, message, line)
            elif text and text != self.version:
                message = f"A file at this place is {self.version}, not {quote(text)}."
                report(sheet, field_rules.SCHEMA, value, message, line)
            return
        message = "The file does not say what it is."
        report(sheet, field_rules.SCHEMA, group, message, line)
