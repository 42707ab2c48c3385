"""What answers a screening: a release, from the copy on this machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sayso.cli.at_once import copy_at_once
from sayso.cli.steps import Steps
from sayso.client.account import Believed
from sayso.client.core import Core
from sayso.client.screening.kernel import Titled
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
        # What verifies takes longer to load than a small screening takes.
        from sayso.cli.screening.fetching import synced_copy  # noqa: PLC0415

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
