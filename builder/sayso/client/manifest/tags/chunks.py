"""Tags of WAV, with those of broadcasters (BWF), and of AIFF: files in chunks."""

from collections.abc import Iterator, Mapping
from typing import Final

from sayso.client.manifest.tags.documents import read_document
from sayso.client.manifest.tags.id3 import read_id3
from sayso.client.manifest.tags.naming import Field, Naming
from sayso.client.manifest.tags.part import Order, Part
from sayso.errors import MalformedError
from sayso.model.cell import read_cell

_INFO: Final[Mapping[bytes, Field]] = {b"INAM": "title", b"IART": "artist"}
_AIFF: Final[Mapping[bytes, Field]] = {b"NAME": "title", b"AUTH": "artist"}
_UNKNOWN: Final = 2**32 - 1
"""A size that was not known when the file was written, or that stands elsewhere."""


def read_wav(part: Part, naming: Naming) -> None:
    """Read the chunks of a WAV file, before and after the sound.

    Raises:
        MalformedError: they are broken.
    """
    form = _form(part, "little")
    sound: int | None = None
    for name, size in _chunks(form, "little"):
        length = sound if name == b"data" and size == _UNKNOWN else size
        # A program that wrote to a pipe did not know how long the sound would be.
        chunk = form.part(form.left if length is None else length)
        _pass_padding(form, chunk.left)
        if name == b"ds64":  # sizes beyond 4 GiB
            chunk.skip(8)
            sound = chunk.number(8, "little")
        elif name == b"LIST" and chunk.take(4) == b"INFO":
            _read_info(chunk, naming)
        elif name.lower() in (b"axml", b"ixml"):
            read_document(chunk, naming)
        elif name.lower() == b"id3 " and chunk.peek(3) == b"ID3":
            read_id3(chunk, naming)


def read_aiff(part: Part, naming: Naming) -> None:
    """Read the chunks of an AIFF file, before and after the sound.

    Raises:
        MalformedError: they are broken.
    """
    form = _form(part, "big")
    for name, size in _chunks(form, "big"):
        chunk = form.part(size)
        _pass_padding(form, size)
        if name in _AIFF:
            naming.add(_AIFF[name], _text(chunk))
        elif name.lower() == b"id3 " and chunk.peek(3) == b"ID3":
            read_id3(chunk, naming)


def _form(part: Part, order: Order) -> Part:
    """Return the chunks of a file."""
    part.skip(4)
    size = part.number(4, order)
    part.skip(4)
    if size in (0, _UNKNOWN):
        return part.part(part.left)
    # Some programs count the eight bytes before, too.
    return part.part(part.left if 0 < size - 4 - part.left <= 8 else size - 4)  # noqa: PLR2004


def _chunks(part: Part, order: Order) -> Iterator[tuple[bytes, int]]:
    """Yield the names and sizes of chunks; the taker passes over each."""
    while part.left >= 8:  # noqa: PLR2004 - a name and a size
        name = part.take(4)
        if name == b"\0\0\0\0":  # padding
            return
        if not (name.isascii() and name.decode("ascii").isprintable()):
            raise MalformedError("a chunk without a name")
        yield name, part.number(4, order)


def _pass_padding(part: Part, size: int) -> None:
    part.skip(min(size % 2, part.left))


def _read_info(chunk: Part, naming: Naming) -> None:
    for name, size in _chunks(chunk, "little"):
        value = chunk.part(size)
        _pass_padding(chunk, size)
        if name in _INFO:
            naming.add(_INFO[name], _text(value))
        elif name == b"ISRC":
            # By the standard this is the *source*, but some write the code here.
            text = _text(value)
            if not read_cell(text).invalid:
                naming.add("isrc", text)


def _text(part: Part) -> str:
    return part.rest().rstrip(b"\0").decode("utf-8", "replace")
