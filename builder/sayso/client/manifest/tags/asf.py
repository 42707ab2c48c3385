"""Tags of ASF (WMA)."""

from collections.abc import Mapping
from typing import Final

from sayso.client.manifest.tags.naming import Field, Naming
from sayso.client.manifest.tags.part import Part
from sayso.errors import MalformedError

HEADER: Final = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_CONTENT: Final = bytes.fromhex("3326b2758e66cf11a6d900aa0062ce6c")
_MORE_CONTENT: Final = bytes.fromhex("40a4d0d207e3d21197f000a0c95ea850")
_EXTENSION: Final = bytes.fromhex("b503bf5f2ea9cf118ee300c00c205365")
_METADATA: Final = bytes.fromhex("eacbf8c5af5b77488467aa8c44fa4cca")
_LIBRARY: Final = bytes.fromhex("941c23449894d149a1411d134e457054")

_FIELDS: Final[Mapping[str, Field]] = {
    "WM/ISRC": "isrc",
    "TITLE": "title",
    "AUTHOR": "artist",
}
_TEXT: Final = 0
_HEAD: Final = 24


def read_asf(part: Part, naming: Naming) -> None:
    """Read the header of a file.

    Raises:
        MalformedError: it is broken.
    """
    part.skip(16)
    header = part.part(_length(part))
    header.skip(6)
    _read_objects(header, naming)


def _read_objects(part: Part, naming: Naming, *, within: bool = False) -> None:
    while part.left >= _HEAD:
        kind = part.take(16)
        content = part.part(_length(part))
        if kind == _CONTENT:
            _read_content(content, naming)
        elif kind == _MORE_CONTENT:
            for _ in range(content.number(2, "little")):
                name = content.part(content.number(2, "little"))
                is_text = content.number(2, "little") == _TEXT
                value = content.part(content.number(2, "little"))
                _read_value(name, value, naming, is_text=is_text)
        elif kind == _EXTENSION and not within:
            content.skip(22)
            _read_objects(content, naming, within=True)
        elif kind in (_METADATA, _LIBRARY):
            _read_library(content, naming)


def _length(part: Part) -> int:
    length = part.number(8, "little") - _HEAD
    if length < 0:
        raise MalformedError("an object of ASF that is shorter than its beginning")
    return length


def _read_content(content: Part, naming: Naming) -> None:
    title, author = content.number(2, "little"), content.number(2, "little")
    content.skip(6)
    naming.add("title", _text(content.part(title)))
    naming.add("artist", _text(content.part(author)))


def _read_library(content: Part, naming: Naming) -> None:
    for _ in range(content.number(2, "little")):
        content.skip(4)  # which language, which stream
        name_length = content.number(2, "little")
        is_text = content.number(2, "little") == _TEXT
        value_length = content.number(4, "little")
        name = content.part(name_length)
        value = content.part(value_length)
        _read_value(name, value, naming, is_text=is_text)


def _read_value(name: Part, value: Part, naming: Naming, *, is_text: bool) -> None:
    field = _FIELDS.get(_text(name).upper())
    if field and is_text:
        naming.add(field, _text(value))


def _text(part: Part) -> str:
    return part.rest().decode("utf-16-le", "replace").rstrip("\0")
