"""Zstandard frames end where they end, whoever packed them."""

import hashlib

import pyarrow as pa
import pytest

from sayso.publish.rebuilding.frames import is_one_frame

NOISE = b"".join(hashlib.sha256(b"%d" % n).digest() for n in range(20_000))
CONTENTS = [b"", b"a", b"a" * 255, b"a" * 300, b"a" * 70_000, NOISE[:300], NOISE]


def packed(content: bytes, level: int) -> bytes:
    data: bytes = pa.Codec("zstd", level).compress(content, asbytes=True)
    return data


def streamed(content: bytes) -> bytes:
    """Return a frame that does not say how long its content is."""
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    data: bytes = sink.getvalue().to_pybytes()
    return data


@pytest.mark.parametrize("content", CONTENTS, ids=len)
def test_a_frame_is_one_and_all_else_is_not(content: bytes) -> None:
    for data in (packed(content, 1), packed(content, 19), streamed(content)):
        assert is_one_frame(data)
        assert not is_one_frame(data + b"\0")
        assert not is_one_frame(data[:-1])
        assert not is_one_frame(data + data)


def test_a_checksum_belongs_to_the_frame() -> None:
    """It is what `printf a | zstd` writes."""
    frame = bytes.fromhex("28b52ffd0458090000615b6e8ca9")
    assert is_one_frame(frame)
    assert not is_one_frame(frame[:-4])


def test_what_is_no_frame_is_none() -> None:
    assert not is_one_frame(b"")
    assert not is_one_frame(b"hello")
