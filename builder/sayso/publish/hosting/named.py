"""Files whose names are digests: whether they are what their names say.

Whoever alters one between the build and the publication must not bring it to the host,
where it would also take the place of a good one.
"""

import re
import zlib
from hashlib import sha256
from typing import Final

from sayso.errors import PublishError
from sayso.publish.hosting.outgoing import Outgoing
from sayso.wire.lookup import OBJECT_LIMIT

_GZIP: Final = 31
_BYTES: Final = re.compile(
    r"(?:tuf/targets/([0-9a-f]{64})\..+|registry/([0-9a-f]{64})\.json)", re.ASCII
)
_UNPACKED: Final = re.compile(r"lookup/[0-9a-f]{2}/([0-9a-f]{64})\.json\.gz", re.ASCII)


def check_named(file: Outgoing) -> None:
    """Check that a file whose name is a digest has it.

    What a release names by a path of another kind is checked with the release.

    Raises:
        PublishError: it has another, or cannot be read.
    """
    if match := _BYTES.fullmatch(file.path):
        _, digest = file.digests()
        is_same = digest == (match[1] or match[2])
    elif match := _UNPACKED.fullmatch(file.path):
        is_same = _unpacked_digest(file.read()) == match[1]
    else:
        return
    if not is_same:
        raise PublishError(
            f"{file.path} is not the file that its name says: it was changed. Build "
            "the release again, and publish the whole folder"
        )


def _unpacked_digest(data: bytes) -> str | None:
    """Return the digest of what a whole gzip holds; None if it is none or too long."""
    unpacker = zlib.decompressobj(wbits=_GZIP)
    try:
        content = unpacker.decompress(data, OBJECT_LIMIT + 1)
    except zlib.error:
        return None
    is_whole = unpacker.eof and not unpacker.unused_data
    is_whole = is_whole and len(content) <= OBJECT_LIMIT
    return sha256(content).hexdigest() if is_whole else None
