"""Whatever is done to a signature, it verifies no more, and nothing breaks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.errors import MalformedError, PublishError, UntrustedError
from sayso.trust.ssh_key import load_private_key, parse_public_key
from sayso.trust.sshsig import split, verify
from sayso.wire.ssh import Reading, to_positive, to_string
from sayso.wire.sshsig import parse_signature
from sayso.wire.text import from_base64, to_base64
from tests import ssh_keys
from tests.ssh_keys import ALL, MESSAGE

BEGIN = "-----BEGIN SSH SIGNATURE-----\n"
END = "-----END SSH SIGNATURE-----\n"

SIGNATURES = {kind: ssh_keys.signs(kind) for kind in ALL}


def packed(armor: bytes) -> bytes:
    text = armor.decode().removeprefix(BEGIN).removesuffix(END)
    return from_base64("".join(text.split()))


def armored(data: bytes) -> bytes:
    return f"{BEGIN}{to_base64(data)}\n{END}".encode()


def refused(armor: bytes) -> None:
    with pytest.raises((MalformedError, UntrustedError)):
        verify(armor, MESSAGE)


@given(st.sampled_from(ALL), st.data())
def test_a_changed_byte_never_verifies(kind: str, data: st.DataObject) -> None:
    whole = bytearray(packed(SIGNATURES[kind]))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    refused(armored(bytes(whole)))


@given(st.sampled_from(ALL), st.data())
def test_bytes_put_in_or_taken_out_never_verify(kind: str, data: st.DataObject) -> None:
    whole = packed(SIGNATURES[kind])
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    changed = whole[:start] + data.draw(st.binary(max_size=9)) + whole[end:]
    if changed == whole:
        assert verify(armored(changed), MESSAGE) == ssh_keys.public(kind)
    else:
        refused(armored(changed))


@given(st.sampled_from(ALL), st.data())
def test_a_changed_text_verifies_as_the_same_or_not_at_all(
    kind: str, data: st.DataObject
) -> None:
    text = bytearray(SIGNATURES[kind])
    place = data.draw(st.integers(0, len(text) - 1))
    text[place] = data.draw(st.integers(0, 255))
    try:
        key = verify(bytes(text), MESSAGE)
    except (MalformedError, UntrustedError):
        return
    assert key == ssh_keys.public(kind)
    assert parse_signature(bytes(text)) == parse_signature(SIGNATURES[kind])


@given(st.binary() | st.binary().map(armored) | st.text().map(str.encode))
def test_what_is_no_signature_is_called_malformed(data: bytes) -> None:
    for read in (split, parse_signature):
        try:
            read(data)
        except MalformedError:
            continue


@given(st.sampled_from(ALL), st.binary())
def test_every_line_is_a_key_or_malformed(kind: str, tail: bytes) -> None:
    blob = to_string(kind.encode()) + tail
    with pytest.raises(MalformedError):
        parse_public_key(f"{kind} {to_base64(blob)}")


@given(st.text())
def test_every_text_is_a_key_or_malformed(text: str) -> None:
    with pytest.raises(MalformedError):
        parse_public_key(text)


@given(st.binary())
def test_what_is_no_private_key_is_said(tail: bytes) -> None:
    packed_file = to_base64(b"openssh-key-v1\0" + tail)
    text = (
        "-----BEGIN OPENSSH PRIVATE KEY-----\n"
        f"{packed_file}\n"
        "-----END OPENSSH PRIVATE KEY-----\n"
    )
    with pytest.raises(PublishError):
        load_private_key(text.encode(), None)


@given(st.integers(min_value=1, max_value=2**600))
def test_a_number_is_read_as_it_was_written(number: int) -> None:
    reading = Reading(to_positive(number))
    assert reading.positive(80) == number
    reading.end()
