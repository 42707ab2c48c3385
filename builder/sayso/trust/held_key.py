"""A key that a holder signs with, wherever it is kept."""

from typing import Protocol

from securesystemslib.signer import Signer

from sayso.trust.holder_key import HolderKey, holder_of
from sayso.trust.keys import SigningKey
from sayso.trust.signer import Ed25519Signer


class HeldKey(Protocol):
    """Whose key it is can be seen before anything is signed with it."""

    @property
    def public(self) -> HolderKey:
        """By which the signatures are verified."""
        ...

    def signer(self) -> Signer:
        """Return what signs with the key; it may ask for a secret first.

        Raises:
            PublishError: the key cannot be used.
        """
        ...


class HeldSigningKey:
    """A signing key of Ed25519 in the hand of a holder."""

    __slots__ = ("_key", "public")

    def __init__(self, key: SigningKey) -> None:
        self._key = key
        self.public = holder_of(key.public)

    def signer(self) -> Signer:
        """Return what signs with the key."""
        return Ed25519Signer(self._key)
