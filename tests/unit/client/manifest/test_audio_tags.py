"""Tags of every kind, as other programs write them."""

# mypy: disable-error-code="no-untyped-call"

import struct
from collections.abc import Sequence
from pathlib import Path

import pytest
from mutagen.asf import ASF, ASFValue  # type: ignore[attr-defined]
from mutagen.flac import FLAC, CueSheet, CueSheetTrack, CueSheetTrackIndex, Picture
from mutagen.id3 import APIC, ID3, TIT2, TPE1, TSRC, TXXX
from mutagen.mp4 import MP4, AtomDataType, MP4FreeForm

from sayso.client.manifest.tags.naming import LONGEST, MOST_CODES, Naming
from sayso.client.manifest.tags.part import Part
from sayso.client.manifest.tags.reading import read_tags
from tests import audio
from tests.audio import ARTIST, ISRC, OTHER, TITLE

KINDS = pytest.mark.parametrize("kind", audio.KINDS)


def read(data: bytes) -> Naming:
    return read_tags(Part.of_bytes(data))


def codes(data: bytes) -> list[str] | None:
    return read(data).codes


def id3(*frames: bytes, version: int = 4, flags: int = 0, before: bytes = b"") -> bytes:
    body = before + b"".join(frames)
    return b"ID3" + bytes([version, 0, flags]) + spread(len(body)) + body


def frame(name: bytes, data: bytes, flags: int = 0, *, plain: bool = False) -> bytes:
    size = struct.pack(">I", len(data)) if plain else spread(len(data))
    return name + size + bytes([0, flags]) + data


def spread(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def ape(count: int, *items: bytes) -> bytes:
    body = b"".join(items)
    return (
        audio.mp3()
        + body
        + struct.pack("<8sIIII8x", b"APETAGEX", 2000, len(body) + 32, count, 0)
    )


def item(key: bytes, value: bytes, flags: int = 0) -> bytes:
    return struct.pack("<II", len(value), flags) + key + b"\0" + value


@KINDS
@pytest.mark.parametrize("wanted", [[ISRC], [ISRC, OTHER]])
def test_what_mutagen_wrote_is_read(
    tmp_path: Path, kind: str, wanted: Sequence[str]
) -> None:
    data = audio.write(tmp_path / "file", kind, *wanted).read_bytes()
    naming = read(data)
    assert (naming.codes, naming.title, naming.artist) == (wanted, TITLE, ARTIST)


@KINDS
def test_a_file_without_tags_names_nothing(kind: str) -> None:
    naming = read(audio.KINDS[kind][1]())
    assert (naming.codes, naming.title, naming.artist) == (None, None, None)


@pytest.mark.parametrize("between", ["/", ";", " / ", ", ", "\0"])
def test_codes_that_are_joined_are_several(between: str) -> None:
    text = f"{ISRC}{between}XX-F01-26-00002".encode()
    assert codes(id3(frame(b"TSRC", b"\0" + text))) == [ISRC, OTHER]


@pytest.mark.parametrize("text", ["", "n/a", "none", " "])
def test_what_means_nothing_is_no_code(text: str) -> None:
    assert codes(id3(frame(b"TSRC", b"\3" + text.encode()))) is None


def test_what_is_no_code_is_kept_to_be_judged() -> None:
    assert codes(id3(frame(b"TSRC", b"\3DUM_22832"))) == ["DUM_22832"]
    both = codes(id3(frame(b"TSRC", f"\3{ISRC};DUM_22832".encode())))
    assert both == [f"{ISRC};DUM_22832"]


def test_a_long_text_is_cut_and_shows_it() -> None:
    (code,) = codes(id3(frame(b"TSRC", b"\3" + b"X" * 5_000))) or []
    assert code == "X" * LONGEST + "…"


def test_codes_beyond_measure_are_no_codes() -> None:
    texts = [f"ISRC=XXF0126{number:05}" for number in range(MOST_CODES + 1)]
    naming = read(audio.ogg(*_opus_with(*texts[:-1])))
    assert len(naming.codes or []) == MOST_CODES
    naming = read(audio.ogg(*_opus_with(*texts)))
    assert naming.codes == ["more than 1000 codes"]


def _opus_with(*texts: str) -> tuple[bytes, bytes]:
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48000, 0, 0)
    return head, b"OpusTags" + audio.comments(*texts)


