"""The words in which the JSON Schemas (draft-07) of a release's files are written."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sayso.model.isrc import KEY_LIMIT
from sayso.model.policy import Reason
from sayso.model.vocabulary import Use, Verdict
from sayso.wire.policies import ANYWHERE, CLAIMED, ELSEWHERE, REVIEWED
from sayso.wire.profile import Json

Schema = dict[str, Json]

DRAFT: Final = "http://json-schema.org/draft-07/schema#"

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"minimum": 0, "type": "integer"}
NUMBER: Schema = {"minimum": 1, "type": "integer"}
DAY: Schema = {"pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "type": "string"}
TIME: Schema = {
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
    "type": "string",
}
DIGEST: Schema = {"pattern": "^[0-9a-f]{64}$", "type": "string"}
KEY: Schema = {"maximum": KEY_LIMIT, "minimum": 0, "type": "integer"}
ISRC: Schema = {"pattern": "^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$", "type": "string"}


def document(title: str, name: str, properties: Schema) -> Schema:
    """Return the schema of a document.

    Args:
        title: what it is, for people.
        name: of its format.
        properties: the schema of each member except `format`; all are required.
    """
    return {
        "$schema": DRAFT,
        "title": title,
        **object_of({**properties, "format": {"const": name}}),
    }


def object_of(required: Schema, optional: Mapping[str, Json] | None = None) -> Schema:
    """Return the schema of an object with these members and no others."""
    return {
        "additionalProperties": False,
        "properties": {**required, **(optional or {})},
        "required": sorted(required),
        "type": "object",
    }


def list_of(items: Json) -> Schema:
    """Return the schema of a list."""
    return {"items": items, "type": "array"}


def map_of(values: Json, *, names: Json = True) -> Schema:
    """Return the schema of an object whose members' names are data."""
    return {"additionalProperties": values, "propertyNames": names, "type": "object"}


def nullable(schema: Json) -> Schema:
    """Return the schema of a value that may be null."""
    return {"anyOf": [schema, {"type": "null"}]}


def one_of(words: type[StrEnum]) -> Schema:
    """Return the schema of a word of an enumeration."""
    return {"enum": sorted(str(word) for word in words)}


def recording() -> Schema:
    """Return the schema of a recording, spelt alike wherever it stands."""
    return object_of(
        {
            "artist": nullable(TEXT),
            "isrc": ISRC,
            "owner": nullable(TEXT),
            "policy": NUMBER,
            "title": nullable(TEXT),
        }
    )


def policy(more: Mapping[str, Json] | None = None) -> Schema:
    """Return the schema of a policy, in a document that defines `cell`.

    Args:
        more: members beside its content.
    """
    cell: Schema = {"$ref": "#/definitions/cell"}
    where: Schema = {"anyOf": [{"enum": [ANYWHERE, ELSEWHERE]}, list_of(TEXT)]}
    uses = object_of(dict.fromkeys(map(str, Use), cell))
    return object_of(
        {
            "answers": list_of(object_of({"in": where, "uses": uses})),
            "declarations": list_of(TEXT),
            "until": nullable(TIME),
            **(more or {}),
        }
    )


def cell() -> Schema:
    """Return the schema of what a policy says of one use."""
    side: Schema = {"by": list_of(TEXT), "owner": TEXT, "verdict": one_of(Verdict)}
    return object_of(
        {
            "by": list_of(TEXT),
            "disputed": FLAG,
            "rule": one_of(Reason),
            "verdict": one_of(Verdict),
        },
        {
            "ownership": {"enum": [CLAIMED, REVIEWED]},
            "sides": list_of(object_of(side)),
        },
    )
