"""The store: what was believed of a registry, kept from one command to the next.

One small file for each pinned root. It is written whole or not at all, by one process
at a time; and what it holds is verified whenever it is read, as if a host had sent it.
Whoever deletes it forgets what was seen before, and with it that nothing may go back.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sayso.client.fetch import Fetcher
from sayso.client.kept import KeptFile
from sayso.client.refresh import MemoryFetcher, Trusted, files_of, refresh
from sayso.errors import FetchError, RegistryError, StaleError
from sayso.trust.roles import RoleFile
from sayso.wire.members import Members
from sayso.wire.profile import Json, decode, encode
from sayso.wire.text import format_time

FORMAT: Final = "sayso/trusted/1"
STORE_LIMIT: Final = 2**24
"""No file of the store is longer, in bytes."""


class Store:
    """Keeps what was believed by one pinned root."""

    def __init__(self, folder: Path, pinned: RoleFile) -> None:
        """Prepare to keep it; nothing is read or written yet."""
        self._folder = folder
        self._file = KeptFile(folder / f"{pinned.digest}.json")
        self._pinned = pinned

    def refresh(
        self, fetcher: Fetcher, *, now: datetime, max_age: timedelta
    ) -> Trusted:
        """Return what is believed of a registry now, and keep it.

        Args:
            fetcher: brings the files; not asked where the registry was asked within
                `max_age` and nothing has expired since.
            now: in UTC, to the second.
            max_age: how long what a registry said is taken for its newest word.

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
            before = self._read()
            if before is not None and timedelta(0) <= now - before.checked < max_age:
                try:
                    return replace(self._again(before, now), checked=before.checked)
                except StaleError:
                    pass  # something has expired since, so the registry is asked
            trusted = refresh(fetcher, self._pinned, now=now, before=before)
            self._write(trusted)
        return trusted

    def _again(self, before: Trusted, now: datetime) -> Trusted:
        return refresh(MemoryFetcher(files_of(before)), self._pinned, now=now)

    def _read(self) -> Trusted | None:
        data = self._file.read(limit=STORE_LIMIT)
        if data is None:
            return None
        try:
            members = Members(decode(data, limit=STORE_LIMIT), "what was seen before")
            members.constant("format", FORMAT)
            checked = members.time("checked")
            texts = members.object("files")
            files = {path: texts.text(path).encode() for path in texts.names()}
            members.end()
            # As of then: what has expired since still says what was seen.
            return refresh(MemoryFetcher(files), self._pinned, now=checked)
        except RegistryError as error:
            raise type(error)(
                f"{self._file.path}, which keeps what was seen of this registry, is "
                f"damaged: {error}. Delete it to begin anew; an older state of the "
                "registry would then not be noticed"
            ) from error

    def _write(self, trusted: Trusted) -> None:
        files: dict[str, Json] = {
            path: data.decode() for path, data in files_of(trusted).items()
        }
        data = encode(
            {
                "checked": format_time(trusted.checked),
                "files": files,
                "format": FORMAT,
            }
        )
        self._file.write(data)
