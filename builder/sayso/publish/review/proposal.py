"""The other side of a review: what somebody proposes to change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sayso.publish.reading.file import CATALOGUE, SourceFile, source_file
from sayso.publish.reading.git_changes import Changed

FILES = 2000
"""How many files a change may touch."""

BYTES = 128 * 2**20
"""How many bytes it may add."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A change, file by file.

    Attributes:
        changed: what differs, by paths from the top; one more than `FILES` says that
            there are more.
        folder: where declarations are, from the top.
        sizes: how many bytes new files have, by blob.
        read: brings new files by their ids.
        author: the account that made it.
        sender: the account that sent it last.
    """

    changed: Sequence[Changed]
    folder: str
    sizes: Callable[[Sequence[str]], Mapping[str, int]]
    read: Callable[[Sequence[str]], Mapping[str, bytes]]
    author: str
    sender: str

    @property
    def others(self) -> list[str]:
        """The paths that are not below the declarations."""
        return [one.path for one in self.changed if not self._is_inside(one)]

    @property
    def inside(self) -> dict[str, Changed]:
        """What differs below the declarations, by paths from there."""
        start = len(self.folder) + 1
        return {one.path[start:]: one for one in self.changed if self._is_inside(one)}

    def _is_inside(self, changed: Changed) -> bool:
        return changed.path.startswith(f"{self.folder}/")

    def files(self, blobs: Mapping[str, str]) -> dict[str, SourceFile]:
        """Return new files by the names that they are asked for with."""
        small = sorted({b for name, b in blobs.items() if not name.endswith(CATALOGUE)})
        data = self.read(small) if small else {}
        return {
            name: self._catalogue(name, blob)
            if name.endswith(CATALOGUE)
            else source_file(name, data[blob])
            for name, blob in blobs.items()
        }

    def _catalogue(self, path: str, blob: str) -> SourceFile:
        data = self.read([blob])[blob]
        digest = sha256(data).hexdigest()
        return SourceFile(
            path=path,
            blob=blob,
            sha256=digest,
            size=len(data),
            load=lambda: self.read([blob])[blob],
        )
