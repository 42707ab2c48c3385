"""SSH signatures: what an owner says, signed with the key they have anyway.

What `sign` makes is verified by OpenSSH, and what OpenSSH makes by `verify`:

    ssh-keygen -Y sign -n sayso -f ~/.ssh/id_ed25519 manifest.json
    ssh-keygen -Y check-novalidate -n sayso -s manifest.json.sig < manifest.json

The namespace is signed, so that no signature of a commit or a login counts here. A
signature proves which key made it; whether that one may, the caller decides.
"""

from dataclasses import replace
from hashlib import new
from typing import Final

from sayso.errors import UntrustedError
from sayso.trust.ssh_check import check_signature
from sayso.trust.ssh_key import PrivateSshKey, SshKey
from sayso.wire.sshsig import HASHES, Envelope, format_signature, parse_signature, split
from sayso.wire.text import shown

__all__ = ["NAMESPACE", "sign", "split", "verify"]

NAMESPACE: Final = "sayso"
"""What all that is signed for a registry is signed for."""


def sign(key: PrivateSshKey, message: bytes, namespace: str = NAMESPACE) -> bytes:
    """Return the text of the message's `.sig` file, as ssh-keygen writes it."""
    envelope = Envelope(
        key=key.public.blob, namespace=namespace, hash_name=HASHES[0], signature=b""
    )
    signature = key.sign(_signed(envelope, message))
    return format_signature(replace(envelope, signature=signature))


def verify(armor: bytes, message: bytes, namespace: str = NAMESPACE) -> SshKey:
    """Return the key that made the signature of the message.

    Args:
        armor: one signature, such as one that `split` returns.
        message: what is said to be signed.
        namespace: what the signature has to be for.

    Raises:
        MalformedError: it is not an SSH signature, or by a key or an algorithm that is
            not taken.
        UntrustedError: it is for something else, or was not made of the message, or
            its key is in hardware and nobody touched it.
    """
    envelope = parse_signature(armor)
    if envelope.namespace != namespace:
        raise UntrustedError(
            f"a signature for {shown(envelope.namespace)}, not for {namespace!r}; sign "
            f"again with `ssh-keygen -Y sign -n {namespace}`"
        )
    kind = check_signature(envelope.key, envelope.signature, _signed(envelope, message))
    return SshKey(kind=kind, blob=envelope.key)


def _signed(envelope: Envelope, message: bytes) -> bytes:
    return envelope.signed(new(envelope.hash_name, message).digest())
