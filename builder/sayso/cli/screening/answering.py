"""What a screening asks, and the release that answers it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sayso.client.account import Believed
from sayso.client.core import Core
from sayso.client.screening.siblings import Titled
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
