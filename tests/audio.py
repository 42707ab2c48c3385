"""Audio files of every kind, small and real, that mutagen tags for the tests."""

# mypy: disable-error-code="no-untyped-call"

import io
import struct
import wave
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from mutagen.aiff import AIFF
from mutagen.apev2 import APEv2
from mutagen.asf import ASF
from mutagen.flac import FLAC
from mutagen.id3 import ID3, TIT2, TPE1, TSRC
from mutagen.mp4 import MP4
from mutagen.ogg import OggPage
from mutagen.oggflac import OggFLAC
from mutagen.oggopus import OggOpus
from mutagen.oggspeex import OggSpeex
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

ISRC: Final = "XXF012600001"
OTHER: Final = "XXF012600002"
TITLE: Final = "Über den Wolken"
ARTIST: Final = "Fern & Wood"

_MP3_FRAME: Final = b"\xff\xfb\x90\x00" + bytes(413)


def mp3() -> bytes:
    """Return five frames of silence."""
    return _MP3_FRAME * 5


def wav(sound: bytes = bytes(64)) -> bytes:
    """Return silence."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(8000)
        writer.writeframes(sound)
    return file.getvalue()


def aiff() -> bytes:
    """Return silence."""
    rate = struct.pack(">hQ", 16383 + 12, 8000 << 51)
    common = struct.pack(">hIh", 1, 32, 16) + rate
    chunks = chunk(b"COMM", common, ">") + chunk(b"SSND", bytes(8 + 64), ">")
    return chunk(b"FORM", b"AIFF" + chunks, ">")


def flac() -> bytes:
    """Return the head of a file without a frame."""
    info = struct.pack(">HH", 4096, 4096) + bytes(6)
    info += ((8000 << 44) | (15 << 36)).to_bytes(8, "big") + bytes(16)
    return b"fLaC\x80" + len(info).to_bytes(3, "big") + info


def ogg(*packets: bytes, serial: int = 7) -> bytes:
    """Return packets on pages: the first on its own, as it must be."""
    head = OggPage()
    head.packets, head.first, head.serial = [packets[0]], True, serial
    pages = OggPage.from_packets(list(packets[1:]), sequence=1)
    for page in pages:
        page.serial = serial
    pages[-1].last, pages[-1].position = True, 8000
    return b"".join(page.write() for page in [head, *pages])


def vorbis() -> bytes:
    """Return headers and no sound."""
    head = b"\x01vorbis" + struct.pack("<IBIiiiBB", 0, 1, 8000, 0, 64000, 0, 0xB8, 1)
    return ogg(head, b"\x03vorbis" + comments(), b"\x05vorbis" + bytes(30))


def opus() -> bytes:
    """Return headers and no sound."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48000, 0, 0)
    return ogg(head, b"OpusTags" + comments(), bytes(30))


def speex() -> bytes:
    """Return headers and no sound."""
    head = b"Speex   1.2".ljust(28, b"\0")
    head += struct.pack("<13I", 1, 80, 8000, 0, 4, 1, 8000, 160, 0, 1, 0, 0, 0)
    return ogg(head, comments(), bytes(30))


def ogg_flac() -> bytes:
    """Return headers and no sound."""
    block = comments()
    head = b"\x7fFLAC\1\0\0\1" + flac()[:4] + b"\0" + flac()[5:]
    return ogg(head, b"\x84" + len(block).to_bytes(3, "big") + block, bytes(30))


def comments(*texts: str | bytes) -> bytes:
    """Return Vorbis comments."""
    data = struct.pack("<I", 4) + b"test" + struct.pack("<I", len(texts))
    for text in texts:
        raw = text.encode() if isinstance(text, str) else text
        data += struct.pack("<I", len(raw)) + raw
    return data + b"\1"


def m4a(*, last: bool = True) -> bytes:
    """Return a file without sound, its table of contents at the end or before."""
    handler = atom(b"hdlr", bytes(8) + b"soun" + bytes(13))
    media = atom(b"mdhd", struct.pack(">IIIIII", 0, 0, 0, 8000, 32, 0)) + handler
    track = atom(b"trak", atom(b"mdia", media))
    movie = atom(b"moov", atom(b"mvhd", bytes(100)) + track)
    head, sound = atom(b"ftyp", b"M4A \0\0\0\0M4A "), atom(b"mdat", bytes(64))
    return head + (sound + movie if last else movie + sound)


def wma() -> bytes:
    """Return a header without sound."""
    guid = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
    properties = guid + struct.pack("<Q", 104) + bytes(80)
    head = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
    return head + struct.pack("<QIBB", 30 + 104, 1, 1, 2) + properties


def chunk(name: bytes, data: bytes, order: str = "<") -> bytes:
    """Return a chunk of WAV (`<`) or AIFF (`>`)."""
    return name + struct.pack(f"{order}I", len(data)) + data + b"\0" * (len(data) % 2)


