"""Files with a minisign signature beside them: who made them, not how new they are."""

from sayso.client.registry import decoded_registry
from sayso.errors import MalformedError, UntrustedError
from sayso.trust.keys import PublicKey
from sayso.trust.minisign import verify
from sayso.wire.header import ReleaseHeader, trusted_comment
from sayso.wire.minisign import FILE_LIMIT, SIGNATURE_SUFFIX
from sayso.wire.registry import Registry
from sayso.wire.release import (
    REGISTRY_FILE,
    RELEASE_FILE,
    Release,
    decode_release,
)
from sayso.wire.text import from_utf8, shown


def read_release(data: bytes, comment: str) -> Release:
    """Return the release in bytes whose signature is verified.

    Args:
        data: the bytes of release.json.
        comment: the comment that was signed with them.

    Raises:
        MalformedError: the bytes are not a release.
        UntrustedError: the comment speaks of another file or release.
    """
    try:
        release = decode_release(data)
    except MalformedError as error:
        raise MalformedError(f"{RELEASE_FILE} cannot be read: {error}") from error
    _check_comment(RELEASE_FILE, release.header, comment)
    return release


def read_registry(data: bytes, comment: str) -> Registry:
    """Return the registry in bytes whose signature is verified.

    Args:
        data: the bytes of registry.json.
        comment: the comment that was signed with them.

    Raises:
        MalformedError: the bytes are not a registry.
        UntrustedError: the comment speaks of another file or release.
    """
    registry = decoded_registry(data)
    _check_comment(REGISTRY_FILE, registry.release, comment)
    return registry


def check_signature(name: str, data: bytes, signature: bytes, key: PublicKey) -> str:
    """Return the trusted comment of a signature that the key made of the data.

    Args:
        name: what to call the file in messages.
        data: the file's bytes.
        signature: the bytes of its `.minisig` file.
        key: whom to believe.

    Raises:
        MalformedError: the signature's file is not one.
        UntrustedError: the key did not sign these bytes.
    """
    try:
        return verify(data, from_utf8(signature, limit=FILE_LIMIT), key)
    except MalformedError as error:
        raise MalformedError(
            f"{name}{SIGNATURE_SUFFIX} is not a signature: {error}"
        ) from error
    except UntrustedError as error:
        raise UntrustedError(
            f"{name} is not to be believed: {error}. Do not use it; check that the key "
            "is the registry's, and tell the registry"
        ) from error


def _check_comment(name: str, header: ReleaseHeader, comment: str) -> None:
    if comment != (expected := trusted_comment(name, header)):
        raise UntrustedError(
            f"{name} was signed as {shown(comment)}, and its content says {expected!r}"
        )
