"""minisign files: what a signature and a public key look like as text.

A signature is four lines: a comment that nobody signed, then
base64("ED" || key id || signature of BLAKE2b-512(file)), a comment that is signed,
and base64(signature of (signature || signed comment)). Only the prehashed
algorithm `ED` is read or written; the legacy `Ed` is refused.
https://jedisct1.github.io/minisign/
"""

import unicodedata
from dataclasses import dataclass
from typing import Final

from sayso.errors import MalformedError
from sayso.wire.text import from_base64, shown, to_base64

KEY_BYTES: Final = 32
KEY_ID_BYTES: Final = 8
SIGNATURE_BYTES: Final = 64
SIGNATURE_SUFFIX: Final = ".minisig"
"""A signature is in a file of the same name with this at its end."""
FILE_LIMIT: Final = 4096
"""No signature or public key file is longer, in bytes."""

_PREHASHED = b"ED"
_LEGACY = b"Ed"
_KEY = b"Ed"
_UNTRUSTED = "untrusted comment: "
_TRUSTED = "trusted comment: "


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureFile:
    """A `.minisig` file, not verified.

    Attributes:
        untrusted_comment: covered by no signature; never act on it.
        trusted_comment: covered by `global_signature`.
    """

    untrusted_comment: str
    key_id: bytes
    signature: bytes
    trusted_comment: str
    global_signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKeyFile:
    """A `.pub` file: a key, the id that names it, and a comment."""

    comment: str
    key_id: bytes
    key: bytes


def format_key_id(key_id: bytes) -> str:
    """Return a key id as minisign prints it: sixteen hexadecimal digits."""
    return key_id[::-1].hex().upper()


def format_signature(file: SignatureFile) -> str:
    """Return the text of a signature file.

    Raises:
        MalformedError: a comment has a line break or another control character, or
            a part has the wrong length.
    """
    text = (
        f"{_UNTRUSTED}{file.untrusted_comment}\n"
        f"{to_base64(_PREHASHED + file.key_id + file.signature)}\n"
        f"{_TRUSTED}{file.trusted_comment}\n"
        f"{to_base64(file.global_signature)}\n"
    )
    parse_signature(text)
    return text


def parse_signature(text: str) -> SignatureFile:
    """Return the parts of a signature file.

    Raises:
        MalformedError: it is not one, or it uses the legacy algorithm.
    """
    lines = _lines(text, 4)
    head, body = _packed(lines[1], KEY_ID_BYTES + SIGNATURE_BYTES)
    if head == _LEGACY:
        raise MalformedError(
            "a legacy minisign signature; sign the file again with minisign -H"
        )
    if head != _PREHASHED:
        raise MalformedError(f"not a minisign signature: {shown(lines[1])}")
    last = from_base64(lines[3])
    if len(last) != SIGNATURE_BYTES:
        raise MalformedError(f"not a minisign signature: {shown(lines[3])}")
    return SignatureFile(
        untrusted_comment=_comment(lines[0], _UNTRUSTED),
        key_id=body[:KEY_ID_BYTES],
        signature=body[KEY_ID_BYTES:],
        trusted_comment=_comment(lines[2], _TRUSTED),
        global_signature=last,
    )


def format_public_key(file: PublicKeyFile) -> str:
    """Return the text of a public key file.

    Raises:
        MalformedError: the comment has a control character, or a part has the
            wrong length.
    """
    text = f"{_UNTRUSTED}{file.comment}\n{to_base64(_KEY + file.key_id + file.key)}\n"
    parse_public_key(text)
    return text


def parse_public_key(text: str) -> PublicKeyFile:
    """Return the parts of a public key file.

    Raises:
        MalformedError: it is not one.
    """
    lines = _lines(text, 2)
    head, body = _packed(lines[1], KEY_ID_BYTES + KEY_BYTES)
    if head != _KEY:
        raise MalformedError(f"not a minisign public key: {shown(lines[1])}")
    return PublicKeyFile(
        comment=_comment(lines[0], _UNTRUSTED),
        key_id=body[:KEY_ID_BYTES],
        key=body[KEY_ID_BYTES:],
    )


def _lines(text: str, count: int) -> list[str]:
    if len(text) > FILE_LIMIT:
        raise MalformedError(f"longer than {FILE_LIMIT} characters")
    lines = text.split("\n")
    if len(lines) != count + 1 or lines[-1]:
        raise MalformedError(f"a minisign file of this kind has {count} lines")
    return lines


def _packed(line: str, length: int) -> tuple[bytes, bytes]:
    data = from_base64(line)
    if len(data) != len(_KEY) + length:
        raise MalformedError(f"{shown(line)} has {len(data)} bytes, not {length + 2}")
    return data[: len(_KEY)], data[len(_KEY) :]


def _comment(line: str, start: str) -> str:
    comment = line.removeprefix(start)
    if not line.startswith(start):
        raise MalformedError(f"a line begins with {start!r}, not {shown(line)}")
    # The tab is minisign's own: `timestamp:…<tab>file:…<tab>hashed`.
    if any(c != "\t" and unicodedata.category(c)[0] == "C" for c in comment):
        raise MalformedError(f"control characters in the comment {shown(comment)}")
    return comment
