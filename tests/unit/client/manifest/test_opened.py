"""Opening a manifest: its kind is known by its first bytes and its name."""

import gzip
import io
import json
import os
import threading
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from sayso.client.manifest.opened import KINDS, open_manifest
from sayso.client.manifest.rows import MOST_REMARKS, Remarks
from sayso.errors import ManifestError
from tests.manifests import CODES, put, read

CSV = f"isrc,title\n{CODES[1]},a\n{CODES[2]},b\n"
LINES = "".join(json.dumps({"isrc": code}) + "\n" for code in CODES[1:3])
DOCUMENT = json.dumps([{"isrc": code} for code in CODES[1:3]], indent=1)
UTF16 = CSV.encode("utf-16")


def parquet() -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table({"isrc": CODES[1:3]}), stream)
    return stream.getvalue()


def xlsx() -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in ("isrc", *CODES[1:3]):
        sheet.append([row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


CONTENTS = {
    "csv": CSV.encode(),
    "tsv": CSV.replace(",", "\t").encode(),
    "jsonl": LINES.encode(),
    "json": DOCUMENT.encode(),
    "parquet": parquet(),
    "xlsx": xlsx(),
}
TEXTS = ["csv", "tsv", "jsonl", "json"]


@pytest.mark.parametrize("kind", CONTENTS)
@pytest.mark.parametrize("name", ["t.{}", "t", "t.dat", "T.TXT"])
def test_what_a_file_is_shows_in_its_content(
    tmp_path: Path, kind: str, name: str
) -> None:
    manifest = read(put(tmp_path, name.format(kind), CONTENTS[kind]))
    assert manifest.manifest.kind == kind
    assert manifest.codes == CODES[1:3]


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_stream_is_read_as_well(kind: str) -> None:
    manifest = open_manifest(io.BytesIO(CONTENTS[kind]))
    assert manifest.kind == kind
    assert manifest.name == "standard input"
    assert manifest.size == (len(CONTENTS[kind]) if kind == "parquet" else None)
    assert manifest.done == 0.0
    codes = [code for rows in manifest.read() for code in rows.codes.to_pylist()]
    assert codes == CODES[1:3]


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("name", ["t.{}.gz", "t.{}", "t.gz", "t"])
def test_texts_may_be_compressed(tmp_path: Path, kind: str, name: str) -> None:
    data = gzip.compress(CONTENTS[kind][:9]) + gzip.compress(CONTENTS[kind][9:])
    path = tmp_path / name.format(kind)
    path.write_bytes(data)
    manifest = read(path)
    assert manifest.manifest.kind == kind
    assert manifest.manifest.size == len(data)
    assert manifest.codes == CODES[1:3]
    assert manifest.manifest.done == 1.0
    stream = open_manifest(io.BytesIO(data))
    assert sum(len(rows.codes) for rows in stream.read()) == 2


@pytest.mark.parametrize("cut", [10, 30, -9, -4, -1])
def test_a_compressed_file_that_ends_too_early_is_refused(
    tmp_path: Path, cut: int
) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress((CSV * 50).encode())[:cut])
    with pytest.raises(ManifestError, match=r"t.csv.gz is (damaged|empty)"):
        read(path)


def test_a_broken_compressed_file_is_refused(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(os.urandom(4000).hex().encode()))
    data[2000] ^= 0xFF
    path = tmp_path / "t.csv.gz"
    for broken in (
        bytes(data),
        b"\x1f\x8bnonsense",
        gzip.compress(b"isrc\n") + b"junk",
    ):
        path.write_bytes(broken)
        with pytest.raises(ManifestError, match=r"t.csv.gz is damaged"):
            read(path)


def test_a_large_compressed_file_streams(tmp_path: Path) -> None:
    rows = "".join(f"{code},{'x' * 200}\n" for code in CODES)
    manifest = read(put(tmp_path, "t.csv.gz", "isrc,title\n" + rows))
    assert manifest.codes == CODES


def test_a_table_twice_compressed_is_refused(tmp_path: Path) -> None:
    for name in ("t.parquet.gz", "t.xlsx.gz"):
        with pytest.raises(ManifestError, match="is compressed; unpack it with gunzip"):
            read(put(tmp_path, name, b"x"))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
        (b"ARROW1\0\0", "an Arrow file"),
        (b"(\xb5/\xfd", "compressed with Zstandard"),
        (b"BZh91AY", "compressed with bzip2"),
        (b"%PDF-1.7", "a PDF"),
    ],
)
def test_what_is_no_table_is_called_by_its_name(
    tmp_path: Path, data: bytes, words: str
) -> None:
    with pytest.raises(
        ManifestError, match=f"{words}.*, which is not read; save it as"
    ):
        read(put(tmp_path, "t.csv", data))


