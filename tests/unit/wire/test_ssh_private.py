"""Files of private SSH keys: what they say openly, and nothing of it repeated."""

import re

import pytest

from sayso.errors import MalformedError
from sayso.wire.ssh import to_string
from sayso.wire.ssh_private import PRIVATE_LIMIT, parse_head
from sayso.wire.text import to_base64
from tests import ssh_keys
from tests.ssh_keys import ED25519, IN_FILES

FILE = ssh_keys.private(ED25519).text()


def file(packed: bytes) -> bytes:
    return (
        "-----BEGIN OPENSSH PRIVATE KEY-----\n"
        f"{to_base64(packed)}\n"
        "-----END OPENSSH PRIVATE KEY-----\n"
    ).encode()


def head(*, magic: bytes = b"openssh-key-v1\0", count: int = 1) -> bytes:
    names = to_string(b"none") + to_string(b"none") + to_string(b"")
    return magic + names + count.to_bytes(4) + to_string(b"public")


@pytest.mark.parametrize("kind", IN_FILES)
def test_the_public_half_is_readable_without_the_passphrase(kind: str) -> None:
    key = ssh_keys.private(kind)
    assert parse_head(key.text()) == (False, key.public.blob)
    assert parse_head(key.text(b"correct horse")) == (True, key.public.blob)
    assert parse_head(key.text().replace(b"\n", b"\r\n")) == (False, key.public.blob)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"secret", id="something"),
        pytest.param(b"-----BEGIN PRIVATE KEY-----\nsecret", id="pem"),
        pytest.param(FILE.replace(b"-----END", b"secret"), id="no-end"),
        pytest.param(FILE + FILE, id="two"),
        pytest.param(b"secret\n" + FILE, id="something-before"),
        pytest.param(FILE.replace(b"\n-----END", b"=\n-----END"), id="not-base64"),
        pytest.param(FILE + b"\n" * PRIVATE_LIMIT, id="long"),
        pytest.param(file(b"secret"), id="short"),
        pytest.param(file(head(magic=b"openssh-key-v2\0")), id="another-version"),
        pytest.param(file(head(count=0)), id="no-key"),
        pytest.param(file(head(count=2)), id="two-keys"),
        pytest.param(file(head()[:-1]), id="cut-off"),
    ],
)
def test_anything_else_is_no_private_key(data: bytes) -> None:
    with pytest.raises(MalformedError) as caught:
        parse_head(data)
    secrets = re.findall(rb"[A-Za-z0-9+/]{30,}|secret", data)
    assert not any(secret.decode() in str(caught.value) for secret in secrets)
    assert caught.value.__cause__ is None
    assert parse_head(file(head())) == (False, b"public")
