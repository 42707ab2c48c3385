"""Logs as they are published: files below the address of a registry."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

from sayso.errors import FetchError, MissingError
from sayso.trust.log import sign_checkpoint
from sayso.wire.places import CHECKPOINT, log_path
from sayso.wire.profile import encode
from sayso.wire.text import format_time
from sayso.wire.tiles import (
    TILE_WIDTH,
    bundle_path,
    encode_bundle,
    tile_path,
    tiles_between,
)
from tests.logs import GrowingLog, witnessed
from tests.registries import (
    ISSUED,
    KEY,
    Document,
    registry_document,
    release_document,
)

DAY = timedelta(days=1)
REGISTRY = registry_document()


@dataclass(slots=True, kw_only=True)
class Published:
    """The files of a log; it brings them too, and keeps which were asked for."""

    log: GrowingLog = field(default_factory=GrowingLog)
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def add(self, entries: Iterable[bytes], *witnesses: int) -> "Published":
        """Enter entries, and publish the files that are new."""
        old = self.log.size
        self.log.add(*entries)
        for tile in tiles_between(old, self.log.size):
            self.files[log_path(tile_path(tile))] = self.log.tiles[tile]
            if tile.level == 0:
                start = tile.index * TILE_WIDTH
                bundle = self.log.entries[start : start + tile.width]
                self.files[log_path(bundle_path(tile))] = encode_bundle(bundle)
        self.files[CHECKPOINT] = witnessed(self.note(), *witnesses)
        return self

    def prune(self) -> None:
        """Take away each partial tile whose full tile is there."""
        for path in [*self.files]:
            full, partial, _ = path.partition(".p/")
            if partial and full in self.files:
                del self.files[path]

    def note(self) -> bytes:
        """Return the checkpoint as the log signs it."""
        return sign_checkpoint(self.log.checkpoint(), KEY)

    def fetch(self, path: str, *, limit: int) -> bytes:
        self.asked.append(path)
        if path not in self.files:
            raise MissingError(f"{path} is not there")
        if len(self.files[path]) > limit:
            raise FetchError(f"{path} is longer than the {limit} bytes expected")
        return self.files[path]


def following(count: int, **first: object) -> Iterator[bytes]:
    """Yield releases of one day after another.

    Args:
        count: how many.
        first: members of the first.
    """
    document: Document = release_document(encode(REGISTRY), REGISTRY["counts"], **first)
    for number in range(1, count + 1):
        issued = format_time(ISSUED + (number - 1) * DAY)
        data = encode({**document, "issued": issued, "number": number})
        yield data
        document["previous"] = sha256(data).hexdigest()
