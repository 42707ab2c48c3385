"""Succession: each entry of the log is a release, and follows the one before it."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from sayso.errors import MalformedError, StaleError, UntrustedError
from sayso.model.settings import Revocation
from sayso.wire.profile import encode
from sayso.wire.release import decode_release, encode_release
from sayso.wire.succession import (
    AHEAD,
    Entry,
    check_follows,
    check_not_ahead,
    read_entry,
)
from sayso.wire.text import Digest
from tests.registries import ISSUED, registry_document, release_document

REGISTRY = registry_document()
FIRST = encode(release_document(encode(REGISTRY), REGISTRY["counts"]))
DAY = timedelta(days=1)


def after(data: bytes, *, days: int = 1, origin: str = "sayso.example") -> bytes:
    """Return a release that follows another."""
    release = decode_release(data)
    old = release.header
    header = replace(
        old, number=old.number + 1, issued=old.issued + days * DAY, origin=origin
    )
    previous = Digest(sha256(data).hexdigest())
    return encode_release(replace(release, header=header, previous=previous))


SECOND = after(FIRST)
THIRD = after(SECOND)
ENTRY = read_entry(FIRST, index=0, before=None)


def test_each_release_follows_the_one_before() -> None:
    before: Entry | None = None
    for index, data in enumerate([FIRST, SECOND, THIRD]):
        before = read_entry(data, index=index, before=before, now=ISSUED + 2 * DAY)
        assert before.index == index
        assert before.digest == sha256(data).hexdigest()
        assert encode_release(before.release) == data


def test_whoever_begins_in_the_middle_has_nothing_to_compare_with() -> None:
    assert read_entry(THIRD, index=2, before=None).release.header.number == 3


def test_releases_that_were_not_read_may_lie_between() -> None:
    assert read_entry(THIRD, index=2, before=ENTRY).index == 2


def test_an_entry_is_a_release() -> None:
    with pytest.raises(MalformedError, match=r"entry 7 .* not a release\.json"):
        read_entry(b"{}\n", index=7, before=None)


def test_each_release_has_its_place() -> None:
    with pytest.raises(UntrustedError, match=r"entry 2 .* release 2, where release 3"):
        read_entry(SECOND, index=2, before=ENTRY)


def test_a_release_names_the_one_before() -> None:
    other = after(encode_release(replace(ENTRY.release, notice="Another text.")))
    with pytest.raises(UntrustedError, match=f"release 1 has {ENTRY.digest}"):
        read_entry(other, index=1, before=ENTRY)


@pytest.mark.parametrize("days", [0, -1])
def test_a_release_is_issued_after_the_one_before(days: int) -> None:
    with pytest.raises(UntrustedError, match=r"release 2 was issued .*, not after"):
        read_entry(after(FIRST, days=days), index=1, before=ENTRY)


def test_a_registry_keeps_its_name() -> None:
    other = after(FIRST, origin="other.example")
    with pytest.raises(UntrustedError, match=r"is of 'other\.example', and release 1"):
        read_entry(other, index=1, before=ENTRY)


def test_the_limits_are_those_that_the_release_before_set() -> None:
    much = replace(ENTRY.release.brake, recordings=10**9)
    second = decode_release(SECOND)
    raising = encode_release(replace(second, next_brake=much))
    before = read_entry(raising, index=1, before=ENTRY)
    third = decode_release(after(raising))
    last = encode_release(replace(third, brake=much))
    assert read_entry(last, index=2, before=before).release.brake == much
    assert read_entry(last, index=2, before=ENTRY).release.brake == much
    braked = encode_release(replace(second, brake=much))
    with pytest.raises(UntrustedError, match="release 2 has other limits"):
        read_entry(braked, index=1, before=ENTRY)


def test_what_is_revoked_stays_revoked() -> None:
    revoked = (Revocation(release=1, reason="Signed by mistake."),)
    second = encode_release(replace(decode_release(SECOND), revoked=revoked))
    before = read_entry(second, index=1, before=ENTRY)
    third = after(second)
    read_entry(third, index=2, before=before)
    forgetting = encode_release(replace(decode_release(third), revoked=()))
    fourth = after(forgetting)
    for index, data in ((2, forgetting), (3, fourth)):
        with pytest.raises(UntrustedError, match="no longer says that release 1 is"):
            read_entry(data, index=index, before=before)


def test_no_release_follows_itself() -> None:
    with pytest.raises(UntrustedError, match="release 1 does not follow release 1"):
        check_follows(ENTRY, ENTRY)


def test_a_release_may_be_a_little_ahead_of_the_clock() -> None:
    header = ENTRY.release.header
    assert timedelta(minutes=5) == AHEAD, "as the specification says"
    check_not_ahead(header, ISSUED - AHEAD)
    with pytest.raises(StaleError, match="release 1 was issued in the future"):
        check_not_ahead(header, ISSUED - AHEAD - timedelta(seconds=1))
    with pytest.raises(StaleError, match="or the clock of this machine is wrong"):
        read_entry(FIRST, index=0, before=None, now=ISSUED - DAY)
