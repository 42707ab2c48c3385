"""GitHub's own schemas: what it says in events, what it takes and what it answers."""

import json
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

Value = Any
Schema = dict[str, Value]

_STRINGS = {
    "date-time": "2026-11-28T05:00:00Z",
    "email": "mara@fernwood.example",
    "uri": "https://host.example/",
    "uri-template": "https://host.example/{/x}",
}


_SMALLEST: Schema = {
    "array": [],
    "boolean": False,
    "integer": 1,
    "null": None,
    "number": 1,
}


@dataclass(frozen=True, kw_only=True)
class Schemas:
    """The schemas of one file, in which others are named."""

    document: Schema = field(repr=False)
    prefix: str

    def sample(self, schema: Schema, /, **changes: object) -> Value:
        """Return the smallest value that a schema takes, with changes.

        A change of a member within a member is named by both: `pull_request__number`.
        """
        value = self._smallest(schema)
        for path, change in changes.items():
            *above, name = path.split("__")
            place = value
            for step in above:
                place = place[step]
            place[name] = change
        assert self.faults(schema, value) == []
        return value

    def faults(self, schema: Schema, value: object) -> list[str]:
        """Return what a value does that a schema does not take."""
        whole = {**schema, "definitions": self._definitions(schema)}
        return [error.message for error in Draft7Validator(whole).iter_errors(value)]

    def strays(self, schema: Schema, value: object) -> list[str]:
        """Return the members, however deep, of which a schema does not know."""
        if isinstance(value, list):
            parts = [each.get("items", {}) for each in self._parts(schema)]
            return [
                s for item in value for part in parts for s in self.strays(part, item)
            ]
        if not isinstance(value, dict):
            return []
        known: Schema = {}
        for part in self._parts(schema):
            known |= part.get("properties", {})
        if not known:
            return []
        return [name for name in value if name not in known] + [
            stray
            for name, item in value.items()
            for stray in self.strays(known.get(name, {}), item)
        ]

    def _parts(self, schema: Schema) -> Iterator[Schema]:
        schema = self._resolved(schema)
        yield schema
        for word in ("allOf", "anyOf", "oneOf"):
            for part in schema.get(word, ()):
                yield from self._parts(part)

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self.named(schema["$ref"].rpartition("/")[2])
        return schema

    def named(self, name: str) -> Schema:
        """Return the schema that has a name in the file."""
        place = self.document
        for step in self.prefix.split("/"):
            place = place[step]
        found = _translated(place[name])
        assert isinstance(found, dict)
        return found

    def _definitions(self, schema: Schema) -> Schema:
        found: Schema = {}
        wanted = [*_references(schema)]
        while wanted:
            name = wanted.pop()
            if name not in found:
                found[name] = self.named(name)
                wanted += _references(found[name])
        return found

    def _smallest(self, schema: Schema) -> Value:
        schema = self._resolved(schema)
        if fixed := schema.get("enum", [schema["const"]] if "const" in schema else []):
            return fixed[0]
        for word in ("oneOf", "anyOf"):
            if word in schema and "properties" not in schema:
                return self._smallest(schema[word][0])
        kind = schema.get("type", "object")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object":
            return self._smallest_object(schema)
        if kind == "string":
            return _STRINGS.get(schema.get("format", ""), "text")
        return copy(_SMALLEST[kind])

    def _smallest_object(self, schema: Schema) -> Value:
        merged: Schema = {}
        for part in schema.get("allOf", ()):
            merged |= self._smallest(part)
        properties = schema.get("properties", {})
        return merged | {
            name: self._smallest(properties.get(name, {}))
            for name in schema.get("required", ())
        }


def _references(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"].rpartition("/")[2]
        for part in schema.values():
            yield from _references(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _references(part)


def _translated(schema: Value) -> Value:
    """Return a schema of OpenAPI 3.0 as one of JSON Schema, with other addresses."""
    if isinstance(schema, list):
        return [_translated(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {
        name: _translated(part) for name, part in schema.items() if name != "nullable"
    }
    if isinstance(found.get("$ref"), str):
        found["$ref"] = "#/definitions/" + found["$ref"].rpartition("/")[2]
    if schema.get("nullable") is True:
        return {"anyOf": [found, {"type": "null"}]}
    return found


@cache
def _load(path: Path) -> Schema:
    document = json.loads(path.read_bytes())
    assert isinstance(document, dict)
    return document


@dataclass(frozen=True, kw_only=True)
class Webhooks(Schemas):
    """What GitHub says in events."""

    def event(self, name: str, /, **changes: object) -> Value:
        """Return an event such as `pull_request$opened`, valid, with changes."""
        return self.sample(self.named(name), **changes)


@dataclass(frozen=True, kw_only=True)
class Rest(Schemas):
    """What GitHub's REST API takes and answers."""

    def operation(self, method: str, path: str) -> Schema:
        """Return what is said of a request to a path such as `/repos/{owner}/…`."""
        found = self.document["paths"][path][method.lower()]
        assert isinstance(found, dict)
        return found

    def asked(self, method: str, path: str) -> Schema:
        """Return the schema of the body of a request."""
        body = self.operation(method, path)["requestBody"]
        return self._content(body)

    def answered(self, method: str, path: str, status: int) -> Schema:
        """Return the schema of the body of an answer."""
        answer = self.operation(method, path)["responses"][str(status)]
        return self._content(answer)

    def _content(self, part: Mapping[str, Any]) -> Schema:
        found = _translated(part["content"]["application/json"]["schema"])
        assert isinstance(found, dict)
        return found


def webhooks(path: Path) -> Webhooks:
    """Return the schemas of events."""
    return Webhooks(document=_load(path), prefix="definitions")


def rest(path: Path) -> Rest:
    """Return the schemas of the REST API."""
    return Rest(document=_load(path), prefix="components/schemas")