def test_the_kind_may_be_given(tmp_path: Path) -> None:
    path = put(tmp_path, "t.txt", LINES)
    assert read(path, kind="jsonl").codes == CODES[1:3]
    for kind in ("audio", "tar"):
        with pytest.raises(ManifestError):
            read(path, kind=kind)
    with pytest.raises(
        ManifestError, match="no kind of manifest 'xml'; there are audio"
    ):
        read(path, kind="xml")
    assert sorted(KINDS) == list(KINDS)


def test_lines_in_a_json_file_are_lines(tmp_path: Path) -> None:
    assert read(put(tmp_path, "t.json", LINES)).manifest.kind == "jsonl"
    one = LINES.split("\n", maxsplit=1)[0]
    assert read(put(tmp_path, "t.json", one)).codes == [CODES[1]]
    assert read(put(tmp_path, "t.jsonl", DOCUMENT)).manifest.kind == "json"
    assert read(put(tmp_path, "t.jsonl", one)).manifest.kind == "jsonl"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"t.csv cannot be read: No such file"):
        read(tmp_path / "t.csv")


def test_a_folder_has_audio_or_parquet(tmp_path: Path) -> None:
    with pytest.raises(
        ManifestError, match="a folder, and has no files of the kind csv"
    ):
        read(tmp_path, kind="csv")
    with pytest.raises(
        ManifestError, match="a folder, and has no files of the kind parq"
    ):
        read(tmp_path, kind="parquet")
    put(tmp_path, "a.flac", b"")
    assert open_manifest(tmp_path).kind == open_manifest(tmp_path, kind="audio").kind
    (tmp_path / "a.parquet").write_bytes(CONTENTS["parquet"])
    assert read(tmp_path).codes == CODES[1:3]


def test_a_pipe_with_a_name_is_a_stream(tmp_path: Path) -> None:
    path = tmp_path / "pipe.csv"
    os.mkfifo(path)
    rows = "".join(f"{code},x\n" for code in CODES)
    writer = threading.Thread(target=path.write_text, args=("isrc,a\n" + rows,))
    writer.start()
    manifest = open_manifest(path)
    assert manifest.size is None
    assert sum(len(rows.codes) for rows in manifest.read()) == len(CODES)
    writer.join()


class Slow(io.RawIOBase):
    """Gives few bytes at a time, as a pipe does, and breaks in the end."""

    def __init__(self, data: bytes, *, breaks: bool = False) -> None:
        self._data, self._breaks = data, breaks

    def read(self, size: int = -1, /) -> bytes:
        piece, self._data = self._data[:7], self._data[7:]
        if not piece and self._breaks:
            raise OSError(5, "Input/output error")
        return piece[:size]


def test_a_stream_may_come_in_small_pieces() -> None:
    manifest = open_manifest(Slow(CSV.encode()))  # type: ignore[arg-type]
    assert sum(len(rows.codes) for rows in manifest.read()) == 2


def test_a_stream_may_break() -> None:
    with pytest.raises(
        ManifestError, match="standard input cannot be read: Input/outp"
    ):
        open_manifest(Slow(b"isrc\n", breaks=True))  # type: ignore[arg-type]
    much = b"isrc,a\n" + b"XXF012600001,a\n" * 2**17

    class Late(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() >= 2**20:
                raise OSError(5, "Input/output error")
            return super().read(size)

    manifest = open_manifest(Late(much))
    with pytest.raises(
        ManifestError, match="standard input cannot be read: Input/outp"
    ):
        list(manifest.read())
    with pytest.raises(
        ManifestError, match="standard input cannot be read: Input/outp"
    ):
        open_manifest(Late(CONTENTS["parquet"] + bytes(2**20)))


def test_remarks_are_counted_beyond_those_that_are_shown() -> None:
    remarks = Remarks()
    for number in range(MOST_REMARKS + 5):
        remarks.add("a", str(number))
    assert len(remarks.lines) == MOST_REMARKS
    assert remarks.counts == {"a": MOST_REMARKS + 5}


def test_progress_is_known_while_a_file_is_read(tmp_path: Path) -> None:
    path = put(tmp_path, "t.csv", "isrc\n" + f"{CODES[1]}\n" * 1_500_000)
    manifest = open_manifest(path)
    done = [manifest.done for _ in manifest.read()]
    assert len(done) > 1
    assert 0 < done[0] < 1
    assert done == sorted(done)
    assert manifest.done == 1.0
