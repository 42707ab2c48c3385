"""Files that are broken, or made to be: no crash, no wrong code, no long wait."""

import struct
from collections.abc import Callable

import pytest

from sayso.client.manifest.tags.asf import HEADER
from sayso.client.manifest.tags.naming import Naming
from sayso.client.manifest.tags.part import LONGEST_TEXT, MOST_READ, Part
from sayso.client.manifest.tags.reading import read_tags
from sayso.errors import MalformedError
from tests import audio
from tests.audio import ISRC
from tests.unit.client.manifest.test_audio_tags import ape, frame, id3, item

CODE = frame(b"TSRC", b"\0" + ISRC.encode())


def read(data: bytes) -> Naming:
    return read_tags(Part.of_bytes(data))


def wma(*objects: tuple[bytes, bytes]) -> bytes:
    body = b"".join(
        kind + struct.pack("<Q", len(data) + 24) + data for kind, data in objects
    )
    return HEADER + struct.pack("<QIBB", len(body) + 30, len(objects), 1, 2) + body


def wav(*chunks: bytes) -> bytes:
    return audio.with_chunks(audio.wav(), *chunks)


def xml(text: bytes) -> bytes:
    return wav(audio.chunk(b"axml", text))


DOCTYPE = b'<!DOCTYPE a [<!ENTITY x "y">]><a><isrc>XXF012600001</isrc></a>'
EXTENSION = bytes.fromhex("b503bf5f2ea9cf118ee300c00c205365")
BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "it is empty"),
    "text": (b"ISRC=XXF012600001 TSRC", "no kind whose tags are known"),
    "short": (b"\0", "no kind"),
    "ID3 of the future": (id3(CODE, version=5), "version 2.5"),
    "ID3 longer than its file": (id3(CODE)[:-1], "ends too early"),
    "ID3 whose frame is too long": (id3(CODE[:-1]), "ends too early"),
    "ID3 compressed": (id3(CODE, version=2, flags=0x40), "compressed"),
    "ID3 with junk": (id3(b"\xff" * 20), "no name"),
    "ID3 with an encrypted frame": (
        id3(frame(b"TSRC", b"x" * 20, flags=0x04)),
        "compressed or encrypted",
    ),
    "ID3.3 with a compressed frame": (
        id3(frame(b"TSRC", b"x" * 20, flags=0x80), version=3),
        "compressed or encrypted",
    ),
    "ID3 with a long text": (
        id3(frame(b"TSRC", b"\0" + b"X" * LONGEST_TEXT)),
        "a text of 65,537 bytes",
    ),
    "APE too short": (
        audio.mp3() + struct.pack("<8sIIII8x", b"APETAGEX", 2000, 9, 0, 0),
        "shorter than its end",
    ),
    "APE longer than its file": (ape(1, item(b"ISRC", b"x"))[-40:], "ends too early"),
    "APE with more items": (ape(2, item(b"ISRC", b"x")), "ends too early"),
    "APE without a key": (ape(1, b"\xff" * 400), "key that does not end"),
    "FLAC cut": (audio.flac()[:-1], "ends too early"),
    "FLAC that cannot be": (b"fLaC\xff\0\0\0", "cannot be"),
    "FLAC with a comment that is too long": (
        b"fLaC\x84\0\0\x0c" + struct.pack("<III", 0, 1, 99),
        "ends too early",
    ),
    "FLAC with too many comments": (
        b"fLaC\x84\0\0\x08" + struct.pack("<II", 0, 2**32 - 1),
        "ends too early",
    ),
    "Ogg cut": (audio.opus()[:60], "ends too early"),
    "Ogg broken": (audio.opus()[:47] + bytes(99), "does not begin as one"),
    "Ogg without comments": (audio.ogg(b"OpusHead", b"x"), "no comments"),
    "Ogg of another kind": (audio.ogg(b"\x80theora", b"x"), "of a kind that is known"),
    "Ogg that is a head": (audio.ogg(b"OpusHead", b"x")[:36], "ends too early"),
    "MP4 without contents": (audio.atom(b"ftyp", bytes(8)), "table of contents"),
    "MP4 cut": (audio.m4a(last=False)[:-8][:60], "ends too early"),
    "MP4 with a small atom": (
        audio.atom(b"ftyp", b"") + b"\0\0\0\2moov",
        "shorter than its beginning",
    ),
    "MP4 with a large atom": (
        audio.atom(b"ftyp", b"") + struct.pack(">I4sQ", 1, b"moov", 2**63),
        "ends too early",
    ),
    "WMA cut": (audio.wma()[:-1], "ends too early"),
    "WMA too small": (HEADER + bytes(14), "shorter than its beginning"),
    "WAV cut": (audio.wav()[:-1], "ends too early"),
    "WAV whose chunk is too long": (wav(b"LIST\xff\0\0\0"), "ends too early"),
    "WAV with junk": (wav(b"\xffxyz\0\0\0\0"), "without a name"),
    "WAV with a list that is none": (wav(audio.chunk(b"LIST", b"")), "too early"),
    "WAV that is shorter than its beginning": (b"RIFF\1\0\0\0WAVE", "too early"),
    "AIFF cut": (audio.aiff()[:-1], "ends too early"),
    "XML broken": (xml(b"<a>"), "XML that is broken"),
    "XML of no encoding": (xml(b'<?xml version="1.0" encoding="x"?><a/>'), "broken"),
    "XML with entities": (xml(DOCTYPE), "document type"),
    "XML that is long": (xml(b" " * (2**20 + 1)), "1,048,577 bytes of XML"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_in_words(name: str) -> None:
    data, words = BROKEN[name]
    with pytest.raises(MalformedError, match=words):
        read(data)


def test_codes_in_the_sound_are_no_codes() -> None:
    sound = b"TSRC\0\0\0\x0d\0\0\0XXF012600001 ISRC=XXF012600001 " * 99
    assert read(audio.wav(sound)).codes is None
    assert read(audio.mp3() + sound).codes is None
    assert read(audio.flac() + sound).codes is None
    assert read(audio.opus() + sound).codes is None
    assert read(audio.m4a() + audio.atom(b"mdat", sound)).codes is None


def test_xml_that_is_deep_is_read() -> None:
    depth = 100_000
    text = b"<a>" * depth + b"<isrc>XXF012600001</isrc>" + b"</a>" * depth
    assert read(xml(text)).codes == [ISRC]


def test_extensions_within_extensions_are_not_followed() -> None:
    inner = b""
    for _ in range(3):
        inner = EXTENSION + struct.pack("<Q", len(inner) + 46) + bytes(22) + inner
    assert read(wma((EXTENSION, bytes(22) + inner))).codes is None


PAGE = b"OggS\0\0" + bytes(8) + struct.pack("<I", 7) + bytes(9)
MANY: dict[str, Callable[[], bytes]] = {
    "chunks": lambda: wav(b"abcd\0\0\0\0" * 600_000),
    "atoms": lambda: audio.atom(b"ftyp", b"") + b"\0\0\0\x08free" * 600_000,
    "frames": lambda: id3(b"TXYZ\0\0\0\0\0\0" * 600_000),
    "blocks": lambda: b"fLaC" + b"\1\0\0\0" * 600_000,
    "pages": lambda: audio.ogg(b"OpusHead", b"x")[:36] + PAGE * 600_000,
    "comments": lambda: (
        b"fLaC\x84\xff\xff\xff" + struct.pack("<II", 0, 10**7) + bytes(4) * 2**22
    ),
    "items": lambda: ape(10**6, item(b"x", b"") * 600_000),
}


@pytest.mark.parametrize("name", MANY)
def test_headers_by_the_million_are_given_up(name: str) -> None:
    data = MANY[name]()
    with pytest.raises(MalformedError, match="more than 16 MiB"):
        read(data)


def test_values_by_the_million_are_given_up() -> None:
    """Other readers take the square of this: hours for what is read here at once."""
    values = b"\0".join(b"%05x" % number for number in range(10_000))
    tag = id3(*[frame(b"TSRC", b"\0" + values)] * 250, frame(b"SYLT", b"x" * 2**20))
    assert read(tag).codes == ["more than 1000 codes"]


def test_only_so_much_of_a_file_is_read() -> None:
    size = MOST_READ * 4
    seen = []

    def stream(place: int, length: int) -> bytes:
        seen.append(length)
        head = id3(b"TSRC" + bytes(6))[:6] + b"\x7f\x7f\x7f\x7f"
        return (head + b"TSRC\0\0\x10\0\0\0" * length)[place : place + length]

    with pytest.raises(MalformedError):
        read_tags(Part.of_file(stream, size))
    assert sum(seen) <= MOST_READ


def test_a_file_that_became_shorter_is_refused() -> None:
    with pytest.raises(MalformedError, match="ends too early"):
        read_tags(Part.of_file(lambda _place, _length: b"", 100))
