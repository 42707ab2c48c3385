"""What a receipt says of a list without showing it."""

import hashlib

from sayso.model.isrc import Isrc
from sayso.wire.answered import FORMAT, NOBODY_SPEAKS, SALT_BYTES, list_digest
from tests.answered import Answered

SALT = bytes(range(SALT_BYTES))
ONE, OTHER = Isrc("XXF012600001"), Isrc("XXG012600001")


def test_the_digest_of_a_list_is_of_the_salt_and_of_its_lines() -> None:
    codes = f"{ONE}\n{OTHER}\n".encode()
    assert list_digest(SALT, [ONE, OTHER]) == hashlib.sha256(SALT + codes).hexdigest()
    assert list_digest(SALT, []) == hashlib.sha256(SALT).hexdigest()


def test_a_second_hand_finds_the_same_digest() -> None:
    other = Answered(salt=SALT, isrcs=[ONE, OTHER], policies=[None, None])
    assert list_digest(SALT, iter([ONE, OTHER])) == other.list_digest


def test_what_the_page_says_is_what_we_write() -> None:
    other = Answered(salt=SALT, isrcs=[ONE], policies=[None])
    written = f"{FORMAT}\t{SALT.hex()}\n{ONE}\t{NOBODY_SPEAKS}\n".encode()
    assert other.encode() == written
