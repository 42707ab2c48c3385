"""Our keys as TUF knows keys.

TUF's library signs with anything that is a `Signer`, and lets anything that is a `Key`
sign: a key in hardware (PKCS#11), one at a key management service, or one of ours.
"""

from typing import NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from securesystemslib.signer import Key, Signature, Signer, SSlibKey

from sayso.trust.keys import PublicKey, SigningKey


class Ed25519Signer(Signer):
    """Signs with a key of `sayso.trust.keys`."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key
        self._public_key = to_key(key.public)

    @property
    def public_key(self) -> Key:
        """The key by which the signatures are verified."""
        return self._public_key

    def sign(self, payload: bytes) -> Signature:
        """Return the signature of the payload."""
        return Signature(self._public_key.keyid, self._key.sign(payload).hex())

    @classmethod
    def from_priv_key_uri(cls, *_: object) -> NoReturn:
        """Refuse: our keys have no address, `sayso.trust.keys` reads them.

        Raises:
            ValueError: always.
        """
        raise ValueError(f"{cls.__name__} takes a key that was read, not an address")


def to_key(public: PublicKey) -> Key:
    """Return a public key of ours as one that TUF knows."""
    return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(public.key))
