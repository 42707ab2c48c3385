"""What was written is opened as a consumer would, before anybody else sees it."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sayso.client.asking import listing_in_tree
from sayso.client.fetch import FolderFetcher
from sayso.client.refresh import refresh
from sayso.client.registry import fetch_registry
from sayso.client.verify import check_release
from sayso.errors import PublishError, RegistryError, UntrustedError
from sayso.model.isrc import Isrc
from sayso.trust.roles import RoleFile
from sayso.wire.registry import Registry
from sayso.wire.release import RELEASE_FILE, RELEASE_LIMIT, Release, decode_release

_SAMPLE = 64


def check_content(folder: Path) -> Release:
    """Return the release in a folder, when every file that it names is there.

    Some recordings are looked up, spread over all of them.

    Raises:
        PublishError: a consumer would refuse it.
    """
    fetcher = FolderFetcher(folder)
    try:
        release = decode_release(fetcher.fetch(RELEASE_FILE, limit=RELEASE_LIMIT))
        registry = fetch_registry(fetcher, release)
        check_release(folder, release, registry)
        for isrc in _sample(registry):
            listing = listing_in_tree(
                isrc, release=release, registry=registry, fetcher=fetcher
            )
            if not listing.listed:
                raise UntrustedError(f"the look-up tree does not list {isrc}")
    except RegistryError as error:
        raise PublishError(f"{folder} is not a release to go out: {error}") from error
    return release


def check_sealed(folder: Path, root: RoleFile, *, now: datetime) -> None:
    """Check that whoever pinned a root believes the release in a folder.

    Raises:
        PublishError: a consumer would refuse it, or believe another.
    """
    fetcher = FolderFetcher(folder)
    try:
        trusted = refresh(fetcher, root, now=now)
        release = fetcher.fetch(RELEASE_FILE, limit=RELEASE_LIMIT)
        if trusted.entry.digest != sha256(release).hexdigest():
            raise UntrustedError("another release is the newest that is signed")
    except RegistryError as error:
        raise PublishError(
            f"a consumer would not believe what was sealed in {folder}: {error}"
        ) from error


def _sample(registry: Registry) -> list[Isrc]:
    ends = [isrc for part in registry.parts for isrc in (part.first, part.last)]
    return ends[:: max(len(ends) // _SAMPLE, 1)]
