"""Output: the files of a release and its site, written below a folder.

A file that an older folder has already is not written again: it is compared, and
linked.
"""

import os
import shutil
import stat
import tempfile
import zlib
from pathlib import Path
from typing import BinaryIO, Protocol

from isal import igzip

from sayso.publish.reading.file import file_digest

_LEVEL = 1
_GZIP = 31
_OVERHEAD = 1024
"""How many bytes longer than its content a gzip may be."""


class Output(Protocol):
    """Takes the files of a release, each once, from any thread."""

    def write(self, path: str, data: bytes) -> None:
        """Write a file."""
        ...

    def write_packed(self, path: str, content: bytes) -> None:
        """Write content as a gzip; one of the same name holds nothing else."""
        ...

    def stream(self) -> BinaryIO:
        """Return a file that is named when its content is known."""
        ...

    def name(self, stream: BinaryIO, path: str) -> None:
        """Close a file that was given out, and let it be the one at a path."""
        ...

    def keep(self, path: str, sha256: str) -> bool:
        """Take over a file of the release before; return whether it was there so."""
        ...

    def also(self, path: str, other: str) -> None:
        """Let a file that was written have another path as well."""
        ...


def pack(content: bytes) -> bytes:
    """Return content as a gzip."""
    # The fastest packer by far, for a tenth more bytes than the smallest.
    return igzip.compress(content, compresslevel=_LEVEL, mtime=0)


class Folder:
    """Writes a release below a folder.

    Attributes:
        folder: where it is written.
    """

    def __init__(self, folder: Path, old: Path | None = None) -> None:
        """Prepare to write.

        Args:
            folder: where.
            old: an older release, of which equal files are linked.
        """
        self.folder = folder
        self._old = None if old is None else os.path.realpath(old)
        self._plain: dict[str, bool] = {}
        self._made: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True)

    def write(self, path: str, data: bytes) -> None:
        """Write a file, or link the old one that is the same."""
        if self._old_bytes(path, len(data)) == data:
            self._link(path)
        else:
            self._write(path, data)

    def write_packed(self, path: str, content: bytes) -> None:
        """Write content as a gzip, or link the old file that holds it."""
        old = self._old_bytes(path, len(content) + _OVERHEAD)
        if old is not None and _unpacks_to(old, content):
            self._link(path)
        else:
            self._write(path, pack(content))

    def stream(self) -> BinaryIO:
        """Return a file that is named when its content is known."""
        file = tempfile.NamedTemporaryFile(dir=self.folder, delete=False)  # noqa: SIM115
        Path(file.name).chmod(0o644)
        return file  # type: ignore[return-value]

    def name(self, stream: BinaryIO, path: str) -> None:
        """Close a file that was given out, and let it be the one at a path."""
        stream.close()
        Path(stream.name).rename(self._place(path))

    def keep(self, path: str, sha256: str) -> bool:
        """Link a file of the old release; return whether it was there so."""
        if not self._has_old(path) or file_digest(f"{self._old}/{path}") != sha256:
            return False
        self._link(path)
        return True

    def also(self, path: str, other: str) -> None:
        """Let a file that was written have another path as well."""
        _link(f"{self.folder}/{path}", self._place(other))

    def _place(self, path: str) -> str:
        above, _, _ = path.rpartition("/")
        if above not in self._made:
            (self.folder / above).mkdir(parents=True, exist_ok=True)
            self._made.add(above)
        return f"{self.folder}/{path}"

    def _write(self, path: str, data: bytes) -> None:
        with open(self._place(path), "xb") as file:  # noqa: PTH123 - half the time
            file.write(data)

    def _has_old(self, path: str) -> bool:
        """Return whether the old release has a file, and not a link to one."""
        if self._old is None:
            return False
        above, _, _ = path.rpartition("/")
        if above not in self._plain:
            place = os.path.normpath(f"{self._old}/{above}")
            self._plain[above] = os.path.realpath(place) == place
        try:
            mode = os.lstat(f"{self._old}/{path}").st_mode
        except OSError:
            return False
        return self._plain[above] and stat.S_ISREG(mode)

    def _old_bytes(self, path: str, most: int) -> bytes | None:
        """Return an old file, or of a longer one its first `most` bytes and one."""
        if not self._has_old(path):
            return None
        try:
            with open(f"{self._old}/{path}", "rb") as file:  # noqa: PTH123 - half the time
                return file.read(most + 1)
        except OSError:
            return None

    def _link(self, path: str) -> None:
        _link(f"{self._old}/{path}", self._place(path))


def _link(old: str, new: str) -> None:
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)


def _unpacks_to(packed: bytes, content: bytes) -> bool:
    reader = zlib.decompressobj(wbits=_GZIP)
    try:
        is_same = reader.decompress(packed, len(content) + 1) == content
    except zlib.error:
        return False
    return is_same and reader.eof and not reader.unused_data
