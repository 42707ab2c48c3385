"""Reading the tags of an audio file, of whatever kind its bytes are."""

from typing import Final

from sayso.client.manifest.tags.ape import read_ape
from sayso.client.manifest.tags.asf import HEADER as ASF
from sayso.client.manifest.tags.asf import read_asf
from sayso.client.manifest.tags.chunks import read_aiff, read_wav
from sayso.client.manifest.tags.id3 import read_id3, read_id3v1
from sayso.client.manifest.tags.mp4 import read_mp4
from sayso.client.manifest.tags.naming import Naming
from sayso.client.manifest.tags.part import Part
from sayso.client.manifest.tags.vorbis import read_flac, read_ogg
from sayso.errors import MalformedError

_MP4: Final = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")
_TAGGED_AT_THE_END: Final = (b"MAC ", b"MPCK", b"MP+", b"TTA1", b"wvpk", b"ADIF")
_SYNC: Final = 0xE0


def read_tags(part: Part) -> Naming:
    """Return what the tags of a file say; its name plays no part.

    Raises:
        MalformedError: they cannot be read, in words about the file as `it`.
        OSError: the file cannot be read.
    """
    if not part.left:
        raise MalformedError("it is empty")
    naming = Naming()
    has_id3 = False
    while part.peek(3) == b"ID3":
        read_id3(part, naming)
        has_id3 = True
    head = part.peek(16)
    if head.startswith(b"fLaC"):
        read_flac(part, naming)
    elif head.startswith(b"OggS"):
        read_ogg(part, naming)
    elif head.startswith((b"RIFF", b"RF64", b"BW64")) and head[8:12] == b"WAVE":
        read_wav(part, naming)
    elif head.startswith(b"FORM") and head[8:12] in (b"AIFF", b"AIFC"):
        read_aiff(part, naming)
    elif head == ASF:
        read_asf(part, naming)
    elif head[4:8] in _MP4:
        read_mp4(part, naming)
    elif not _read_end(part, naming) and not has_id3 and not _is_sound(head):
        raise MalformedError("it is of no kind whose tags are known")
    return naming


def _read_end(part: Part, naming: Naming) -> bool:
    """Read what stands behind the sound; return whether there is an APE tag."""
    names = Naming()
    read_id3v1(part, names)
    has_ape = read_ape(part, naming)
    naming.add_from(names)  # cut at 30 characters, so they come last
    return has_ape


def _is_sound(head: bytes) -> bool:
    """Return whether MPEG audio, or another that has its tags at its end, begins."""
    return head.startswith(_TAGGED_AT_THE_END) or (
        head[:1] == b"\xff" and head[1:2] >= bytes([_SYNC])
    )
