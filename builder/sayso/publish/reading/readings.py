"""Reading YAML files once: what was read before is not read again.

A file is known by its SHA-256 together with its place, since the place decides the
ids in it: the same bytes at two places say two things. Its blob id would not do: that
is a SHA-1, and can be forged.
"""

from collections.abc import Iterator, Mapping, Sequence

from sayso.errors import MalformedError
from sayso.publish.reading.file import SourceFile
from sayso.publish.reading.layout import Place
from sayso.publish.reading.said import FORM_OF, Found, Said, parse_yaml
from sayso.publish.reading.said_bytes import decode_said, encode_said
from sayso.publish.reading.workers import parse_apart

_MANY = 2000
"""From how many files on starting other processes pays."""


class Readings:
    """What YAML files say, each parsed once.

    Attributes:
        added: how many files were parsed that were not known.
        broken: how many of the known could not be used, and were parsed anew.
    """

    def __init__(
        self, known: Mapping[str, bytes] | None = None, *, workers: int = 1
    ) -> None:
        """Begin with what is known.

        Args:
            known: bytes of `encode_said`, by `key_of`.
            workers: how many processes parse many files.
        """
        self.added = 0
        self.broken = 0
        self._known = dict(known or {})
        self._workers = workers
        self._used: set[str] = set()

    def prepare(self, found: Sequence[Found]) -> None:
        """Parse ahead what is not known, in several processes where it is much.

        Raises:
            PublishError: a file has changed since it was found.
        """
        missing = {
            key: (file, place)
            for file, place in found
            if place.kind in FORM_OF and (key := key_of(file, place)) not in self._known
        }
        if self._workers > 1 and len(missing) >= _MANY:
            apart = parse_apart(list(missing.values()), self._workers)
            for key, data in zip(missing, apart, strict=True):
                if data is not None:
                    self._known[key] = data
                    self.added += 1

    def read(self, file: SourceFile, place: Place) -> Said:
        """Return what a YAML file says.

        Raises:
            PublishError: the file has changed since it was found.
        """
        key = key_of(file, place)
        said = self._remembered(key, file, place)
        if said is None:
            said = parse_yaml(file.path, file.data, place)
            self._known[key] = encode_said(said)
            self.added += 1
        self._used.add(key)
        return said

    def entries(self, *, used: bool) -> Iterator[tuple[str, bytes]]:
        """Yield what is known; with `used` only what was asked for."""
        for key, data in self._known.items():
            if key in self._used or not used:
                yield key, data

    @property
    def unused(self) -> bool:
        """Whether more is known than was asked for."""
        return len(self._known) > len(self._used)

    def _remembered(self, key: str, file: SourceFile, place: Place) -> Said | None:
        if (data := self._known.get(key)) is None:
            return None
        try:
            return decode_said(data, place.kind, file.path)
        except MalformedError:
            self.broken += 1
            return None


def key_of(file: SourceFile, place: Place) -> str:
    """Return by what a file is known: its bytes, and all that its place decides."""
    if place.owner is None:
        return f"{file.sha256} {file.path}"
    return f"{file.sha256} {place.owner}/{place.name}"
