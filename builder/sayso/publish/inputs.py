"""Inputs: all that a release is made from, and nothing else.

"A release is a function of (commit, admissions, time, previous state, keys)."
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sayso.publish.authority.authorised import Authorised
from sayso.publish.reading.documents import Documents
from sayso.publish.reading.readings import Readings
from sayso.publish.reading.sources import SourceTree
from sayso.publish.reading.tables import Tables
from sayso.publish.spill import Spill
from sayso.wire.columns import Interval
from sayso.wire.contents import Contents
from sayso.wire.header import Profile
from sayso.wire.parts import Part
from sayso.wire.release import Release
from sayso.wire.state import RegistryState
from sayso.wire.text import Digest

Steps = Callable[[str, int, int], None]
"""Is told a step in words, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The data of the release before this one, verified.

    Attributes:
        contents: the digests of its core, policies and prefixes.
        core: the bytes of its core.
        policies: the items of `policies` in its registry.json by number, as they are
            written.
        prefixes: its ranges of unlisted codes.
        parts: the files of its recordings.
        deltas: those that lead to it, as they are published.
    """

    contents: Contents
    core: bytes
    policies: Mapping[int, bytes]
    prefixes: tuple[Interval, ...]
    parts: tuple[Part, ...]
    deltas: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Previous:
    """The release before this one, verified.

    Attributes:
        digest: SHA-256 of its `release.json`.
        state: what it handed on; where that was lost, see `publish.recovery`.
        kept: its data; None where they were lost, and the new release is a recovery.
    """

    digest: Digest
    release: Release
    state: RegistryState
    kept: Kept | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """All that a release is made from.

    Attributes:
        tree: the files that are accepted, whatever the commit has in their places.
        documents: what the files of `tree` say.
        standing: by what authority they are accepted, and what was left out.
        blobs: returns the bytes of earlier files by Git blob id; raises
            `PublishError` where one is missing.
        issued: the time of the release, a whole second in UTC.
        previous: the release before; None for a genesis.
        tables: reads the catalogues of earlier states.
        readings: reads their YAML files.
        spill: makes a place for columns that are longer than memory.
        workers: how many threads there are; the outcome is the same with any.
    """

    tree: SourceTree
    documents: Documents
    standing: Authorised
    blobs: Callable[[list[str]], Mapping[str, bytes]]
    issued: datetime
    profile: Profile
    previous: Previous | None
    tables: Tables
    readings: Readings = field(default_factory=Readings)
    spill: Callable[[], Spill] = Spill
    workers: int = 1

    @property
    def kept(self) -> Kept | None:
        """The data of the release before, if there is one and they are not lost."""
        return self.previous.kept if self.previous is not None else None
