"""JSON Schemas (draft-07) of the files that a release publishes.

For people who read the data with their own tools; `sayso.wire` reads more strictly.
"""

from sayso.model.declaration import Capacity, Level
from sayso.model.owner import Role
from sayso.model.settings import REASON_LENGTH, REVOCATIONS
from sayso.model.vocabulary import VOCABULARY, Preference, Use
from sayso.publish.lookup_schemas import lookup_schemas
from sayso.publish.schema_terms import (
    COUNT,
    DAY,
    DIGEST,
    DRAFT,
    FLAG,
    ISRC,
    NUMBER,
    TEXT,
    TIME,
    Schema,
    cell,
    document,
    list_of,
    map_of,
    nullable,
    object_of,
    one_of,
    policy,
    recording,
)
from sayso.publish.status_schemas import left_out_schema, status_schemas
from sayso.wire.entries import DisputeStatus, ScopeKind
from sayso.wire.header import LICENCE, Profile
from sayso.wire.parts import PART_RECORDINGS
from sayso.wire.registry import FORMAT as REGISTRY_FORMAT
from sayso.wire.release import FORMAT as RELEASE_FORMAT
from sayso.wire.release_file import INDEX_FORMAT
from sayso.wire.release_members import ENTRIES_LIMIT
from sayso.wire.state import FORMAT as STATE_FORMAT

_REASON: Schema = {**TEXT, "maxLength": REASON_LENGTH, "minLength": 1}


def release_schemas() -> dict[str, Schema]:
    """Return the schema of each published document, by name."""
    return {
        **lookup_schemas(),
        **status_schemas(),
        "recording": {
            "$schema": DRAFT,
            "title": "A line of a part of the registry",
            **recording(),
        },
        "registry": {
            **document("The whole registry", REGISTRY_FORMAT, _registry()),
            "definitions": {"cell": cell()},
        },
        "index": document(
            "The files of a release that release.json does not name itself",
            INDEX_FORMAT,
            {"files": list_of(_file())},
        ),
        "release": document("One release of a registry", RELEASE_FORMAT, _release()),
        "state": document("What the next release needs", STATE_FORMAT, _state()),
    }


def _registry() -> Schema:
    return {
        "counts": map_of(COUNT),
        "declarations": list_of(_declaration()),
        "disputes": list_of(_dispute()),
        "licence": {"const": LICENCE},
        "notice": TEXT,
        "owners": list_of(_owner()),
        "parts": list_of(_part()),
        "policies": list_of(policy({"number": NUMBER})),
        "prefixes": list_of(object_of({"first": ISRC, "last": ISRC, "policy": NUMBER})),
        "recordings": list_of(recording()),
        "release": object_of(_header()),
        "vocabulary": object_of(
            {
                "id": {"const": VOCABULARY},
                "reasons": map_of(TEXT),
                "uses": list_of(
                    object_of({"boundary": TEXT, "use": TEXT, "words": TEXT})
                ),
                "verdicts": map_of(TEXT),
            }
        ),
    }


def _release() -> Schema:
    return {
        **_header(),
        "brake": _brake(),
        "counts": map_of(COUNT),
        "files": list_of(_file()),
        "licence": {"const": LICENCE},
        "lookup": object_of(
            {
                "leaf_items": {**NUMBER, "maximum": ENTRIES_LIMIT},
                "node_entries": {**NUMBER, "maximum": ENTRIES_LIMIT, "minimum": 2},
                "root": nullable(DIGEST),
            }
        ),
        "next_brake": _brake(),
        "next_policy": NUMBER,
        "notice": TEXT,
        "previous": nullable(DIGEST),
        "recovery": FLAG,
        "revoked": {
            **list_of(object_of({"reason": _REASON, "release": NUMBER})),
            "maxItems": REVOCATIONS,
        },
        "source": object_of(
            {"clean": FLAG, "commit": nullable(TEXT), "declarations_root": DIGEST}
        ),
        "vocabulary": {"const": VOCABULARY},
    }


