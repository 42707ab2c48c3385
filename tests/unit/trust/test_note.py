"""Signed notes: others' by us, and no changed bit."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sayso.errors import MalformedError, RegistryError, UntrustedError
from sayso.trust.note import add_signatures, cosign, open_note, sign_note
from sayso.wire.note import (
    KeyType,
    NoteSignature,
    VerifierKey,
    decode_note,
    encode_note,
    parse_verifier_key,
)
from tests.logs import (
    LOG,
    ORIGIN,
    SEEN,
    WITNESS_KEYS,
    WITNESSES,
    private_key,
    witnessed,
)
from tests.registries import KEY, OTHER_KEY

SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""  # noqa: E501 - as it stands in C2SP signed-note
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""  # noqa: E501 - as it stands in the tests of Go's sumdb/note
WITNESS = WITNESSES[0].key
TEXT = f"{ORIGIN}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
SIGNED = sign_note(TEXT, KEY, name=ORIGIN)


@pytest.mark.parametrize(("key", "note"), [(SPEC_KEY, SPEC_NOTE), (GO_KEY, GO_NOTE)])
def test_other_peoples_notes_open(key: str, note: str) -> None:
    known = parse_verifier_key(key)
    opened = open_note(note.encode(), [known])
    assert opened.text == note.rpartition("\n\n")[0] + "\n"
    assert opened.signed == {known}
    assert opened.cosigned == {}
    with pytest.raises(UntrustedError, match="not over this text"):
        open_note(note.replace("is", "is ", 1).encode(), [known])


def test_signing_is_deterministic() -> None:
    assert sign_note(TEXT, KEY, name=ORIGIN) == SIGNED
    assert open_note(SIGNED, [LOG]).signed == {LOG}


def test_a_witness_says_when() -> None:
    note = cosign(SIGNED, WITNESS_KEYS[0], name=WITNESS.name, now=SEEN)
    opened = open_note(note, [LOG, WITNESS])
    assert opened.signed == {LOG}
    assert opened.cosigned == {WITNESS: SEEN}
    assert open_note(note, [WITNESS]).signed == set()


def test_the_last_time_of_a_witness_counts() -> None:
    note = SIGNED
    for days in (1, 2, 0):
        now = SEEN + timedelta(days=days)
        note = cosign(note, WITNESS_KEYS[0], name=WITNESS.name, now=now)
    opened = open_note(note, [WITNESS])
    assert opened.cosigned == {WITNESS: SEEN + timedelta(days=2)}


def test_signatures_of_unknown_keys_say_nothing() -> None:
    """Not even under a known name, or with a known key id: only under both."""
    namesake = sign_note(TEXT, OTHER_KEY, name=ORIGIN)
    with pytest.raises(UntrustedError, match="no key that is believed"):
        open_note(namesake, [LOG])
    lines = (
        *decode_note(namesake).signatures,
        NoteSignature(name="other.example", key_id=LOG.key_id, signature=b"x"),
    )
    note = decode_note(SIGNED)
    both = encode_note(replace(note, signatures=(*lines, *note.signatures)))
    assert open_note(both, [LOG]).signed == {LOG}


def test_one_false_signature_of_a_known_key_spoils_the_note() -> None:
    note = decode_note(cosign(SIGNED, WITNESS_KEYS[0], name=WITNESS.name, now=SEEN))
    good, witnessed = note.signatures
    for wrong in (
        NoteSignature(name=LOG.name, key_id=LOG.key_id, signature=bytes(64)),
        NoteSignature(name=LOG.name, key_id=LOG.key_id, signature=b"short"),
        NoteSignature(name=WITNESS.name, key_id=WITNESS.key_id, signature=bytes(72)),
        NoteSignature(
            name=WITNESS.name,
            key_id=WITNESS.key_id,
            signature=bytes(8) + witnessed.signature[8:],
        ),
    ):
        spoiled = replace(note, signatures=(good, wrong))
        with pytest.raises(UntrustedError, match="not over this text"):
            open_note(encode_note(spoiled), [LOG, WITNESS])


@pytest.mark.parametrize("signature", [b"short", b"\xff" * 8 + bytes(64)])
def test_what_is_no_cosignature_spoils_the_note(signature: bytes) -> None:
    line = NoteSignature(name=WITNESS.name, key_id=WITNESS.key_id, signature=signature)
    note = decode_note(SIGNED)
    spoiled = replace(note, signatures=(*note.signatures, line))
    with pytest.raises(UntrustedError, match="did not cosign"):
        open_note(encode_note(spoiled), [LOG, WITNESS])


def test_a_signature_and_a_cosignature_are_never_taken_for_each_other() -> None:
    """One key in two roles has two key ids, and signs two messages."""
    key = private_key(7)
    as_log = VerifierKey(name=ORIGIN, type=KeyType.ED25519, key=key.public.key)
    as_witness = VerifierKey(name=ORIGIN, type=KeyType.COSIGNATURE, key=as_log.key)
    note = cosign(SIGNED, key, name=ORIGIN, now=SEEN)
    with pytest.raises(UntrustedError, match="no key that is believed"):
        open_note(note, [as_log])
    assert open_note(note, [as_log, as_witness]).signed == set()


def test_only_a_checkpoint_is_cosigned() -> None:
    note = sign_note("This is no checkpoint.\n", KEY, name=ORIGIN)
    with pytest.raises(MalformedError, match="not a checkpoint"):
        cosign(note, WITNESS_KEYS[0], name=WITNESS.name, now=SEEN)


@pytest.mark.parametrize(
    ("text", "name"), [("a", ORIGIN), ("a\x00\n", ORIGIN), ("a\n", "a b"), ("a\n", "")]
)
def test_what_is_no_note_is_not_signed(text: str, name: str) -> None:
    with pytest.raises(MalformedError):
        sign_note(text, KEY, name=name)


def test_every_flipped_bit_of_a_note_is_refused() -> None:
    for place in range(len(SIGNED) * 8):
        changed = bytearray(SIGNED)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(RegistryError):
            open_note(bytes(changed), [LOG])


def lines_of(note: bytes) -> bytes:
    """Return the signature lines of a note, as a witness sends them."""
    return note.partition(b"\n\n")[2]


def test_signatures_that_are_wanted_are_added() -> None:
    keys = [each.key for each in WITNESSES]
    first = add_signatures(SIGNED, lines_of(witnessed(SIGNED, 1)), keys)
    both = add_signatures(first, lines_of(witnessed(SIGNED, 2)), keys)
    assert both == witnessed(SIGNED, 1, 2)


def test_signatures_of_others_are_left_out() -> None:
    sent = lines_of(witnessed(SIGNED, 1, 2, 3))
    assert add_signatures(SIGNED, sent, [WITNESS]) == witnessed(SIGNED, 1)
    with pytest.raises(UntrustedError, match="no key that is believed"):
        add_signatures(SIGNED, lines_of(witnessed(SIGNED, 2)), [WITNESS])


def test_a_newer_signature_of_a_key_replaces_the_older() -> None:
    later = witnessed(SIGNED, 1, now=SEEN + timedelta(hours=1))
    note = add_signatures(witnessed(SIGNED, 1, 2), lines_of(later), [WITNESS])
    assert lines_of(note).count(b"\n") == 3
    opened = open_note(note, [LOG, WITNESS, WITNESSES[1].key])
    assert opened.cosigned == {
        WITNESS: SEEN + timedelta(hours=1),
        WITNESSES[1].key: SEEN,
    }


def test_a_false_signature_of_a_wanted_key_is_not_added() -> None:
    other = sign_note(TEXT.replace("0", "1"), KEY, name=ORIGIN)
    with pytest.raises(UntrustedError, match="not over this text"):
        add_signatures(SIGNED, lines_of(witnessed(other, 1)), [WITNESS])


@pytest.mark.parametrize("lines", [b"", b"\n", b"no signature\n"])
def test_what_is_no_signature_line_is_not_added(lines: bytes) -> None:
    with pytest.raises(MalformedError):
        add_signatures(SIGNED, lines, [WITNESS])


def test_lines_cannot_change_the_text() -> None:
    sent = b"more text\n\n" + lines_of(witnessed(SIGNED, 1))
    with pytest.raises(MalformedError, match="empty line among"):
        add_signatures(SIGNED, sent, [WITNESS])
