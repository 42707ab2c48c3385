"""Verifying one file with the signature that lies beside it."""

from dataclasses import dataclass
from enum import StrEnum, unique
from pathlib import Path

from sayso.client.fetch import FolderFetcher, read_file
from sayso.client.registry import (
    SIGNATURE_SUFFIX,
    check_signature,
    fetch_listed,
    read_registry,
    read_release,
)
from sayso.trust.keys import PublicKey
from sayso.wire.header import ReleaseHeader
from sayso.wire.minisign import FILE_LIMIT
from sayso.wire.registry import REGISTRY_LIMIT
from sayso.wire.release import REGISTRY_FILE, RELEASE_FILE


@unique
class Kind(StrEnum):
    """What a signed file is."""

    RELEASE = "release"
    REGISTRY = "registry"
    OTHER = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a good signature says of a file.

    Attributes:
        comment: signed together with the file.
        header: the release it is of; None for a file of another kind.
        matching: files of the release that lie beside it, as the release names them.
        absent: files of the release that do not lie beside it.
    """

    kind: Kind
    bytes: int
    comment: str
    header: ReleaseHeader | None = None
    matching: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def verify_file(path: Path, key: PublicKey) -> Verified:
    """Return what the signature beside a file says, when the key made it.

    A release or a registry, known by its name, is read as well; for a release the
    files that it names and that lie beside it are compared.

    Raises:
        FetchError: the file or its signature is missing or unreadable.
        MalformedError: the signature or the file is not in its format.
        UntrustedError: the key did not sign these bytes, or a file beside a release
            is not the one that it names.
    """
    data = read_file(path, limit=REGISTRY_LIMIT)
    beside = path.with_name(path.name + SIGNATURE_SUFFIX)
    signature = read_file(beside, limit=FILE_LIMIT)
    comment = check_signature(path.name, data, signature, key)
    if path.name == REGISTRY_FILE:
        registry = read_registry(data, comment)
        return Verified(
            kind=Kind.REGISTRY,
            bytes=len(data),
            comment=comment,
            header=registry.release,
        )
    if path.name != RELEASE_FILE:
        return Verified(kind=Kind.OTHER, bytes=len(data), comment=comment)
    release = read_release(data, comment)
    present = [file for file in release.files if (path.parent / file.path).exists()]
    for file in present:
        fetch_listed(FolderFetcher(path.parent), file)
    return Verified(
        kind=Kind.RELEASE,
        bytes=len(data),
        comment=comment,
        header=release.header,
        matching=tuple(file.path for file in present),
        absent=tuple(file.path for file in release.files if file not in present),
    )
