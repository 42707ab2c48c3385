"""Keys in hardware: found, shown without a PIN, and signing with the right one."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pkcs11.exceptions import DeviceError, DeviceRemoved, PinLocked
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import SSlibKey

from sayso.errors import PublishError
from sayso.trust.hardware import HardwareKey, _explained, _HardwareSigner
from sayso.trust.root import make_root, sign_root
from sayso.trust.signing import check_signed
from tests.conftest import NeedsTool
from tests.roles import NOW, TEAM, signers_of
from tests.tokens import HIDDEN, KEY, P256, P384, PIN, soft_token

LABELLED = f"hsm:{P256}?label=mara%27s+token"


@pytest.fixture
def token(tmp_path: Path, needs_tool: NeedsTool) -> Iterator[None]:
    with soft_token(tmp_path, needs_tool):
        yield


class Person:
    """Types what is asked for."""

    def __init__(self, *typed: str) -> None:
        self._typed = list(typed)
        self.asked: list[str] = []

    def __call__(self, name: str) -> str:
        self.asked.append(name)
        return self._typed.pop(0)


def refused(address: str, *typed: str) -> str:
    with pytest.raises(PublishError) as caught:
        HardwareKey(address, ask=Person(*typed)).signer().sign(b"message")
    assert PIN not in str(caught.value)
    return str(caught.value)


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("address", ["hsm:", f"hsm:{P256}", LABELLED, "hsm:002"])
def test_a_key_is_found_without_a_pin_and_signs_with_it(address: str) -> None:
    person = Person(PIN)
    key = HardwareKey(address, ask=person)
    assert key.public.key == SSlibKey.from_crypto(KEY.public_key())
    assert key.public.ed25519 is None
    assert person.asked == []
    with_pin = key.signer()
    assert person.asked == ["PIN"]
    signature = with_pin.sign(b"message")
    assert with_pin.public_key == key.public.key
    key.public.key.verify_signature(signature, b"message")
    with pytest.raises(UnverifiedSignatureError):
        key.public.key.verify_signature(signature, b"another")


@pytest.mark.usefixtures("token")
def test_a_token_that_shows_nothing_asks_first() -> None:
    person = Person(PIN, PIN)
    key = HardwareKey(f"hsm:{HIDDEN}", ask=person)
    assert person.asked == ["PIN"]
    signature = key.signer().sign(b"message")
    key.public.key.verify_signature(signature, b"message")


@pytest.mark.usefixtures("token")
def test_a_wrong_pin_is_said_and_not_tried_again() -> None:
    key = HardwareKey("hsm:", ask=Person("000000"))
    with pytest.raises(PublishError, match="key hsm: cannot be used: the PIN is wrong"):
        key.signer().sign(b"message")


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize(
    ("address", "typed", "said"),
    [
        ("hsm:9", [PIN], "could not find ECDSA key"),
        ("hsm:9", ["000000"], "the PIN is wrong"),
        ("hsm:2?label=noor", [], "No PKCS#11 token found for label noor"),
        (f"hsm:{P384}", [], "neither of Ed25519 nor of P-256; make one of P-256"),
        ("hsm:x", [], "is not a key as hsm:2 or hsm:2?label=mara is"),
        ("hsm:-2", [], "is not a key as hsm:2"),
        ("hsm:2?pin=123", [], "is not a key as hsm:2"),
        ("hsm://2", [], "is not a key as hsm:2"),
        ("hsm:2#x", [], "is not a key as hsm:2"),
    ],
)
def test_what_is_not_there_is_said(address: str, typed: list[str], said: str) -> None:
    assert said in refused(address, *typed)


def test_of_two_tokens_one_is_named(tmp_path: Path, needs_tool: NeedsTool) -> None:
    with soft_token(tmp_path, needs_tool, others=["noor"]):
        assert "Multiple PKCS#11 tokens found" in refused("hsm:2")
        person = Person(PIN)
        HardwareKey(LABELLED, ask=person).signer().sign(b"message")


def test_the_module_must_be_named_and_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYKCS11LIB", raising=False)
    assert "PYKCS11LIB environment variable must be set" in refused("hsm:")
    monkeypatch.setenv("PYKCS11LIB", str(tmp_path / "absent.so"))
    assert "absent.so: cannot open shared object file" in refused("hsm:")


@pytest.mark.usefixtures("token")
def test_a_root_is_signed_by_hardware_and_a_file() -> None:
    hardware = HardwareKey(LABELLED, ask=Person(PIN)).signer()
    team = signers_of(TEAM)
    keys = replace(team, root=[hardware, *team.root[1:]]).root_keys()
    file = make_root(TEAM, keys, now=NOW)
    for each in (hardware, team.root[1]):
        file = sign_root(file, each, now=NOW)
    check_signed(file)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PinLocked(), "the PIN is locked; unlock it with the token's own program"),
        (DeviceRemoved(), "DeviceRemoved"),
        (DeviceError("no reader"), "no reader"),
    ],
)
def test_what_software_never_does_is_said_too(error: Exception, said: str) -> None:
    with pytest.raises(PublishError) as caught, _explained("hsm:2"):
        raise error
    assert str(caught.value) == f"the key hsm:2 cannot be used: {said}"


def test_what_signs_has_no_address_of_its_own() -> None:
    with pytest.raises(ValueError, match="takes a key that was found"):
        _HardwareSigner.from_priv_key_uri("hsm:2", object())
