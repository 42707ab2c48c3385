"""Keys in hardware: a security key, a smart card or an HSM, by way of PKCS#11.

`hsm:2?label=mara` is the key with the id 2 on the token with that label; both may be
left out. The environment variable PYKCS11LIB says which module reaches the token.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn
from urllib.parse import parse_qsl, urlsplit

from pkcs11.exceptions import PinIncorrect, PinLocked, PKCS11Error
from securesystemslib.signer import HSMSigner, Key, Signature, Signer, SSlibKey

from sayso.errors import MalformedError, PublishError
from sayso.trust.holder_key import HolderKey, load_holder_key
from sayso.trust.private_keys import AskSecret

PIN: Final = "PIN"
_KEY_ID: Final = HSMSigner.SCHEME_KEYID
"""Where a smart card (PIV) keeps its key for signatures, slot 9c."""
_ADVICE: Final[dict[type[Exception], str]] = {
    PinIncorrect: "the PIN is wrong; after a few wrong ones the token locks itself",
    PinLocked: "the PIN is locked; unlock it with the token's own program",
}


class HardwareKey:
    """One P-256 key on a token."""

    __slots__ = ("_address", "_ask", "_key", "_key_id", "_label", "public")

    def __init__(self, address: str, *, ask: AskSecret) -> None:
        """Find the key; the PIN is asked for only if the token hides public keys.

        Args:
            address: such as `hsm:2?label=mara`.
            ask: for the PIN.

        Raises:
            PublishError: there is no such key, or it cannot be reached.
        """
        self._address, self._ask = address, ask
        self._key_id, self._label = _parse(address)
        with _explained(address):
            _, self._key = HSMSigner.import_(
                self._key_id, self._label, lambda _: ask(PIN)
            )
        try:
            self.public: HolderKey = load_holder_key(self._key.keyval["public"])
        except MalformedError as error:
            raise PublishError(f"{address}: {error}; make one of P-256") from error

    def signer(self) -> Signer:
        """Ask for the PIN, and return what signs with the key."""
        pin = self._ask(PIN)
        signer = HSMSigner(self._key_id, self._key, lambda _: pin, self._label)
        return _HardwareSigner(self._address, signer)


class _HardwareSigner(Signer):
    """Says in words why a token does not sign."""

    def __init__(self, address: str, signer: HSMSigner) -> None:
        self._address = address
        self._signer = signer

    @property
    def public_key(self) -> Key:
        key: SSlibKey = self._signer.public_key
        return key

    def sign(self, payload: bytes) -> Signature:
        with _explained(self._address):
            return self._signer.sign(payload)

    @classmethod
    def from_priv_key_uri(cls, *_: object) -> NoReturn:
        raise ValueError(f"{cls.__name__} takes a key that was found, not an address")


def _parse(address: str) -> tuple[int, str | None]:
    """Return the id of the key and the label of the token."""
    parts = urlsplit(address)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    label = options.pop("label", None)
    number = parts.path or str(_KEY_ID)
    if (
        options
        or parts.netloc
        or parts.fragment
        or not (number.isascii() and number.isdecimal())
    ):
        raise PublishError(
            f"{address!r} is not a key as hsm:2 or hsm:2?label=mara is: the id of the "
            "key, and the label of the token"
        )
    return int(number), label


@contextmanager
def _explained(address: str) -> Iterator[None]:
    """Turn what goes wrong on a token into what to do."""
    try:
        yield
    except (PKCS11Error, ValueError) as error:
        said = _ADVICE.get(type(error)) or str(error) or type(error).__name__
        raise PublishError(f"the key {address} cannot be used: {said}") from error
