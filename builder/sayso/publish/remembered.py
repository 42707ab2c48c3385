"""What YAML files said in the last build, and which files it read: kept in one file.

The file is named by its own SHA-256, which is compared before anything in it is used.
"""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from msgspec import MsgspecError, msgpack

from sayso.errors import MalformedError
from sayso.publish.reading.readings import Readings
from sayso.publish.reading.stamps import Known, Stamps
from sayso.publish.reading.unswept import unswept
from sayso.publish.temporary import new_file

Warn = Callable[[str], None]
"""Is told what was wrong with the cache, and that it was mended."""

_NAME = re.compile(r"yaml-([0-9a-f]{64})\.msgpack")
_DEAR = 1000
"""From how many parsed files on a build that fails keeps them: about a second."""

_Content = tuple[list[tuple[str, bytes]], list[tuple[str, Known]]]
_decoder: msgpack.Decoder[_Content] = msgpack.Decoder(_Content)


class Remembered:
    """What is known from the last build.

    Attributes:
        readings: what YAML files say.
        stamps: which files are still the same.
    """

    @unswept()
    def __init__(self, folder: Path, warn: Warn, *, workers: int, now: int) -> None:
        """Begin with what the folder has.

        Args:
            folder: of entries of this version.
            warn: is told what cannot be used.
            workers: how many processes parse many files.
            now: the time of the file system, in nanoseconds.
        """
        self._folder = folder
        self._warn = warn
        self._files = _newest(folder)
        said, known = self._load()
        self.readings = Readings(dict(said), workers=workers)
        self.stamps = Stamps(dict(known), now=now)

    @unswept()
    def save(self, *, whole: bool) -> None:
        """Keep what was read, for the next build.

        Args:
            whole: the build ended well, and no other is under way: what it did not
                ask for is dropped.
        """
        if self.readings.broken:
            self._warn(
                f"{self.readings.broken:,} files in the cache could not be used, and "
                "were parsed anew"
            )
        changed = self.readings.added or self.stamps.added
        unused = whole and (self.readings.unused or self.stamps.unused)
        if changed or unused:
            try:
                self._write(used=whole)
            except OSError as error:
                self._warn(
                    f"the cache {self._folder} cannot be written, so the next build "
                    f"parses again: {error.strerror}"
                )
                return
        if whole:
            for path in self._files[1:]:
                path.unlink(missing_ok=True)

    def save_if_dear(self) -> None:
        """Keep what was read in a build that fails, if it took long."""
        if self.readings.added >= _DEAR:
            self.save(whole=False)

    def _load(self) -> _Content:
        while self._files:
            path = self._files[0]
            try:
                return _open(path)
            except (OSError, MalformedError) as error:
                self._warn(f"{path} cannot be used and is made anew: {error}")
                path.unlink(missing_ok=True)
                del self._files[0]
        return [], []

    def _write(self, *, used: bool) -> None:
        content: _Content = (
            list(self.readings.entries(used=used)),
            list(self.stamps.entries(used=used)),
        )
        data = msgpack.encode(content)
        place = self._folder / f"yaml-{hashlib.sha256(data).hexdigest()}.msgpack"
        with new_file(self._folder) as file:
            file.write(data)
            file.flush()
            Path(file.name).replace(place)
        self._files = [place, *(path for path in self._files if path != place)]


def _newest(folder: Path) -> list[Path]:
    """Return the files of this kind, the newest first; two builds may leave two."""
    found = [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]
    return sorted(found, key=lambda path: path.lstat().st_mtime_ns, reverse=True)


def _open(path: Path) -> _Content:
    data = path.read_bytes()
    match = _NAME.fullmatch(path.name)
    if match is None or hashlib.sha256(data).hexdigest() != match[1]:
        raise MalformedError("its content is not what its name says")
    try:
        content: _Content = _decoder.decode(data)
    except (MsgspecError, UnicodeDecodeError) as error:
        raise MalformedError(str(error)) from error
    return content
