"""Manifests: what is signed next, numbered and chained by the tool, by nobody else."""

from collections.abc import Mapping
from hashlib import sha256

from sayso.errors import PublishError, RegistryError
from sayso.model.authority import MANIFEST_FILE, SIGNATURE_FILE
from sayso.publish.authority.digests import content_digest
from sayso.publish.reading.file import SourceFile
from sayso.trust.ssh_key import PrivateSshKey
from sayso.trust.sshsig import sign, verify
from sayso.wire.folder_manifest import (
    FolderManifest,
    decode_manifest,
    encode_manifest,
)
from sayso.wire.sshsig import split
from sayso.wire.text import Digest


def read_manifest(file: SourceFile | None) -> FolderManifest | None:
    """Return what a manifest says; None where there is none that can be read."""
    try:
        return None if file is None else decode_manifest(file.data)
    except RegistryError:
        return None


def next_manifest(
    owner: str,
    origin: str,
    files: Mapping[str, SourceFile],
    accepted: bytes | None,
    *,
    recovers: bool,
) -> bytes:
    """Return the manifest of a folder that follows the accepted one.

    It is the accepted one itself where that says the same already.

    Args:
        owner: whose folder it is.
        origin: the registry's name.
        files: the files of the folder, by name.
        accepted: the manifest that is accepted; None for none.
        recovers: whether new keys begin a new epoch.

    Raises:
        PublishError: a file cannot be read, or the accepted manifest cannot.
    """
    digests: dict[str, Digest] = {}
    for name, file in sorted(files.items()):
        if name in {MANIFEST_FILE, SIGNATURE_FILE}:
            continue
        digest = content_digest(file)
        if digest is None:
            raise PublishError(f"{file.path} cannot be read; see sayso validate")
        digests[name] = digest
    before = _decoded(accepted)
    if (
        before is not None
        and accepted is not None
        and not recovers
        and before.files == digests
        and (before.owner, before.origin) == (owner, origin)
    ):
        return accepted
    return encode_manifest(
        FolderManifest(
            origin=origin,
            owner=owner,
            epoch=(before.epoch if before else 0) + recovers,
            sequence=(before.sequence if before else 0) + 1,
            previous=_digest(accepted),
            files=digests,
        )
    )


def with_signature(data: bytes, signatures: bytes | None, key: PrivateSshKey) -> bytes:
    """Return the signatures of a file, with one of this key among them.

    Those of others stay where they are right, and so does the order of them.

    Args:
        data: what is signed.
        signatures: those that are there already; None for none.
        key: signs it.
    """
    kept: list[bytes] = []
    for block in _blocks(signatures):
        try:
            signer = verify(block, data)
        except RegistryError:
            continue
        if signer.blob != key.public.blob:
            kept.append(block if block.endswith(b"\n") else block + b"\n")
    return b"".join([*kept, sign(key, data)])


def _blocks(signatures: bytes | None) -> tuple[bytes, ...]:
    try:
        return () if signatures is None else split(signatures)
    except RegistryError:
        return ()


def _decoded(accepted: bytes | None) -> FolderManifest | None:
    if accepted is None:
        return None
    try:
        return decode_manifest(accepted)
    except RegistryError as error:
        raise PublishError(
            f"the accepted {MANIFEST_FILE} cannot be read: {error}"
        ) from error


def _digest(accepted: bytes | None) -> Digest | None:
    return None if accepted is None else Digest(sha256(accepted).hexdigest())
