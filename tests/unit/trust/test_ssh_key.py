"""SSH keys: how they are named, and which are refused."""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import suppress

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from sayso.errors import MalformedError, PublishError
from sayso.trust import ssh_key
from sayso.trust.ssh_key import SshKey, load_private_key, parse_public_key
from sayso.trust.sshsig import sign, verify
from sayso.wire.ssh import to_positive, to_string
from sayso.wire.text import to_base64
from tests import ssh_keys
from tests.ssh_keys import ALL, ED25519, IN_FILES, IN_HARDWARE, MESSAGE, P256, RSA

TYPED = b"correct horse"
BEGIN = b"-----BEGIN OPENSSH PRIVATE KEY-----\n"
END = b"-----END OPENSSH PRIVATE KEY-----\n"


def as_file(packed: bytes) -> bytes:
    return BEGIN + b64encode(packed) + b"\n" + END


def damaged(kind: str) -> Iterator[bytes]:
    """Yield the file of a key with one byte changed, for some of its bytes or all."""
    text = ssh_keys.private(kind).text()
    packed = b64decode(text.removeprefix(BEGIN).removesuffix(END))
    for place in range(0, len(packed), len(packed) // 200):
        changed = bytearray(packed)
        changed[place] ^= 1
        yield as_file(bytes(changed))


def foreign(blob: bytes) -> bytes:
    """Return what stands in the file of a private key before its secret."""
    names = to_string(b"none") + to_string(b"none") + to_string(b"")
    return as_file(b"openssh-key-v1\0" + names + b"\0\0\0\1" + to_string(blob))


@pytest.mark.parametrize("kind", ALL)
def test_a_line_is_a_key_and_a_key_is_a_line(kind: str) -> None:
    key = ssh_keys.public(kind)
    assert parse_public_key(key.line) == key
    assert parse_public_key(f"{key.line} mara@studio\n") == key
    assert key.line.split()[0] == kind
    assert re.fullmatch(r"SHA256:[A-Za-z0-9+/]{43}", key.fingerprint)


def test_a_key_that_everybody_knows_has_its_fingerprint() -> None:
    # As GitHub publishes them.
    key = parse_public_key(
        "ssh-ed25519 "
        "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
    )
    assert key.fingerprint == "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"


def test_a_key_is_a_point_on_its_curve() -> None:
    blob = bytearray(ssh_keys.public(P256).blob)
    blob[-1] ^= 1
    line = f"{P256} {to_base64(bytes(blob))}"
    with pytest.raises(MalformedError, match="not a point on nistp256"):
        parse_public_key(line)


@pytest.mark.parametrize("exponent", [3, 65537, 2**64 - 1])
@pytest.mark.parametrize("bits", [3072, 16384])
def test_numbers_are_a_key_of_rsa(exponent: int, bits: int) -> None:
    numbers = to_positive(exponent) + to_positive(2**bits - 1)
    blob = to_string(RSA.encode()) + numbers
    assert parse_public_key(f"{RSA} {to_base64(blob)}") == SshKey(kind=RSA, blob=blob)


@pytest.mark.parametrize("kind", IN_FILES)
def test_a_private_key_shows_its_fingerprint_alone(kind: str) -> None:
    key = ssh_keys.private(kind)
    assert repr(key) == f"<PrivateSshKey {key.public.fingerprint}>"


@pytest.mark.parametrize("kind", IN_FILES)
def test_a_private_key_is_written_and_opened(kind: str) -> None:
    key = ssh_keys.private(kind)
    for passphrase in (b"", TYPED):
        text = key.text(passphrase)
        assert load_private_key(text, lambda: TYPED).public == key.public
    plain = load_private_key(key.text(), None)
    assert verify(sign(plain, MESSAGE), MESSAGE) == key.public


def test_nobody_is_asked_for_a_passphrase_that_there_is_not() -> None:
    def password() -> bytes:
        raise AssertionError

    key = ssh_keys.private(ED25519)
    assert load_private_key(key.text(), password).public == key.public


@pytest.mark.parametrize(
    ("password", "said"),
    [
        (None, "has a passphrase, and none was given"),
        (lambda: b"", "has a passphrase, and none was given"),
        (lambda: b"wrong horse", "the passphrase does not open the private key"),
    ],
    ids=["nobody-to-ask", "empty", "wrong"],
)
def test_a_passphrase_opens_the_key_or_does_not(password: object, said: str) -> None:
    text = ssh_keys.private(ED25519).text(TYPED)
    assert password is None or callable(password)
    with pytest.raises(PublishError, match=said) as caught:
        load_private_key(text, password)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("kind", IN_FILES)
def test_a_damaged_key_is_refused_or_as_it_was(kind: str) -> None:
    key = ssh_keys.private(kind).public
    opened = []
    for text in damaged(kind):
        with suppress(PublishError):
            opened.append(load_private_key(text, None).public)
    # The two numbers that stand for each other, the comment and the padding are no
    # part of the key.
    assert len(opened) < 16
    assert set(opened) <= {key}


@pytest.mark.parametrize("kind", IN_HARDWARE)
def test_a_key_in_hardware_signs_with_openssh(kind: str) -> None:
    text = foreign(ssh_keys.public(kind).blob)
    with pytest.raises(PublishError, match="in hardware, which only OpenSSH reaches"):
        load_private_key(text, None)


def test_keys_of_other_kinds_are_refused_before_they_are_opened() -> None:
    with pytest.raises(PublishError, match="'ssh-dss', and only these are taken"):
        load_private_key(foreign(to_string(b"ssh-dss")), None)


def test_a_short_private_key_is_refused() -> None:
    short = rsa.generate_private_key(65537, 2048)
    text = short.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    with pytest.raises(PublishError, match="an RSA key of 2048 bits"):
        load_private_key(text, None)


def test_what_is_no_private_key_is_refused() -> None:
    with pytest.raises(PublishError, match="is not in the format of OpenSSH"):
        load_private_key(ssh_keys.public(ED25519).line.encode(), None)


def test_what_passphrases_need_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> object:
        raise UnsupportedAlgorithm("Need bcrypt module")

    locked = ssh_keys.private(ED25519).text(TYPED)
    monkeypatch.setattr(serialization.ssh, "_bcrypt_kdf", missing)
    with pytest.raises(PublishError, match="needs bcrypt, which is not installed"):
        load_private_key(locked, lambda: TYPED)
    with pytest.raises(PublishError, match="needs bcrypt, which is not installed"):
        ssh_keys.private(ED25519).text(TYPED)


def test_a_file_with_something_else_than_a_key_is_damaged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ssh_key, "load_ssh_private_key", lambda *_: object())
    with pytest.raises(PublishError, match="the private key is damaged"):
        load_private_key(ssh_keys.private(ED25519).text(), None)


def test_a_key_is_its_bytes() -> None:
    key = ssh_keys.public(ED25519)
    assert key == SshKey(kind=ED25519, blob=key.blob)
    assert key != ssh_keys.public(P256)
