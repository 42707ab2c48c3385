"""Opening a registry: fetch, verify, and only then read."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sayso.client.fetch import Fetcher, fetcher_of
from sayso.errors import FetchError, MalformedError, StaleError, UntrustedError
from sayso.trust.keys import PublicKey
from sayso.trust.minisign import verify
from sayso.wire.header import ReleaseHeader, trusted_comment
from sayso.wire.minisign import FILE_LIMIT
from sayso.wire.registry import REGISTRY_LIMIT, Registry, decode_registry
from sayso.wire.release import (
    REGISTRY_FILE,
    RELEASE_FILE,
    RELEASE_LIMIT,
    Release,
    ReleaseFile,
    decode_release,
)
from sayso.wire.text import format_time, from_utf8, shown

AHEAD: Final = timedelta(minutes=5)
"""How far clocks may disagree: "`issued` is at most 5 minutes ahead" (Release)."""

SIGNATURE_SUFFIX: Final = ".minisig"


def open_registry(
    location: str,
    *,
    key: PublicKey,
    now: datetime,
    max_age: timedelta | None,
    fetcher: Fetcher | None = None,
) -> tuple[Release, Registry]:
    """Return the release at a location and the registry it commits to, verified.

    Args:
        location: a folder or a web address; only a name where `fetcher` is given.
        key: whom to believe; never taken from the location itself.
        now: the moment of asking, in UTC.
        max_age: the oldest release to answer from; None for any.
        fetcher: brings the files; None for the one that fits the location.

    Raises:
        FetchError: a file is missing, too long or cannot be reached.
        UntrustedError: a file is not signed by the key, or not the one signed.
        StaleError: the release is older than `max_age`, or from the future.
        MalformedError: a file is not in its format.
    """
    fetcher = fetcher or fetcher_of(location)
    release = open_release(fetcher, key=key, now=now, max_age=max_age)
    entry = release.file(REGISTRY_FILE)
    if entry.bytes > REGISTRY_LIMIT:
        raise FetchError(
            f"{REGISTRY_FILE} has {entry.bytes} bytes, more than this version of sayso "
            "reads"
        )
    data = fetch_listed(fetcher, entry)
    signature = fetcher.fetch(REGISTRY_FILE + SIGNATURE_SUFFIX, limit=FILE_LIMIT)
    comment = check_signature(REGISTRY_FILE, data, signature, key)
    registry = read_registry(data, comment)
    check_same_release(registry, release)
    return release, registry


def open_release(
    fetcher: Fetcher, *, key: PublicKey, now: datetime, max_age: timedelta | None
) -> Release:
    """Return the release that a fetcher brings, verified.

    Its arguments and errors are those of `open_registry`.
    """
    data = fetcher.fetch(RELEASE_FILE, limit=RELEASE_LIMIT)
    signature = fetcher.fetch(RELEASE_FILE + SIGNATURE_SUFFIX, limit=FILE_LIMIT)
    comment = check_signature(RELEASE_FILE, data, signature, key)
    release = read_release(data, comment)
    _check_fresh(release.header, now=now, max_age=max_age)
    return release


def fetch_listed(fetcher: Fetcher, file: ReleaseFile) -> bytes:
    """Return the bytes of a file that a verified release lists.

    Raises:
        FetchError: it is missing, too long or cannot be reached.
        UntrustedError: it is not the file that the release names.
    """
    data = fetcher.fetch(file.path, limit=file.bytes)
    if len(data) != file.bytes or sha256(data).hexdigest() != file.sha256:
        raise not_as_listed(file)
    return data


def not_as_listed(file: ReleaseFile) -> UntrustedError:
    """Return the error for a file that is not the one that a release names."""
    return UntrustedError(
        f"{file.path} is not the one that the release names; if a new release is "
        "being published, try again in a minute"
    )


def check_same_release(registry: Registry, release: Release) -> None:
    """Check that a registry is of the release that names it.

    Raises:
        UntrustedError: it says that it is of another.
    """
    if (registry.release, registry.counts) != (release.header, release.counts):
        raise UntrustedError(
            f"{REGISTRY_FILE} says it is of another release than {RELEASE_FILE} does"
        )


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


def decoded_registry(data: bytes) -> Registry:
    """Return the registry in bytes whose digest is verified.

    Raises:
        MalformedError: the bytes are not a registry.
    """
    try:
        return decode_registry(data)
    except MalformedError as error:
        raise MalformedError(f"{REGISTRY_FILE} cannot be read: {error}") from error


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


def _check_fresh(
    header: ReleaseHeader, *, now: datetime, max_age: timedelta | None
) -> None:
    issued = format_time(header.issued)
    if header.issued > now + AHEAD:
        raise StaleError(
            f"release {header.number} was issued in the future, {issued}: is the clock "
            "of this machine right?"
        )
    age = now - header.issued
    if max_age is not None and age > max_age:
        raise StaleError(
            f"release {header.number} of {issued} is {_in_words(age)} old, and at most "
            f"{_in_words(max_age)} are accepted; fetch a newer release, or accept an "
            "older one knowingly"
        )


def _in_words(duration: timedelta) -> str:
    hours = int(duration.total_seconds()) // 3600
    return f"{hours // 24} days" if hours >= 48 else f"{hours} hours"  # noqa: PLR2004
