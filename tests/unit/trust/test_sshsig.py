"""SSH signatures: which verify, and that nothing else does."""

from hashlib import sha512

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

from sayso.errors import MalformedError, UntrustedError
from sayso.trust.ssh_key import PrivateSshKey
from sayso.trust.sshsig import NAMESPACE, sign, split, verify
from sayso.wire.ssh import Reading, to_string
from sayso.wire.ssh_signature import format_raw
from sayso.wire.sshsig import Envelope, parse_signature
from tests import ssh_keys
from tests.ssh_keys import (
    ALL,
    ED25519,
    IN_FILES,
    IN_HARDWARE,
    MESSAGE,
    P256,
    RSA,
    armored,
)

NOT_OF_THESE = "not one of this key over these bytes"


def signed_bytes(namespace: str = NAMESPACE) -> bytes:
    envelope = Envelope(key=b"", namespace=namespace, hash_name="sha512", signature=b"")
    return envelope.signed(sha512(MESSAGE).digest())


@pytest.mark.parametrize("kind", ALL)
def test_a_signature_says_which_key_made_it(kind: str) -> None:
    armor = ssh_keys.signs(kind)
    assert verify(armor, MESSAGE) == ssh_keys.public(kind)
    assert verify(ssh_keys.signs(kind, hash_name="sha256"), MESSAGE).kind == kind
    assert split(armor * 2) == (armor, armor)


@pytest.mark.parametrize("kind", ALL)
def test_other_bytes_do_not_verify(kind: str) -> None:
    for other in (b"", MESSAGE[:-1], MESSAGE + b"\n", MESSAGE.upper()):
        with pytest.raises(UntrustedError, match=NOT_OF_THESE):
            verify(ssh_keys.signs(kind), other)


@pytest.mark.parametrize("kind", ALL)
def test_a_signature_for_something_else_does_not_count(kind: str) -> None:
    armor = ssh_keys.signs(kind, namespace="git")
    with pytest.raises(UntrustedError, match="for 'git', not for 'sayso'"):
        verify(armor, MESSAGE)
    assert verify(armor, MESSAGE, "git") == ssh_keys.public(kind)


@pytest.mark.parametrize("kind", ALL)
def test_the_names_within_are_signed(kind: str) -> None:
    git = parse_signature(ssh_keys.signs(kind, namespace="git"))
    ours = parse_signature(ssh_keys.signs(kind))
    with pytest.raises(UntrustedError, match=NOT_OF_THESE):
        verify(armored(ours, git.signature), MESSAGE)
    shorter = parse_signature(ssh_keys.signs(kind, hash_name="sha256"))
    with pytest.raises(UntrustedError, match=NOT_OF_THESE):
        verify(armored(shorter, ours.signature), MESSAGE)


@pytest.mark.parametrize("kind", IN_FILES)
def test_what_we_sign_verifies(kind: str) -> None:
    key = ssh_keys.private(kind)
    assert verify(sign(key, MESSAGE), MESSAGE) == key.public
    assert verify(sign(key, b"", "other"), b"", "other") == key.public
    again = sign(key, MESSAGE) == sign(key, MESSAGE)
    assert again is (not kind.startswith("ecdsa"))


@pytest.mark.parametrize("kind", ALL)
def test_a_signature_of_one_key_is_none_of_another(kind: str) -> None:
    ours = parse_signature(ssh_keys.signs(kind))
    for other in ALL:
        if other != kind:
            theirs = parse_signature(ssh_keys.signs(other))
            with pytest.raises(MalformedError, match="is expected"):
                verify(armored(ours, theirs.signature), MESSAGE)


@pytest.mark.parametrize("kind", IN_HARDWARE)
def test_a_key_in_hardware_has_to_be_touched(kind: str) -> None:
    for flags in (0, 4, 0xC0):
        with pytest.raises(UntrustedError, match="without being touched"):
            verify(ssh_keys.signs(kind, flags=flags), MESSAGE)
    assert verify(ssh_keys.signs(kind, flags=0xC5), MESSAGE).kind == kind


