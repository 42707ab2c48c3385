"""The cache: what was parsed, on disk, so that nothing is parsed twice.

Catalogues are an entry each (`sayso.publish.entry`), YAML files are remembered together
(`sayso.publish.remembered`). All is compared with its SHA-256 before it is used,
belongs to one version of this code, and is safe to delete: what is missing or broken
is made anew. While a release is made, the cache is also where its recordings are,
since they are more than memory holds.
"""

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from platform import python_version

import msgspec
import numpy as np
import polars as pl
import pyarrow as pa
import yaml
from pyarrow import ipc
from yaml._yaml import get_version_string

from sayso.errors import MalformedError, PublishError
from sayso.publish.budget import Budget
from sayso.publish.entry import NAME, FileTable, delete_entry, entry_of, open_entry
from sayso.publish.reading.file import file_digest
from sayso.publish.reading.sources import SourceFile
from sayso.publish.reading.tables import About, Table, parse_table
from sayso.publish.remembered import Remembered, Warn
from sayso.publish.temporary import delete_leftovers, new_file, passing_folder

_ENTRIES = re.compile(r"sayso-[0-9a-f]{32}")


class Cache:
    """Reads catalogues, from a folder of those that were read before.

    Attributes:
        remembered: likewise for YAML files, and which files are still the same.
    """

    def __init__(self, folder: Path, warn: Warn, workers: int, now: int) -> None:
        self._folder = folder
        self._warn = warn
        self._workers = workers
        self._known: dict[str, str] = {}
        self._ready: dict[tuple[str, str], tuple[Table, About]] = {}
        for entry in folder.iterdir():
            if match := NAME.fullmatch(entry.name):
                self._known[match[1]] = match[2]
        self._used: set[str] = set()
        self.remembered = Remembered(folder, warn, workers=workers, now=now)

    def prepare(self, files: Sequence[SourceFile]) -> None:
        """Read catalogues ahead, several at once where they are not too large."""
        budget = Budget()

        def read(file: SourceFile) -> tuple[Table, About]:
            with budget.of(file.size):
                return self.read(file)

        each = list({file.blob: file for file in files}.values())
        with ThreadPoolExecutor(self._workers) as pool:
            for file, found in zip(each, pool.map(read, each), strict=True):
                self._ready[file.blob, file.path] = found

    def read(self, file: SourceFile) -> tuple[Table, About]:
        """Return what a catalogue tells, from the cache if it is there whole."""
        if (ready := self._ready.pop((file.blob, file.path), None)) is not None:
            return ready
        self._used.add(file.blob)
        if (found := self._find(file)) is not None:
            return found
        frame, about = parse_table(file)
        digest = self._write(file.blob, frame, about)
        self._known[file.blob] = digest
        return FileTable(self._place(file.blob, digest), frame.height), about

    def prune(self) -> None:
        """Delete what this build did not need."""
        for blob in self._known.keys() - self._used:
            self._place(blob, self._known[blob]).unlink(missing_ok=True)

    def _find(self, file: SourceFile) -> tuple[Table, About] | None:
        """Return what the entry of a catalogue tells; None where none is of it."""
        if (digest := self._known.get(file.blob)) is None:
            return None
        path = self._place(file.blob, digest)
        try:
            table, about = open_entry(path, digest, file.path)
        except (OSError, MalformedError, pa.ArrowInvalid) as error:
            self._warn(f"{path} cannot be used and is made anew: {error}")
            delete_entry(path)
            return None
        # A blob id is a SHA-1, and can be forged; of earlier catalogues it is all there
        # is. The entry may be in use for the other file.
        return (table, about) if file.sha256 in {"", about.sha256} else None

    def _place(self, blob: str, digest: str) -> Path:
        return self._folder / f"{blob}-{digest}.arrow"

    def _write(self, blob: str, frame: pl.DataFrame, about: About) -> str:
        """Write an entry whole or not at all, and return its digest."""
        batch = entry_of(frame, about)
        try:
            with new_file(self._folder) as file:
                with ipc.new_file(file, batch.schema) as writer:
                    writer.write_batch(batch)
                file.flush()
                temporary = Path(file.name)
                digest = file_digest(temporary)
                temporary.replace(self._place(blob, digest))
        except OSError as error:
            raise _unwritable(self._folder, error) from error
        return digest


