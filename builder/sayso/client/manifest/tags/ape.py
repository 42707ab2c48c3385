"""APE tags, which stand at the end of MP3, WavPack, Musepack and Monkey's Audio."""

from collections.abc import Mapping
from typing import Final

from sayso.client.manifest.tags.naming import Field, Naming
from sayso.client.manifest.tags.part import Part
from sayso.errors import MalformedError

_FIELDS: Final[Mapping[bytes, Field]] = {
    b"ISRC": "isrc",
    b"TITLE": "title",
    b"ARTIST": "artist",
}
_LENGTH: Final = 32
_LONGEST_KEY: Final = 255
_TEXT: Final = 0


def read_ape(part: Part, naming: Naming) -> bool:
    """Read the tag with which a part may end; return whether there is one.

    Raises:
        MalformedError: it is broken.
    """
    if part.left < _LENGTH or part.peek(8, after=part.left - _LENGTH) != b"APETAGEX":
        return False
    footer = part.tail(_LENGTH)
    footer.skip(12)
    size, count = footer.number(4, "little"), footer.number(4, "little")
    if size < _LENGTH:
        raise MalformedError("an APE tag that is shorter than its end")
    items = part.tail(size - _LENGTH)
    for _ in range(count):
        _read_item(items, naming)
    return True


def _read_item(items: Part, naming: Naming) -> None:
    size, flags = items.number(4, "little"), items.number(4, "little")
    key, end, _ = items.peek(_LONGEST_KEY + 1).partition(b"\0")
    if not end:
        raise MalformedError("an APE tag with a key that does not end")
    items.skip(len(key) + 1)
    value = items.part(size)
    field = _FIELDS.get(key.upper())
    if field and flags >> 1 & 3 == _TEXT:
        for text in value.rest().decode("utf-8", "replace").split("\0"):
            naming.add(field, text)
