"""Public SSH keys as bytes: which lines and keys are read, and which never."""

import pytest

from sayso.errors import MalformedError
from sayso.wire.ssh import to_positive, to_string
from sayso.wire.ssh_key import (
    KINDS,
    LINE_LIMIT,
    Curve,
    EcdsaParts,
    Ed25519Parts,
    RsaParts,
    parse_line,
    parse_parts,
)
from sayso.wire.text import to_base64
from tests import ssh_keys
from tests.ssh_keys import ALL, ED25519, P256, RSA, SK_ED25519, SK_P256

LINE = ssh_keys.public(ED25519).line
BLOB = ssh_keys.public(ED25519).blob


def packed(kind: str, *values: bytes) -> bytes:
    return to_string(kind.encode()) + b"".join(values)


def rsa_key(exponent: int, modulus: int) -> bytes:
    return packed(RSA, to_positive(exponent), to_positive(modulus))


def test_these_kinds_are_read() -> None:
    assert set(KINDS) == set(ALL)


@pytest.mark.parametrize("kind", ALL)
def test_the_line_of_every_kind_is_read(kind: str) -> None:
    key = ssh_keys.public(kind)
    assert parse_line(key.line) == (kind, key.blob)
    assert parse_parts(key.blob)[0] == kind


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(f"{LINE}\n", id="a-line"),
        pytest.param(f"{LINE}\r\n", id="a-line-of-windows"),
        pytest.param(f"{LINE} ", id="no-comment"),
        pytest.param(f"{LINE} mara@studio\n", id="a-comment"),
        pytest.param(f"{LINE}\tmara in Ålesund: studio 2\n", id="a-long-comment"),
        pytest.param(LINE.replace(" ", "  \t"), id="wide"),
    ],
)
def test_a_comment_says_nothing(line: str) -> None:
    assert parse_line(line) == (ED25519, BLOB)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("", id="nothing"),
        pytest.param("\n", id="an-empty-line"),
        pytest.param(ED25519, id="a-kind-alone"),
        pytest.param(f" {LINE}", id="a-space-before"),
        pytest.param(f"{LINE}\n{LINE}\n", id="two-lines"),
        pytest.param(f"{LINE}\n\n", id="an-empty-line-after"),
        pytest.param(f"{LINE} a\rb", id="a-comment-of-two-lines"),
        pytest.param(f"{LINE}\x00", id="a-byte-of-zeros"),
        pytest.param(f'from="*" {LINE}', id="options"),
        pytest.param(LINE[:-1], id="a-character-fewer"),
        pytest.param(f"{LINE}=", id="a-character-more"),
        pytest.param(LINE.replace("ed25519 ", "ed25519\n"), id="broken"),
        pytest.param(f"{RSA} {LINE.split()[1]}", id="said-to-be-another"),
        pytest.param(f"{ED25519} AAAA", id="no-key"),
        pytest.param(f"{LINE} {'x' * LINE_LIMIT}", id="long"),
    ],
)
def test_anything_else_is_no_line(line: str) -> None:
    with pytest.raises(MalformedError):
        parse_line(line)


def test_a_private_key_is_known_and_not_repeated() -> None:
    text = ssh_keys.private(ED25519).text().decode()
    with pytest.raises(MalformedError, match="this is a private key") as caught:
        parse_line(text)
    assert not any(line in str(caught.value) for line in text.split("\n")[1:-1] if line)


@pytest.mark.parametrize("kind", ["ssh-dss", "ssh-ed448", f"{ED25519}-cert-v01"])
def test_other_kinds_are_named_with_those_that_are_taken(kind: str) -> None:
    with pytest.raises(MalformedError, match=rf"'{kind}', and only .* ssh-ed25519,"):
        parse_line(f"{kind} {to_base64(packed(kind))}")
    with pytest.raises(MalformedError, match=rf"'{kind}', and only"):
        parse_parts(packed(kind))


