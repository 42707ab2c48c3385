"""JSON Schemas (draft-07) of the files that a release publishes.

For people who read the data with their own tools; `sayso.wire` reads more strictly.
"""

from collections.abc import Mapping
from enum import StrEnum

from sayso.model.declaration import Capacity, Level
from sayso.model.owner import Role
from sayso.model.policy import Reason
from sayso.model.vocabulary import VOCABULARY, Preference, Use, Verdict
from sayso.wire.entries import DisputeStatus, ScopeKind
from sayso.wire.header import LICENCE, Profile
from sayso.wire.policies import ANYWHERE, CLAIMED, ELSEWHERE, REVIEWED
from sayso.wire.profile import Json
from sayso.wire.registry import FORMAT as REGISTRY_FORMAT
from sayso.wire.release import FORMAT as RELEASE_FORMAT
from sayso.wire.state import FORMAT as STATE_FORMAT

Schema = dict[str, Json]

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
ISRC: Schema = {"pattern": "^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$", "type": "string"}


def release_schemas() -> dict[str, Schema]:
    """Return the schema of each published document, by name."""
    return {
        "registry": {
            **_document("The whole registry", REGISTRY_FORMAT, _registry()),
            "definitions": {"cell": _cell()},
        },
        "release": _document("One release of a registry", RELEASE_FORMAT, _release()),
        "state": _document("What the next release needs", STATE_FORMAT, _state()),
    }


def _registry() -> Schema:
    return {
        "counts": _map(COUNT),
        "declarations": _list(_declaration()),
        "disputes": _list(_dispute()),
        "licence": {"const": LICENCE},
        "notice": TEXT,
        "owners": _list(_owner()),
        "policies": _list(_policy()),
        "prefixes": _list(_object({"first": ISRC, "last": ISRC, "policy": NUMBER})),
        "recordings": _list(
            _object(
                {
                    "artist": _nullable(TEXT),
                    "isrc": ISRC,
                    "policy": NUMBER,
                    "title": _nullable(TEXT),
                }
            )
        ),
        "release": _object(_header()),
        "vocabulary": _object(
            {
                "id": {"const": VOCABULARY},
                "reasons": _map(TEXT),
                "uses": _list(_object({"boundary": TEXT, "use": TEXT, "words": TEXT})),
                "verdicts": _map(TEXT),
            }
        ),
    }


def _release() -> Schema:
    return {
        **_header(),
        "counts": _map(COUNT),
        "files": _list(
            _object(
                {
                    "bytes": COUNT,
                    "content_sha256": DIGEST,
                    "path": TEXT,
                    "sha256": DIGEST,
                }
            )
        ),
        "licence": {"const": LICENCE},
        "notice": TEXT,
        "previous": _nullable(DIGEST),
        "source": _object(
            {"clean": FLAG, "commit": _nullable(TEXT), "declarations_root": DIGEST}
        ),
        "vocabulary": {"const": VOCABULARY},
    }


def _state() -> Schema:
    folder = _object({"accepted": TIME, "files": _map(TEXT)})
    return {
        "declarations": _list(_object({"declaration": TEXT, "published": TIME})),
        "issued": TIME,
        "next_policy": NUMBER,
        "owners": _list(_object({"owner": TEXT, "states": _list(folder)})),
        "policies": _list(_object({"policy": NUMBER, "sha256": DIGEST})),
        "release": NUMBER,
    }


def _header() -> Schema:
    return {
        "issued": TIME,
        "number": NUMBER,
        "origin": TEXT,
        "profile": _one_of(Profile),
    }


def _owner() -> Schema:
    optional: Schema = dict.fromkeys(
        ("contact", "dpid", "ipi", "isni", "language", "website"), TEXT
    )
    return _object(
        {
            "id": TEXT,
            "level": _levels(),
            "name": TEXT,
            "reviewed": FLAG,
            "role": _one_of(Role),
        },
        {**optional, "acts_for": _list(TEXT), "represented_by": _list(TEXT)},
    )


def _declaration() -> Schema:
    return _object(
        {
            "author": TEXT,
            "capacity": _one_of(Capacity),
            "file": TEXT,
            "id": TEXT,
            "level": _levels(),
            "owner": TEXT,
            "published": TIME,
            "scope": _one_of(ScopeKind),
            "sha256": DIGEST,
            "territories": _list(TEXT),
            "uses": _map(_one_of(Preference), names=_one_of(Use)),
        },
        {
            "effective": DAY,
            "except": _object({"isrcs": _list(ISRC), "ranges": _list(TEXT)}),
            "except_territories": _list(TEXT),
            "expires": DAY,
            "offer": _object(
                {"conditions": _list(TEXT), "contact": TEXT},
                {"terms": _object({}, {"sha256": DIGEST, "url": TEXT})},
            ),
            "on_behalf_of": TEXT,
            "prefix": TEXT,
            "recordings": COUNT,
            "withdrawn": _object({"on": DAY, "reason": TEXT}, {"successor": TEXT}),
            "years": TEXT,
        },
    )


def _dispute() -> Schema:
    return _object(
        {
            "against": TEXT,
            "claim": TEXT,
            "claimant": TEXT,
            "filed": DAY,
            "id": TEXT,
            "recordings": _list(ISRC),
            "status": _one_of(DisputeStatus),
        }
    )


def _policy() -> Schema:
    cell: Schema = {"$ref": "#/definitions/cell"}
    where: Schema = {"anyOf": [{"enum": [ANYWHERE, ELSEWHERE]}, _list(TEXT)]}
    answer = _object({"in": where, "uses": _object(dict.fromkeys(map(str, Use), cell))})
    return _object(
        {
            "answers": _list(answer),
            "declarations": _list(TEXT),
            "number": NUMBER,
            "until": _nullable(TIME),
        }
    )


def _cell() -> Schema:
    side: Schema = {"by": _list(TEXT), "owner": TEXT, "verdict": _one_of(Verdict)}
    return _object(
        {
            "by": _list(TEXT),
            "disputed": FLAG,
            "rule": _one_of(Reason),
            "verdict": _one_of(Verdict),
        },
        {
            "ownership": {"enum": [CLAIMED, REVIEWED]},
            "sides": _list(_object(side)),
        },
    )


def _document(title: str, name: str, properties: Schema) -> Schema:
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": title,
        **_object({**properties, "format": {"const": name}}),
    }


def _object(required: Schema, optional: Mapping[str, Json] | None = None) -> Schema:
    return {
        "additionalProperties": False,
        "properties": {**required, **(optional or {})},
        "required": sorted(required),
        "type": "object",
    }


def _list(items: Json) -> Schema:
    return {"items": items, "type": "array"}


def _map(values: Json, *, names: Json = True) -> Schema:
    return {"additionalProperties": values, "propertyNames": names, "type": "object"}


def _nullable(schema: Json) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _one_of(words: type[StrEnum]) -> Schema:
    return {"enum": sorted(str(word) for word in words)}


def _levels() -> Schema:
    return {"enum": sorted(level.word for level in Level)}