# ID3 -------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", [0, 1, 2, 3])
@pytest.mark.parametrize("version", [3, 4])
def test_texts_of_each_encoding_are_read(
    tmp_path: Path, encoding: int, version: int
) -> None:
    tags = ID3()
    tags.add(TSRC(encoding=encoding, text=[ISRC, OTHER]))
    tags.add(TIT2(encoding=encoding, text=["Émile"]))
    tags.add(APIC(data=bytes(100_000)))
    tags.add(TPE1(encoding=encoding, text=["Fern", "Wood"]))
    if version == 3:
        tags.update_to_v23()
    path = tmp_path / "file.mp3"
    path.write_bytes(audio.mp3())
    tags.save(path, v2_version=version)
    naming = read(path.read_bytes())
    assert (naming.codes, naming.title) == ([ISRC, OTHER], "Émile")
    assert naming.artist in {"Fern", "Fern/Wood"}


def test_a_free_text_that_is_called_isrc_is_read(tmp_path: Path) -> None:
    tags = ID3()
    tags.add(TXXX(encoding=1, desc="isrc", text=[ISRC]))
    tags.add(TXXX(encoding=1, desc="barcode", text=[OTHER]))
    tags.save(tmp_path / "file.mp3")
    assert codes((tmp_path / "file.mp3").read_bytes()) == [ISRC]


def test_the_oldest_version_is_read() -> None:
    def short(name: bytes, text: bytes) -> bytes:
        return name + (len(text) + 1).to_bytes(3, "big") + b"\0" + text

    tag = id3(short(b"TRC", ISRC.encode()), short(b"TT2", b"Song"), bytes(9), version=2)
    naming = read(tag + audio.mp3())
    assert (naming.codes, naming.title) == ([ISRC], "Song")


def test_old_names_in_newer_tags_are_read() -> None:
    tag = id3(frame(b"TRC\0", b"\0" + ISRC.encode()), version=3)
    assert codes(tag + audio.mp3()) == [ISRC]


@pytest.mark.parametrize("version", [3, 4])
def test_a_tag_whose_bytes_were_made_unlike_frames_is_read(version: int) -> None:
    text = b"\x01\xff\x00\xfe" + ISRC.encode("utf-16-le")
    size = len(text) - (version == 3)
    head = b"TSRC" + struct.pack(">I", size) + b"\0\0"
    assert codes(id3(head + text, version=version, flags=0x80)) == [ISRC]


def test_text_that_is_big_endian_is_read() -> None:
    text = b"\x01\xfe\xff" + ISRC.encode("utf-16-be")
    assert codes(id3(frame(b"TSRC", text))) == [ISRC]


@pytest.mark.parametrize(
    ("version", "header"),
    [
        (3, bytes([0, 0, 0, 6, 0, 0, 0, 0, 0, 0])),
        (4, bytes([0, 0, 0, 6, 1, 0])),
        (4, b""),  # announced, and not there
    ],
)
def test_an_extended_header_is_passed_over(version: int, header: bytes) -> None:
    tag = id3(
        frame(b"TSRC", b"\0" + ISRC.encode()),
        version=version,
        flags=0x40,
        before=header,
    )
    assert codes(tag) == [ISRC]


@pytest.mark.parametrize(
    ("version", "flags", "before"),
    [(4, 0x41, b"g\0\0\0\x0d"), (4, 0x02, b""), (3, 0x20, b"g")],
)
def test_what_the_flags_of_a_frame_add_is_passed_over(
    version: int, flags: int, before: bytes
) -> None:
    data = before + b"\0" + ISRC.encode()
    assert codes(id3(frame(b"TSRC", data, flags), version=version)) == [ISRC]


