r"""The answers to a long list, which stay with whoever asked.

    sayso/answers/1<TAB><salt, 64 hexadecimal digits>
    XXF012600001<TAB><SHA-256 of its policy>
    XXG012600001<TAB>-

A line for each code, ascending; `-` where nobody speaks. The receipt commits to the
codes and to the answers by salted digests. The salt stands here and not in the receipt,
so that nobody who is shown the receipt can try out which codes were asked about.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import Final

from sayso.errors import MalformedError
from sayso.model.isrc import Isrc, is_isrc
from sayso.wire.text import Digest, from_utf8, parse_digest, shown

FORMAT: Final = "sayso/answers/1"
SALT_BYTES: Final = 32
ANSWERS_LIMIT: Final = 2**30
"""No file of answers is longer, in bytes: it has room for ten million codes."""

NOBODY: Final = "-"
"""Stands for a policy where nobody speaks."""

_SALT = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Codes and their policies: two columns of one length.

    Attributes:
        salt: 32 bytes that nobody can guess.
        isrcs: ascending.
        policies: SHA-256 of each code's policy; None where nobody speaks.
    """

    salt: bytes
    isrcs: Sequence[Isrc]
    policies: Sequence[Digest | None]

    @property
    def list_digest(self) -> Digest:
        """The commitment to the codes."""
        return list_digest(self.salt, self.isrcs)

    @property
    def answers_digest(self) -> Digest:
        """The commitment to the answers."""
        return _salted(self.salt, self._lines())

    def encode(self) -> bytes:
        """Return the bytes of the file."""
        head = f"{FORMAT}\t{self.salt.hex()}\n".encode()
        return b"".join([head, *self._lines()])

    def _lines(self) -> Iterable[bytes]:
        return (
            f"{isrc}\t{policy or NOBODY}\n".encode()
            for isrc, policy in zip(self.isrcs, self.policies, strict=True)
        )


def list_digest(salt: bytes, isrcs: Iterable[Isrc]) -> Digest:
    """Return the commitment to codes: SHA-256 of the salt and of a line for each."""
    return _salted(salt, (f"{isrc}\n".encode() for isrc in isrcs))


def decode_answered(data: bytes) -> Answered:
    """Return what `Answered.encode` wrote.

    Raises:
        MalformedError: it never makes these bytes.
    """
    head, *lines = from_utf8(data, limit=ANSWERS_LIMIT).split("\n")
    name, _, salt = head.partition("\t")
    if name != FORMAT or _SALT.fullmatch(salt) is None or not lines or lines.pop():
        raise MalformedError(
            f"not a file of answers, which begins with {FORMAT} and its salt: "
            f"{shown(head)}"
        )
    isrcs, policies = [], []
    for line in lines:
        isrc, _, policy = line.partition("\t")
        if not is_isrc(isrc):
            raise MalformedError(f"not a line of a file of answers: {shown(line)}")
        isrcs.append(Isrc(isrc))
        policies.append(None if policy == NOBODY else parse_digest(policy))
    if not all(one < other for one, other in pairwise(isrcs)):
        raise MalformedError("the codes of a file of answers do not ascend")
    return Answered(salt=bytes.fromhex(salt), isrcs=isrcs, policies=policies)


def _salted(salt: bytes, lines: Iterable[bytes]) -> Digest:
    digest = sha256(salt)
    for line in lines:
        digest.update(line)
    return Digest(digest.hexdigest())
