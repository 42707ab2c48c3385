"""Tars that are broken, or made to be: nothing is unpacked, and no row vanishes."""

import gzip
import os
import tarfile
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sayso.client.manifest import tape
from sayso.client.manifest.rows import Manifest
from sayso.client.manifest.tar import open_tar
from sayso.errors import ManifestError
from tests import audio
from tests.audio import ISRC

END = bytes(1024)
JSON = b'{"isrc":"XXF012600001"}'


def rows(manifest: Manifest) -> list[dict[str, Any]]:
    return [row for part in manifest.read() for row in part.table.to_pylist()]


def member(  # what a header says
    name: str,
    data: bytes = b"",
    kind: bytes = tarfile.REGTYPE,
    *,
    size: int | None = None,
    link: str = "",
) -> bytes:
    """Return a member whose header may lie about its size."""
    info = tarfile.TarInfo(name)
    info.size = len(data) if size is None else size
    info.type = kind
    info.linkname = link
    return info.tobuf(tarfile.GNU_FORMAT) + data + bytes(-len(data) % 512)


def pax(*records: tuple[str, str], kind: bytes = tarfile.XHDTYPE) -> bytes:
    return member("pax", b"".join(record(*pair) for pair in records), kind)


def record(key: str, value: str) -> bytes:
    text = f" {key}={value}\n".encode()
    length = len(text)
    while len(str(length)) + len(text) != length:
        length = len(str(length)) + len(text)
    return str(length).encode() + text


def write(path: Path, *pieces: bytes) -> Path:
    data = b"".join(pieces)
    path.write_bytes(gzip.compress(data) if path.name.endswith("gz") else data)
    return path


