"""Where a Zstandard frame ends, so that nothing hides behind it.

Unpackers pass over frames that they are told to skip, whatever these hold.
https://www.rfc-editor.org/rfc/rfc8878#section-3.1
"""

from typing import Final

_MAGIC: Final = bytes.fromhex("28b52ffd")
_DICTIONARY: Final = (0, 1, 2, 4)
_CONTENT_SIZE: Final = (0, 2, 4, 8)
_HEADER: Final = 3
"""How long the header of a block is, in bytes."""
_REPEATED: Final = 1
"""The type of a block that is one byte, however long its content."""
_CHECKSUM: Final = 4


def is_one_frame(data: bytes) -> bool:
    """Return whether bytes that unpack are one frame, and nothing else."""
    if data[: len(_MAGIC)] != _MAGIC:
        return False
    end = _first_block(data)
    is_last = False
    while not is_last and end < len(data):
        header = int.from_bytes(data[end : end + _HEADER], "little")
        is_last = bool(header & 1)
        size = 1 if header >> 1 & 3 == _REPEATED else header >> 3
        end += _HEADER + size
    has_checksum = data[len(_MAGIC)] >> 2 & 1
    return end + _CHECKSUM * has_checksum == len(data)


def _first_block(data: bytes) -> int:
    """Return where the header of a frame ends."""
    at = len(_MAGIC)
    descriptor = data[at]
    is_single = descriptor >> 5 & 1
    of_content = _CONTENT_SIZE[descriptor >> 6] or is_single
    window = 1 - is_single
    return at + 1 + window + _DICTIONARY[descriptor & 3] + of_content
