"""The ends of a comparison: two releases, each from where the user says that it is."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, unique
from pathlib import Path

import click

from sayso.cli.asking import believed
from sayso.cli.at_once import copy_of
from sayso.cli.question import LOCAL
from sayso.cli.root import pinned_root, root_digest
from sayso.client.core import Core
from sayso.client.fetch import Fetcher, FolderFetcher
from sayso.client.log import check_grown
from sayso.client.numbered import release_numbered
from sayso.client.refresh import Trusted, refresh
from sayso.client.synced.copy import Copy, open_copy
from sayso.client.synced.sync import fresh_until
from sayso.client.whole import open_core
from sayso.errors import MissingError, RegistryError, StaleError, UntrustedError
from sayso.model.settings import Revocation
from sayso.trust.roles import RoleFile
from sayso.wire.header import ReleaseHeader
from sayso.wire.release import RELEASE_FILE, RELEASE_LIMIT, decode_release
from sayso.wire.succession import Entry
from sayso.wire.text import Digest

_NUMBER = re.compile(r"[0-9]{1,10}", re.ASCII)


@unique
class From(StrEnum):
    """Where a release is from."""

    LOG = "log"
    FOLDER = "folder"
    ADDRESS = "address"
    COPY = "copy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """By what ends are found and believed.

    Attributes:
        location: the registry whose releases are meant by numbers; None for the one
            that was built here.
        now: in UTC.
    """

    location: str | None
    root_file: Path | None
    store: Path
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """A release that is believed; what it holds is not read yet.

    Attributes:
        named: as the user named it, and of a number the registry.
        digest: SHA-256 of its release.json.
        root: SHA-256 of the root by which it is, or was, believed.
        fresh_until: how long it may answer as the newest; None where it is not.
        core: brings what it holds, verified.
        revoked: what the registry says that is asked; empty where none is.
        asked: what brings the registry's files and what is believed of it; None of a
            copy.
    """

    named: str
    kind: From
    release: ReleaseHeader
    digest: Digest
    root: Digest
    fresh_until: datetime | None
    core: Callable[[], Core] = field(compare=False)
    revoked: tuple[Revocation, ...] = ()
    asked: tuple[Fetcher, Trusted] | None = field(default=None, compare=False)


def find_ends(names: tuple[str, str], where: Where) -> tuple[End, End]:
    """Return both releases, when they are of one registry.

    Raises:
        RegistryError: one cannot be had or not be believed; or their logs contradict
            each other.
        click.UsageError: a name stands for nothing, or they are of two registries.
    """
    before, after = _find(names[0], where), _find(names[1], where)
    if before.release.origin != after.release.origin:
        raise click.UsageError(
            f"A is of {before.release.origin} and B of {after.release.origin}: what "
            "changed can be said of one registry only"
        )
    _check_one_log(before, after)
    return before, after


def revocation(end: End, other: End) -> Revocation | None:
    """Return that a release was revoked since, as far as either end knows."""
    known = (*end.revoked, *other.revoked)
    return next((one for one in known if one.release == end.release.number), None)


def _find(name: str, where: Where) -> End:
    if _NUMBER.fullmatch(name):
        return _numbered(int(name), where)
    if "://" in name:
        fetcher, trusted = _believed(name, where)
        return _newest(name, From.ADDRESS, fetcher, trusted, where)
    folder = Path(name)
    if not folder.is_dir():
        raise click.BadParameter(
            f"{name!r} is none of these: the number of a release, a folder of a "
            "release, a folder that sayso sync --to made, a web address that begins "
            "with https://",
            param_hint="A B",
        )
    if (copy := open_copy(folder)) is not None:
        return _copied(name, copy, where.root_file)
    return _of_folder(name, where)


def _numbered(number: int, where: Where) -> End:
    location = where.location or LOCAL
    if where.location is None and not Path(LOCAL).is_dir():
        raise click.UsageError(
            f"a number is that of a release of --registry: there is no {LOCAL} here, "
            "so say which registry; of a folder that is called so, write "
            f"./{number}"
        )
    fetcher, trusted = _believed(location, where)
    entry = release_numbered(fetcher, trusted, number)
    is_newest = entry.digest == trusted.entry.digest
    return End(
        named=location,
        kind=From.LOG,
        release=entry.release.header,
        digest=entry.digest,
        root=_root(trusted),
        fresh_until=fresh_until(trusted) if is_newest else None,
        core=lambda: _core(fetcher, entry, _root(trusted), where.store),
        revoked=trusted.release.revoked,
        asked=(fetcher, trusted),
    )


def _newest(
    name: str, kind: From, fetcher: Fetcher, trusted: Trusted, where: Where
) -> End:
    return End(
        named=name,
        kind=kind,
        release=trusted.release.header,
        digest=trusted.entry.digest,
        root=_root(trusted),
        fresh_until=fresh_until(trusted),
        core=lambda: _core(fetcher, trusted.entry, _root(trusted), where.store),
        revoked=trusted.release.revoked,
        asked=(fetcher, trusted),
    )


def _copied(name: str, copy: Copy, root_file: Path | None) -> End:
    """Return the release of a copy, of any age: it was verified when it was synced."""
    standing = copy.standing
    if root_file is not None and root_digest(root_file) != standing.root:
        raise UntrustedError(
            f"the copy in {name} was believed by another root than {root_file}"
        )
    return End(
        named=name,
        kind=From.COPY,
        release=standing.release,
        digest=standing.digest,
        root=standing.root,
        fresh_until=standing.fresh_until,
        core=copy.core,
    )


def _of_folder(name: str, where: Where) -> End:
    """Return the release in a folder, which may be an old one.

    What was seen of the registry is no measure of it: an older release is what is
    wanted. Where its signatures have expired it is believed as of its own time, by the
    same keys, and may answer nothing.
    """
    pinned, fetcher = pinned_root(where.root_file), FolderFetcher(Path(name))
    try:
        trusted = refresh(fetcher, pinned, now=where.now)
    except StaleError:
        then = _issued(fetcher)
        if then is None or then >= where.now:
            raise
        trusted = refresh(fetcher, pinned, now=then)
    return _newest(name, From.FOLDER, fetcher, trusted, where)


def _issued(fetcher: Fetcher) -> datetime | None:
    """Return when a release says that it was issued; nothing of it is believed yet."""
    with suppress(RegistryError):
        data = fetcher.fetch(RELEASE_FILE, limit=RELEASE_LIMIT)
        return decode_release(data).header.issued
    return None


def _believed(location: str, where: Where) -> tuple[Fetcher, Trusted]:
    # What is wanted is the newest release, or the log of today.
    pinned: RoleFile = pinned_root(where.root_file)
    return believed(location, pinned, where.store, now=where.now, max_age=timedelta(0))


def _root(trusted: Trusted) -> Digest:
    return trusted.chain.roots[0].digest


def _core(fetcher: Fetcher, entry: Entry, root: Digest, store: Path) -> Core:
    """Return what a release holds: of the copy that is there, or fetched."""
    copy = copy_of(entry.digest, root, store)
    if copy is not None:
        return copy.core()
    try:
        return open_core(fetcher, entry.release)
    except MissingError as error:
        raise MissingError(
            f"{error}. The log proves release {entry.release.header.number}, and this "
            "host has not the whole of it any more: ask an archive or mirror, or keep "
            "a copy of each release with sayso sync --to, and compare these"
        ) from error


def _check_one_log(before: End, after: End) -> None:
    """Check that the log of one end is the beginning of the other's."""
    asked = [each.asked for each in (before, after) if each.asked is not None]
    asked.sort(key=lambda pair: pair[1].checkpoint.checkpoint.size)
    logs = [trusted.checkpoint.checkpoint for _, trusted in asked]
    if len(logs) > 1 and logs[0].origin == logs[1].origin:
        check_grown(asked[1][0], logs[0], logs[1])
