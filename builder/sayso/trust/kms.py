"""Keys that a key management service keeps, and signs with.

The service never gives the key away: whoever takes the machine can sign only as long
as it stays, and the service's own log says what was signed. What comes back is checked
like everything that comes from elsewhere.
"""

from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from sayso.errors import PublishError
from sayso.trust.keys import PublicKey, name_key


class KeyService(Protocol):
    """One key at a service; all of a service that Sayso needs."""

    @property
    def name(self) -> str:
        """The key as messages call it."""
        ...

    @property
    def limit(self) -> int:
        """How long a message may be that is signed, in bytes."""
        ...

    def public_key(self) -> bytes:
        """Return the public key as DER (SubjectPublicKeyInfo).

        Raises:
            PublishError: the service does not give it, or the key is of another kind.
        """
        ...

    def sign(self, message: bytes) -> bytes:
        """Return what the service says is the Ed25519 signature of the message itself.

        Raises:
            PublishError: the service does not sign.
        """
        ...


class ServiceKey:
    """Signs with one Ed25519 key that a service keeps."""

    __slots__ = ("_service", "public")

    def __init__(self, service: KeyService) -> None:
        """Ask the service for the public key.

        Raises:
            PublishError: it does not give one, or one of another kind.
        """
        self._service = service
        self.public = _public_key(service)

    def __repr__(self) -> str:
        return f"<ServiceKey {self.public.name}>"

    @property
    def development(self) -> bool:
        """No key at a service is made for trying out."""
        return False

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature of the message, 64 bytes.

        Raises:
            PublishError: the service does not sign, or not with this key.
        """
        name, limit = self._service.name, self._service.limit
        if len(message) > limit:
            raise PublishError(
                f"{name} signs at most {limit} bytes, and these are {len(message)}"
            )
        signature = self._service.sign(message)
        if not self.public.verifies(message, signature):
            raise PublishError(
                f"{name} made a false signature: its public key is {self.public.name} "
                "no more, or somebody stands between; nothing was signed"
            )
        return signature


def _public_key(service: KeyService) -> PublicKey:
    key: object = None
    try:
        key = load_der_public_key(service.public_key())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise PublishError(f"{service.name} has no public key in DER") from error
    if not isinstance(key, Ed25519PublicKey):
        raise PublishError(f"{service.name} is not an Ed25519 key")
    return name_key(key.public_bytes_raw())
