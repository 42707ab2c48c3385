"""SSH signatures as bytes: armor and what is in it, in one spelling."""

import pytest

from sayso.errors import MalformedError
from sayso.wire.ssh import to_string
from sayso.wire.sshsig import (
    BLOCKS_LIMIT,
    FILE_LIMIT,
    Envelope,
    format_signature,
    parse_signature,
    split,
)
from sayso.wire.text import to_base64

ENVELOPE = Envelope(
    key=b"key", namespace="sayso", hash_name="sha512", signature=b"signature" * 9
)
ARMOR = format_signature(ENVELOPE)
OTHER = format_signature(
    Envelope(key=b"k", namespace="git", hash_name="sha256", signature=b"s")
)


def armored(packed: bytes) -> bytes:
    return (
        "-----BEGIN SSH SIGNATURE-----\n"
        f"{to_base64(packed)}\n"
        "-----END SSH SIGNATURE-----\n"
    ).encode()


def packed(
    *,
    magic: bytes = b"SSHSIG",
    version: int = 1,
    namespace: bytes = b"sayso",
    reserved: bytes = b"",
    hash_name: bytes = b"sha512",
) -> bytes:
    strings = (b"key", namespace, reserved, hash_name, b"signature" * 9)
    return magic + version.to_bytes(4) + b"".join(map(to_string, strings))


def test_a_signature_is_written_in_lines_of_seventy_characters() -> None:
    first, *lines, last, end = ARMOR.decode().split("\n")
    assert (first, last, end) == (
        "-----BEGIN SSH SIGNATURE-----",
        "-----END SSH SIGNATURE-----",
        "",
    )
    assert [len(line) for line in lines[:-1]] == [70] * (len(lines) - 1)
    assert 0 < len(lines[-1]) <= 70
    assert "".join(lines) == to_base64(packed())
    assert parse_signature(ARMOR) == ENVELOPE
    assert parse_signature(armored(packed())) == ENVELOPE


def test_what_is_signed_names_what_it_is_for() -> None:
    assert ENVELOPE.signed(b"digest") == (
        b"SSHSIG\0\0\0\5sayso\0\0\0\0\0\0\0\6sha512\0\0\0\6digest"
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (packed(magic=b"SSHSIH"), "does not begin with SSHSIG"),
        (packed(version=0), "of version 0, not 1"),
        (packed(version=2), "of version 2, not 1"),
        (packed(reserved=b"x"), "reserved part of an SSH signature is not empty"),
        (packed(hash_name=b"sha1"), "hash 'sha1', and only sha512 and sha256 are"),
        (packed(hash_name=b"SHA512"), "hash 'SHA512'"),
        (packed(namespace=b"say\xc3\xb6"), "other bytes than ASCII"),
        (packed() + b"\0", "1 bytes follow after the end"),
    ],
    ids=[
        "no-magic",
        "version-0",
        "version-2",
        "reserved",
        "sha1",
        "upper-case",
        "namespace",
        "trailing",
    ],
)
def test_another_layout_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(MalformedError, match=said):
        parse_signature(armored(data))


def test_a_signature_that_is_cut_off_is_refused() -> None:
    whole = packed()
    for end in range(1, len(whole)):
        with pytest.raises(MalformedError):
            parse_signature(armored(whole[:end]))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(ARMOR.replace(b"=\n-", b"\n-"), id="without-padding"),
        pytest.param(ARMOR.replace(b"\n-----END", b"=\n-----END"), id="more-padding"),
        pytest.param(ARMOR.replace(b"Y", b"_"), id="another-alphabet"),
        pytest.param(ARMOR.replace(b"\n-----END", b"\n\n-----END"), id="empty-line"),
        pytest.param(ARMOR.replace(b"\n-----END", b" \n-----END"), id="space"),
        pytest.param(ARMOR.replace(b"\n-----END", b"-----END"), id="run-together"),
    ],
)
def test_the_text_has_one_spelling(text: bytes) -> None:
    assert text != ARMOR
    with pytest.raises(MalformedError):
        parse_signature(text)


def test_a_file_is_split_into_its_signatures() -> None:
    assert split(ARMOR) == (ARMOR,)
    assert split(ARMOR + OTHER) == (ARMOR, OTHER)
    assert split(ARMOR + b"\n\n" + OTHER.removesuffix(b"\n")) == (ARMOR, OTHER)
    assert split(ARMOR * BLOCKS_LIMIT) == (ARMOR,) * BLOCKS_LIMIT


def test_only_one_signature_is_read_at_a_time() -> None:
    with pytest.raises(MalformedError, match="2 SSH signatures, where one is expected"):
        parse_signature(ARMOR + OTHER)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\n" + ARMOR, id="something-before"),
        pytest.param(ARMOR + b"\n \n", id="something-after"),
        pytest.param(ARMOR + b"x\n" + ARMOR, id="something-between"),
        pytest.param(ARMOR.removesuffix(b"\n") + ARMOR, id="run-together"),
        pytest.param(ARMOR.replace(b"\n", b"\r\n"), id="of-windows"),
        pytest.param(b"\xff" + ARMOR, id="not-ascii"),
        pytest.param(ARMOR * (BLOCKS_LIMIT + 1), id="too-many"),
        pytest.param(ARMOR + b"\n" * FILE_LIMIT, id="too-long"),
        pytest.param(armored(b"x" * 6200), id="one-too-long"),
        pytest.param(ARMOR[:-2], id="cut-off"),
    ],
)
def test_nothing_but_signatures_is_in_a_file(data: bytes) -> None:
    with pytest.raises(MalformedError):
        split(data)
