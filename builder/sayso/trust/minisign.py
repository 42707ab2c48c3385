"""minisign signatures: one file, one key, one command.

What `sign` makes is verified by everyone's own tools:

    minisign -Vm registry.json -p sayso.pub

or with plain OpenSSL and the key as PEM (`PublicKey.pem`):

    openssl dgst -blake2b512 -binary registry.json > registry.hash
    sed -n 2p registry.json.minisig | base64 -d | tail -c 64 > registry.sig
    openssl pkeyutl -verify -pubin -inkey sayso.pem -rawin \
        -in registry.hash -sigfile registry.sig

A signature proves who made a file, never that the file is the newest.
"""

from hashlib import blake2b

from sayso.errors import UntrustedError
from sayso.trust.keys import PublicKey, SigningKey
from sayso.wire.minisign import (
    SignatureFile,
    format_key_id,
    format_signature,
    parse_signature,
)


def sign(data: bytes, key: SigningKey, *, trusted_comment: str) -> str:
    """Return the text of the data's `.minisig` file.

    Raises:
        MalformedError: the comment has a line break or another control character.
    """
    signature = key.sign(blake2b(data).digest())
    name = key.public.name
    comment = f"sayso signature: key {name}"
    if key.development:
        comment = f"sayso DEVELOPMENT signature: key {name}, not for real use"
    return format_signature(
        SignatureFile(
            untrusted_comment=comment,
            key_id=key.public.key_id,
            signature=signature,
            trusted_comment=trusted_comment,
            global_signature=key.sign(signature + trusted_comment.encode()),
        )
    )


def verify(data: bytes, signature: str, key: PublicKey) -> str:
    """Return the trusted comment of a `.minisig` text that the key made of the data.

    Raises:
        MalformedError: the text is not a prehashed minisign signature.
        UntrustedError: another key made it, or the data or comment were changed.
    """
    file = parse_signature(signature)
    if file.key_id != key.key_id:
        raise UntrustedError(
            f"signed by the key {format_key_id(file.key_id)}, and the key given is "
            f"{key.name}"
        )
    if not key.verifies(blake2b(data).digest(), file.signature):
        raise UntrustedError(
            f"the signature is not one of the key {key.name} over these bytes; they "
            "were changed, or signed by another key of the same name"
        )
    comment = file.trusted_comment
    if not key.verifies(file.signature + comment.encode(), file.global_signature):
        raise UntrustedError("the signed comment was changed")
    return comment
