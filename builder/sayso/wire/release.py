"""release.json: the file whose fields commit to every byte of a release.

"Each file has `content_sha256` (what a rebuilder recomputes) and `sha256` (the
transfer bytes)." (Release)
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from sayso.errors import MalformedError
from sayso.model.vocabulary import NOTICE, VOCABULARY
from sayso.wire.header import (
    LICENCE,
    ReleaseHeader,
    encode_header,
    read_counts,
    read_header,
)
from sayso.wire.members import Members
from sayso.wire.merkle import leaf_hash, root_hash
from sayso.wire.profile import Json, decode, encode
from sayso.wire.text import Digest, parse_digest, shown
from sayso.wire.tiles import ENTRY_LIMIT

FORMAT: Final = "sayso/release/1"
RELEASE_FILE: Final = "release.json"
REGISTRY_FILE: Final = "registry.json"
RELEASE_LIMIT: Final = ENTRY_LIMIT
"""release.json is never longer, in bytes: it is an entry of the log."""

ENTRIES_LIMIT: Final = 4096
"""A leaf or node of the look-up tree never has more items or entries."""

_PATH = re.compile(
    r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}(?:/[A-Za-z0-9_][A-Za-z0-9._-]{0,127}){0,7}",
    re.ASCII,
)
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFile:
    """One file of a release.

    Attributes:
        path: relative to release.json, with forward slashes.
        bytes: its length as served.
        sha256: of the bytes as served.
        content_sha256: of what a rebuilder recomputes: the unpacked bytes.
    """

    path: str
    bytes: int
    sha256: Digest
    content_sha256: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """The look-up tree of a release, of which each file is named by its digest.

    Attributes:
        leaf_items: how many items a leaf holds at most.
        node_entries: how many children a node has at most.
        root: SHA-256 of the unpacked root; None where the release says nothing of
            any code.
    """

    leaf_items: int
    node_entries: int
    root: Digest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a release was made from.

    Attributes:
        commit: the Git commit, or None outside of Git.
        clean: whether the bytes that were read are that commit's.
        declarations_root: see the function of this name.
    """

    commit: str | None
    clean: bool
    declarations_root: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A decoded release.json, not verified.

    Attributes:
        previous: SHA-256 of the release.json before this one; None in the first.
        counts: how many of what it holds, at least of `header.COUNTED`.
        files: in ascending order of their paths.
    """

    header: ReleaseHeader
    previous: Digest | None
    source: Source
    counts: Mapping[str, int]
    files: tuple[ReleaseFile, ...]
    lookup: Lookup
    notice: str = NOTICE

    def file(self, path: str) -> ReleaseFile:
        """Return the entry of a file.

        Raises:
            MalformedError: the release has no such file.
        """
        for file in self.files:
            if file.path == path:
                return file
        raise MalformedError(f"release {self.header.number} does not list {path}")


def is_path(text: str) -> bool:
    """Return whether a text is a relative path that stays below its folder."""
    return _PATH.fullmatch(text) is not None


def declarations_root(digests: Iterable[tuple[str, Digest]]) -> Digest:
    r"""Return the commitment to the files that a release was made from.

    RFC 6962 root over one leaf a file in ascending order of paths: the path relative
    to `declarations/`, a zero byte, and the hexadecimal SHA-256 of the file's bytes.
    An owner can so be given a proof that *their file* is in a release.

    Args:
        digests: path and SHA-256 of each file.
    """
    leaves = sorted(f"{path}\0{digest}".encode() for path, digest in digests)
    return Digest(root_hash(map(leaf_hash, leaves)).hex())


def encode_file(file: ReleaseFile) -> dict[str, Json]:
    """Return the entry of a file, as release.json and registry.json list it."""
    return {
        "bytes": file.bytes,
        "content_sha256": file.content_sha256,
        "path": file.path,
        "sha256": file.sha256,
    }


def read_file(value: Json) -> ReleaseFile:
    """Return the file that `encode_file` described.

    Raises:
        MalformedError: it is not the entry of a file.
    """
    members = Members(value, "a file of the release")
    file = ReleaseFile(
        path=members.text("path"),
        bytes=members.number("bytes"),
        sha256=members.digest("sha256"),
        content_sha256=members.digest("content_sha256"),
    )
    members.end()
    if not is_path(file.path):
        raise MalformedError(f"not a path of a release: {shown(file.path)}")
    return file


def encode_release(release: Release) -> bytes:
    """Return the bytes of release.json.

    Raises:
        MalformedError: the release breaks a rule of the format.
    """
    source = release.source
    data = encode(
        {
            **encode_header(release.header),
            "counts": dict(release.counts),
            "files": [encode_file(file) for file in release.files],
            "format": FORMAT,
            "licence": LICENCE,
            "lookup": {
                "leaf_items": release.lookup.leaf_items,
                "node_entries": release.lookup.node_entries,
                "root": release.lookup.root,
            },
            "notice": release.notice,
            "previous": release.previous,
            "source": {
                "clean": source.clean,
                "commit": source.commit,
                "declarations_root": source.declarations_root,
            },
            "vocabulary": VOCABULARY,
        }
    )
    decode_release(data)
    return data


def decode_release(data: bytes) -> Release:
    """Return the release that `encode_release` wrote.

    Raises:
        MalformedError: `encode_release` never makes these bytes.
    """
    members = Members(decode(data, limit=RELEASE_LIMIT), RELEASE_FILE)
    members.constant("format", FORMAT)
    members.constant("vocabulary", VOCABULARY)
    members.constant("licence", LICENCE)
    previous = members.nullable_text("previous")
    release = Release(
        header=read_header(members),
        previous=None if previous is None else parse_digest(previous),
        source=_read_source(members.object("source")),
        counts=read_counts(members.object("counts")),
        files=tuple(map(read_file, members.items("files"))),
        lookup=_read_lookup(members.object("lookup")),
        notice=members.text("notice"),
    )
    members.end()
    if (release.header.number == 1) != (release.previous is None):
        raise MalformedError(
            "the first release, and no other, has no previous release: number is "
            f"{release.header.number}, previous is {previous!r}"
        )
    paths = [file.path for file in release.files]
    if any(first >= second for first, second in pairwise(paths)):
        raise MalformedError("files of the release are not in ascending order")
    release.file(REGISTRY_FILE)
    says_nothing = release.counts["recordings"] == release.counts["prefixes"] == 0
    if says_nothing is not (release.lookup.root is None):
        raise MalformedError(
            "a release has a look-up tree exactly where it has recordings or prefixes"
        )
    return release


def _read_lookup(members: Members) -> Lookup:
    root = members.nullable_text("root")
    lookup = Lookup(
        leaf_items=members.number("leaf_items", least=1),
        node_entries=members.number("node_entries", least=2),
        root=None if root is None else parse_digest(root),
    )
    members.end()
    if max(lookup.leaf_items, lookup.node_entries) > ENTRIES_LIMIT:
        raise MalformedError(
            f"leaves or nodes of the look-up tree have more than {ENTRIES_LIMIT} "
            "entries"
        )
    return lookup


def _read_source(members: Members) -> Source:
    source = Source(
        commit=members.nullable_text("commit"),
        clean=members.flag("clean"),
        declarations_root=members.digest("declarations_root"),
    )
    members.end()
    if source.commit is not None and _COMMIT.fullmatch(source.commit) is None:
        raise MalformedError(f"not a Git commit: {shown(source.commit)}")
    return source
