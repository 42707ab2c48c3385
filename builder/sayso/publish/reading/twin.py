"""Twins: what a YAML file says as JSON, so that a signature outlives its layout.

"Every file with its digest (of the declaration's JSON twin in the JSON profile, the
bytes the release publishes)" (Authority). Comments, quotes, the order of fields and
line ends are no part of a twin; every value is a text, as typed.
"""

from typing import assert_never

from sayso.publish.reading.document import Group, Items, Node, Scalar
from sayso.wire.profile import Json, encode


def twin_of(node: Node) -> bytes | None:
    """Return the JSON twin of a document; None where it has none.

    It is a group of fields, and their names are ASCII.
    """
    twin = _json(node)
    try:
        return encode(twin) if isinstance(twin, dict) else None
    except ValueError:  # a name, or half a character, that the profile does not take
        return None


def _json(node: Node) -> Json:
    match node:
        case Scalar(text=text):
            return text
        case Items(items=items):
            return [_json(item) for item in items]
        case Group(entries=entries):
            return {key.text: _json(value) for key, value in entries}
        case _:
            assert_never(node)
