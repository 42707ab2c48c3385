"""minisign's files, as text."""

from dataclasses import replace

import pytest

from sayso.errors import MalformedError
from sayso.wire.minisign import (
    PublicKeyFile,
    SignatureFile,
    format_key_id,
    format_public_key,
    format_signature,
    parse_public_key,
    parse_signature,
)
from sayso.wire.text import to_base64

SIGNATURE = SignatureFile(
    untrusted_comment="signature from minisign secret key",
    key_id=bytes(range(8)),
    signature=bytes(64),
    trusted_comment="timestamp:1\tfile:ø\thashed",
    global_signature=bytes(64),
)
KEY = PublicKeyFile(comment="a key", key_id=bytes(range(8)), key=bytes(32))


def test_files_are_read_as_written() -> None:
    assert parse_signature(format_signature(SIGNATURE)) == SIGNATURE
    assert parse_public_key(format_public_key(KEY)) == KEY


def test_a_key_id_is_printed_as_minisign_does() -> None:
    assert format_key_id(bytes(range(8))) == "0706050403020100"


def packed(head: bytes, length: int) -> str:
    return to_base64(head + bytes(length))


GOOD = format_signature(SIGNATURE)
LINES = GOOD.split("\n")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "4 lines"),
        (GOOD.removesuffix("\n"), "4 lines"),
        (GOOD + "\n", "4 lines"),
        (GOOD.replace("\n", "\r\n"), "base64"),
        (GOOD.replace(LINES[1], packed(b"Ed", 72)), "legacy"),
        (GOOD.replace(LINES[1], packed(b"EE", 72)), "not a minisign signature"),
        (GOOD.replace(LINES[1], packed(b"ED", 71)), "73 bytes, not 74"),
        (GOOD.replace(LINES[3], packed(b"", 63)), "not a minisign signature"),
        (GOOD.replace(LINES[3], LINES[3] + " "), "base64"),
        (GOOD.replace("untrusted comment: ", "comment: "), "begins with"),
        (GOOD.replace("\ntrusted comment: ", "\ntrusted comment:"), "begins with"),
        (GOOD.replace("ø", "\x1b"), "control"),
        (GOOD.replace("ø", "\u202e"), "control"),
        (GOOD.replace("ø", "ø" * 5000), "longer than 4096"),
    ],
)
def test_other_signature_files_are_refused(text: str, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        parse_signature(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("untrusted comment: a\n", "2 lines"),
        (f"untrusted comment: a\n{packed(b'ED', 40)}\n", "not a minisign public key"),
        (f"untrusted comment: a\n{packed(b'Ed', 39)}\n", "41 bytes, not 42"),
        (f"a\n{packed(b'Ed', 40)}\n", "begins with"),
    ],
)
def test_other_key_files_are_refused(text: str, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        parse_public_key(text)


def test_a_comment_cannot_smuggle_a_line() -> None:
    with pytest.raises(MalformedError):
        format_signature(replace(SIGNATURE, trusted_comment="a\nb"))
    with pytest.raises(MalformedError):
        format_public_key(replace(KEY, comment="a\nb"))
