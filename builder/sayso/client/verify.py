"""Verifying one file with the signature that lies beside it, and what it names."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum, unique
from hashlib import sha256
from pathlib import Path
from typing import Final

from sayso.client.fetch import FolderFetcher
from sayso.client.files import read_file
from sayso.client.minisigned import check_signature, read_registry, read_release
from sayso.client.registry import (
    check_same_release,
    decoded_registry,
    fetch_index,
    fetch_listed,
    not_as_listed,
)
from sayso.client.tree import TreeCounts, check_tree
from sayso.errors import FetchError, UntrustedError
from sayso.trust.keys import PublicKey
from sayso.wire.header import ReleaseHeader
from sayso.wire.minisign import FILE_LIMIT, SIGNATURE_SUFFIX
from sayso.wire.registry import REGISTRY_LIMIT, Registry
from sayso.wire.release import REGISTRY_FILE, RELEASE_FILE, Release, registry_path
from sayso.wire.release_file import ReleaseFile

_PIECE: Final = 2**20
"""How much of a file is held at once, in bytes; a core may have hundreds of MB."""


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
        matching: files of the release that lie beside it, as the release names them;
            by path.
        absent: files of the release that do not lie beside it; by path.
        tree: what the look-up tree of a release holds; None where it was not checked.
    """

    kind: Kind
    bytes: int
    comment: str
    header: ReleaseHeader | None = None
    matching: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    tree: TreeCounts | None = None


def verify_file(path: Path, key: PublicKey, *, with_tree: bool = False) -> Verified:
    """Return what the signature beside a file says, when the key made it.

    A release or a registry, known by its name, is read as well, and the files that it
    names and that lie beside it are compared: those of a release, of an index that
    lies beside it, and the parts of a registry, also of one that does.

    Args:
        path: of the file.
        key: whom to believe.
        with_tree: whether every file of the look-up tree of a release is checked too,
            which then must lie beside it.

    Raises:
        FetchError: the file or its signature is missing, or one is unreadable.
        MalformedError: the signature or the file is not in its format.
        UntrustedError: the key did not sign these bytes, or a file beside them is
            not the one that they name.
    """
    data = read_file(path, limit=REGISTRY_LIMIT)
    beside = path.with_name(path.name + SIGNATURE_SUFFIX)
    signature = read_file(beside, limit=FILE_LIMIT)
    comment = check_signature(path.name, data, signature, key)
    if path.name == REGISTRY_FILE:
        registry = read_registry(data, comment)
        matching, absent = _compared(path.parent, _part_files(registry))
        return Verified(
            kind=Kind.REGISTRY,
            bytes=len(data),
            comment=comment,
            header=registry.release,
            matching=matching,
            absent=absent,
        )
    if path.name != RELEASE_FILE:
        return Verified(kind=Kind.OTHER, bytes=len(data), comment=comment)
    release = read_release(data, comment)
    listed = [
        *_index_beside(path.parent, release),
        *_parts_beside(path.parent, release),
    ]
    tree = _checked_tree(path.parent, release) if with_tree else None
    matching, absent = _compared(path.parent, [*release.files, *listed])
    return Verified(
        kind=Kind.RELEASE,
        bytes=len(data),
        comment=comment,
        header=release.header,
        matching=matching,
        absent=absent,
        tree=tree,
    )


def check_release(folder: Path, release: Release, registry: Registry) -> None:
    """Check that a folder holds every file of a release, as it names them.

    Raises:
        FetchError: a file is missing or unreadable.
        UntrustedError: a file is not the one that the release names.
    """
    listed = [
        *release.files,
        replace(file := release.file(REGISTRY_FILE), path=registry_path(file.sha256)),
        *fetch_index(FolderFetcher(folder), release),
        *_part_files(registry),
    ]
    _, absent = _compared(folder, listed)
    if absent:
        raise FetchError(f"{folder / absent[0]} is not there")


def _index_beside(folder: Path, release: Release) -> Iterable[ReleaseFile]:
    """Return the files that the index names, where it lies in the folder."""
    if not (folder / release.index.path).exists():
        return ()
    return fetch_index(FolderFetcher(folder), release)


def _parts_beside(folder: Path, release: Release) -> list[ReleaseFile]:
    """Return the parts that registry.json names, where it lies in the folder."""
    if not (folder / REGISTRY_FILE).exists():
        return []
    data = fetch_listed(FolderFetcher(folder), release.file(REGISTRY_FILE))
    registry = decoded_registry(data)
    check_same_release(registry, release)
    return _part_files(registry)


def _checked_tree(folder: Path, release: Release) -> TreeCounts:
    tree = check_tree(FolderFetcher(folder), release.lookup)
    listed = release.counts["recordings"]
    if tree.recordings != listed:
        raise UntrustedError(
            f"the look-up tree has {tree.recordings} recordings, and {RELEASE_FILE} "
            f"counts {listed}; do not use this release, and tell the registry"
        )
    return tree


def _part_files(registry: Registry) -> list[ReleaseFile]:
    return [file for part in registry.parts for file in part.files]


def _compared(
    folder: Path, files: Iterable[ReleaseFile]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which files lie in the folder as they are named, and which do not."""
    matching, absent = [], []
    for file in files:
        path = folder / file.path
        if not path.exists():
            absent.append(file.path)
        elif _is_as_listed(path, file):
            matching.append(file.path)
        else:
            raise not_as_listed(file)
    return tuple(sorted(matching)), tuple(sorted(absent))


def _is_as_listed(path: Path, file: ReleaseFile) -> bool:
    # A named pipe would wait for ever, so what it is comes first.
    if not path.is_file():
        return False
    length, digest = 0, sha256()
    try:
        with path.open("rb") as opened:
            while length <= file.bytes and (piece := opened.read(_PIECE)):
                length += len(piece)
                digest.update(piece)
    except OSError as error:
        raise FetchError(f"{path} cannot be read: {error}") from error
    return (length, digest.hexdigest()) == (file.bytes, file.sha256)