@pytest.mark.parametrize("kind", IN_HARDWARE)
def test_what_a_key_in_hardware_saw_is_signed(kind: str) -> None:
    ours = parse_signature(ssh_keys.signs(kind))
    for place in range(-5, 0):
        changed = bytearray(ours.signature)
        changed[place] ^= 2
        with pytest.raises(UntrustedError, match=NOT_OF_THESE):
            verify(armored(ours, bytes(changed)), MESSAGE)
    elsewhere = ssh_keys.authenticator(kind, b"ssh:else").sign(signed_bytes())
    with pytest.raises(UntrustedError, match=NOT_OF_THESE):
        verify(armored(ours, elsewhere), MESSAGE)


@pytest.mark.parametrize(
    ("algorithm", "digest", "taken"),
    [
        ("rsa-sha2-512", hashes.SHA512(), True),
        ("rsa-sha2-256", hashes.SHA256(), True),
        ("ssh-rsa", hashes.SHA1(), False),  # noqa: S303 - it is refused
        ("rsa-sha2-384", hashes.SHA384(), False),
    ],
    ids=["sha512", "sha256", "sha1", "sha384"],
)
def test_a_key_of_rsa_signs_with_sha2(
    algorithm: str,
    digest: hashes.HashAlgorithm,
    taken: bool,  # noqa: FBT001 - a column of the table
) -> None:
    key = rsa.generate_private_key(65537, 3072)
    public = PrivateSshKey(key).public
    envelope = Envelope(
        key=public.blob, namespace=NAMESPACE, hash_name="sha512", signature=b""
    )
    raw = key.sign(signed_bytes(), PKCS1v15(), digest)
    armor = armored(envelope, format_raw(algorithm, raw))
    if taken:
        assert verify(armor, MESSAGE) == public
    else:
        with pytest.raises(MalformedError, match=f"a signature by '{algorithm}'"):
            verify(armor, MESSAGE)
    other = "rsa-sha2-256" if algorithm == "rsa-sha2-512" else "rsa-sha2-512"
    with pytest.raises(UntrustedError, match=NOT_OF_THESE):
        verify(armored(envelope, format_raw(other, raw)), MESSAGE)


@pytest.mark.parametrize("change", [b"", b"\0"], ids=["shorter", "longer"])
def test_a_signature_of_rsa_is_as_long_as_its_key(change: bytes) -> None:
    ours = parse_signature(ssh_keys.signs(RSA))
    reading = Reading(ours.signature)
    algorithm, raw = reading.text(), reading.string()
    other = b"\0" + raw if change else raw[1:]
    with pytest.raises(MalformedError, match=r"bytes, where this key makes 384"):
        verify(armored(ours, format_raw(algorithm, other)), MESSAGE)


@pytest.mark.parametrize("raw", [b"", bytes(63), bytes(64), bytes(65)])
def test_other_bytes_are_no_signature_of_ed25519(raw: bytes) -> None:
    ours = parse_signature(ssh_keys.signs(ED25519))
    with pytest.raises(UntrustedError, match=NOT_OF_THESE):
        verify(armored(ours, format_raw(ED25519, raw)), MESSAGE)


def test_numbers_of_ecdsa_are_in_their_shortest_form() -> None:
    ours = parse_signature(ssh_keys.signs(P256))
    reading = Reading(ours.signature)
    algorithm = reading.text()
    within = Reading(reading.string())
    r, s = within.string(), within.string()
    longer = to_string(b"\0" + r) + to_string(s)
    with pytest.raises(MalformedError, match="bytes too many"):
        verify(armored(ours, format_raw(algorithm, longer)), MESSAGE)


@pytest.mark.parametrize("kind", ALL)
def test_a_key_within_is_a_whole_key(kind: str) -> None:
    ours = parse_signature(ssh_keys.signs(kind))
    for key in (b"", ours.key[:-1], ours.key + b"\0"):
        envelope = Envelope(
            key=key, namespace=NAMESPACE, hash_name="sha512", signature=b""
        )
        with pytest.raises(MalformedError):
            verify(armored(envelope, ours.signature), MESSAGE)


def test_a_key_within_is_a_point_on_its_curve() -> None:
    ours = parse_signature(ssh_keys.signs(P256))
    envelope = Envelope(
        key=ours.key[:-1] + bytes([ours.key[-1] ^ 1]),
        namespace=NAMESPACE,
        hash_name="sha512",
        signature=b"",
    )
    with pytest.raises(MalformedError, match="not a point on nistp256"):
        verify(armored(envelope, ours.signature), MESSAGE)
