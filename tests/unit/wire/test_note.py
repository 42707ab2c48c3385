"""Signed notes and verifier keys, as text."""

from dataclasses import replace

import pytest

from sayso.errors import MalformedError
from sayso.wire.note import (
    NOTE_LIMIT,
    KeyType,
    Note,
    NoteSignature,
    VerifierKey,
    decode_note,
    encode_note,
    format_verifier_key,
    parse_verifier_key,
)
from sayso.wire.text import to_base64

SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SIGNATURE = NoteSignature(name="a.example/ø", key_id=b"\0\1\2\3", signature=b"x")
NOTE = Note(text="one\n\nthree\n", signatures=(SIGNATURE, SIGNATURE))
GOOD = "one\n\nthree\n\n— a.example/ø AAECA3g=\n— a.example/ø AAECA3g=\n"


def test_a_note_is_read_as_written() -> None:
    assert encode_note(NOTE) == GOOD.encode()
    assert decode_note(GOOD.encode()) == NOTE


def test_the_last_empty_line_ends_the_text() -> None:
    data = b"\n\n\n\xe2\x80\x94 a AAECA3g=\n"
    assert decode_note(data).text == "\n\n"
    assert encode_note(decode_note(data)) == data


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "a blank line"),
        ("one\n", "a blank line"),
        ("one\n\n", "a blank line"),
        (GOOD.removesuffix("\n"), "a blank line"),
        (GOOD + "\n", "a blank line"),
        (GOOD + "x\n", "not a signature line"),
        (GOOD.replace("— ", "- "), "not a signature line"),
        (GOOD.replace("— a", "—  a"), "not a signature line"),
        (GOOD.replace("— a", "—\xa0a"), "not a signature line"),
        (GOOD.replace("ø", "+"), "not a signature line"),
        (GOOD.replace("ø", "\u3000"), "not a signature line"),
        (GOOD.replace("AAECA3g=", "AAECA3h="), "canonical"),
        (GOOD.replace("AAECA3g=", "AAECA3g"), "base64"),
        (GOOD.replace("AAECA3g=", "AAECAw=="), "no signature"),
        (GOOD.replace(" AAECA3g=", ""), "no signature"),
        (GOOD.replace("\n", "\r\n"), "control"),
        (GOOD.replace("one", "\t"), "control"),
        (GOOD.replace("one", "x" * NOTE_LIMIT), "at most"),
    ],
)
def test_other_notes_are_refused(text: str, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        decode_note(text.encode())


def test_a_control_character_has_no_place_in_a_note() -> None:
    """ "Those below U+0020", and no others."""
    for number in {*range(0x20)} - {0x0A}:
        for place in ("one", "ø"):
            with pytest.raises(MalformedError, match="control"):
                decode_note(GOOD.replace(place, chr(number)).encode())
    assert decode_note(GOOD.replace("one", "\x7f").encode()).text.startswith("\x7f")


def test_a_note_is_utf8() -> None:
    with pytest.raises(MalformedError, match="UTF-8"):
        decode_note(GOOD.encode("latin-1", "replace"))


@pytest.mark.parametrize(
    "note",
    [
        replace(NOTE, signatures=()),
        replace(NOTE, text="no line break"),
        replace(NOTE, text="a\r\n"),
        replace(NOTE, signatures=(replace(SIGNATURE, name="a b"),)),
        replace(NOTE, signatures=(replace(SIGNATURE, name="a\nb"),)),
        replace(NOTE, signatures=(replace(SIGNATURE, signature=b""),)),
        replace(NOTE, signatures=(replace(SIGNATURE, key_id=b"\0"),)),
        replace(NOTE, signatures=(replace(SIGNATURE, key_id=bytes(5)),)),
    ],
)
def test_what_would_read_back_otherwise_is_not_written(note: Note) -> None:
    with pytest.raises(MalformedError):
        encode_note(note)


def test_sixteen_long_signatures_are_read() -> None:
    long = replace(SIGNATURE, signature=bytes(5000))
    note = replace(NOTE, signatures=(long,) * 16)
    assert decode_note(encode_note(note)) == note


@pytest.mark.parametrize("text", [SPEC_KEY, GO_KEY])
def test_other_peoples_verifier_keys(text: str) -> None:
    key = parse_verifier_key(text)
    assert key.type is KeyType.ED25519
    assert format_verifier_key(key) == text
    assert key.key_id.hex() == text.split("+")[1]


def test_a_witness_has_another_key_id() -> None:
    key = parse_verifier_key(SPEC_KEY)
    witness = replace(key, type=KeyType.COSIGNATURE)
    assert witness.key_id != key.key_id
    assert parse_verifier_key(format_verifier_key(witness)) == witness


def test_a_key_may_have_a_plus_in_its_base64() -> None:
    key = VerifierKey(name="a", type=KeyType.ED25519, key=b"aa" + b"\xfb\xef\xbe" * 10)
    assert format_verifier_key(key).count("+") > 2
    assert parse_verifier_key(format_verifier_key(key)) == key


NAME, ID, _ = SPEC_KEY.split("+")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not a verifier key"),
        (NAME, "not a verifier key"),
        (f"{NAME}+{ID}", "not a verifier key"),
        (SPEC_KEY.removeprefix(NAME), "not a verifier key"),
        (SPEC_KEY.replace("/", " "), "not a verifier key"),
        (SPEC_KEY.replace("/", "\u2028"), "not a verifier key"),
        (SPEC_KEY.replace("/", "\udc80"), "not a verifier key"),
        (SPEC_KEY.replace("/", "\x00"), "not a verifier key"),
        (f"{NAME}+{ID}+", "not an Ed25519"),
        (f"{NAME}+{ID}+{to_base64(bytes([1]) + bytes(31))}", "not an Ed25519"),
        (f"{NAME}+{ID}+{to_base64(bytes([2]) + bytes(32))}", "not an Ed25519"),
        (f"{NAME}+{ID}+{to_base64(bytes([6]) + bytes(1312))}", "not an Ed25519"),
        (SPEC_KEY.replace(ID, ID.upper()), "the key id"),
        (SPEC_KEY.replace("foo", "bar"), "the key id"),
        (SPEC_KEY + "\n", "base64"),
    ],
)
def test_other_verifier_keys_are_refused(text: str, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        parse_verifier_key(text)


def test_a_key_of_another_algorithm_is_refused() -> None:
    for number in {*range(256)} - {*KeyType}:
        packed = to_base64(bytes([number]) + bytes(32))
        with pytest.raises(MalformedError, match="not an Ed25519"):
            parse_verifier_key(f"{NAME}+{ID}+{packed}")


@pytest.mark.parametrize("name", ["a+b", "", "a b", "\udcff"])
def test_a_key_without_a_name_is_not_written(name: str) -> None:
    key = parse_verifier_key(SPEC_KEY)
    for wrong in (replace(key, name=name), replace(key, key=bytes(31))):
        with pytest.raises(MalformedError):
            format_verifier_key(wrong)
