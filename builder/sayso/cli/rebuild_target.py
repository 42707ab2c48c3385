"""Which release is made again: one that is published, or one that is to be signed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from sayso.cli.ledger import complete_holders
from sayso.client.fetch import Fetcher, FolderFetcher, fetcher_of
from sayso.client.log import LogTree, check_grown
from sayso.client.refresh import refresh
from sayso.errors import MissingError, UntrustedError
from sayso.publish.ledger.folder import LedgerFolder
from sayso.publish.ledger.signed import Logged, read_logged
from sayso.trust.roles import RoleFile
from sayso.wire.log_policy import decode_log_policy
from sayso.wire.release import RELEASE_FILE, RELEASE_LIMIT, decode_release
from sayso.wire.succession import Entry, read_entry

Entries: TypeAlias = Callable[[range], Iterator[bytes]]
"""Brings entries of a log by their indexes, verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A release that is to be made again.

    Attributes:
        data: the bytes of its release.json.
        entry: what these say.
        files: brings its files.
        entries: brings the release.json of releases before it, by indexes of the log.
        kept: brings the files of the release before; None for the first.
        is_newest: whether no later release has replaced its files.
    """

    data: bytes
    entry: Entry
    files: Fetcher
    entries: Entries
    kept: Fetcher | None
    is_newest: bool

    @property
    def number(self) -> int:
        """Which release it is."""
        return self.entry.release.header.number


def published_target(
    location: str, root: RoleFile, number: int | None, *, now: datetime
) -> Target:
    """Return a release that is published, as the log has it.

    Args:
        location: of the registry; it is not believed.
        root: by which it is.
        number: which release; None for the newest.
        now: in UTC, to the second.

    Raises:
        RegistryError: it cannot be had or not be believed.
    """
    fetcher = fetcher_of(location)
    trusted = refresh(fetcher, root, now=now)
    newest = trusted.release.header.number
    number = newest if number is None else number
    if number > newest:
        raise MissingError(
            f"there is no release {number}: the newest that is published is {newest}. "
            "One that is not published yet is named by its folder, with --folder"
        )
    tree = LogTree(fetcher, trusted.checkpoint.checkpoint)
    (data,) = tree.entries(range(number - 1, number))
    return Target(
        data=data,
        entry=read_entry(data, index=number - 1, before=None),
        files=fetcher,
        entries=tree.entries,
        kept=fetcher if number > 1 else None,
        is_newest=number == newest,
    )


def pending_target(
    folder: str,
    ledger: Path,
    trust: Path,
    root: RoleFile,
    *,
    registry: str | None,
    now: datetime,
) -> Target:
    """Return a release that is built, and perhaps in the log, but not published yet.

    Args:
        folder: a folder or a web address with its files; it is not believed.
        ledger: what was signed before.
        trust: the folder of the holders.
        root: by which all is believed.
        registry: where the release before is published; None for the first.
        now: in UTC, to the second.

    Raises:
        PublishError: the ledger or the holders' folder is not what it should be.
        RegistryError: something cannot be had or not be believed.
    """
    holders = complete_holders(trust)
    if root.data not in {each.data for each in holders.roots}:
        raise UntrustedError(f"{trust} does not go back to the root that is pinned")
    files = fetcher_of(folder)
    data = files.fetch(RELEASE_FILE, limit=RELEASE_LIMIT)
    index = decode_release(data).header.number - 1
    logged = read_logged(LedgerFolder(ledger).read, decode_log_policy(holders.policy))
    size = 0 if logged is None else logged.checkpoint.size
    kept = None if registry is None else fetcher_of(registry)
    if index and (kept is None or logged is None):
        raise MissingError(
            f"release {index + 1} follows another: give the ledger that has that one, "
            "and with --registry where its files are"
        )
    if not size - 1 <= index <= size:
        raise UntrustedError(
            f"{folder} has release {index + 1}, and {size} are in the log of {ledger}"
        )
    entries = _entries(ledger, logged)
    if kept is not None and logged is not None:
        seen = refresh(kept, root, now=now).checkpoint.checkpoint
        check_grown(FolderFetcher(ledger), seen, logged.checkpoint)
    if index < size and [*entries(range(index, size))] != [data]:
        raise UntrustedError(
            f"{folder} has another release {index + 1} than the log of {ledger}"
        )
    return Target(
        data=data,
        entry=read_entry(data, index=index, before=None, now=now),
        files=files,
        entries=entries,
        kept=kept if index else None,
        is_newest=True,
    )


def _entries(ledger: Path, logged: Logged | None) -> Entries:
    """Return what brings the entries of a ledger's log; before the first is none."""
    if logged is None:
        return lambda _: iter(())
    return LogTree(FolderFetcher(ledger), logged.checkpoint).entries