def test_sizes_that_itunes_wrote_are_understood() -> None:
    picture = frame(b"APIC", bytes(300), plain=True)
    code = frame(b"TSRC", b"\0" + ISRC.encode())
    assert codes(id3(picture, code)) == [ISRC]
    assert codes(id3(frame(b"APIC", bytes(200), plain=True), code)) == [ISRC]
    assert codes(id3(code, frame(b"APIC", bytes(300), plain=True))) == [ISRC]
    assert codes(id3(frame(b"APIC", bytes(300)), code)) == [ISRC]


def test_two_tags_one_after_the_other_are_both_read() -> None:
    tags = [id3(frame(b"TSRC", b"\0" + code.encode())) for code in (ISRC, OTHER)]
    assert codes(b"".join(tags)) == [ISRC, OTHER]


def test_the_oldest_tag_gives_names_that_are_lacking(tmp_path: Path) -> None:
    old = b"TAG" + b"Title".ljust(30, b"\0") + b"Artist".ljust(30) + bytes(65)
    naming = read(audio.mp3() + old)
    assert (naming.codes, naming.title, naming.artist) == (None, "Title", "Artist")
    path = audio.write(tmp_path / "file", "APEv2", ISRC)
    naming = read(path.read_bytes() + old)
    assert (naming.codes, naming.title) == ([ISRC], TITLE)


@pytest.mark.parametrize("head", [b"MP+", b"wvpk", b"ADIF", b"zip"])
def test_a_tag_at_the_end_is_read_whatever_comes_before(head: bytes) -> None:
    assert codes(head + ape(1, item(b"isrc", ISRC.encode()))) == [ISRC]


def test_sound_without_tags_names_nothing() -> None:
    assert codes(b"ADIF" + bytes(99)) is None


def test_what_is_no_text_in_an_ape_tag_is_passed_over() -> None:
    picture = item(b"Cover Art (front)", bytes(100), flags=2)
    data = ape(3, picture, item(b"ISRC", ISRC.encode(), 2), item(b"ISRC", b"\xff"))
    assert codes(data) == ["\ufffd"]


# Comments ----------------------------------------------------------------------------


def test_pictures_are_passed_over(tmp_path: Path) -> None:
    path = audio.write(tmp_path / "file.flac", "FLAC", ISRC)
    file = FLAC(path)
    picture = Picture()
    picture.data = bytes(200_000)
    file.add_picture(picture)
    file.save()
    assert codes(path.read_bytes()) == [ISRC]


def test_each_track_of_a_cd_counts(tmp_path: Path) -> None:
    path = audio.write(tmp_path / "file.flac", "FLAC", ISRC)
    file = FLAC(path)
    sheet = CueSheet(None)
    for number, code in ((1, ISRC), (2, OTHER), (170, "")):
        track = CueSheetTrack(number, 0, code.encode())
        track.indexes = [CueSheetTrackIndex(1, 0)]
        sheet.tracks.append(track)
    file.cuesheet = sheet
    file.metadata_blocks.append(sheet)
    file.save()
    assert codes(path.read_bytes()) == [ISRC, OTHER]


def test_flac_after_an_id3_tag_is_read(tmp_path: Path) -> None:
    data = audio.write(tmp_path / "file.flac", "FLAC", OTHER).read_bytes()
    tag = id3(frame(b"TSRC", b"\0" + ISRC.encode()))
    assert codes(tag + data) == [ISRC, OTHER]


def test_a_comment_on_many_pages_is_read() -> None:
    data = audio.ogg(
        *_opus_with("METADATA_BLOCK_PICTURE=" + "A" * 200_000, f"isrc={ISRC}")
    )
    assert codes(data) == [ISRC]


