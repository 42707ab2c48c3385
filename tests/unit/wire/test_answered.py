"""The answers to a list, and what a receipt says of them without showing any."""

import hashlib

import pytest

from sayso.errors import MalformedError
from sayso.model.isrc import Isrc
from sayso.wire.answered import FORMAT, Answered, decode_answered, list_digest
from sayso.wire.text import Digest

SALT = bytes(range(32))
ONE, OTHER = Isrc("XXF012600001"), Isrc("XXG012600001")
POLICY = Digest("ab" * 32)
ANSWERED = Answered(salt=SALT, isrcs=[ONE, OTHER], policies=[POLICY, None])
LINES = f"{ONE}\t{POLICY}\n{OTHER}\t-\n".encode()
HEAD = f"{FORMAT}\t{SALT.hex()}\n".encode()


def test_answers_are_written_as_the_page_says() -> None:
    assert ANSWERED.encode() == HEAD + LINES
    assert decode_answered(HEAD + LINES) == ANSWERED
    none = Answered(salt=SALT, isrcs=[], policies=[])
    assert decode_answered(none.encode()) == none


def test_digests_are_of_the_salt_and_of_the_lines() -> None:
    codes = f"{ONE}\n{OTHER}\n".encode()
    assert ANSWERED.list_digest == hashlib.sha256(SALT + codes).hexdigest()
    assert ANSWERED.list_digest == list_digest(SALT, [ONE, OTHER])
    assert ANSWERED.answers_digest == hashlib.sha256(SALT + LINES).hexdigest()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not a file of answers"),
        (b"XXF012600001\t-\n", "not a file of answers"),
        (HEAD[:-1], "not a file of answers"),
        (HEAD + LINES[:-1], "not a file of answers"),
        (HEAD.replace(b"0f", b"0F") + LINES, "not a file of answers"),
        (HEAD + b"\n", "not a line of a file of answers"),
        (HEAD + LINES.replace(b"XXF", b"xxf"), "not a line of a file of answers"),
        (HEAD + LINES.replace(b"-", b""), "not a SHA-256"),
        (HEAD + LINES * 2, "do not ascend"),
        (HEAD + LINES.splitlines(keepends=True)[0] * 2, "do not ascend"),
        (HEAD + b"\xff\n", "not UTF-8"),
    ],
)
def test_another_spelling_is_no_file_of_answers(data: bytes, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        decode_answered(data)
