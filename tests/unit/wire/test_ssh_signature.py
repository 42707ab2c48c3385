"""Signatures by SSH keys as bytes: algorithms that are taken, numbers, what is seen."""

import pytest

from sayso.errors import MalformedError
from sayso.wire.ssh import to_positive, to_string
from sayso.wire.ssh_key import Curve
from sayso.wire.ssh_signature import (
    RSA_ALGORITHMS,
    format_pair,
    format_raw,
    parse_pair,
    parse_raw,
    parse_witnessed,
)


def test_a_signature_has_its_algorithm() -> None:
    packed = format_raw("rsa-sha2-256", b"raw")
    assert parse_raw(packed, *RSA_ALGORITHMS) == ("rsa-sha2-256", b"raw")
    for wrong in (b"", packed[:-1], packed + b"\0"):
        with pytest.raises(MalformedError):
            parse_raw(wrong, *RSA_ALGORITHMS)


@pytest.mark.parametrize("algorithm", ["ssh-rsa", "rsa-sha2-224", "ssh-ed25519", ""])
def test_no_other_algorithm_is_taken(algorithm: str) -> None:
    with pytest.raises(
        MalformedError, match=f"'{algorithm}', where rsa-sha2-512 or rsa-sha2-256 is"
    ):
        parse_raw(format_raw(algorithm, b"raw"), *RSA_ALGORITHMS)


@pytest.mark.parametrize(
    ("flags", "present"), [(0, False), (1, True), (4, False), (5, True), (0xC5, True)]
)
def test_a_key_in_hardware_says_whether_it_was_touched(
    flags: int,
    present: bool,  # noqa: FBT001 - a column of the table
) -> None:
    seen = bytes([flags, 0, 0, 1, 2])
    packed = format_raw("sk-ssh-ed25519@openssh.com", b"raw") + seen
    raw, witnessed = parse_witnessed(packed, "sk-ssh-ed25519@openssh.com")
    assert raw == b"raw"
    assert witnessed.packed == seen
    assert witnessed.present is present
    for end in range(len(packed)):
        with pytest.raises(MalformedError):
            parse_witnessed(packed[:end], "sk-ssh-ed25519@openssh.com")
    with pytest.raises(MalformedError, match="follow after the end"):
        parse_witnessed(packed + b"\0", "sk-ssh-ed25519@openssh.com")
    with pytest.raises(MalformedError, match="is expected"):
        parse_witnessed(packed, "sk-ecdsa-sha2-nistp256@openssh.com")


def test_a_signature_of_ecdsa_is_two_numbers() -> None:
    assert parse_pair(format_pair(1, 2**256 - 1), Curve.P256) == (1, 2**256 - 1)
    assert parse_pair(format_pair(2**520, 7), Curve.P521) == (2**520, 7)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(to_positive(7), id="one-number"),
        pytest.param(to_positive(7) * 3, id="three-numbers"),
        pytest.param(to_string(b"") + to_positive(7), id="zero"),
        pytest.param(to_string(b"\0\7") + to_positive(7), id="a-byte-too-many"),
        pytest.param(to_string(b"\xff") + to_positive(7), id="negative"),
        pytest.param(to_positive(2**256) + to_positive(7), id="too-long"),
    ],
)
def test_the_numbers_have_one_spelling(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_pair(raw, Curve.P256)
