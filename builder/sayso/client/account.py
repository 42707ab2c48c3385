"""The account of a screening: what was asked, by which release, and what came of it.

Everything that the report, the summary and the receipt say is here, so that all three
say the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sayso.client.manifest.rows import Remarks
from sayso.model.owner import OwnerId
from sayso.model.screening import Action, Handling, Status
from sayso.model.vocabulary import Use
from sayso.wire.header import ReleaseHeader
from sayso.wire.text import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """A manifest as it was read.

    Attributes:
        name: as the user wrote it.
        kind: its format, such as `csv`.
        column: where the codes stood, and why there.
        bytes: its size; None for what has none, such as a stream.
        sha256: of its bytes; None for a folder.
        rows: how many there were.
    """

    name: str
    kind: str
    column: str
    bytes: int | None
    sha256: Digest | None
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked of every row.

    Attributes:
        territory: a country, or None for every one.
        reviewed_only: whether only verdicts of reviewed ownership were believed.
        siblings: whether titles and artists were compared too.
        moment: of the asking, in UTC.
        as_of: the past moment that was asked about; None for now.
    """

    use: Use
    territory: str | None
    reviewed_only: bool
    siblings: bool
    handling: Handling
    moment: datetime
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """The release that answered, and by what it was believed.

    Attributes:
        digest: SHA-256 of release.json, which is a leaf of the log.
        root: SHA-256 of the root that was pinned.
        log: the name of the log.
        log_size: how many releases the log had.
        fresh_until: when the signed timestamp ends.
        location: where it was fetched.
    """

    release: ReleaseHeader
    digest: Digest
    root: Digest
    log: str
    log_size: int
    fresh_until: datetime
    location: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """An owner whose declarations decided rows.

    Attributes:
        name: as declared; the id where it is not known.
        contacts: where licences are asked for; empty where nothing is offered.
        rows: how many rows its declarations decided, alone or with others.
    """

    owner: OwnerId
    name: str
    contacts: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A file, or a folder of files, that came of it.

    Attributes:
        role: `annotated`, `kept`, `excluded`, `apart`, `receipt` or `answers`.
        name: relative to the report.
        sha256: of its bytes; None for a folder.
    """

    role: str
    name: str
    rows: int | None
    bytes: int
    sha256: Digest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a screening was asked and what it found.

    Attributes:
        maker: the program, such as `sayso 1.0.0`.
        statuses: rows of each status; all are there.
        actions: rows of each action; all are there.
        disputed: rows about which owners contradict each other.
        siblings: rows of which another recording with this title and artist has a
            `deny` or an `ask`.
        several: rows with more than one code.
        codes: distinct codes; None where they were not gathered for a receipt.
        listed: how many of those have a row of their own in the registry; likewise.
        speakers: the owners that decided most rows, descending; at most 50.
        speakers_beyond: how many more there are.
        remarks: what was noticed while reading.
        files: what was written.
    """

    maker: str
    manifest: Screened
    asked: Asked
    believed: Believed
    statuses: Mapping[Status, int]
    actions: Mapping[Action, int]
    disputed: int
    siblings: int
    several: int
    codes: int | None
    listed: int | None
    speakers: tuple[Speaker, ...]
    speakers_beyond: int
    remarks: Remarks
    files: tuple[Written, ...]