def atom(name: bytes, data: bytes) -> bytes:
    """Return an atom of MP4."""
    return struct.pack(">I", 8 + len(data)) + name + data


def with_chunks(file: bytes, *chunks: bytes) -> bytes:
    """Return a WAV file with more chunks at its end."""
    body = file[8:] + b"".join(chunks)
    return file[:4] + struct.pack("<I", len(body)) + body


def axml(*codes: str) -> bytes:
    """Return the XML of EBU Tech 3352, as programs for mastering write it."""
    identifiers = "".join(
        '<ebucore:identifier typeLabel="GUID" typeDefinition="Globally Unique '
        'Identifier" formatLabel="ISRC" formatDefinition="International Standard '
        'Recording Code" formatLink="http://www.ebu.ch/metadata/cs/'
        'ebu_IdentifierTypeCodeCS.xml#3.7">'
        f"<dc:identifier>ISRC:{code}</dc:identifier></ebucore:identifier>"
        for code in codes
    )
    return (
        '<ebucore:ebuCoreMain xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:ebucore="urn:ebu:metadata-schema:ebuCore_2012"><ebucore:coreMetadata>'
        f"{identifiers}</ebucore:coreMetadata></ebucore:ebuCoreMain>"
    ).encode()


def _tag_id3(tags: ID3, codes: Sequence[str]) -> None:
    tags.add(TSRC(encoding=3, text=list(codes)))
    tags.add(TIT2(encoding=3, text=[TITLE]))
    tags.add(TPE1(encoding=3, text=[ARTIST]))


def _tag_mp3(path: Path, codes: Sequence[str], version: int = 4) -> None:
    tags = ID3()
    _tag_id3(tags, codes)
    if version == 3:
        tags.update_to_v23()
    tags.save(path, v2_version=version)


def _tag_mp3_v23(path: Path, codes: Sequence[str]) -> None:
    _tag_mp3(path, codes, version=3)


def _tag_ape(path: Path, codes: Sequence[str]) -> None:
    tags = APEv2()
    tags["ISRC"], tags["Title"], tags["Artist"] = list(codes), TITLE, ARTIST
    tags.save(path)


def _tag_wave(path: Path, codes: Sequence[str]) -> None:
    file = WAVE(path)
    file.add_tags()
    _tag_id3(cast("ID3", file.tags), codes)
    file.save()


def _tag_aiff(path: Path, codes: Sequence[str]) -> None:
    file = AIFF(path)
    file.add_tags()
    _tag_id3(cast("ID3", file.tags), codes)
    file.save()


def _tag_mp4(path: Path, codes: Sequence[str]) -> None:
    file = MP4(path)
    file["----:com.apple.iTunes:ISRC"] = [code.encode() for code in codes]
    file["\xa9nam"], file["\xa9ART"] = TITLE, ARTIST
    file.save()


def _tag_asf(path: Path, codes: Sequence[str]) -> None:
    file = ASF(path)
    file["WM/ISRC"] = list(codes)
    file["Title"], file["Author"] = TITLE, ARTIST
    file.save()


def _tagged(kind: Callable[[Path], Any]) -> "Tagger":
    def tag(path: Path, codes: Sequence[str]) -> None:
        file = kind(path)
        file["isrc"], file["title"], file["artist"] = list(codes), TITLE, ARTIST
        file.save()

    return tag


Tagger = Callable[[Path, Sequence[str]], None]

KINDS: Final[Mapping[str, tuple[str, Callable[[], bytes], Tagger]]] = {
    "ID3v2.4": ("mp3", mp3, _tag_mp3),
    "ID3v2.3": ("mp3", mp3, _tag_mp3_v23),
    "APEv2": ("mp3", mp3, _tag_ape),
    "WAV": ("wav", wav, _tag_wave),
    "AIFF": ("aiff", aiff, _tag_aiff),
    "FLAC": ("flac", flac, _tagged(FLAC)),
    "Vorbis": ("ogg", vorbis, _tagged(OggVorbis)),
    "Opus": ("opus", opus, _tagged(OggOpus)),
    "Speex": ("spx", speex, _tagged(OggSpeex)),
    "FLAC in Ogg": ("oga", ogg_flac, _tagged(OggFLAC)),
    "MP4": ("m4a", m4a, _tag_mp4),
    "WMA": ("wma", wma, _tag_asf),
}
"""How a name ends, what makes a file, and what tags it, for each kind of tags."""


def write(path: Path, kind: str, *codes: str) -> Path:
    """Write a file of a kind with codes, a title and an artist in its tags."""
    _, make, tag = KINDS[kind]
    path.write_bytes(make())
    tag(path, codes)
    return path
