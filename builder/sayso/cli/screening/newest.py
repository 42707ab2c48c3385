"""The newest release, from the copy on this machine where that may answer."""

from datetime import datetime

from sayso.cli.at_once import copy_at_once
from sayso.cli.screening.answering import Answering, Where
from sayso.cli.steps import Steps
from sayso.client.account import Believed
from sayso.errors import FetchError


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
        # What verifies takes longer to load than a small screening takes.
        from sayso.cli.screening.fetching import synced_copy  # noqa: PLC0415

        if copy is not None and "://" not in where.location:
            raise FetchError(
                f"the copy in {where.location} has no titles to compare: run sayso "
                "sync --titles for it, or ask the registry itself"
            )
        copy = synced_copy(where, now=now, titles=titles, told=told)
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
