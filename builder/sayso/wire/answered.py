r"""The answers to a long list, which stay with whoever asked.

    sayso/answers/1<TAB><salt, 64 hexadecimal digits>
    XXF012600001<TAB><SHA-256 of its policy>
    XXG012600001<TAB>-

A line for each code, ascending; `-` where nobody speaks. The receipt commits to the
codes and to the answers by salted digests. The salt stands here and not in the receipt,
so that nobody who is shown the receipt can try out which codes were asked about.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from sayso.model.isrc import Isrc
from sayso.wire.text import Digest

FORMAT: Final = "sayso/answers/1"
SALT_BYTES: Final = 32
NOBODY_SPEAKS: Final = "-"
"""Stands for a policy where nobody speaks."""


def list_digest(salt: bytes, isrcs: Iterable[Isrc]) -> Digest:
    """Return the commitment to codes: SHA-256 of the salt and of a line for each."""
    digest = sha256(salt)
    for isrc in isrcs:
        digest.update(f"{isrc}\n".encode())
    return Digest(digest.hexdigest())
