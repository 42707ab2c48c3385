"""Keeping the registry of a release, which each look-up reads, from one to the next."""

from contextlib import suppress
from hashlib import sha256
from typing import Final

from sayso.client.fetch import Fetcher
from sayso.client.kept import KeptFile
from sayso.errors import FetchError
from sayso.wire.release import registry_path
from sayso.wire.text import Digest

_REGISTRIES: Final = registry_path(Digest("")).partition("/")[0] + "/"


class KeepingFetcher:
    """Brings files from another place, and the registry once for each release.

    What is kept is never trusted unread: it counts only with the digest in its name.
    """

    def __init__(self, fetcher: Fetcher, kept: KeptFile) -> None:
        """Prepare to bring files.

        Args:
            fetcher: brings them.
            kept: takes the registry of one release, the one that was asked for last.
        """
        self._fetcher = fetcher
        self._kept = kept

    def fetch(self, path: str, *, limit: int) -> bytes:
        """Return the bytes of a file; its errors are those of the other place."""
        if not path.startswith(_REGISTRIES):
            return self._fetcher.fetch(path, limit=limit)
        known = None
        with suppress(FetchError):
            known = self._kept.read(limit=limit)
        if known is not None and _is_at(path, known):
            return known
        data = self._fetcher.fetch(path, limit=limit)
        if _is_at(path, data):
            # Where it cannot be kept it is fetched again.
            with suppress(FetchError):
                self._kept.write(data)
        return data


def _is_at(path: str, data: bytes) -> bool:
    return path == registry_path(Digest(sha256(data).hexdigest()))
