"""Laws of tags: whatever a file is, reading it ends, and adds nothing to it."""

import io
import re
import tarfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from sayso.client.manifest.tags.part import Part
from sayso.client.manifest.tags.reading import read_tags
from sayso.client.manifest.tar import open_tar
from sayso.errors import MalformedError, ManifestError
from tests import audio
from tests.audio import ISRC, OTHER

CODE = re.compile(r"XXF01[0-9]{7}")
HEADS = [make()[:24] for _, make, _ in audio.KINDS.values()]
BYTES = st.binary(max_size=400)


@cache
def tagged() -> list[bytes]:
    """Return a file of each kind with two codes in its tags."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        files = [
            audio.write(path, kind, ISRC, OTHER).read_bytes() for kind in audio.KINDS
        ]
    xml = audio.chunk(b"axml", audio.axml(ISRC, OTHER))
    return [*files, audio.with_chunks(audio.wav(), xml)]


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """Draw a real file with some bytes changed, put in or taken out."""
    data = bytearray(draw(st.sampled_from(tagged())))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 4))
        data[place : place + length] = draw(st.binary(max_size=4))
    return bytes(data[: draw(st.none() | st.integers(0, len(data)))])


def read(data: bytes, size: int | None = None) -> list[str]:
    def part_of(place: int, length: int) -> bytes:
        return data[place : place + length]

    part = Part.of_file(part_of, len(data) if size is None else size)
    try:
        return read_tags(part).codes or []
    except MalformedError:
        return []


def stands_in(code: str, data: bytes) -> bool:
    """Return whether a file holds the letters of a code, spelt in any way."""
    spelling = re.compile("[ -]?".join(code), re.IGNORECASE)
    plain = data.replace(b"\xff\x00", b"\xff")
    return any(
        spelling.search(text.decode(encoding, "replace"))
        for text in (data, data[1:], plain, plain[1:])
        for encoding in ("latin-1", "utf-16-le", "utf-16-be")
    )


@given(changed())
def test_a_changed_file_says_only_what_stands_in_it(data: bytes) -> None:
    for code in read(data):
        if CODE.fullmatch(code):
            assert stands_in(code, data)


@given(st.sampled_from([b"", b"ID3\3\0\0\0\0\1\0", *HEADS]), BYTES)
def test_any_bytes_are_read_or_refused(head: bytes, data: bytes) -> None:
    for code in read(head + data):
        assert len(code) <= len(head + data) + 1


@given(st.integers(0, 10**9), st.integers(1, 2**32))
def test_what_is_cut_off_names_no_other_code(place: int, size: int) -> None:
    for data in tagged():
        assert set(read(data[: place % len(data)])) <= {ISRC, OTHER}
        # A file that seems longer than what can be read of it.
        assert set(read(data, max(size, len(data)))) <= {ISRC, OTHER}


@st.composite
def changed_tar(draw: st.DrawFn) -> bytes:
    """Draw a tar with some bytes changed."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=draw(st.integers(1, 2))) as tar:
        for number, member in enumerate([tagged()[0], b'{"isrc":"XXF012600001"}']):
            info = tarfile.TarInfo(
                f"{'n' * draw(st.sampled_from([1, 99]))}{number}.json"
            )
            info.size = len(member)
            tar.addfile(info, io.BytesIO(member))
    data = bytearray(file.getvalue())
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(data)))
        new = draw(st.binary(max_size=2))
        data[place : place + len(new)] = new
    return bytes(data[: draw(st.none() | st.integers(0, len(data)))])


@given(changed_tar())
def test_a_changed_tar_is_read_as_its_readers_do_or_refused(data: bytes) -> None:
    """Where `tarfile` itself finds members, so do we, or the tar is refused."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.tar"
        path.write_bytes(data)
        try:
            parts = [part.table for part in open_tar(path).read()]
        except ManifestError:
            return
        with tarfile.open(path) as tar:
            names = [
                member.name.encode("utf-8", "backslashreplace").decode()
                for member in tar
                if member.isreg()
            ]
    keys = [row["key"] for part in parts for row in part.to_pylist()]
    assert len(keys) <= len(names)
    assert all(any(name.startswith(key) for name in names) for key in keys)
