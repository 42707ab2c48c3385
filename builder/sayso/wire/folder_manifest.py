"""The manifest of an owner's folder: what the owner signed, file by file.

"`manifest.json` names the registry's origin, the owner, every file including
`owner.yaml` with its digest (of the declaration's JSON twin in the JSON profile, the
bytes the release publishes; of a CSV's raw bytes), a `sequence` and the hash of the
`previous` manifest: no replay, no reorder, no transplant." (Authority)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sayso.errors import MalformedError
from sayso.wire.members import Members
from sayso.wire.profile import Json, decode, encode
from sayso.wire.text import Digest, parse_digest

FORMAT: Final = "sayso/manifest/1"
MANIFEST_LIMIT: Final = 256 * 1024
REGISTRY: Final = "registry"
"""Who signs the operators' own manifest, in place of an owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderManifest:
    """What a manifest says.

    Attributes:
        origin: the registry's name.
        owner: whose folder it is, or `registry`.
        epoch: how often the owner's keys were recovered, from 0.
        sequence: from 1, and higher with each manifest.
        previous: the SHA-256 of the manifest before; None for the first.
        files: the digest of each file's content, by its name.
    """

    origin: str
    owner: str
    epoch: int
    sequence: int
    previous: Digest | None
    files: Mapping[str, Digest]


def encode_manifest(manifest: FolderManifest) -> bytes:
    """Return the manifest's only spelling, the bytes that are signed."""
    files: list[Json] = [
        {"name": name, "sha256": digest}
        for name, digest in sorted(manifest.files.items())
    ]
    return encode(
        {
            "epoch": manifest.epoch,
            "files": files,
            "format": FORMAT,
            "origin": manifest.origin,
            "owner": manifest.owner,
            "previous": manifest.previous,
            "sequence": manifest.sequence,
        }
    )


def decode_manifest(data: bytes) -> FolderManifest:
    """Return what a manifest says.

    Raises:
        MalformedError: `encode_manifest` never makes these bytes.
    """
    members = Members(decode(data, limit=MANIFEST_LIMIT), "the manifest")
    members.constant("format", FORMAT)
    previous = members.nullable_text("previous")
    manifest = FolderManifest(
        origin=members.text("origin"),
        owner=members.text("owner"),
        epoch=members.number("epoch"),
        sequence=members.number("sequence", least=1),
        previous=None if previous is None else parse_digest(previous),
        files=dict(map(_read_file, members.items("files"))),
    )
    members.end()
    if encode_manifest(manifest) != data:
        raise MalformedError("the manifest is not in the order in which it is written")
    return manifest


def _read_file(value: Json) -> tuple[str, Digest]:
    members = Members(value, "a file of the manifest")
    name = members.text("name")
    digest = members.digest("sha256")
    members.end()
    return name, digest
