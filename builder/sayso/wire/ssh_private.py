"""Files of private SSH keys as bytes: what they say without a passphrase.

As `ssh-keygen` writes them since OpenSSH 7.8; OpenSSH's PROTOCOL.key describes them.
"""

import re
from typing import Final

from sayso.errors import MalformedError
from sayso.wire.ssh import Reading
from sayso.wire.text import from_base64

PRIVATE_LIMIT: Final = 32768
"""No file of a private key is longer, in bytes."""

_FILE = re.compile(
    rb"-----BEGIN OPENSSH PRIVATE KEY-----\r?\n([A-Za-z0-9+/=\r\n]+)"
    rb"-----END OPENSSH PRIVATE KEY-----\s*"
)
_MAGIC = b"openssh-key-v1\0"


def parse_head(data: bytes) -> tuple[bool, bytes]:
    """Return what a file of a private key says openly: what follows is passed over.

    Returns:
        Whether it has a passphrase, and the bytes of the public key.

    Raises:
        MalformedError: it is no such file; nothing in it is quoted.
    """
    if len(data) > PRIVATE_LIMIT:
        raise MalformedError(f"it is longer than {PRIVATE_LIMIT} bytes")
    match = _FILE.fullmatch(data)
    if match is None:
        raise MalformedError(
            "it is not in the format of OpenSSH; for an older one, "
            "`ssh-keygen -p -f FILE` writes it anew"
        )
    try:
        packed = from_base64(match[1].translate(None, b"\r\n").decode("ascii"))
    except MalformedError:
        raise MalformedError("it is not base64") from None
    reading = Reading(packed)
    if reading.take(len(_MAGIC)) != _MAGIC:
        raise MalformedError("it is not in the format of OpenSSH")
    cipher = reading.text()
    reading.string()  # how the passphrase becomes a key
    reading.string()  # its salt
    if (count := reading.number()) != 1:
        raise MalformedError(f"it has {count} keys, not 1")
    return cipher != "none", reading.string()
