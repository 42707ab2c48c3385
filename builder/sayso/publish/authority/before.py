"""What the release before accepted, as its state tells it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sayso.model.authority import Ground, Held
from sayso.model.owner import OwnerId
from sayso.publish.reading.file import CATALOGUE, SourceFile, source_file
from sayso.wire.state import LeftOut, Record, RegistryState

Blobs = Callable[[list[str]], Mapping[str, bytes]]
"""Brings the bytes of earlier files by their ids in Git."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What the release before accepted.

    Attributes:
        state: what it handed on; None for a genesis, in which nothing waits.
        blobs: brings files that are no longer in the tree.
    """

    state: RegistryState | None
    blobs: Blobs

    @property
    def is_genesis(self) -> bool:
        """Whether there is no release before."""
        return self.state is None

    @property
    def records(self) -> Mapping[str, Record]:
        """The operators' files and the disputes that were accepted."""
        return self.state.records if self.state is not None else {}

    @property
    def settled(self) -> int:
        """The number of the last admission that nothing waits for any more."""
        state = self.state
        if state is None or state.left_out:
            return 0
        waits = any(held.recovery is not None for held in state.held.values())
        return 0 if waits else state.admitted

    def held(self) -> dict[OwnerId, Held]:
        """Return each owner's folder as it was accepted."""
        if self.state is None:
            return {}
        held: dict[OwnerId, Held] = {}
        for owner, one in self.state.held.items():
            states = self.state.owners.get(owner, ())
            files = states[-1].files if states else {}
            signed = states[-1].signed if states else frozenset[str]()
            held[owner] = replace(one, files=files, signed=signed)
        return held

    def since(self, path: str, blob: str | None, ground: Ground) -> datetime | None:
        """Return since when a file is left out for a reason; None for a new one."""
        left: Iterable[LeftOut] = self.state.left_out if self.state is not None else ()
        for one in left:
            if (one.path, one.blob, one.ground) == (path, blob, ground):
                return one.since
        return None

    def files(self, wanted: Mapping[str, str]) -> dict[str, SourceFile]:
        """Return earlier files, by the names or paths that they are asked for with.

        Args:
            wanted: the blob of each.

        Raises:
            PublishError: Git does not have one.
        """
        small = sorted({b for name, b in wanted.items() if not _is_large(name)})
        data = self.blobs(small) if small else {}
        return {
            name: self._catalogue(name, blob)
            if _is_large(name)
            else source_file(name, data[blob])
            for name, blob in wanted.items()
        }

    def _catalogue(self, name: str, blob: str) -> SourceFile:
        return SourceFile(
            path=name,
            blob=blob,
            sha256="",
            size=0,
            load=lambda: self.blobs([blob])[blob],
        )


def _is_large(name: str) -> bool:
    return name.endswith(CATALOGUE) and not name.startswith("registry/")
