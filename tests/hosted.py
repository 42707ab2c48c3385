"""Registries that are signed and whole, as folders to publish, and who reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sayso.client.fetch import Fetcher
from sayso.client.refresh import refresh
from sayso.client.registry import fetch_listed
from sayso.client.tree import check_tree
from sayso.publish.hosting.destination import Destination
from sayso.publish.hosting.folder import FolderDestination
from sayso.publish.hosting.going_live import Check, Published, publish
from sayso.publish.hosting.host import Host
from sayso.publish.hosting.outgoing import Outgoing, outgoing_files
from sayso.wire.profile import encode
from sayso.wire.release import REGISTRY_FILE, RELEASE_FILE, registry_path
from sayso.wire.release_file import (
    ReleaseFile,
    decode_index,
    encode_index,
    index_path,
)
from sayso.wire.succession import Entry
from tests.receipts import World, digest, listed
from tests.registries import (
    ISSUED,
    Document,
    Files,
    part_files,
    registry_document,
    with_counts,
)

NOW = ISSUED + timedelta(hours=6)
SITE = {
    "404.html": b"<!doctype html>gone",
    "_headers": b"/*\n",
    "index.html": b"<!doctype html>home",
    "isrc/XXF012600001/index.html": b"<!doctype html>deny",
    "isrc/XXF012600001/index.json": b"{}\n",
    "schema/release.json": b"{}\n",
    "static/site.css": b"body{}\n",
    "trust/sayso.pub": b"untrusted comment: a key\n",
}


@dataclass(slots=True, kw_only=True)
class Registry(World):
    """A registry of which every file that a release names is published."""

    state: str = "one"
    site: dict[str, bytes] = field(default_factory=lambda: dict(SITE))

    def _bulk(self, document: Document) -> tuple[list[ReleaseFile], ReleaseFile]:
        # Called by name: a class with slots is another one than its methods know.
        entries, old = World._bulk(self, document)
        registry = encode(document)
        index = [
            file
            for file in decode_index(self.files[old.path])
            if not file.path.startswith("bulk/")
        ]
        state = self.state.encode()
        named = listed(f"state/{digest(state)}.json.gz", state)
        columns = listed(f"bulk/{digest(b'(columns)')}.policies.parquet", b"(columns)")
        written = encode_index([*index, named, columns])
        self.files |= {
            **part_files(document["recordings"]),
            **self.site,
            columns.path: b"(columns)",
            index_path(digest(written)): written,
            named.path: state,
            REGISTRY_FILE: registry,
            f"{REGISTRY_FILE}.minisig": b"signature of " + digest(registry).encode(),
        }
        del self.files[old.path]
        return entries, listed(index_path(digest(written)), written)

    def next(
        self, *, title: str = "Slow River", now: datetime | None = None
    ) -> "Registry":
        """Publish a release more, in which a recording has a title."""
        self.now = self.tuf.now = now or self.now
        document = registry_document(self.now + timedelta(hours=self.log.log.size))
        document["recordings"][0]["title"] = title
        self.state = f"state {title}"
        World.release(self, with_counts(document))
        data = self.log.log.entries[-1]
        self.files[RELEASE_FILE] = data
        self.files[f"{RELEASE_FILE}.minisig"] = b"signature of " + digest(data).encode()
        return self

    def renew(self) -> "Registry":
        """Sign a timestamp more: the heartbeat."""
        self.tuf.timestamp()
        self.files |= self.tuf.files()
        return self

    @property
    def check(self) -> Check:
        return reading(self)

    def write(self, folder: Path, files: Mapping[str, bytes] | None = None) -> Path:
        """Write all files, or these, and return their folder."""
        return Files(by_path=dict(self.files if files is None else files)).write(folder)

    def heartbeat(self) -> dict[str, bytes]:
        """Return what a heartbeat publishes: what a ledger holds."""
        return {
            path: data
            for path, data in self.files.items()
            if path.startswith(("log/", "tuf/", "trust/", "release.json"))
        }


def registry(number: int = 1) -> Registry:
    """Return a registry that has made so many releases."""
    made = Registry()
    for each in range(1, number + 1):
        made.next(title=f"Slow River {each}")
    return made


def reading(world: World, *, now: datetime | None = None) -> Check:
    """Return what opens a registry as a reader does."""

    def check(fetcher: Fetcher) -> Entry:
        moment = now or world.now + timedelta(hours=world.log.log.size)
        return refresh(fetcher, world.roots[0], now=moment).entry

    return check


def open_whole(fetcher: Fetcher, check: Check) -> Entry:
    """Open a registry with the client's own code, and every file that it names."""
    entry = check(fetcher)
    release = entry.release
    index = fetch_listed(fetcher, release.index)
    for file in (*release.files, *decode_index(index)):
        if file.path == REGISTRY_FILE:
            path = registry_path(file.sha256)
            assert digest(fetcher.fetch(path, limit=file.bytes)) == file.sha256
        else:
            fetch_listed(fetcher, file)
    assert check_tree(fetcher, release.lookup).recordings > 0
    return entry


def put(
    files: Mapping[str, Outgoing],
    destination: Destination,
    check: Check,
    *,
    host: Host | None = None,
    prune_at: datetime | None = None,
) -> Published:
    """Publish without showing how far it is."""
    return publish(
        files,
        destination,
        check=check,
        host=host,
        prune_at=prune_at,
        steps=lambda *_: None,
    )


def put_folder(
    source: Path,
    target: Path,
    check: Check,
    *,
    host: Host | None = None,
    prune_at: datetime | None = None,
) -> Published:
    """Publish a folder to a folder, which is not waited for to reach the disk."""
    target.mkdir(parents=True, exist_ok=True)
    destination = FolderDestination(target, lambda: None)
    files = outgoing_files(source)
    return put(files, destination, check, host=host, prune_at=prune_at)
