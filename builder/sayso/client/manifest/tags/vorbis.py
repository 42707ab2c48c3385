"""Vorbis comments: of FLAC, and of Vorbis, Opus, Speex and FLAC in Ogg."""

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
_LONGEST_KEY: Final = max(map(len, _FIELDS))

_COMMENTS: Final = 4
_CUE_SHEET: Final = 5
_NO_BLOCK: Final = 127

_FIRST_PAGE: Final = 0x02
_WHOLE: Final = 255
_CODECS: Final[Mapping[bytes, tuple[bytes, int]]] = {
    b"\x01vorbis": (b"\x03vorbis", 7),
    b"OpusHead": (b"OpusTags", 8),
    b"Speex   ": (b"", 0),
    b"\x7fFLAC": (b"", 4),
}
"""How a stream begins, and what stands before the comments in its second packet."""


def read_flac(part: Part, naming: Naming) -> None:
    """Read the blocks of a FLAC file, up to the sound.

    Raises:
        MalformedError: they are broken.
    """
    part.skip(4)
    last = False
    while not last:
        head = part.number(1, "big")
        last, kind = bool(head & 0x80), head & 0x7F
        block = part.part(part.number(3, "big"))
        if kind == _NO_BLOCK:
            raise MalformedError("a block of FLAC that cannot be")
        if kind == _COMMENTS:
            _read_comments(block, naming)
        elif kind == _CUE_SHEET:
            _read_cue_sheet(block, naming)


def read_ogg(part: Part, naming: Naming) -> None:
    """Read the comments of each stream in an Ogg file, up to the sound.

    Raises:
        MalformedError: they are broken, or there are none.
    """
    packets: dict[bytes, bytearray] = {}
    befores: dict[bytes, tuple[bytes, int]] = {}
    known = False
    while not known or befores:
        is_first, serial, lengths = _page_head(part)
        body = part.part(sum(lengths))
        if is_first:
            start = body.peek(8)
            for codec, before in _CODECS.items():
                if start.startswith(codec):
                    befores[serial], packets[serial] = before, bytearray()
                    known = True
        elif not known:
            raise MalformedError("nothing in this Ogg is of a kind that is known")
        elif serial in befores and _packet_ends(body, lengths, packets[serial]):
            packet = bytes(packets.pop(serial))
            _read_packet(packet, *befores.pop(serial), naming)


def _page_head(part: Part) -> tuple[bool, bytes, bytes]:
    """Return whether a stream begins with the next page, which, and its segments."""
    head = part.take(27)
    if not head.startswith(b"OggS\0"):
        raise MalformedError("a page of Ogg that does not begin as one")
    return bool(head[5] & _FIRST_PAGE), head[14:18], part.take(head[26])


def _packet_ends(body: Part, lengths: bytes, packet: bytearray) -> bool:
    """Add what the page has of its first packet; return whether that is all of it."""
    ends = next((n for n, length in enumerate(lengths) if length < _WHOLE), None)
    packet += body.take(sum(lengths[: None if ends is None else ends + 1]))
    return ends is not None


def _read_packet(packet: bytes, start: bytes, before: int, naming: Naming) -> None:
    if not packet.startswith(start):
        raise MalformedError("a stream in Ogg has no comments")
    part = Part.of_bytes(packet)
    part.skip(before)
    _read_comments(part, naming)


def _read_comments(part: Part, naming: Naming) -> None:
    part.skip(part.number(4, "little"))  # the name of the program that wrote them
    for _ in range(part.number(4, "little")):
        comment = part.part(part.number(4, "little"))
        key, equals, _ = comment.peek(_LONGEST_KEY + 1).partition(b"=")
        field = _FIELDS.get(key.upper()) if equals else None
        if field:
            comment.skip(len(key) + 1)
            naming.add(field, comment.rest().decode("utf-8", "replace"))


def _read_cue_sheet(block: Part, naming: Naming) -> None:
    """Take the code of each track of a CD that is one file."""
    block.skip(395)
    for _ in range(block.number(1, "big")):
        block.skip(9)
        naming.add("isrc", block.take(12).decode("latin-1"))
        block.skip(14)
        block.skip(12 * block.number(1, "big"))
