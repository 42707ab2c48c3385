"""Fetching what answers a screening: the newest release, or that of a past day."""

from datetime import datetime, timedelta

from sayso.cli.asking import believed
from sayso.cli.root import pinned_root
from sayso.cli.screening.answering import Answering, Where
from sayso.cli.steps import Steps
from sayso.client.account import Believed
from sayso.client.history import release_at
from sayso.client.synced.copy import Copy
from sayso.client.synced.layout import copies_below
from sayso.client.synced.sync import fresh_until, sync
from sayso.client.whole import core_of, open_documents
from sayso.errors import MissingError, UntrustedError


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


def synced_copy(where: Where, *, now: datetime, titles: bool, told: Steps) -> Copy:
    """Return a copy of the newest release, made or brought up to date.

    Raises:
        RegistryError: the registry cannot be had or not be believed, or is too old.
        click.BadParameter: the root is none.
    """
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