@contextmanager
def cache(folder: Path, warn: Warn, *, workers: int = 1) -> Iterator[Cache]:
    """Give the cache in a folder; in the end, what was not needed is deleted.

    Args:
        folder: made where it is missing.
        warn: is told of entries that were broken.
        workers: how many threads read catalogues ahead, and how many processes parse
            YAML where there is much.

    Raises:
        PublishError: the folder cannot be written, or others can write there.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_owner(folder)
        lock = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, mode=0o600)
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        entries, found = _begin(folder, lock, warn, workers)
        try:
            yield found
        except BaseException:
            found.remembered.save_if_dear()
            raise
        # What was made with the cache is made: from now on nothing is an error.
        try:
            is_alone = _alone(lock)
            found.remembered.save(whole=is_alone)
            if is_alone:
                found.prune()
                _tidy(entries)
        except OSError as error:
            warn(f"the cache {folder} cannot be tidied: {error}")
    finally:
        os.close(lock)


@contextmanager
def passing_cache(*, workers: int = 1) -> Iterator[Cache]:
    """Give an empty cache that is deleted in the end, for whoever reads once.

    Raises:
        PublishError: there is no place for temporary files.
    """
    with passing_folder() as folder:
        yield Cache(folder, lambda _: None, workers, now=0)


def _begin(folder: Path, lock: int, warn: Warn, workers: int) -> tuple[Path, Cache]:
    """Return where the entries of this version are, and what they tell."""
    try:
        fcntl.flock(lock, fcntl.LOCK_SH)
        entries = folder / _version()
        entries.mkdir(mode=0o700, exist_ok=True)
        return entries, Cache(entries, warn, workers, _now(lock))
    except OSError as error:
        raise _unwritable(folder, error) from error


def _tidy(entries: Path) -> None:
    """Delete what other versions left, and builds that were killed.

    Somebody may have named a folder that has other things in it.
    """
    delete_leftovers(entries)
    for other in entries.parent.iterdir():
        if _ENTRIES.fullmatch(other.name) and other != entries:
            shutil.rmtree(other)


def _now(lock: int) -> int:
    """Return the time of the file system, in nanoseconds."""
    os.utime(lock)
    return os.fstat(lock).st_mtime_ns


def _check_owner(folder: Path) -> None:
    """Refuse a cache that somebody else may have filled."""
    facts = folder.stat()
    if facts.st_uid != os.geteuid() or facts.st_mode & 0o022:
        raise PublishError(
            f"{folder} belongs to somebody else, or others can write there, so nothing "
            "in it is believed; delete it, or name another folder with --cache"
        )


def _alone(lock: int) -> bool:
    """Return whether no other build uses the cache now, nor begins to."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        fcntl.flock(lock, fcntl.LOCK_SH)  # which asking for more has given up
        return False
    return True


def _version() -> str:
    """Return a name that tells one version of all that reads files from another."""
    digest = hashlib.sha256()
    for library in (np, pl, pa, yaml, msgspec):
        digest.update(f"{library.__version__}\n".encode())
    digest.update(f"{get_version_string()}\n".encode())  # of the parser in C
    digest.update(f"{python_version()}\n".encode())  # with its Unicode
    home = Path(__file__).parents[1]
    for layer in ("model", "wire", "publish"):
        for place in sorted((home / layer).glob("**/*.py")):
            digest.update(place.read_bytes())
    return f"sayso-{digest.hexdigest()[:32]}"


def _unwritable(folder: Path, error: OSError) -> PublishError:
    return PublishError(
        f"the cache {folder} cannot be written: {error.strerror}; name another folder, "
        "for a build with --cache, else in the variable TMPDIR"
    )
