r"""The sources of a release: every file below `declarations/` that it was made from.

release.json commits to them with `declarations_root`, the root of a Merkle tree
(RFC 6962) over one leaf a file in ascending order of paths: the path relative to
`declarations/`, a zero byte, and the hexadecimal SHA-256 of the file's bytes. The list
has a line for each, as `sha256sum` writes it, so that anybody can compute the root
and prove to an owner that *their file* is in a release.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

from sayso.errors import MalformedError, UntrustedError
from sayso.wire.merkle import (
    Hash,
    check_inclusion,
    leaf_hash,
    node_hash,
    prove_inclusion,
    root_hash,
    to_hash,
)
from sayso.wire.text import Digest, from_utf8, shown

SOURCES_LIMIT: Final = 2**29
"""No list is longer, in bytes: a million files have some 120 MB."""

_LINE = re.compile(
    r"([0-9a-f]{64})  ([A-Za-z0-9_][A-Za-z0-9._-]{0,254}"
    r"(?:/[A-Za-z0-9_][A-Za-z0-9._-]{0,254}){0,12})",
    re.ASCII,
)

SourceDigest: TypeAlias = tuple[str, Digest]
"""The path of a file below `declarations/`, and the SHA-256 of its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceProof:
    """Shows that a release was made from a file.

    Attributes:
        index: of the file in the order of paths, from 0.
        size: how many files there are.
        hashes: what stands beside the way from the leaf to the root, lowest first.
    """

    index: int
    size: int
    hashes: tuple[Hash, ...]


def sources_path(content: Digest) -> str:
    """Return where the list with this content is."""
    return f"source/{content}.txt.gz"


def declarations_root(files: Iterable[SourceDigest]) -> Digest:
    """Return the commitment to the files that a release was made from.

    Args:
        files: in any order.
    """
    return Digest(root_hash(_leaf(*file) for file in sorted(files)).hex())


def encode_sources(files: Iterable[SourceDigest]) -> bytes:
    r"""Return the list: `<sha256>  <path>\n` for each file, ascending by path.

    Raises:
        MalformedError: a path stands twice, or is none of a declared file.
    """
    data = "".join(f"{sha256}  {path}\n" for path, sha256 in sorted(files)).encode()
    decode_sources(data)
    return data


def decode_sources(data: bytes) -> tuple[SourceDigest, ...]:
    """Return the files that `encode_sources` listed.

    Raises:
        MalformedError: `encode_sources` never makes these bytes.
    """
    lines = from_utf8(data, limit=SOURCES_LIMIT).split("\n")
    if lines.pop():
        raise MalformedError("the last line of the list of sources has no end")
    files = tuple(map(_read_line, lines))
    for (path, _), (next_path, _) in pairwise(files):
        if path >= next_path:
            raise MalformedError(f"sources do not ascend at {shown(next_path)}")
    return files


def prove_source(files: Iterable[SourceDigest], path: str) -> SourceProof:
    """Return the proof that one of the files is among them.

    Args:
        files: all of a release, in any order.
        path: of the one.

    Raises:
        MalformedError: there is no such file.
    """
    ordered = sorted(files)
    index = next((i for i, (each, _) in enumerate(ordered) if each == path), None)
    if index is None:
        raise MalformedError(f"the release was not made from {shown(path)}")
    levels = [[_leaf(*file) for file in ordered]]
    while len(levels[-1]) > 1:
        row = iter(levels[-1])
        pairs = zip(row, row, strict=False)  # the last of an odd row has no pair yet
        levels.append([node_hash(left, right) for left, right in pairs])
    size = len(ordered)
    hashes = prove_inclusion(lambda height, at: levels[height][at], index, size)
    return SourceProof(index=index, size=size, hashes=hashes)


def check_source(path: str, sha256: Digest, proof: SourceProof, root: Digest) -> None:
    """Check that a release was made from a file.

    Args:
        path: of the file, relative to `declarations/`.
        sha256: of its bytes.
        proof: of the file.
        root: `source.declarations_root` of the release.

    Raises:
        MalformedError: a hash of the proof has not 32 bytes.
        UntrustedError: the proof does not lead from the file to the root.
    """
    there = to_hash(bytes.fromhex(root))
    try:
        check_inclusion(
            _leaf(path, sha256), proof.index, proof.size, proof.hashes, there
        )
    except UntrustedError as error:
        raise UntrustedError(
            f"it is not proved that the release was made from {shown(path)} with the "
            f"SHA-256 {sha256}"
        ) from error


def _leaf(path: str, sha256: Digest) -> Hash:
    return leaf_hash(f"{path}\0{sha256}".encode())


def _read_line(line: str) -> SourceDigest:
    match = _LINE.fullmatch(line)
    if match is None:
        raise MalformedError(f"not a line of the list of sources: {shown(line)}")
    return match[2], Digest(match[1])
