"""Twins: what a file says as JSON, so that a signature outlives its layout.

"Every file with its digest (of the declaration's JSON twin in the JSON profile, the
bytes the release publishes; of a CSV's raw bytes)" (Authority). Comments, quotes, the
order of fields and line ends are no part of a twin; every value is a text, as typed.
"""

from hashlib import sha256
from typing import assert_never

from sayso.publish.reading.document import Group, Items, Node, Scalar, parse_document
from sayso.publish.reading.encoding import read_text
from sayso.publish.reading.file import CATALOGUE, SourceFile
from sayso.wire.profile import Json, encode
from sayso.wire.text import Digest


def content_digest(file: SourceFile) -> Digest | None:
    """Return the digest of what a file says; None where it cannot be read."""
    if file.path.endswith(CATALOGUE):
        return Digest(file.sha256 or sha256(file.data).hexdigest())
    twin = twin_of(file)
    return None if twin is None else Digest(sha256(twin).hexdigest())


def twin_of(file: SourceFile) -> bytes | None:
    """Return the JSON twin of a YAML file; None where it cannot be read."""
    text, sheet = read_text(file.path, file.data)
    node = None if text is None else parse_document(text, sheet)
    if node is None or any(problem.is_error for problem in sheet.problems):
        return None
    twin = _json(node)
    return encode(twin) if isinstance(twin, dict) else None


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