def test_keys_have_their_parts() -> None:
    assert parse_parts(BLOB) == (ED25519, Ed25519Parts(point=BLOB[-32:]))
    in_hardware = parse_parts(ssh_keys.public(SK_ED25519).blob)[1]
    assert isinstance(in_hardware, Ed25519Parts)
    assert in_hardware.application == "ssh:"
    point = ssh_keys.public(P256).blob[-65:]
    assert parse_parts(ssh_keys.public(P256).blob) == (
        P256,
        EcdsaParts(curve=Curve.P256, point=point),
    )
    assert parse_parts(ssh_keys.public(SK_P256).blob) == (
        SK_P256,
        EcdsaParts(curve=Curve.P256, point=point, application="ssh:"),
    )
    modulus = 2**3072 - 1
    assert parse_parts(rsa_key(65537, modulus)) == (
        RSA,
        RsaParts(exponent=65537, modulus=modulus),
    )
    assert RsaParts(exponent=3, modulus=modulus).size == 384
    assert RsaParts(exponent=3, modulus=modulus + 2).size == 385


@pytest.mark.parametrize("kind", ALL)
def test_no_key_is_longer_or_shorter(kind: str) -> None:
    blob = ssh_keys.public(kind).blob
    for end in range(len(blob)):
        with pytest.raises(MalformedError):
            parse_parts(blob[:end])
    with pytest.raises(MalformedError, match="follow after the end"):
        parse_parts(blob + b"\0")


@pytest.mark.parametrize("bits", [1024, 2048, 3071])
def test_a_short_key_of_rsa_is_refused(bits: int) -> None:
    with pytest.raises(MalformedError, match=f"{bits} bits, where 3072 are needed"):
        parse_parts(rsa_key(65537, 2**bits - 1))


@pytest.mark.parametrize(
    ("exponent", "modulus"),
    [
        pytest.param(1, 2**3072 - 1, id="an-exponent-of-1"),
        pytest.param(65536, 2**3072 - 1, id="an-even-exponent"),
        pytest.param(65537, 2**3072 - 2, id="an-even-modulus"),
        pytest.param(2**64 + 1, 2**3072 - 1, id="a-long-exponent"),
        pytest.param(65537, 2**16384 + 1, id="a-long-modulus"),
    ],
)
def test_numbers_that_no_key_of_rsa_has_are_refused(
    exponent: int, modulus: int
) -> None:
    with pytest.raises(MalformedError):
        parse_parts(rsa_key(exponent, modulus))


@pytest.mark.parametrize(
    "values",
    [
        pytest.param((b"nistp384", b"\4" + bytes(64)), id="another-curve"),
        pytest.param((b"nistp256", b"\4" + bytes(63)), id="a-short-point"),
        pytest.param((b"nistp256", b"\4" + bytes(65)), id="a-long-point"),
        pytest.param((b"nistp256", b"\2" + bytes(32)), id="a-compressed-point"),
        pytest.param((b"nistp256", b"\6" + bytes(64)), id="a-hybrid-point"),
        pytest.param((b"nistp256", b"\0"), id="infinity"),
    ],
)
def test_a_point_is_of_its_curve_and_uncompressed(values: tuple[bytes, bytes]) -> None:
    with pytest.raises(MalformedError, match=r"the curve is|not an uncompressed point"):
        parse_parts(packed(P256, *map(to_string, values)))


# All encodings, canonical and not, of the eight points of small order.
@pytest.mark.parametrize(
    "point",
    [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ],
)
def test_a_key_that_anybody_could_sign_with_is_refused(point: str) -> None:
    with pytest.raises(MalformedError, match="anybody could sign with"):
        parse_parts(packed(ED25519, to_string(bytes.fromhex(point))))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_ed25519_has_32_bytes(length: int) -> None:
    with pytest.raises(MalformedError, match="has 32 bytes"):
        parse_parts(packed(ED25519, to_string(b"\x42" * length)))


@pytest.mark.parametrize("kind", [SK_ED25519, SK_P256])
def test_a_key_in_hardware_was_made_for_ssh(kind: str) -> None:
    named = ssh_keys.authenticator(kind, b"ssh:mara")
    assert parse_parts(named.blob)[0] == kind
    for application in (b"", b"https://fernwood.example", b"ssh:" + b"x" * 253):
        other = ssh_keys.authenticator(kind, application)
        with pytest.raises(MalformedError, match=r"a key in hardware for .*, not for"):
            parse_parts(other.blob)
