"""Signatures: what owners signed, for everybody to check without the repository.

"The owner's signature travels into the release." For each owner who signs: the manifest
and its signatures, byte for byte, and the JSON twin of each YAML file that it names. A
catalogue's digest is that of its bytes, which the list of sources has as well.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from sayso.errors import MalformedError, UntrustedError
from sayso.model.owner import OwnerId
from sayso.wire.folder_manifest import FolderManifest, decode_manifest
from sayso.wire.members import Members
from sayso.wire.profile import Json, decode, encode, encode_item, encode_lines
from sayso.wire.text import Digest

FORMAT: Final = "sayso/signatures/1"
SIGNATURES_LIMIT: Final = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedFolder:
    """What one owner signed.

    Attributes:
        home: the folder, from `declarations/`.
        keys: the public keys that the owner lists.
        manifest: the manifest, byte for byte.
        signatures: the signatures over it, byte for byte.
        twins: the JSON twin of each YAML file that is signed, by its name.
    """

    owner: OwnerId
    home: str
    keys: tuple[str, ...]
    manifest: bytes
    signatures: bytes
    twins: Mapping[str, bytes]

    def signed(self, sources: Mapping[str, Digest]) -> FolderManifest:
        """Return what the manifest says, where all of it is so.

        Args:
            sources: the SHA-256 of each file that the release was made from, by path.

        Raises:
            MalformedError: it cannot be read.
            UntrustedError: it is of another owner, or a file is not what it says.
        """
        manifest = decode_manifest(self.manifest)
        if manifest.owner != self.owner:
            raise UntrustedError(f"the manifest of {self.owner} is of somebody else")
        for name, digest in manifest.files.items():
            twin = self.twins.get(name)
            found = sources.get(f"{self.home}/{name}")
            if twin is not None:
                found = Digest(sha256(twin).hexdigest())
            if found != digest:
                raise UntrustedError(f"{name} of {self.owner} is not what was signed")
        return manifest


def signatures_path(content: Digest) -> str:
    """Return where the signatures with this content are."""
    return f"signatures/{content}.json.gz"


def encode_signatures(folders: Iterable[SignedFolder]) -> bytes:
    """Return the only spelling of signatures: a line for each owner, in order."""
    items = [
        encode_item(
            {
                "home": one.home,
                "keys": list[Json](one.keys),
                "manifest": one.manifest.decode(),
                "owner": one.owner,
                "signatures": one.signatures.decode(),
                "twins": {
                    name: decode(twin, limit=SIGNATURES_LIMIT)
                    for name, twin in sorted(one.twins.items())
                },
            }
        )
        for one in folders
    ]
    return b"".join(encode_lines({"format": FORMAT}, {"owners": items}))


def decode_signatures(data: bytes) -> dict[OwnerId, SignedFolder]:
    """Return what each owner signed.

    Raises:
        MalformedError: `encode_signatures` never makes these bytes.
    """
    members = Members(decode(data, limit=SIGNATURES_LIMIT), "the signatures")
    members.constant("format", FORMAT)
    folders = [_read_folder(item) for item in members.items("owners")]
    members.end()
    owners = [one.owner for one in folders]
    if owners != sorted(set(owners)):
        raise MalformedError("signatures: owners do not ascend, or one stands twice")
    return {one.owner: one for one in folders}


def _read_folder(value: Json) -> SignedFolder:
    members = Members(value, "what an owner signed")
    twins = members.object("twins")
    found: dict[str, bytes] = {}
    for name in twins.names():
        twin = twins.take(name)
        if not isinstance(twin, dict):
            raise twins.wrong(name, "an object")
        found[name] = encode(twin)
    folder = SignedFolder(
        owner=OwnerId(members.text("owner")),
        home=members.text("home"),
        keys=members.texts("keys"),
        manifest=members.text("manifest").encode(),
        signatures=members.text("signatures").encode(),
        twins=found,
    )
    members.end()
    return folder
