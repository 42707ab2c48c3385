"""Keys at AWS KMS, through all of botocore, as far as a service on this machine."""

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sayso.errors import PublishError
from sayso.trust import aws
from sayso.trust.key_source import open_signing_key
from sayso.trust.keys import SigningKey
from sayso.trust.minisign import sign, verify
from sayso.trust.signer import Ed25519Signer, to_key
from tests.kms import ARN, MODEL, REGION, VARIABLES, KeyService, serve_keys
from tests.registries import KEY, OTHER_KEY

ALIAS = "alias/releases"
SECRET = VARIABLES["AWS_SECRET_ACCESS_KEY"]
SIGN = {
    "KeyId": ARN,
    "Message": b"message",
    "MessageType": "RAW",
    "SigningAlgorithm": "ED25519_SHA_512",
}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyService]:
    """Serve one key under two names, and a key of another kind."""
    one = Ed25519PrivateKey.from_private_bytes(bytes(32))
    keys: dict[str, Ed25519PrivateKey | EllipticCurvePrivateKey] = {
        ARN: one,
        ALIAS: one,
        "alias/p256": generate_private_key(SECP256R1()),
    }
    for name in ("AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    with serve_keys(KeyService(keys=keys)) as served:
        monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", served.address)
        yield served


def opened(name: str = ARN) -> SigningKey:
    return open_signing_key(f"awskms:{name}")


def refused(name: str = ARN) -> str:
    with pytest.raises(PublishError) as caught:
        opened(name).sign(b"message")
    assert SECRET not in str(caught.value)
    return str(caught.value)


def test_the_model_of_the_service_knows_ed25519() -> None:
    members = MODEL.operation_model("Sign").input_shape.members
    assert aws._ALGORITHM in members["SigningAlgorithm"].enum
    assert "RAW" in members["MessageType"].enum
    assert members["Message"].metadata["max"] == aws.AwsKey.limit
    said = MODEL.operation_model("GetPublicKey").output_shape.members
    assert aws._SPEC in said["KeySpec"].enum
    assert aws._USAGE in said["KeyUsage"].enum
    codes = {
        shape.name
        for name in ("Sign", "GetPublicKey")
        for shape in MODEL.operation_model(name).error_shapes
    }
    common = {  # of all services: API Reference, Common Error Types
        "AccessDeniedException",
        "ExpiredTokenException",
        "IncompleteSignatureException",
        "InvalidSignatureException",
        "ThrottlingException",
        "UnrecognizedClientException",
    }
    assert set(aws._ADVICE) <= codes | common


def test_a_key_at_aws_signs_as_the_same_key_in_a_file_does(service: KeyService) -> None:
    key = opened()
    assert key.public.key == KEY.public.key
    assert not key.development
    assert key.public.comment == f"sayso public key {KEY.public.name}"
    assert key.sign(b"message") == KEY.sign(b"message")
    assert service.asked == [("GetPublicKey", {"KeyId": ARN}), ("Sign", SIGN)]
    for signed_by in service.signed_by:
        assert f"/{REGION}/kms/aws4_request" in signed_by
        assert SECRET not in signed_by
    assert repr(key) == f"<ServiceKey {KEY.public.name}>"


@pytest.mark.usefixtures("service")
def test_it_signs_for_tuf_and_for_minisign() -> None:
    key = opened()
    signature = Ed25519Signer(key).sign(b"message")
    to_key(KEY.public).verify_signature(signature, b"message")
    data = bytes(1 << 20)
    assert verify(data, sign(data, key, trusted_comment="x"), key.public) == "x"


def test_an_alias_needs_a_region(
    service: KeyService, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "set AWS_DEFAULT_REGION, or name the key by its ARN" in refused(ALIAS)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert opened(ALIAS).sign(b"message") == KEY.sign(b"message")
    assert "/eu-west-1/kms/" in service.signed_by[-1]
    opened()
    assert f"/{REGION}/kms/" in service.signed_by[-1], "an ARN says its region itself"


@pytest.mark.parametrize("size", [1, 4096])
def test_a_message_may_be_as_long_as_the_service_takes(
    service: KeyService, size: int
) -> None:
    message = bytes(size)
    assert opened().sign(message) == KEY.sign(message)
    assert service.asked[-1][1]["Message"] == message


def test_a_longer_message_is_not_sent(service: KeyService) -> None:
    key = opened()
    with pytest.raises(PublishError, match="at most 4096 bytes, and these are 4097"):
        key.sign(bytes(4097))
    assert [operation for operation, _ in service.asked] == ["GetPublicKey"]


def other_der() -> bytes:
    key = generate_private_key(SECP256R1()).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    ("false", "said"),
    [
        ({"KeySpec": "ECC_NIST_P256"}, "is of another kind: make one of ECC_NIST_ED"),
        ({"KeyUsage": "KEY_AGREEMENT"}, "for SIGN_VERIFY"),
        ({"SigningAlgorithms": ["ED25519_PH_SHA_512"]}, "is of another kind"),
        ({"SigningAlgorithms": None}, "is of another kind"),
        ({"PublicKey": None}, "has no public key in DER"),
        ({"PublicKey": b"\0" * 44}, "has no public key in DER"),
        ({"PublicKey": KEY.public.key}, "has no public key in DER"),
        ({"PublicKey": other_der()}, "is not an Ed25519 key"),
    ],
)
def test_a_key_of_another_kind_is_refused(
    service: KeyService, false: dict[str, Any], said: str
) -> None:
    service.false = {"GetPublicKey": false}
    assert said in refused()


@pytest.mark.usefixtures("service")
def test_what_is_made_of_another_curve_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    assert "is of another kind" in refused("alias/p256")


@pytest.mark.parametrize(
    "signature",
    [None, b"", bytes(63), bytes(64), OTHER_KEY.sign(b"message"), KEY.sign(b"another")],
    ids=["none", "empty", "short", "zeros", "another key's", "another message's"],
)
def test_no_signature_is_believed_unchecked(
    service: KeyService, signature: bytes | None
) -> None:
    service.false = {"Sign": {"Signature": signature}}
    said = refused()
    assert f"the key {ARN} at AWS KMS made a false signature" in said
    assert "nothing was signed" in said


@pytest.mark.parametrize("operation", ["GetPublicKey", "Sign"])
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("AccessDeniedException", "must let these credentials call kms:GetPublicKey"),
        ("DisabledException", "enable it"),
        ("ExpiredTokenException", "the credentials have expired"),
        ("NotFoundException", "check its name and the region"),
        ("SomethingNew", "SomethingNew: No."),
    ],
)
def test_an_error_says_what_to_do(
    service: KeyService, operation: str, code: str, said: str
) -> None:
    service.false = {operation: code}
    message = refused()
    assert message.startswith(f"the key {ARN} at AWS KMS cannot be used, {code}: ")
    assert said in message