@pytest.fixture(params=["a.tar", "a.tar.gz"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / str(request.param)


@pytest.fixture(autouse=True)
def nothing_is_unpacked(tmp_path: Path) -> Iterator[None]:
    yield
    left = {file.name for file in tmp_path.rglob("*")}
    assert left <= {"a.tar", "a.tar.gz", "tagged"}
    assert not (tmp_path.parent / "x.json").exists()


def test_names_that_leave_the_folder_are_rows_and_remarks(path: Path) -> None:
    names = ["../x.json", "/etc/x.json", "a/../../x.json", "..x.json", "y..z/x.json"]
    manifest = open_tar(write(path, *[member(name, JSON) for name in names], END))
    keys = ["../x", "/etc/x", "a/../../x", "y..z/x"]
    assert [row["key"] for row in rows(manifest)] == keys
    assert manifest.remarks.counts == {
        "names that leave the folder": 3,
        "members without a key": 1,
    }


def test_links_and_devices_are_no_rows(path: Path) -> None:
    kinds = {
        "a": tarfile.SYMTYPE,
        "b": tarfile.LNKTYPE,
        "c": tarfile.CHRTYPE,
        "d": tarfile.BLKTYPE,
        "e": tarfile.FIFOTYPE,
        "f": tarfile.DIRTYPE,
    }
    strange = [
        member(f"{name}.json", kind=kind, link="/etc/passwd")
        for name, kind in kinds.items()
    ]
    data = [member("s.flac", audio.flac()), *strange, member("s.json", JSON), END]
    manifest = open_tar(write(path, *data))
    assert [(row["key"], row["isrc"]) for row in rows(manifest)] == [("s", [ISRC])]
    assert manifest.remarks.counts == {"links and devices in tars": 5}
    assert manifest.remarks.lines[0] == (
        f"{path}, a.json: it is a link or a device, and is not followed or read"
    )


def test_a_member_that_cannot_be_read_stays_a_row(path: Path) -> None:
    data = [
        member("a.flac", b"fLaC"),
        member("a.json", b"["),
        member("b.json", b" " * (2**20 + 1)),
        member("c.isrc", b"x" * (2**16 + 1)),
        member("d.mp3", b""),
        member("e\x1b\n.mp3", b"\0"),
        END,
    ]
    manifest = open_tar(write(path, *data))
    assert [row["isrc"] for row in rows(manifest)] == [None] * 5
    assert manifest.remarks.counts == {
        "tags that cannot be read": 3,
        "texts that cannot be read": 3,
    }
    assert manifest.remarks.lines[-1] == (
        f"{path}, e\\u001b\\u000a.mp3: its tags cannot be read (it is of no kind whose "
        "tags are known)"
    )


# Tars that are cut off or damaged


@pytest.mark.parametrize(
    ("keep", "words"),
    [
        (100, "ends within a header"),
        (512, "unexpected end of data"),
        (530, "unexpected end of data"),
        (1023, "unexpected end of data"),
        (1200, "ends within a header"),
    ],
)
def test_a_tar_that_is_cut_off_is_refused(path: Path, keep: int, words: str) -> None:
    data = (member("a.json", JSON) + member("b.json", JSON) + END)[:keep]
    with pytest.raises(ManifestError, match=f"to its end: .*{words}.*anew"):
        rows(open_tar(write(path, data)))


def test_a_tar_without_its_end_is_said(path: Path) -> None:
    manifest = open_tar(write(path, member("a.json", JSON)))
    assert len(rows(manifest)) == 1
    assert manifest.remarks.lines == [
        f"{path}: the two empty blocks that end a tar are missing; it may be cut off"
    ]


@pytest.mark.parametrize(
    "more", [member("b.json", JSON), bytes(2**20), bytes(9000) + b"x"]
)
def test_what_follows_the_end_is_said(path: Path, more: bytes) -> None:
    manifest = open_tar(write(path, member("a.json", JSON), END, more))
    assert len(rows(manifest)) == 1
    assert manifest.remarks.counts == {"tars that go on": 1}


def test_a_broken_header_is_not_the_end(path: Path) -> None:
    broken = b"c" + member("b.json", JSON)[1:]
    with pytest.raises(ManifestError, match="broken header at byte 1,024"):
        rows(open_tar(write(path, member("a.json", JSON), broken, END)))


@pytest.mark.parametrize("cut", [5, 20, 100])
def test_a_compressed_tar_that_is_cut_off_is_refused(tmp_path: Path, cut: int) -> None:
    noise = os.urandom(200)
    path = write(tmp_path / "a.tar.gz", member("a.flac", noise), END)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(ManifestError, match="cut off or damaged"):
        rows(open_tar(path))


def test_a_compressed_tar_with_another_checksum_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tar.gz", member("a.json", JSON), END)
    data = bytearray(path.read_bytes())
    data[-8] ^= 1
    path.write_bytes(data)
    with pytest.raises(ManifestError, match="CRC check failed"):
        rows(open_tar(path))


def test_a_compressed_tar_that_is_damaged_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tar.gz", member("a.flac", os.urandom(9999)), END)
    data = bytearray(path.read_bytes())
    data[200:5000] = bytes(4800)
    path.write_bytes(data)
    with pytest.raises(ManifestError, match="cannot be read to its end"):
        rows(open_tar(path))


# Headers that lie


def sparse(extended: int) -> bytes:
    """Return an old header of a file with gaps, with more blocks of them."""
    info = bytearray(member("s.flac", kind=tarfile.GNUTYPE_SPARSE))
    info[482] = 1
    info[148:156] = b" " * 8
    info[148:156] = f"{sum(info[:512]):06o}\0 ".encode()
    block = b"00000001000\0" * 42 + b"\1" + bytes(7)
    return bytes(info) + block * extended + block[:504] + bytes(8)


LIES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a size beyond the file": (
        lambda: member("a.json", JSON, size=2**33),
        "unexpected end of data",
    ),
    "a size beyond all files": (
        lambda: member("a.json", JSON, size=2**80),
        "cannot be read",
    ),
    "a negative size": (lambda: member("a.json", JSON, size=-512), "header of -512"),
    "a negative size in pax": (
        lambda: pax(("size", "-4096")) + member("a.json", JSON),
        "size contradicts itself",
    ),
    "a negative size in pax, later": (
        lambda: (
            member("b.json", JSON) + pax(("size", "-4096")) + member("a.json", JSON)
        ),
        "size contradicts itself",
    ),
    "a size for all members": (
        lambda: (
            pax(("size", "2048"), kind=tarfile.XGLTYPE) + member("a.json", JSON) * 9
        ),
        "size contradicts itself",
    ),
    "a size of a file with gaps that has none": (
        lambda: pax(("GNU.sparse.realsize", "2048")) + member("a.wav", audio.wav()) * 9,
        "size contradicts itself",
    ),
    "a long header": (
        lambda: member("x", b"", tarfile.XHDTYPE, size=2**30),
        "header of 1,073,741,824 bytes",
    ),
    "a long name": (
        lambda: member("x", b"", tarfile.GNUTYPE_LONGNAME, size=2**30),
        "header of 1,073,741,824 bytes",
    ),
    "many headers for one member": (
        lambda: pax(("comment", "x")) * 5000,
        "too many headers for one member",
    ),
    "long headers for all": (
        lambda: (
            (pax(("a", "x" * 30_000), kind=tarfile.XGLTYPE) + member("a.json", JSON))
            * 9
        ),
        "header of 30",
    ),
    "a header and no member": (lambda: pax(("comment", "x")) + END, "no tar, or a dam"),
    "digits": (
        lambda: member("x", b"1" * 2**17, tarfile.XHDTYPE) + member("a.json"),
        "number that is too long",
    ),
    "gaps without end": (lambda: sparse(10_000), "headers that are too long"),
    "gaps of the newest form without end": (
        lambda: (
            pax(
                ("GNU.sparse.major", "1"),
                ("GNU.sparse.minor", "0"),
                ("GNU.sparse.name", "s.flac"),
                ("GNU.sparse.realsize", "9"),
            )
            + member("s.flac", b"99999999\n" + b"0\n" * 2**22)
        ),
        "headers that are too long",
    ),
    "no numbers": (lambda: pax(("GNU.sparse.map", "x,y")) + member("a"), "no tar, or"),
}


