"""C2SP signed notes: a text and the lines of those who signed it.

"The text MUST be ignored unless the note is signed by a trusted key and the signature
has been verified": that is `trust.note`. Here is what notes, signature lines and
verifier keys look like.
https://c2sp.org/signed-note
"""

from dataclasses import dataclass
from enum import IntEnum, unique
from hashlib import sha256
from typing import Final

from sayso.errors import MalformedError
from sayso.wire.text import from_base64, from_utf8, shown, to_base64

NOTE_LIMIT: Final = 128 * 1024
"""No note is longer, in bytes: "at least up to 16 signatures" of "nearly 5kB"."""
KEY_BYTES: Final = 32
KEY_ID_BYTES: Final = 4

_SIGNED = "— "


@unique
class KeyType(IntEnum):
    """What a key signs: the signature type identifier byte of its algorithm."""

    ED25519 = 1
    """The text of a note."""
    COSIGNATURE = 4
    """A checkpoint and the time at which a witness saw it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """Whose signatures are looked for.

    Attributes:
        name: who signs; a log's is its origin.
        key: the Ed25519 public key, 32 bytes.
    """

    name: str
    type: KeyType
    key: bytes

    @property
    def key_id(self) -> bytes:
        r"""SHA-256(name || "\n" || type || key), of which the first 4 bytes."""
        packed = b"%b\n%c%b" % (self.name.encode(), self.type, self.key)
        return sha256(packed).digest()[:KEY_ID_BYTES]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSignature:
    """A line below a note's text, not verified.

    "The tuple of key name and key ID uniquely identifies the key."

    Attributes:
        name: of the key.
        key_id: 4 bytes, a hint and never a proof.
        signature: what the key's algorithm makes; never empty.
    """

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note, not verified.

    Attributes:
        text: with its last line break.
        signatures: one or more.
    """

    text: str
    signatures: tuple[NoteSignature, ...]


def encode_note(note: Note) -> bytes:
    """Return the bytes of a note.

    Raises:
        MalformedError: the note breaks a rule of the format.
    """
    lines = [
        f"{_SIGNED}{each.name} {to_base64(each.key_id + each.signature)}\n"
        for each in note.signatures
    ]
    data = f"{note.text}\n{''.join(lines)}".encode()
    if decode_note(data) != note:
        raise MalformedError("a note does not read back as it was written")
    return data


def decode_note(data: bytes) -> Note:
    """Return the note that `encode_note` wrote.

    Raises:
        MalformedError: `encode_note` never makes these bytes.
    """
    content = from_utf8(data, limit=NOTE_LIMIT)
    if any(character < " " and character != "\n" for character in content):
        raise MalformedError("control characters in a note")
    # "the text is separated from the signatures by the last empty line in the note."
    text, blank, below = content.rpartition("\n\n")
    *lines, rest = below.split("\n")
    if not blank or not lines or rest:
        raise MalformedError("a note has a blank line, then signatures, and no more")
    return Note(text=f"{text}\n", signatures=tuple(map(_parse_signature, lines)))


def format_verifier_key(key: VerifierKey) -> str:
    """Return a key as `<name>+<key id>+<base64 of its type and key>`.

    Raises:
        MalformedError: its name or length is not that of a key.
    """
    if not _is_name(key.name):
        raise MalformedError(f"not the name of a key: {shown(key.name)}")
    packed = to_base64(bytes([key.type]) + key.key)
    text = f"{key.name}+{key.key_id.hex()}+{packed}"
    parse_verifier_key(text)
    return text


def parse_verifier_key(text: str) -> VerifierKey:
    """Return the key that `format_verifier_key` wrote.

    Raises:
        MalformedError: the text is no verifier key, or of another kind of signature.
    """
    name, *parts = text.split("+", 2)
    if len(parts) != 2 or not _is_name(name):  # noqa: PLR2004 - two parts follow
        raise MalformedError(f"not a verifier key: {shown(text)}")
    packed = from_base64(parts[1])
    if len(packed) != 1 + KEY_BYTES or packed[0] not in set(KeyType):
        raise MalformedError(f"not an Ed25519 verifier key: {shown(text)}")
    key = VerifierKey(name=name, type=KeyType(packed[0]), key=packed[1:])
    if parts[0] != key.key_id.hex():
        raise MalformedError(
            f"the key id of {shown(text)} is not {key.key_id.hex()}: the key or its "
            "name was changed"
        )
    return key


def _parse_signature(line: str) -> NoteSignature:
    name, _, text = line.removeprefix(_SIGNED).partition(" ")
    if not line.startswith(_SIGNED) or not _is_name(name):
        raise MalformedError(f"not a signature line: {shown(line)}")
    packed = from_base64(text)
    if len(packed) <= KEY_ID_BYTES:
        raise MalformedError(f"no signature in the line {shown(line)}")
    return NoteSignature(
        name=name, key_id=packed[:KEY_ID_BYTES], signature=packed[KEY_ID_BYTES:]
    )


def _is_name(text: str) -> bool:
    """Return whether a text is "non-empty" and has no "Unicode spaces or plus"."""
    return text != "" and not any(
        character < " "
        or character == "+"
        or character.isspace()
        or "\ud800" <= character <= "\udfff"
        for character in text
    )