def test_an_unknown_key_is_said(service: KeyService) -> None:
    service.keys.clear()
    assert "NotFoundException: check its name" in refused()


@pytest.mark.parametrize("operation", ["GetPublicKey", "Sign"])
@pytest.mark.parametrize(
    "answer",
    [b"", b"<html>", b"[]", b"null", b"{", b'{"PublicKey": 5, "Signature": {}}'],
)
def test_what_is_no_answer_is_refused(
    service: KeyService, operation: str, answer: bytes
) -> None:
    service.false = {operation: answer}
    assert f"the key {ARN} at AWS KMS" in refused()


def test_without_credentials_it_is_said_that_they_are_missing(
    service: KeyService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "there are no credentials" in refused()
    assert service.asked == []


def test_a_service_that_cannot_be_reached_is_named(
    monkeypatch: pytest.MonkeyPatch, service: KeyService
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:1")
    assert 'Could not connect to the endpoint URL: "http://127.0.0.1:1/"' in refused()
    assert service.asked == []


@pytest.mark.parametrize("name", ["", "x" * 2049, "arn:aws:kms:no region:1:key/2"])
def test_what_can_be_no_key_is_not_asked_for(
    service: KeyService, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    assert "at AWS KMS cannot be used" in refused(name)
    assert service.asked == []
