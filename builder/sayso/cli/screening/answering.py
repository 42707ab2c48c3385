"""What answers a screening: a copy of the newest release, or the one of a past day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sayso.cli.asking import believed
from sayso.cli.at_once import copy_at_once
from sayso.cli.root import pinned_root
from sayso.cli.steps import Steps
from sayso.client.account import Believed
from sayso.client.core import Core
from sayso.client.history import release_at
from sayso.client.screening.kernel import Titled
from sayso.client.synced.copy import Copy
from sayso.client.synced.layout import copies_below
from sayso.client.synced.sync import fresh_until, sync
from sayso.client.whole import core_of, open_documents
from sayso.errors import MissingError, UntrustedError
from sayso.model.declaration import DeclarationId
from sayso.model.owner import OwnerId
from sayso.wire.entries import DeclarationEntry, OwnerEntry
from sayso.wire.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Which registry is asked, and by what it is believed."""

    location: str
    root_file: Path | None
    store: Path
    max_age: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """A release that answers.

    Attributes:
        evidence: for a receipt; None of a past day.
        titled: None where titles were not asked for.
    """

    believed: Believed
    core: Core
    owners: Mapping[OwnerId, OwnerEntry]
    declarations: Mapping[DeclarationId, DeclarationEntry]
    evidence: Evidence | None = None
    titled: Titled | None = None


def newest(where: Where, *, now: datetime, titles: bool, told: Steps) -> Answering:
    """Return the newest release, from a copy that is brought up to date where due.

    Raises:
        RegistryError: the registry cannot be had or not be believed, or is too old.
        click.BadParameter: the root is none.
    """
    copy = copy_at_once(
        where.location, where.root_file, where.store, now=now, max_age=where.max_age
    )
    if copy is None or (titles and not copy.standing.titles):
        copy = _synced(where, now, titles=titles, told=told)
    standing = copy.standing
    return Answering(
        believed=Believed(
            release=standing.release,
            digest=standing.digest,
            root=standing.root,
            log=standing.log,
            log_size=standing.log_size,
            fresh_until=standing.fresh_until,
            location=standing.location,
        ),
        core=copy.core(),
        owners=copy.owners,
        declarations=copy.declarations,
        evidence=copy.evidence(),
        titled=copy.titled() if titles else None,
    )


def as_of(where: Where, moment: datetime, *, now: datetime, told: Steps) -> Answering:
    """Return the release that was the newest one at a moment.

    Raises:
        RegistryError: it cannot be had or not be believed, or was revoked since.
        click.BadParameter: the root is none.
    """
    pinned = pinned_root(where.root_file)
    fetcher, trusted = believed(
        where.location, pinned, where.store, now=now, max_age=timedelta(0)
    )
    past = release_at(fetcher, trusted.checkpoint, moment)
    release = past.entry.release
    for each in trusted.release.revoked:
        if each.release == release.header.number:
            raise UntrustedError(
                f"release {each.release}, which was the newest one then, was revoked: "
                f"{each.reason}"
            )
    told("Fetching the release of then", 0, 1)
    try:
        documents = open_documents(fetcher, release)
        core = core_of(fetcher, documents)
    except MissingError as error:
        raise MissingError(
            f"{error}. The registry no longer serves the whole of release "
            f"{release.header.number}; ask an archive, or keep the copies of sayso sync"
        ) from error
    return Answering(
        believed=Believed(
            release=release.header,
            digest=past.entry.digest,
            root=pinned.digest,
            log=trusted.checkpoint.checkpoint.origin,
            log_size=trusted.checkpoint.checkpoint.size,
            fresh_until=fresh_until(trusted),
            location=where.location,
        ),
        core=core,
        owners=documents.registry.owners,
        declarations=documents.registry.declarations,
    )


def _synced(where: Where, now: datetime, *, titles: bool, told: Steps) -> Copy:
    pinned = pinned_root(where.root_file)
    fetcher, trusted = believed(
        where.location, pinned, where.store, now=now, max_age=where.max_age
    )
    folder = copies_below(where.store, pinned.digest)
    synced = sync(
        fetcher, trusted, folder, location=where.location, titles=titles, told=told
    )
    synced.copy.standing.check_fresh(now)
    return synced.copy