def test_each_stream_of_an_ogg_is_read() -> None:
    first = audio.ogg(*_opus_with(f"ISRC={ISRC}"), serial=1)
    second = audio.ogg(*_opus_with(f"ISRC={OTHER}"), serial=2)
    video = audio.ogg(b"\x80theora", b"\x81theora", serial=3)
    cut = first.index(b"OggS", 4), second.index(b"OggS", 4), video.index(b"OggS", 4)
    heads = video[: cut[2]] + first[: cut[0]] + second[: cut[1]]
    data = heads + video[cut[2] :] + second[cut[1] :] + first[cut[0] :]
    assert codes(data) == [OTHER, ISRC]


def test_a_comment_without_a_name_is_passed_over() -> None:
    data = audio.ogg(*_opus_with("ISRC", "", "=", f"Isrc={ISRC}", f"ISRCS={OTHER}"))
    assert codes(data) == [ISRC]


# MP4 ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key",
    [
        "----:com.apple.iTunes:isrc",
        "----:com.apple.iTunes:Isrc",
        "----:org.example:ISRC",
    ],
)
def test_the_code_in_mp4_is_found_however_it_is_called(
    tmp_path: Path, key: str
) -> None:
    path = tmp_path / "file.m4a"
    path.write_bytes(audio.m4a(last=False))
    file = MP4(path)
    file[key] = [
        MP4FreeForm(ISRC.encode(), AtomDataType.IMPLICIT),
        MP4FreeForm(OTHER.encode("utf-16-be"), AtomDataType.UTF16),
        MP4FreeForm(b"XXF012600009", AtomDataType.JPEG),
    ]
    file["----:com.apple.iTunes:BARCODE"] = b"XXF012600009"
    file["\xa9alb"] = "XXF012600009"
    file.save()
    assert codes(path.read_bytes()) == [ISRC, OTHER]


def test_the_code_of_the_store_is_read() -> None:
    def text(value: str) -> bytes:
        return audio.atom(b"data", struct.pack(">II", 1, 0) + value.encode())

    items = [
        audio.atom(b"xid ", text(f"Label:isrc:{ISRC}")),
        audio.atom(b"xid ", text("Label:upc:XXF012600009") + audio.atom(b"name", b"")),
        audio.atom(b"xid ", text("XXF012600009")),
    ]
    listed = audio.atom(b"ilst", b"".join(items))
    handler = audio.atom(b"hdlr", bytes(24))
    # QuickTime's own, whose list of tags has no version, and an atom of 64 bits.
    tags = audio.atom(b"udta", audio.atom(b"meta", handler + listed) + bytes(4))
    movie = struct.pack(">I4sQ", 1, b"moov", 16 + len(tags)) + tags
    assert codes(audio.atom(b"ftyp", b"qt  ") + movie) == [ISRC]
    assert codes(audio.atom(b"wide", b"") + movie) == [ISRC]
    last = bytes(4) + b"moov" + tags  # as long as the file
    assert codes(audio.atom(b"ftyp", b"qt  ") + last) == [ISRC]


# WMA ---------------------------------------------------------------------------------


def test_a_long_list_of_wma_is_read(tmp_path: Path) -> None:
    """Mutagen writes long values, and those of a stream, into other objects."""
    path = tmp_path / "file.wma"
    path.write_bytes(audio.wma())
    file = ASF(path)
    file["WM/Picture"] = [ASFValue(bytes(100_000), 1)]
    file["WM/ISRC"] = [
        ASFValue(ISRC, 0),
        ASFValue(OTHER, 0, language=1),
        ASFValue("XXF012600003", 0, stream=1),
        ASFValue(b"XXF012600009", 1),
    ]
    file.save()
    assert codes(path.read_bytes()) == [ISRC, "XXF012600003", OTHER]


# WAV and AIFF ------------------------------------------------------------------------


