"""Outgoing: the files that a folder holds to be published."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from sayso.errors import PublishError
from sayso.wire.release_file import is_path
from sayso.wire.text import shown

_PIECE = 2**20
_PENDING = "pending"
"""The folder of a ledger with what is not signed by enough."""
_KEY = ".pem"
"""So the names of private keys end: one that lies in the wrong folder stays there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A file that is to be published.

    Attributes:
        path: below the registry's address.
        place: where it is now.
        size: in bytes.
    """

    path: str
    place: Path
    size: int

    def read(self) -> bytes:
        """Return its bytes.

        Raises:
            PublishError: it cannot be read.
        """
        try:
            return self.place.read_bytes()
        except OSError as error:
            raise PublishError(
                f"{self.place} cannot be read: {error.strerror}"
            ) from error

    def digests(self) -> tuple[str, str]:
        """Return its MD5, by which S3 knows files, and its SHA-256.

        Raises:
            PublishError: it cannot be read.
        """
        md5, sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()
        try:
            with self.place.open("rb") as file:
                while piece := file.read(_PIECE):
                    md5.update(piece)
                    sha256.update(piece)
        except OSError as error:
            raise PublishError(
                f"{self.place} cannot be read: {error.strerror}"
            ) from error
        return md5.hexdigest(), sha256.hexdigest()


def outgoing_files(folder: Path, *, strict: bool = True) -> dict[str, Outgoing]:
    """Return the files of a folder by their paths.

    Names that begin with a dot are left out: they are of editors and systems, and no
    file of a registry has such a name. So is what waits for signatures in a ledger.

    Args:
        folder: where they are.
        strict: whether something else there is refused, or passed over.

    Raises:
        PublishError: there is no such folder, or it holds what cannot be published.
    """
    if not folder.is_dir():
        raise PublishError(
            f"there is no folder {folder}; make it with sayso build or sayso renew"
        )
    found: dict[str, Outgoing] = {}
    left = [folder]
    while left:
        above = left.pop()
        for entry in _entries(above):
            if entry.name.startswith("."):
                continue
            path = Path(entry.path).relative_to(folder).as_posix()
            if path == _PENDING:
                continue
            if entry.is_dir(follow_symlinks=False):
                left.append(Path(entry.path))
            elif entry.is_file(follow_symlinks=False) and _may_go_out(path):
                size = entry.stat(follow_symlinks=False).st_size
                found[path] = Outgoing(path=path, place=Path(entry.path), size=size)
            elif strict:
                raise PublishError(
                    f"{folder} holds {shown(path)}, which is no file that a registry "
                    "can have: take it away"
                )
    return found


def _may_go_out(path: str) -> bool:
    return is_path(path) and not path.lower().endswith(_KEY)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError as error:
        raise PublishError(f"{folder} cannot be read: {error.strerror}") from error
