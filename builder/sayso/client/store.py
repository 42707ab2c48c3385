"""The store: what was believed of a registry, kept from one command to the next.

One small file for each pinned root, and another for the roots that follow it, which are
kept even where nothing else is believed: "persist root metadata" comes before the rest.
A file is written whole or not at all, by one process at a time; and what it holds is
verified whenever it is read, as if a host had sent it. Whoever deletes it forgets what
was seen before, and with it that nothing may go back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sayso.client.fetch import Fetcher
from sayso.client.kept import KeptFile
from sayso.client.refresh import MemoryFetcher, Trusted, files_of, refresh
from sayso.errors import FetchError, MissingError, RegistryError, StaleError
from sayso.trust.chain import Chain, follow_root, pin
from sayso.trust.roles import RoleFile
from sayso.wire.members import Members
from sayso.wire.places import metadata_path
from sayso.wire.profile import Json, decode, encode
from sayso.wire.text import format_time

FORMAT: Final = "sayso/trusted/1"
ROOTS_FORMAT: Final = "sayso/roots/1"
STORE_LIMIT: Final = 2**24
"""No file of the store is longer, in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What is kept: what was believed, and who said so last."""

    trusted: Trusted
    source: str

    def young(
        self, source: str, known: Chain, now: datetime, max_age: timedelta
    ) -> Trusted | None:
        """Return what was believed where it need not be asked for again."""
        trusted = self.trusted
        is_young = timedelta(0) <= now - trusted.checked < max_age
        is_newest = trusted.chain.root.version >= known.root.version
        return trusted if is_young and is_newest and source == self.source else None


class _Known:
    """Brings the roots that were believed before, and asks a host for all else."""

    def __init__(self, known: Chain, fetcher: Fetcher) -> None:
        roots = {metadata_path(root.name): root.data for root in known.roots}
        self._known, self._fetcher = MemoryFetcher(roots), fetcher

    def fetch(self, path: str, *, limit: int) -> bytes:
        try:
            return self._known.fetch(path, limit=limit)
        except MissingError:
            return self._fetcher.fetch(path, limit=limit)


class Store:
    """Keeps what was believed by one pinned root."""

    def __init__(self, folder: Path, pinned: RoleFile) -> None:
        """Prepare to keep it; nothing is read or written yet."""
        self._folder = folder
        self._file = KeptFile(folder / f"{pinned.digest}.json")
        self._roots = KeptFile(folder / f"{pinned.digest}.roots.json")
        self._pinned = pinned

    def refresh(
        self, fetcher: Fetcher, *, now: datetime, max_age: timedelta, source: str = ""
    ) -> Trusted:
        """Return what is believed of a registry now, and keep it.

        Args:
            fetcher: brings the files; not asked where the registry was asked within
                `max_age` and nothing has expired since.
            now: in UTC, to the second.
            max_age: how long what a registry said is taken for its newest word.
            source: where it is asked: another copy said nothing for this one.

        Raises:
            RegistryError: as `sayso.client.refresh.refresh`; or what is kept cannot be
                read or written.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FetchError(
                f"{self._folder} cannot be made: {error.strerror}; say where else to "
                "keep what was seen, with --store"
            ) from error
        with self._file.locked():
            known, kept = self._read_roots(), self._read()
            young = None if kept is None else kept.young(source, known, now, max_age)
            if young is not None:
                try:
                    return self._again(young, now)
                except StaleError:
                    pass  # something has expired since, so the registry is asked

            def keep(chain: Chain) -> None:
                if chain.root.version > known.root.version:
                    self._write_roots(chain)

            trusted = refresh(
                _Known(known, fetcher),
                self._pinned,
                now=now,
                before=None if kept is None else kept.trusted,
                keep=keep,
            )
            self._write(trusted, source)
        return trusted

    def _again(self, young: Trusted, now: datetime) -> Trusted:
        files = MemoryFetcher(files_of(young))
        return replace(refresh(files, self._pinned, now=now), checked=young.checked)

    def _read(self) -> _Kept | None:
        data = self._file.read(limit=STORE_LIMIT)
        if data is None:
            return None
        with _said_of(self._file):
            members = Members(decode(data, limit=STORE_LIMIT), "what was seen before")
            members.constant("format", FORMAT)
            checked, source = members.time("checked"), members.text("source")
            texts = members.object("files")
            files = {path: texts.text(path).encode() for path in texts.names()}
            members.end()
            # As of then: what has expired since still says what was seen.
            trusted = refresh(MemoryFetcher(files), self._pinned, now=checked)
        return _Kept(trusted=trusted, source=source)

    def _read_roots(self) -> Chain:
        chain, data = pin(self._pinned), self._roots.read(limit=STORE_LIMIT)
        if data is not None:
            with _said_of(self._roots):
                members = Members(decode(data, limit=STORE_LIMIT), "the roots")
                members.constant("format", ROOTS_FORMAT)
                for root in members.texts("roots"):
                    chain = follow_root(chain, root.encode())
                members.end()
        return chain

    def _write(self, trusted: Trusted, source: str) -> None:
        files: dict[str, Json] = {
            path: data.decode() for path, data in files_of(trusted).items()
        }
        data = encode(
            {
                "checked": format_time(trusted.checked),
                "files": files,
                "format": FORMAT,
                "source": source,
            }
        )
        self._file.write(data)

    def _write_roots(self, chain: Chain) -> None:
        roots = [root.data.decode() for root in chain.roots[1:]]
        self._roots.write(encode({"format": ROOTS_FORMAT, "roots": roots}))


@contextmanager
def _said_of(file: KeptFile) -> Iterator[None]:
    try:
        yield
    except RegistryError as error:
        raise type(error)(
            f"{file.path}, which keeps what was seen of this registry, is damaged: "
            f"{error}. Delete it to begin anew; an older state of the registry would "
            "then not be noticed"
        ) from error
