"""JSON Schemas of the look-up tree's files, and of the first line of a delta."""

from sayso.publish.schema_terms import (
    COUNT,
    DIGEST,
    ISRC,
    KEY,
    NUMBER,
    Schema,
    cell,
    document,
    list_of,
    nullable,
    object_of,
    policy,
    recording,
)
from sayso.wire.delta import FORMAT as DELTA_FORMAT
from sayso.wire.lookup import FORMAT as LOOKUP_FORMAT
from sayso.wire.release_members import ENTRIES_LIMIT


def lookup_schemas() -> dict[str, Schema]:
    """Return the schema of each document, by name."""
    return {
        "delta-header": document("The first line of a delta", DELTA_FORMAT, _delta()),
        "lookup-leaf": {
            **document("A leaf of the look-up tree", LOOKUP_FORMAT, _leaf()),
            "definitions": {"cell": cell()},
        },
        "lookup-node": document("A node of the look-up tree", LOOKUP_FORMAT, _node()),
    }


def _leaf() -> Schema:
    breakpoint_ = object_of({"isrc": ISRC, "policy": nullable(NUMBER)})
    used = object_of({"number": NUMBER, "policy": policy(), "sha256": DIGEST})
    return {
        "default": nullable(DIGEST),
        "from": KEY,
        "items": {
            **list_of({"anyOf": [recording(), breakpoint_]}),
            "maxItems": ENTRIES_LIMIT,
            "minItems": 1,
        },
        "level": {"const": 0},
        "policies": list_of(used),
        "to": KEY,
    }


def _node() -> Schema:
    child = object_of(
        {"default": nullable(DIGEST), "from": KEY, "name": nullable(DIGEST)}
    )
    return {
        "children": {**list_of(child), "maxItems": ENTRIES_LIMIT, "minItems": 1},
        "from": KEY,
        "level": NUMBER,
        "to": KEY,
    }


def _delta() -> Schema:
    contents = object_of(
        {"core": DIGEST, "number": NUMBER, "policies": DIGEST, "prefixes": DIGEST}
    )
    counts = object_of({"policies": COUNT, "prefixes": COUNT, "recordings": COUNT})
    return {"counts": counts, "from": contents, "to": contents}
