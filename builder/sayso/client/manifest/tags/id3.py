"""ID3 tags, versions 1, 2.2, 2.3 and 2.4: of MP3, WAV and AIFF."""

import re
from collections.abc import Mapping
from typing import Final

from sayso.client.manifest.tags.naming import Field, Naming
from sayso.client.manifest.tags.part import Part
from sayso.errors import MalformedError

_FIELDS: Final[Mapping[bytes, Field]] = {
    b"TSRC": "isrc",
    b"TRC": "isrc",
    b"TIT2": "title",
    b"TT2": "title",
    b"TPE1": "artist",
    b"TP1": "artist",
}
_FREE: Final = frozenset({b"TXXX", b"TXX"})
# Old programs left names of three letters in tags whose names have four.
_NAME = re.compile(rb"[A-Z0-9]{3}[A-Z0-9 \0]?")
_V2: Final = 2
_V3: Final = 3
_V4: Final = 4
_UNSYNCHRONISED: Final = 0x80
_EXTENDED: Final = 0x40
_ENCODINGS: Final = {0: "latin-1", 1: "utf-16-le", 2: "utf-16-be", 3: "utf-8"}
_V1_LENGTH: Final = 128


def read_id3(part: Part, naming: Naming) -> None:
    """Read the tag with which a part begins; then the part begins behind it.

    Raises:
        MalformedError: it is broken.
    """
    head = part.take(10)
    version, flags = head[3], head[5]
    if version not in (_V2, _V3, _V4):
        raise MalformedError(f"an ID3 tag of version 2.{version}")
    body = part.part(_spread(head[6:]))
    if flags & _UNSYNCHRONISED and version < _V4:
        body = Part.of_bytes(_synchronised(body.take(body.left)))
    if flags & _EXTENDED:
        _pass_extended_header(body, version)
    while body.left >= (6 if version == _V2 else 10):
        if not _read_frame(body, version, naming, whole=bool(flags & _UNSYNCHRONISED)):
            break


def read_id3v1(part: Part, naming: Naming) -> None:
    """Read the tag with which a part may end, and leave it out; it has no codes."""
    if part.left < _V1_LENGTH or part.peek(3, after=part.left - _V1_LENGTH) != b"TAG":
        return
    tag = part.tail(_V1_LENGTH)
    tag.skip(3)
    for field in ("title", "artist"):
        text, _, _ = tag.take(30).partition(b"\0")
        naming.add(field, text.decode("latin-1"))


def _pass_extended_header(body: Part, version: int) -> None:
    if version == _V2:
        raise MalformedError("an ID3 tag that is compressed")
    # Some programs say that there is one, and there is none.
    if _NAME.fullmatch(body.peek(4)):
        return
    size = body.take(4)
    if version == _V3:
        body.skip(int.from_bytes(size, "big"))
    else:
        body.skip(max(_spread(size) - len(size), 0))


def _read_frame(body: Part, version: int, naming: Naming, *, whole: bool) -> bool:
    """Read one frame; return False where padding begins."""
    width = 3 if version == _V2 else 4
    name = body.take(width)
    if name.startswith(b"\0"):
        return False
    if _NAME.fullmatch(name) is None:
        raise MalformedError("an ID3 tag with a frame that has no name")
    size, flags = body.take(width), b"\0\0" if width == 3 else body.take(2)  # noqa: PLR2004 - a name of version 2.2
    frame = body.part(_frame_size(size, body, version))
    name = name.rstrip(b" \0")
    if name in _FIELDS or name in _FREE:
        data = _frame_content(frame.rest(), flags[1], version, whole=whole)
        _read_text(name, data, naming)
    return True


def _frame_size(size: bytes, body: Part, version: int) -> int:
    plain = int.from_bytes(size, "big")
    if version != _V4 or max(size) > 0x7F:  # noqa: PLR2004 - seven bits
        return plain
    # iTunes wrote plain numbers where seven bits of each byte belong: what follows
    # tells. Below 128 the two are the same.
    spread = _spread(size)
    return plain if _follows(body, plain) > _follows(body, spread) else spread


def _follows(body: Part, size: int) -> int:
    """Return how likely a frame ends there: 2 before a name, 1 before padding."""
    name = body.peek(4, after=size)
    if not name:
        return int(size == body.left)
    return 1 if name.startswith(b"\0") else 2 * bool(_NAME.fullmatch(name))


def _frame_content(data: bytes, flags: int, version: int, *, whole: bool) -> bytes:
    """Return what a frame holds, without what its flags announce.

    Raises:
        MalformedError: it is compressed or encrypted.
    """
    if version == _V3:
        packed, grouped, unsynchronised, measured = flags & 0xC0, flags & 0x20, 0, 0
    else:
        packed, grouped = flags & 0x0C, flags & 0x40
        unsynchronised, measured = flags & 0x02, flags & 0x01
    if packed:
        raise MalformedError("an ID3 tag with a frame that is compressed or encrypted")
    data = data[(1 if grouped else 0) + (4 if measured else 0) :]
    if unsynchronised or (whole and version == _V4):
        return _synchronised(data)
    return data


def _read_text(name: bytes, data: bytes, naming: Naming) -> None:
    encoding = _ENCODINGS.get(data[0], "latin-1") if data else "latin-1"
    content = data[1:]
    if encoding == "utf-16-le" and content.startswith(b"\xfe\xff"):
        encoding = "utf-16-be"
    text = content.decode(encoding, "replace")
    values = [value.removeprefix("\ufeff") for value in text.split("\0")]
    field = _FIELDS.get(name)
    if field is None and values.pop(0).upper() == "ISRC":  # a free text says what it is
        field = "isrc"
    if field is not None:
        for value in values:
            naming.add(field, value)


def _spread(data: bytes) -> int:
    """Return a number of which each byte has seven bits."""
    number = 0
    for byte in data:
        number = number << 7 | byte & 0x7F
    return number


def _synchronised(data: bytes) -> bytes:
    return data.replace(b"\xff\x00", b"\xff")