def _state() -> Schema:
    folder = object_of(
        {
            "accepted": TIME,
            "files": map_of(TEXT),
            "proved": FLAG,
            "signed": list_of(TEXT),
        }
    )
    return {
        "admitted": COUNT,
        "declarations": list_of(object_of({"declaration": TEXT, "published": TIME})),
        "held": list_of(_held()),
        "issued": TIME,
        "left_out": list_of(left_out_schema()),
        "owners": list_of(object_of({"owner": TEXT, "states": list_of(folder)})),
        "policies": list_of(object_of({"policy": NUMBER, "sha256": DIGEST})),
        "records": list_of(object_of({"blob": TEXT, "path": TEXT, "since": TIME})),
        "release": NUMBER,
    }


def _held() -> Schema:
    return object_of(
        {
            "accounts": list_of(TEXT),
            "admission": COUNT,
            "epoch": COUNT,
            "home": TEXT,
            "keys": list_of(TEXT),
            "manifest": nullable(DIGEST),
            "owner": TEXT,
            "recovery": nullable(object_of({"manifest": DIGEST, "since": TIME})),
            "retired": list_of(TEXT),
            "sequence": COUNT,
        }
    )


def _brake() -> Schema:
    return object_of({"ranges": NUMBER, "recordings": NUMBER})


def _part() -> Schema:
    return object_of(
        {
            "first": ISRC,
            "jsonl": _file(),
            "last": ISRC,
            "parquet": _file(),
            "recordings": {**NUMBER, "maximum": PART_RECORDINGS},
        }
    )


def _file() -> Schema:
    return object_of(
        {"bytes": COUNT, "content_sha256": DIGEST, "path": TEXT, "sha256": DIGEST}
    )


def _header() -> Schema:
    return {
        "issued": TIME,
        "number": NUMBER,
        "origin": TEXT,
        "profile": one_of(Profile),
    }


def _owner() -> Schema:
    optional: Schema = dict.fromkeys(
        ("contact", "dpid", "ipi", "isni", "language", "website"), TEXT
    )
    return object_of(
        {
            "id": TEXT,
            "level": _levels(),
            "name": TEXT,
            "reviewed": FLAG,
            "role": one_of(Role),
        },
        {**optional, "acts_for": list_of(TEXT), "represented_by": list_of(TEXT)},
    )


def _declaration() -> Schema:
    return object_of(
        {
            "author": TEXT,
            "capacity": one_of(Capacity),
            "file": TEXT,
            "id": TEXT,
            "level": _levels(),
            "owner": TEXT,
            "published": TIME,
            "scope": one_of(ScopeKind),
            "sha256": DIGEST,
            "territories": list_of(TEXT),
            "uses": map_of(one_of(Preference), names=one_of(Use)),
        },
        {
            "effective": DAY,
            "except": object_of({"isrcs": list_of(ISRC), "ranges": list_of(TEXT)}),
            "except_territories": list_of(TEXT),
            "expires": DAY,
            "offer": object_of(
                {"conditions": list_of(TEXT), "contact": TEXT},
                {"terms": object_of({}, {"sha256": DIGEST, "url": TEXT})},
            ),
            "on_behalf_of": TEXT,
            "prefix": TEXT,
            "recordings": COUNT,
            "withdrawn": object_of({"on": DAY, "reason": TEXT}, {"successor": TEXT}),
            "years": TEXT,
        },
    )


def _dispute() -> Schema:
    return object_of(
        {
            "against": TEXT,
            "claim": TEXT,
            "claimant": TEXT,
            "filed": DAY,
            "id": TEXT,
            "recordings": list_of(ISRC),
            "status": one_of(DisputeStatus),
        }
    )


def _levels() -> Schema:
    return {"enum": sorted(level.word for level in Level)}
