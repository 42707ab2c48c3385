"""Public keys of holders: two kinds, and one spelling of each."""

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from securesystemslib.signer import Key, SSlibKey
from securesystemslib.signer._utils import compute_default_keyid

from sayso.errors import MalformedError
from sayso.trust.held_key import HeldSigningKey
from sayso.trust.holder_key import holder_of, is_plain, load_holder_key
from tests.conftest import NeedsTool
from tests.registries import KEY, OTHER_KEY

HARDWARE = ec.derive_private_key(7, ec.SECP256R1()).public_key()
P256 = SSlibKey.from_crypto(HARDWARE)


def pem(key: object) -> str:
    form = PublicFormat.SubjectPublicKeyInfo
    data: bytes = key.public_bytes(Encoding.PEM, form)  # type: ignore[attr-defined]
    return data.decode()


def test_an_ed25519_key_is_read_from_each_of_its_files() -> None:
    holder = holder_of(KEY.public)
    assert load_holder_key(KEY.public.text()) == holder
    assert load_holder_key(KEY.public.text().split("\n")[1]).key == holder.key
    found = load_holder_key(OTHER_KEY.public.pem())
    assert found == holder_of(OTHER_KEY.public)
    assert found.text == OTHER_KEY.public.text()
    assert load_holder_key(holder.text) == holder


def test_a_p256_key_is_read_from_pem_and_written_so() -> None:
    holder = load_holder_key(pem(HARDWARE).replace("\n", "\r\n"))
    assert holder.key == P256
    assert holder.key.to_dict() == {
        "keytype": "ecdsa",
        "scheme": "ecdsa-sha2-nistp256",
        "keyval": {"public": pem(HARDWARE)},
    }
    assert holder.text == pem(HARDWARE)
    assert holder.ed25519 is None
    assert load_holder_key(holder.text) == holder


def test_every_spelling_of_a_p256_key_is_the_same_holder(
    tmp_path: Path, needs_tool: NeedsTool
) -> None:
    needs_tool("openssl")
    (tmp_path / "key.pub").write_text(pem(HARDWARE))
    short = subprocess.run(
        ["openssl", "ec", "-pubin", "-in", "key.pub", "-conv_form", "compressed"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert short != pem(HARDWARE)
    assert load_holder_key(short).key == P256


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (pem(rsa.generate_private_key(65537, 2048).public_key()), "neither of Ed25519"),
        (pem(X25519PrivateKey.generate().public_key()), "neither of Ed25519"),
        (
            pem(ec.generate_private_key(ec.SECP384R1()).public_key()),
            "neither of Ed25519 nor of P-256",
        ),
        (pem(HARDWARE)[:90], "not a public key in PEM"),
        (pem(HARDWARE) + "\udc80", "not a public key in PEM"),
        (OTHER_KEY.pem(), "not a minisign public key"),
        ("", "not a minisign public key"),
    ],
    ids=["RSA", "X25519", "P-384", "cut off", "not UTF-8", "private", "empty"],
)
def test_other_keys_are_refused(text: str, said: str) -> None:
    with pytest.raises(MalformedError, match=said) as caught:
        load_holder_key(text)
    assert "\n" not in str(caught.value)


def respelled(key: Key, keyval: dict[str, str], **change: str) -> Key:
    """Return a key with the id that its spelling gives it."""
    given = {"keytype": key.keytype, "scheme": key.scheme, **change}
    key_id = compute_default_keyid(given["keytype"], given["scheme"], keyval)
    return SSlibKey(key_id, given["keytype"], given["scheme"], keyval)


ED25519 = holder_of(KEY.public).key
HEX = KEY.public.key.hex()


def test_a_key_that_we_spell_is_plain() -> None:
    assert is_plain(ED25519)
    assert is_plain(P256)
    assert respelled(P256, P256.keyval) == P256


@pytest.mark.parametrize(
    "key",
    [
        respelled(ED25519, {"public": HEX.upper()}),
        respelled(ED25519, {"public": f"{HEX} "}),
        respelled(ED25519, {"public": HEX, "more": ""}),
        respelled(ED25519, {"public": HEX[2:]}),
        respelled(ED25519, {"public": "x"}),
        respelled(P256, {"public": pem(HARDWARE) + "\n"}),
        respelled(P256, {"public": pem(HARDWARE)}, keytype="ecdsa-sha2-nistp256"),
        respelled(P256, {"public": pem(HARDWARE)}, scheme="ecdsa-sha2-nistp384"),
        respelled(P256, {"public": KEY.public.text()}),
        SSlibKey.from_crypto(ec.generate_private_key(ec.SECP384R1()).public_key()),
        SSlibKey.from_crypto(rsa.generate_private_key(65537, 2048).public_key()),
    ],
)
def test_a_key_of_another_kind_or_spelling_is_not_plain(key: Key) -> None:
    assert not is_plain(key)


def test_a_holder_of_a_signing_key_signs_with_it() -> None:
    held = HeldSigningKey(OTHER_KEY)
    assert held.public == holder_of(OTHER_KEY.public)
    signature = held.signer().sign(b"message")
    held.public.key.verify_signature(signature, b"message")
