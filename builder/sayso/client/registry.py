"""Fetching a registry: fetch, verify, and only then read."""

from dataclasses import replace
from hashlib import sha256

from sayso.client.fetch import Fetcher
from sayso.errors import FetchError, MalformedError, UntrustedError
from sayso.wire.registry import REGISTRY_LIMIT, Registry, decode_registry
from sayso.wire.release import (
    REGISTRY_FILE,
    RELEASE_FILE,
    Release,
    registry_path,
)
from sayso.wire.release_file import INDEX_LIMIT, ReleaseFile, decode_index


def fetch_registry(fetcher: Fetcher, release: Release) -> Registry:
    """Return the registry that a verified release names.

    Raises:
        FetchError: it is missing, too long or cannot be reached.
        UntrustedError: it is not the one that the release names.
        MalformedError: it is not in its format.
    """
    registry = decoded_registry(fetch_registry_data(fetcher, release))
    check_same_release(registry, release)
    return registry


def fetch_registry_data(fetcher: Fetcher, release: Release) -> bytes:
    """Return the bytes of the registry that a verified release names.

    It is fetched under its digest: registry.json may be that of the next release.

    Raises:
        FetchError: it is missing, too long or cannot be reached.
        UntrustedError: it is not the one that the release names.
    """
    entry = release.file(REGISTRY_FILE)
    if entry.bytes > REGISTRY_LIMIT:
        raise FetchError(
            f"{REGISTRY_FILE} has {entry.bytes} bytes, more than this version of sayso "
            "reads; use a newer one, or ask another copy"
        )
    return fetch_listed(fetcher, replace(entry, path=registry_path(entry.sha256)))


def fetch_listed(fetcher: Fetcher, file: ReleaseFile) -> bytes:
    """Return the bytes of a file that a verified release lists.

    Raises:
        FetchError: it is missing, too long or cannot be reached.
        UntrustedError: it is not the file that the release names.
    """
    try:
        data = fetcher.fetch(file.path, limit=file.bytes)
    except FetchError as error:
        raise type(error)(
            f"{error}. Without this file there is no answer; try again later"
        ) from error
    if len(data) != file.bytes or sha256(data).hexdigest() != file.sha256:
        raise not_as_listed(file)
    return data


def fetch_index(fetcher: Fetcher, release: Release) -> tuple[ReleaseFile, ...]:
    """Return the files of a verified release that release.json does not name itself.

    Raises:
        FetchError: the index is missing, too long or cannot be reached.
        UntrustedError: it is not the one that the release names.
        MalformedError: it is no index.
    """
    if release.index.bytes > INDEX_LIMIT:
        raise FetchError(
            f"{release.index.path} has {release.index.bytes} bytes, more than this "
            "version of sayso reads"
        )
    data = fetch_listed(fetcher, release.index)
    try:
        return decode_index(data)
    except MalformedError as error:
        raise MalformedError(f"{release.index.path} cannot be read: {error}") from error


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
            f"{REGISTRY_FILE} says it is of another release than {RELEASE_FILE} does; "
            "do not use this release, and tell the registry"
        )


def decoded_registry(data: bytes) -> Registry:
    """Return the registry in bytes whose digest is verified.

    Raises:
        MalformedError: the bytes are not a registry.
    """
    try:
        return decode_registry(data)
    except MalformedError as error:
        raise MalformedError(
            f"{REGISTRY_FILE} cannot be read: {error}. Do not use this release, and "
            "tell the registry"
        ) from error