@pytest.mark.parametrize("name", LIES)
def test_a_header_that_lies_is_refused(path: Path, name: str) -> None:
    make, words = LIES[name]
    write(path, make(), END)
    tracemalloc.start()
    with pytest.raises(ManifestError, match=words):
        rows(open_tar(path))
    assert tracemalloc.get_traced_memory()[1] < 2**27
    tracemalloc.stop()


def test_files_with_gaps_stay_rows(path: Path) -> None:
    newest = pax(
        ("GNU.sparse.major", "1"),
        ("GNU.sparse.minor", "0"),
        ("GNU.sparse.name", "t.flac"),
        ("GNU.sparse.realsize", str(2**60)),
    )
    stored = member("GNUSparseFile.0/t.flac", b"1\n0\n0\n".ljust(512, b"\0"))
    manifest = open_tar(write(path, sparse(1), newest, stored, END))
    assert [(row["key"], row["isrc"]) for row in rows(manifest)] == [
        ("s", None),
        ("t", None),
    ]
    assert manifest.remarks.lines == [
        f"{path}, {name}.flac: its tags cannot be read (it is stored with gaps)"
        for name in "st"
    ]


def test_names_in_longer_headers_are_read(path: Path) -> None:
    name = "a/" * 150 + "b.json"
    longer = [
        pax(("path", name)) + member("x", JSON),
        member("x", name.encode() + b"\0", tarfile.GNUTYPE_LONGNAME)
        + member("x", JSON),
    ]
    for head in longer:
        (row,) = rows(open_tar(write(path, head, END)))
        assert (row["key"], row["isrc"]) == (name.removesuffix(".json"), [ISRC])


def test_members_by_the_thousand_take_no_memory(path: Path) -> None:
    data = b"".join(member(f"{place}.cls", b"1") for place in range(5_000))
    # What is loaded when a first table is made is not counted.
    assert len(rows(open_tar(write(path, member("a.json"), END)))) == 1
    manifest = open_tar(write(path, data, END))
    tracemalloc.start()
    assert sum(len(part.table) for part in manifest.read()) == 5_000
    assert tracemalloc.get_traced_memory()[1] < 2**24
    tracemalloc.stop()


# Bombs


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tape, "_DOUBTFUL", 2**22)
    for suffix in ("wav", "bin"):
        path = write(
            tmp_path / "a.tar.gz", member(f"a.{suffix}", bytes(2**26 + 2**24)), END
        )
        with pytest.raises(ManifestError, match="more than 200 times its size"):
            rows(open_tar(path))


def test_silence_is_no_bomb(tmp_path: Path) -> None:
    wav = audio.wav(bytes(2**24))
    path = write(tmp_path / "a.tar.gz", member("a.wav", wav), END)
    assert rows(open_tar(path))[0]["isrc"] is None


def test_tags_far_behind_in_a_compressed_tar_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tape, "MOST_HELD", 2**20)
    wav = audio.with_chunks(
        audio.wav(bytes(2**20)), audio.chunk(b"axml", audio.axml(ISRC))
    )
    for name, wanted in (("a.tar", [ISRC]), ("a.tar.gz", None)):
        path = write(tmp_path / name, member("a.wav", wav), member("b.json", JSON), END)
        manifest = open_tar(path)
        assert [row["isrc"] for row in rows(manifest)] == [wanted, [ISRC]]
    again = open_tar(tmp_path / "a.tar.gz")
    assert len(rows(again)) == 2
    (line,) = again.remarks.lines
    assert line == (
        f"{tmp_path}/a.tar.gz, a.wav: its tags cannot be read (its tags are beyond its "
        "first 1 MiB, and the tar is compressed)"
    )
