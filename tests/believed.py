"""Registries that a client believes: files of a release with TUF and a log around them.

Made of the parts that make real ones, but not by the code that puts these together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sayso.trust.log import sign_checkpoint
from sayso.trust.profiles import Profile
from sayso.trust.roles import RoleFile
from sayso.wire.log_proof import encode_log_proof
from sayso.wire.places import CHECKPOINT, log_path
from sayso.wire.profile import Json, decode, encode
from sayso.wire.registry import REGISTRY_LIMIT
from sayso.wire.release import RELEASE_LIMIT
from sayso.wire.text import format_time
from sayso.wire.tiles import (
    TILE_WIDTH,
    Tile,
    bundle_path,
    encode_bundle,
    tile_path,
)
from tests.logs import GrowingLog
from tests.registries import ISSUED, KEY, Files, listed, release_files
from tests.roles import DEV, Repository, repository, signers_of


@dataclass(slots=True, kw_only=True)
class Believed:
    """A registry as its host has it, and the root by which it is believed.

    Attributes:
        files: by path; what was published once stays.
        roles: the files of TUF, and whoever signs them.
        log: with each release.json as an entry.
    """

    files: dict[str, bytes]
    roles: Repository
    log: GrowingLog = field(default_factory=GrowingLog)

    @property
    def root(self) -> RoleFile:
        """The root to pin."""
        return self.roles.roots[0]

    def publish(self, files: Mapping[str, bytes], *witnesses: int) -> None:
        """Publish the files of the release that follows."""
        release = files["release.json"]
        self.log.add(release)
        index = self.log.size - 1
        proof = encode_log_proof(self.log.proof(index, *witnesses))
        self.roles.release(release, **{"tlog-proof": proof})
        self.files |= {**files, **self.roles.files(), **self.log_files()}

    def log_files(self) -> dict[str, bytes]:
        """Return what is published of the log, by path."""
        note = sign_checkpoint(self.log.checkpoint(), KEY)
        found = {log_path(tile_path(tile)): d for tile, d in self.log.tiles.items()}
        for start in range(0, self.log.size, TILE_WIDTH):
            entries = self.log.entries[start : start + TILE_WIDTH]
            tile = Tile(level=0, index=start // TILE_WIDTH, width=len(entries))
            found[log_path(bundle_path(tile))] = encode_bundle(entries)
        return {**found, CHECKPOINT: note}

    def write(self, folder: Path) -> Path:
        """Write all files and return their folder."""
        return Files(by_path=self.files).write(folder)


def stranger(now: datetime = ISSUED) -> RoleFile:
    """Return a root whose holders have nothing to do with any other."""
    return (
        Repository(profile=DEV, signers=signers_of(DEV, first=400), now=now)
        .start()
        .root
    )


def consumer(folder: Path, root: RoleFile) -> list[str]:
    """Return the options of somebody who pinned a root and keeps all in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "pinned.root.json"
    path.write_bytes(root.data)
    return ["--root", str(path), "--store", str(folder / "store")]


def believed(
    files: Files | None = None, *, profile: Profile = DEV, now: datetime = ISSUED
) -> Believed:
    """Return a registry that has published its first release.

    Args:
        files: of the release; those of `release_files` when left out.
        profile: by which its keys are held.
        now: when all is signed.
    """
    registry = Believed(files={}, roles=repository(profile, now=now))
    registry.publish((files or release_files()).by_path)
    return registry


def following(
    files: Mapping[str, bytes], number: int = 2, **fields: Json
) -> dict[str, bytes]:
    """Return the files of the release that follows: the same, an hour later."""
    document: dict[str, Any] = dict(decode(files["release.json"], limit=RELEASE_LIMIT))
    later: dict[str, Json] = {
        "issued": format_time(ISSUED + (number - 1) * timedelta(hours=1)),
        "number": number,
    }
    registry: dict[str, Any] = dict(
        decode(files["registry.json"], limit=REGISTRY_LIMIT)
    )
    data = encode({**registry, "release": {**registry["release"], **later}})
    entries = [
        listed("registry.json", data) if entry["path"] == "registry.json" else entry
        for entry in document["files"]
    ]
    previous = sha256(files["release.json"]).hexdigest()
    release = {**document, **later, "previous": previous, "files": entries, **fields}
    return {
        **files,
        f"registry/{sha256(data).hexdigest()}.json": data,
        "registry.json": data,
        "release.json": encode(release),
    }
