"""Asking a registry: what is believed of it now, and what brings its files."""

from datetime import datetime, timedelta
from pathlib import Path

from sayso.client.fetch import Fetcher, FolderFetcher, fetcher_of
from sayso.client.keeping import KeepingFetcher
from sayso.client.kept import KeptFile
from sayso.client.refresh import Trusted
from sayso.client.store import Store
from sayso.trust.roles import RoleFile


def asked(
    location: str, pinned: RoleFile, store: Path, *, now: datetime, max_age: timedelta
) -> tuple[Fetcher, Trusted]:
    """Return what is believed of a registry now, and what brings its files.

    A folder is always asked: that costs nothing, and it may have been replaced. From
    the web the registry of a release is fetched once.

    Raises:
        RegistryError: as `sayso.client.store.Store.refresh`.
    """
    fetcher, trusted = believed(location, pinned, store, now=now, max_age=max_age)
    if not isinstance(fetcher, FolderFetcher):
        kept = KeptFile(store / f"{pinned.digest}.registry.json")
        fetcher = KeepingFetcher(fetcher, kept)
    return fetcher, trusted


def believed(
    location: str, pinned: RoleFile, store: Path, *, now: datetime, max_age: timedelta
) -> tuple[Fetcher, Trusted]:
    """Return the same as `asked`, but what brings the files keeps none of them."""
    fetcher = fetcher_of(location)
    if isinstance(fetcher, FolderFetcher):
        max_age = timedelta(0)
    trusted = Store(store, pinned).refresh(
        fetcher, now=now, max_age=max_age, source=location
    )
    return fetcher, trusted
