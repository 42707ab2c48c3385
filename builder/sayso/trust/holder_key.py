"""Public keys of holders, of the two kinds that are taken.

Ed25519 is what files of keys hold, and P-256 what most hardware does. TUF's library
knows more, and each kind more is one that somebody's client cannot check.
https://theupdateframework.github.io/specification/latest/#file-formats-keys
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from securesystemslib.signer import Key, SSlibKey

from sayso.errors import MalformedError
from sayso.trust.keys import PublicKey, load_public_key, name_key
from sayso.trust.signer import to_key

_BEGIN: Final = "-----BEGIN PUBLIC KEY-----"


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderKey:
    """A public key, and the file in which it is given away.

    Attributes:
        key: as TUF knows it.
        text: a minisign `.pub` file, and for P-256 PEM (SubjectPublicKeyInfo).
        ed25519: the key, if Sayso's own signatures can be made with it; for P-256 None.
    """

    key: Key
    text: str
    ed25519: PublicKey | None


def holder_of(public: PublicKey) -> HolderKey:
    """Return a key of Ed25519 as a holder's."""
    return HolderKey(key=to_key(public), text=public.text(), ed25519=public)


def load_holder_key(text: str) -> HolderKey:
    """Return the public key in a minisign `.pub` file, in its second line, or in PEM.

    Raises:
        MalformedError: the text is none of them, or a key of another kind.
    """
    if not text.startswith(_BEGIN):
        return holder_of(load_public_key(text))
    try:
        key = load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise MalformedError("this is not a public key in PEM") from error
    match key:
        case Ed25519PublicKey():
            return holder_of(name_key(key.public_bytes_raw()))
        case EllipticCurvePublicKey(curve=SECP256R1()):
            known = SSlibKey.from_crypto(key)
            return HolderKey(key=known, text=known.keyval["public"], ed25519=None)
        case _:
            raise MalformedError("this public key is neither of Ed25519 nor of P-256")


def is_plain(key: Key) -> bool:
    """Return whether a key is of a kind that holders have, spelled in the one way.

    A key that is spelled in two ways has two ids, and its holder would count as two.
    """
    public = key.keyval.get("public")
    if not isinstance(public, str):
        return False  # of a kind that has no text for it, such as GPG's
    with suppress(MalformedError, ValueError):
        if key.keytype == "ed25519":
            return to_key(name_key(bytes.fromhex(public))) == key
        return load_holder_key(public).key == key
    return False
