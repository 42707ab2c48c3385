"""Whether an SSH key is one, and whether it made a signature, for each kind of key."""

from hashlib import sha256
from typing import assert_never

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    SECP384R1,
    SECP521R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm

from sayso.errors import MalformedError, UntrustedError
from sayso.wire.ssh_key import (
    Curve,
    EcdsaParts,
    Ed25519Parts,
    RsaParts,
    parse_parts,
)
from sayso.wire.ssh_signature import (
    RSA_ALGORITHMS,
    Witnessed,
    parse_pair,
    parse_raw,
    parse_witnessed,
)

_CURVES = {
    Curve.P256: SECP256R1(),
    Curve.P384: SECP384R1(),
    Curve.P521: SECP521R1(),
}
_CURVE_HASHES: dict[Curve, HashAlgorithm] = {
    Curve.P256: SHA256(),
    Curve.P384: SHA384(),
    Curve.P521: SHA512(),
}
_RSA_HASHES = dict(zip(RSA_ALGORITHMS, (SHA512(), SHA256()), strict=True))


def hash_of(curve: Curve) -> HashAlgorithm:
    """Return what a message is hashed with before a key of the curve signs it."""
    return _CURVE_HASHES[curve]


def check_key(blob: bytes) -> str:
    """Return the kind of a public key.

    Raises:
        MalformedError: it is no key, one of a kind that is not taken, or a weak one.
    """
    kind, parts = parse_parts(blob)
    match parts:
        case Ed25519Parts():
            pass  # the bytes were looked at, and OpenSSL looks no further
        case EcdsaParts():
            _ecdsa(parts)
        case RsaParts():
            _rsa(parts)
        case _:
            assert_never(parts)
    return kind


def check_signature(blob: bytes, signature: bytes, message: bytes) -> str:
    """Return the kind of the key that made a signature of the message.

    Args:
        blob: the public key.
        signature: with its algorithm, as SSH packs it.
        message: what is said to be signed.

    Raises:
        MalformedError: the key or the signature is not one.
        UntrustedError: the key did not make this signature of the message, or it is in
            hardware and nobody touched it.
    """
    kind, parts = parse_parts(blob)
    algorithm = kind
    if isinstance(parts, RsaParts):
        algorithm, raw = parse_raw(signature, *RSA_ALGORITHMS)
    elif parts.application is None:
        _, raw = parse_raw(signature, kind)
    else:
        raw, witnessed = parse_witnessed(signature, kind)
        message = _seen(parts.application, witnessed, message)
    try:
        match parts:
            case Ed25519Parts():
                Ed25519PublicKey.from_public_bytes(parts.point).verify(raw, message)
            case EcdsaParts():
                der = encode_dss_signature(*parse_pair(raw, parts.curve))
                _ecdsa(parts).verify(der, message, ECDSA(hash_of(parts.curve)))
            case RsaParts():
                _check_length(raw, parts)
                _rsa(parts).verify(raw, message, PKCS1v15(), _RSA_HASHES[algorithm])
            case _:
                assert_never(parts)
    except InvalidSignature as error:
        raise UntrustedError(
            "the signature is not one of this key over these bytes; they were changed "
            "after they were signed, or something else was signed"
        ) from error
    return kind


def _seen(application: str, witnessed: Witnessed, message: bytes) -> bytes:
    """Return what a key in hardware signs for a message."""
    if not witnessed.present:
        raise UntrustedError(
            "the key in hardware signed without being touched; sign again with a key "
            "that was made without `-O no-touch-required`"
        )
    named = sha256(application.encode("ascii")).digest()
    return named + witnessed.packed + sha256(message).digest()


def _ecdsa(parts: EcdsaParts) -> EllipticCurvePublicKey:
    try:
        curve = _CURVES[parts.curve]
        return EllipticCurvePublicKey.from_encoded_point(curve, parts.point)
    except ValueError as error:
        raise MalformedError(f"the key is not a point on {parts.curve}") from error


def _rsa(parts: RsaParts) -> RSAPublicKey:
    return RSAPublicNumbers(parts.exponent, parts.modulus).public_key()


def _check_length(raw: bytes, parts: RsaParts) -> None:
    if len(raw) != parts.size:
        raise MalformedError(
            f"a signature of {len(raw)} bytes, where this key makes {parts.size}"
        )
