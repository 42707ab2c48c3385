"""Our keys sign and are verified as TUF's library does it."""

import pytest
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import CryptoSigner, Signer

from sayso.trust.signer import Ed25519Signer, to_key
from tests.registries import KEY, OTHER_KEY


def test_a_key_is_written_as_the_specification_says() -> None:
    key = to_key(KEY.public)
    assert key.to_dict() == {
        "keytype": "ed25519",
        "scheme": "ed25519",
        "keyval": {"public": KEY.public.key.hex()},
    }
    assert key == Ed25519Signer(KEY).public_key


def test_a_signature_is_verified_by_its_key_alone() -> None:
    signature = Ed25519Signer(KEY).sign(b"message")
    to_key(KEY.public).verify_signature(signature, b"message")
    for key, message in (
        (to_key(KEY.public), b"another"),
        (to_key(OTHER_KEY.public), b"message"),
    ):
        with pytest.raises(UnverifiedSignatureError):
            key.verify_signature(signature, message)


def test_the_library_signs_the_same() -> None:
    theirs = CryptoSigner(KEY._key)
    assert theirs.sign(b"message") == Ed25519Signer(KEY).sign(b"message")
    assert theirs.public_key == to_key(KEY.public)


def test_a_key_has_no_address() -> None:
    assert issubclass(Ed25519Signer, Signer)
    with pytest.raises(ValueError, match="takes a key that was read"):
        Ed25519Signer.from_priv_key_uri("file2:key.pem", to_key(KEY.public))
