"""The digests that a manifest gives of files: of what they say, not of how."""

from hashlib import sha256

from sayso.publish.reading.file import CATALOGUE, SourceFile
from sayso.publish.reading.layout import Place, place_of
from sayso.publish.reading.said import FORM_OF, parse_yaml
from sayso.wire.text import Digest


def content_digest(file: SourceFile, place: Place | None = None) -> Digest | None:
    """Return the digest of a JSON twin, or of the bytes of a CSV file.

    Args:
        file: the file.
        place: what it is, where its path does not tell.

    Returns:
        None where it cannot be read.
    """
    if file.path.endswith(CATALOGUE):
        return Digest(file.sha256 or sha256(file.data).hexdigest())
    found = place or place_of(file.path)
    if not isinstance(found, Place) or found.kind not in FORM_OF:
        return None
    twin = parse_yaml(file.path, file.data, found).twin
    return None if twin is None else Digest(sha256(twin).hexdigest())
