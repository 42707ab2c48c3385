"""JSON Schemas of what a release says of authority: signatures, and its status."""

from sayso.model.authority import Ground
from sayso.model.vocabulary import Use
from sayso.publish.schema_terms import (
    TEXT,
    TIME,
    Schema,
    document,
    list_of,
    map_of,
    nullable,
    object_of,
    one_of,
)
from sayso.wire.signatures import FORMAT as SIGNATURES_FORMAT
from sayso.wire.status import FORMAT as STATUS_FORMAT

_BLOB: Schema = {"pattern": "^[0-9a-f]{40}$", "type": "string"}


def status_schemas() -> dict[str, Schema]:
    """Return the schema of each of the two documents, by name."""
    return {
        "signatures": document(
            "What owners signed",
            SIGNATURES_FORMAT,
            {
                "owners": list_of(
                    object_of(
                        {
                            "home": TEXT,
                            "keys": list_of(TEXT),
                            "manifest": TEXT,
                            "owner": TEXT,
                            "signatures": TEXT,
                            "twins": map_of({"type": "object"}),
                        }
                    )
                )
            },
        ),
        "status": document(
            "What was left out, and what waits", STATUS_FORMAT, _status()
        ),
    }


def left_out_schema() -> Schema:
    """Return the schema of one file that was left out."""
    return object_of(
        {
            "blob": nullable(_BLOB),
            "detail": TEXT,
            "ground": one_of(Ground),
            "path": TEXT,
            "since": TIME,
        }
    )


def _status() -> Schema:
    pending: Schema = {
        "announced": TIME,
        "declaration": TEXT,
        "since": TIME,
        "uses": list_of(one_of(Use)),
    }
    return {
        "ageing": list_of(object_of({"checked": TIME, "owner": TEXT, "until": TIME})),
        "left_out": list_of(left_out_schema()),
        "pending": list_of(object_of(pending)),
        "recovering": list_of(object_of({"owner": TEXT, "since": TIME})),
    }
