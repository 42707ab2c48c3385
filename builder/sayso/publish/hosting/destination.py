"""A destination: where the files of a registry are put, so that a host serves them."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from sayso.errors import FetchError, MissingError
from sayso.publish.hosting.outgoing import Outgoing


class Reader(Protocol):
    """Brings files of a registry, as those who ask it need them."""

    def fetch(self, path: str, *, limit: int) -> bytes:
        """Return the bytes of a file, at most `limit` of them.

        Raises:
            MissingError: it is not there.
            FetchError: it is longer, or cannot be had.
        """
        ...


class Destination(Reader, Protocol):
    """Takes files, and says what it has; while it is open, nobody else publishes.

    Attributes:
        name: as messages call it.
        at_once: how many files may be put at the same time.
        is_atomic: whether all that was put becomes visible at once, in `finish`.
        notes: what its operator should know, in whole sentences.
    """

    name: str
    at_once: int
    is_atomic: bool
    notes: list[str]

    def sizes(self) -> Mapping[str, int | None]:
        """Return the paths of what it had when it was opened, and how many bytes.

        None where it does not say how many.
        """
        ...

    def has(self, file: Outgoing) -> bool:
        """Return whether it has exactly this file."""
        ...

    def put(self, file: Outgoing) -> None:
        """Put a file in its place, whole or not at all.

        Raises:
            PublishError: it cannot be put.
        """
        ...

    def settle(self) -> None:
        """Let all that was put be there for good before anything else is."""
        ...

    def remove(self, paths: Iterable[str]) -> None:
        """Take files away.

        Raises:
            PublishError: one cannot be taken away.
        """
        ...

    def finish(self, summary: str) -> None:
        """Let all that was done be seen.

        Raises:
            PublishError: somebody else published meanwhile.
        """
        ...


class GoingOut:
    """Brings the files that go out."""

    def __init__(self, files: Mapping[str, Outgoing]) -> None:
        self._files = files

    def fetch(self, path: str, *, limit: int) -> bytes:
        """Return the bytes of a file."""
        file = self._files.get(path)
        if file is None:
            raise MissingError(f"{path} is not among the files to publish")
        if file.size > limit:
            raise FetchError(f"{file.place} is longer than the {limit} bytes expected")
        return file.read()


class Joined:
    """Brings what a destination will hold: the files that go out, over those it has."""

    def __init__(self, above: Reader, below: Reader) -> None:
        self._above = above
        self._below = below

    def fetch(self, path: str, *, limit: int) -> bytes:
        """Return the bytes of a file."""
        try:
            return self._above.fetch(path, limit=limit)
        except MissingError:
            return self._below.fetch(path, limit=limit)


def fetch_optional(reader: Reader, path: str, *, limit: int) -> bytes | None:
    """Return the bytes of a file; None where it is not there.

    Raises:
        FetchError: it is longer, or cannot be had.
    """
    try:
        return reader.fetch(path, limit=limit)
    except MissingError:
        return None
