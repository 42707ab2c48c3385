"""The bytes of SSH: one spelling of each value, and nothing after the last."""

import pytest

from sayso.errors import MalformedError
from sayso.wire.ssh import Reading, to_positive, to_string


def test_values_are_read_one_after_the_other() -> None:
    reading = Reading(to_string(b"") + to_string(b"sayso") + b"\x00\x00\x00\x07\x01ab")
    assert reading.string() == b""
    assert reading.text() == "sayso"
    assert reading.number() == 7
    assert reading.number(1) == 1
    assert reading.take(2) == b"ab"
    reading.end()


def test_what_follows_the_end_is_refused() -> None:
    reading = Reading(b"abc")
    reading.take(1)
    with pytest.raises(MalformedError, match="2 bytes follow after the end"):
        reading.end()


@pytest.mark.parametrize(
    "data", [b"", b"\0\0\0", b"\0\0\0\1", b"\0\0\0\3ab", b"\xff\xff\xff\xffab"]
)
def test_a_string_that_is_cut_off_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError, match="within a value"):
        Reading(data).string()


@pytest.mark.parametrize("name", [b"a\0", b"\x7f", b"\xc3\xa4", b"a\nb"])
def test_a_name_is_of_visible_ascii(name: bytes) -> None:
    with pytest.raises(MalformedError, match="other bytes than ASCII"):
        Reading(to_string(name)).text()


@pytest.mark.parametrize(
    ("number", "packed"),
    [
        (1, b"\0\0\0\1\x01"),
        (0x7F, b"\0\0\0\1\x7f"),
        (0x80, b"\0\0\0\2\0\x80"),
        (0x7FFF, b"\0\0\0\2\x7f\xff"),
        (0x9A378F9B2E332A7, b"\0\0\0\x08\x09\xa3\x78\xf9\xb2\xe3\x32\xa7"),
    ],
)
def test_a_number_is_written_as_the_standard_says(number: int, packed: bytes) -> None:
    assert to_positive(number) == packed
    assert Reading(packed).positive(8) == number


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(b"", id="zero"),
        pytest.param(b"\0", id="zero-in-a-byte"),
        pytest.param(b"\0\x01", id="a-byte-too-many"),
        pytest.param(b"\0\0\x80", id="two-bytes-of-zeros"),
        pytest.param(b"\x80", id="negative"),
    ],
)
def test_a_number_has_one_spelling(packed: bytes) -> None:
    with pytest.raises(MalformedError, match="not positive, or has bytes too many"):
        Reading(to_string(packed)).positive(8)


def test_a_number_is_bounded() -> None:
    assert Reading(to_positive(2**64 - 1)).positive(8) == 2**64 - 1
    with pytest.raises(MalformedError, match="more than 8 bytes"):
        Reading(to_positive(2**64)).positive(8)
