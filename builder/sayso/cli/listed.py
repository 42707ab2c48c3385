"""Asking a registry for what it says of a code, by the network or in its folder."""

from datetime import datetime, timedelta
from pathlib import Path

from sayso.cli.asking import asked
from sayso.cli.at_once import copy_of
from sayso.cli.found import Found
from sayso.cli.root import pinned_root
from sayso.client.asking import listing_of
from sayso.client.registry import fetch_registry
from sayso.model.isrc import Isrc


def listed(
    isrc: Isrc,
    location: str,
    root_file: Path | None,
    store: Path,
    *,
    now: datetime,
    max_age: timedelta,
) -> Found:
    """Return what the newest release of a registry says of a code.

    Where there is a copy of that release it answers, and nobody learns of the code.

    Raises:
        RegistryError: the registry cannot be had or not be believed.
        click.BadParameter: the root is none.
    """
    pinned = pinned_root(root_file)
    fetcher, trusted = asked(location, pinned, store, now=now, max_age=max_age)
    copy = copy_of(trusted.entry.digest, pinned.digest, store)
    if copy is not None:
        return Found.of_copy(copy, isrc)
    release = trusted.release
    registry = fetch_registry(fetcher, release)
    return Found(
        listing=listing_of(isrc, release=release, registry=registry, fetcher=fetcher),
        release=release.header,
        registry=registry,
        root=pinned.digest,
    )
