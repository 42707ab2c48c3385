"""Signed notes: texts of which we know who signed them.

"If the key name and ID match a known key, verifiers MUST verify the signature. If a
signature from a known key fails to verify, clients SHOULD reject the whole note. If no
signature from a known key verifies successfully, clients MUST reject the note."
https://c2sp.org/signed-note
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sayso.errors import MalformedError, UntrustedError
from sayso.trust.keys import SigningKey, verifies
from sayso.wire.checkpoint import parse_checkpoint
from sayso.wire.cosignature import (
    Cosignature,
    cosigned_message,
    decode_cosignature,
    encode_cosignature,
)
from sayso.wire.note import (
    KeyType,
    Note,
    NoteSignature,
    VerifierKey,
    decode_note,
    encode_note,
)
from sayso.wire.text import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedNote:
    """A note with a verified signature of at least one known key.

    Attributes:
        text: what was signed.
        signed: the known keys that signed the text.
        cosigned: the known keys of witnesses, and when each last signed it.
    """

    text: str
    signed: frozenset[VerifierKey]
    cosigned: Mapping[VerifierKey, datetime]


def sign_note(text: str, key: SigningKey, *, name: str) -> bytes:
    """Return the note of a text that a key signs under a name.

    Raises:
        MalformedError: the text does not end its last line or has a control character,
            or the name is none.
    """
    verifier = VerifierKey(name=name, type=KeyType.ED25519, key=key.public.key)
    signature = _signature(verifier, key.sign(text.encode()))
    return encode_note(Note(text=text, signatures=(signature,)))


def cosign(note: bytes, key: SigningKey, *, name: str, now: datetime) -> bytes:
    """Return a checkpoint's note with one more signature, that of a witness.

    A witness first opens the checkpoint, and checks that it is consistent with the
    last one that it cosigned; this only signs.

    Args:
        note: of the checkpoint.
        key: of the witness, and of nothing else: "a cosigner operator MUST use
            distinct public keys for each cosigner".
        name: of the witness.
        now: a whole second in UTC.

    Raises:
        MalformedError: the bytes are no checkpoint, or the name is none.
        ValueError: the time is not a whole second in UTC.
    """
    signed = decode_note(note)
    parse_checkpoint(signed.text)
    verifier = VerifierKey(name=name, type=KeyType.COSIGNATURE, key=key.public.key)
    made = key.sign(cosigned_message(signed.text, now))
    packed = encode_cosignature(Cosignature(time=now, signature=made))
    signatures = (*signed.signatures, _signature(verifier, packed))
    return encode_note(replace(signed, signatures=signatures))


def add_signatures(note: bytes, lines: bytes, keys: Iterable[VerifierKey]) -> bytes:
    """Return a note with those of the signature lines that one of the keys made.

    "The client MUST ignore any cosignatures from unknown keys." One that the key made
    earlier is replaced. (https://c2sp.org/tlog-witness)

    Args:
        note: what was signed; its own signatures are not verified here.
        lines: as a witness sends them, whole lines.
        keys: whose signatures are wanted.

    Raises:
        MalformedError: the note is none, or the lines are no signature lines.
        UntrustedError: none of the keys made one, or one of a key is false.
    """
    signed, wanted = decode_note(note), [*keys]
    sent = decode_note(f"{signed.text}\n".encode() + lines)
    if sent.text != signed.text:
        raise MalformedError("there is an empty line among signature lines")
    known = {(key.name, key.key_id) for key in wanted}
    made = {
        (each.name, each.key_id): each
        for each in sent.signatures
        if (each.name, each.key_id) in known
    }
    if not made:
        raise UntrustedError("no key that is believed signed the note")
    open_note(encode_note(replace(signed, signatures=tuple(made.values()))), wanted)
    kept = [each for each in signed.signatures if (each.name, each.key_id) not in made]
    return encode_note(replace(signed, signatures=(*kept, *made.values())))


def open_note(data: bytes, keys: Iterable[VerifierKey]) -> OpenedNote:
    """Return the text of a note that one of the keys signed.

    Signatures of other keys say nothing, "even if they share a name or ID (but not
    both) with a known key".

    Raises:
        MalformedError: the bytes are no note.
        UntrustedError: none of the keys signed it, or a signature of one is false.
    """
    note = decode_note(data)
    known = {(key.name, key.key_id): key for key in keys}
    signed: set[VerifierKey] = set()
    cosigned: dict[VerifierKey, datetime] = {}
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        match key:
            case None:
                continue
            case VerifierKey(type=KeyType.COSIGNATURE):
                time = _check_cosignature(note.text, signature.signature, key)
                cosigned[key] = max(time, cosigned.get(key, time))
            case _:
                _check(note.text.encode(), signature.signature, key)
                signed.add(key)
    if not signed and not cosigned:
        raise UntrustedError("no key that is believed signed the note")
    return OpenedNote(text=note.text, signed=frozenset(signed), cosigned=cosigned)


def _signature(verifier: VerifierKey, signature: bytes) -> NoteSignature:
    return NoteSignature(
        name=verifier.name, key_id=verifier.key_id, signature=signature
    )


def _check_cosignature(text: str, data: bytes, key: VerifierKey) -> datetime:
    try:
        cosignature = decode_cosignature(data)
    except MalformedError as error:
        raise UntrustedError(f"{shown(key.name)} did not cosign: {error}") from error
    message = cosigned_message(text, cosignature.time)
    _check(message, cosignature.signature, key)
    return cosignature.time


def _check(message: bytes, signature: bytes, key: VerifierKey) -> None:
    if not verifies(key.key, message, signature):
        raise UntrustedError(
            f"the signature of {shown(key.name)} is not over this text; it was "
            "changed, or signed by another key of the same name"
        )