@pytest.mark.parametrize("end", [b"", b"\0\0\0", b"\r\n"])
def test_the_code_of_broadcasters_is_read(end: bytes) -> None:
    xml = audio.chunk(b"axml", audio.axml(ISRC, OTHER) + end)
    assert codes(audio.with_chunks(audio.wav(), xml)) == [ISRC, OTHER]


def test_the_code_in_ixml_is_read() -> None:
    xml = f"""<?xml version="1.0" encoding="UTF-16"?>
    <BWFXML><USER><ISRC>{ISRC}</ISRC><NOTE>{OTHER}</NOTE>
    <x:isrc xmlns:x="y"><a>XX-F01-</a></x:isrc></USER></BWFXML>""".encode("utf-16")
    assert codes(audio.with_chunks(audio.wav(), audio.chunk(b"iXML", xml))) == [
        ISRC,
        "XX-F01-",
    ]


def test_xml_without_a_code_and_no_xml_name_nothing() -> None:
    for xml in (b"<a/>", b"", bytes(8), audio.axml()):
        file = audio.with_chunks(audio.wav(), audio.chunk(b"axml", xml))
        assert codes(file) is None


def test_an_identifier_of_another_kind_is_no_code() -> None:
    xml = audio.axml(ISRC).replace(b'"ISRC"', b'"UMID"')
    assert codes(audio.with_chunks(audio.wav(), audio.chunk(b"axml", xml))) is None


def test_the_list_of_riff_is_read() -> None:
    """There `ISRC` is the source by the standard, and the code for some programs."""

    def info(*chunks: bytes) -> bytes:
        return audio.with_chunks(
            audio.wav(), audio.chunk(b"LIST", b"INFO" + b"".join(chunks))
        )

    code = audio.chunk(b"ISRC", ISRC.encode() + b"\0")
    names = audio.chunk(b"INAM", b"Odd"), audio.chunk(b"IART", b"Name\0\0")
    naming = read(info(*names, code, audio.chunk(b"ICMT", b"x")))
    assert (naming.codes, naming.title, naming.artist) == ([ISRC], "Odd", "Name")
    assert codes(info(audio.chunk(b"ISRC", b"A friend's tape"))) is None
    other = audio.chunk(b"LIST", b"adtl" + code)
    assert codes(audio.with_chunks(audio.wav(), other)) is None


def test_names_in_aiff_are_read() -> None:
    file = audio.aiff() + audio.chunk(b"NAME", b"Song", ">")
    file += audio.chunk(b"AUTH", b"Singer", ">")
    file = file[:4] + struct.pack(">I", len(file) - 8) + file[8:]
    naming = read(file)
    assert (naming.title, naming.artist) == ("Song", "Singer")


def test_files_whose_size_is_not_known_or_large_are_read() -> None:
    xml = audio.chunk(b"axml", audio.axml(ISRC))
    file = audio.with_chunks(audio.wav(), xml)
    unknown = b"\xff\xff\xff\xff"
    place = file.index(b"data")
    sizes = audio.chunk(b"ds64", struct.pack("<QQQI", 0, 64, 32, 0))
    large = b"RF64" + unknown + b"WAVE" + sizes + file[12:place]
    large += b"data" + unknown + file[place + 8 :]
    assert codes(large) == [ISRC]
    # Written to a pipe: the sound goes on to the end.
    piped = b"RIFF" + unknown + b"WAVE" + xml + file[12:place]
    assert codes(piped + b"data" + unknown + bytes(64)) == [ISRC]
    # A size that counts eight bytes too many, and padding at the end.
    counted = file[:4] + struct.pack("<I", len(file)) + file[8:]
    assert codes(counted) == [ISRC]
    assert codes(audio.with_chunks(file, bytes(16))) == [ISRC]


def test_a_chunk_that_is_no_id3_tag_is_passed_over() -> None:
    file = audio.with_chunks(audio.wav(), audio.chunk(b"id3 ", b"no"))
    assert codes(file) is None
