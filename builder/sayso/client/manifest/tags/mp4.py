"""Tags of MP4 (M4A): the list of iTunes in the atom `moov`."""

from collections.abc import Iterator, Mapping
from typing import Final

from sayso.client.manifest.tags.naming import Field, Naming
from sayso.client.manifest.tags.part import Part
from sayso.errors import MalformedError

_FIELDS: Final[Mapping[bytes, Field]] = {b"\xa9nam": "title", b"\xa9ART": "artist"}
_ENCODINGS: Final = {0: "utf-8", 1: "utf-8", 2: "utf-16-be"}


def read_mp4(part: Part, naming: Naming) -> None:
    """Read the tags, wherever in the file they stand.

    Raises:
        MalformedError: they are broken, or nothing says what the file is.
    """
    for name, movie in _atoms(part):
        if name == b"moov":
            for items in _within(movie, b"udta", b"meta", b"ilst"):
                for kind, item in _atoms(items):
                    _read_item(kind, item, naming)
            return
    raise MalformedError("an MP4 without its table of contents")


def _within(part: Part, *names: bytes) -> Iterator[Part]:
    for name, atom in _atoms(part):
        if name == names[0]:
            # QuickTime's has no version, Apple's other programs' has.
            if name == b"meta" and atom.peek(4, after=4) != b"hdlr":
                atom.skip(4)
            if len(names) == 1:
                yield atom
            else:
                yield from _within(atom, *names[1:])


def _atoms(part: Part) -> Iterator[tuple[bytes, Part]]:
    while part.left >= 8:  # noqa: PLR2004 - a size and a name
        size, name = part.number(4, "big"), part.take(4)
        if size == 0:  # to the end
            length = part.left
        elif size == 1:
            length = part.number(8, "big") - 16
        else:
            length = size - 8
        if length < 0:
            raise MalformedError("an atom of MP4 that is shorter than its beginning")
        yield name, part.part(length)


def _read_item(kind: bytes, item: Part, naming: Naming) -> None:
    if kind in _FIELDS:
        for text in _texts(item):
            naming.add(_FIELDS[kind], text)
    elif kind == b"----":
        # Whoever made the tag: `com.apple.iTunes` is usual, and not the only one.
        name = b""
        for part_name, atom in _atoms(item):
            if part_name == b"name":
                atom.skip(4)
                name = atom.rest()
            elif part_name == b"data" and name.upper() == b"ISRC":
                naming.add("isrc", _text(atom))
    elif kind == b"xid ":
        for text in _texts(item):
            *_, scheme, code = ["", *text.split(":")]
            if scheme.lower() == "isrc":
                naming.add("isrc", code)


def _texts(item: Part) -> Iterator[str]:
    for name, atom in _atoms(item):
        if name == b"data":
            yield _text(atom)


def _text(data: Part) -> str:
    encoding = _ENCODINGS.get(data.number(4, "big"))
    data.skip(4)
    return data.rest().decode(encoding, "replace") if encoding else ""
