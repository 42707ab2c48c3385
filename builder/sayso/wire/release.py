"""release.json: the file whose fields commit to every byte of a release.

It is an entry of the log, and every client fetches it: it names few files, and the
index, which names the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from sayso.errors import MalformedError
from sayso.model.settings import REVOCATIONS, Brake, Revocation
from sayso.model.vocabulary import NOTICE, VOCABULARY
from sayso.wire.header import (
    LICENCE,
    ReleaseHeader,
    encode_header,
    read_counts,
    read_header,
)
from sayso.wire.members import Members
from sayso.wire.profile import decode, encode
from sayso.wire.release_file import (
    ReleaseFile,
    encode_file,
    file_named,
    index_path,
    read_files,
)
from sayso.wire.release_members import (
    Lookup,
    Source,
    encode_brake,
    encode_lookup,
    encode_revocation,
    encode_source,
    read_brake,
    read_lookup,
    read_revocation,
    read_source,
)
from sayso.wire.text import Digest, parse_digest
from sayso.wire.tiles import ENTRY_LIMIT

FORMAT: Final = "sayso/release/1"
RELEASE_FILE: Final = "release.json"
REGISTRY_FILE: Final = "registry.json"
RELEASE_LIMIT: Final = ENTRY_LIMIT
"""release.json is never longer, in bytes: it is an entry of the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A decoded release.json, not verified.

    Attributes:
        previous: SHA-256 of the release.json before this one; None in the first.
        counts: how many of what it holds, at least of `header.COUNTED`.
        files: the registry, the core and the index, by path.
        brake: how much it may loosen without approval: as the release before said.
        next_brake: how much the next one may.
        next_policy: the number that the next new policy takes; none is reused.
        recovery: whether it was made without the state of the release before.
        revoked: earlier releases that are revoked, ascending.
    """

    header: ReleaseHeader
    previous: Digest | None
    source: Source
    counts: Mapping[str, int]
    files: tuple[ReleaseFile, ...]
    lookup: Lookup
    brake: Brake
    next_brake: Brake
    next_policy: int
    recovery: bool = False
    revoked: tuple[Revocation, ...] = ()
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

    @property
    def core(self) -> ReleaseFile:
        """The file with key and policy of every recording."""
        return file_named(self.files, "bulk/", ".core.parquet", place=RELEASE_FILE)

    @property
    def index(self) -> ReleaseFile:
        """The file that lists the others."""
        return file_named(self.files, "index/", ".json", place=RELEASE_FILE)

    @property
    def is_braked(self) -> bool:
        """Whether holders of offline keys have to approve it.

        They have to where it loosens more than the release before lets it, where it
        would let the next one loosen more, and where nobody could count: in a recovery
        there is nothing to compare with.
        """
        return (
            self.recovery
            or self.counts["loosened"] > self.brake.recordings
            or self.counts["loosened_ranges"] > self.brake.ranges
            or self.next_brake.recordings > self.brake.recordings
            or self.next_brake.ranges > self.brake.ranges
        )


def registry_path(sha256: Digest) -> str:
    """Return where the bytes of registry.json are as well, and never change."""
    return f"registry/{sha256}.json"


def encode_release(release: Release) -> bytes:
    """Return the bytes of release.json.

    Raises:
        MalformedError: the release breaks a rule of the format.
    """
    data = encode(
        {
            **encode_header(release.header),
            "brake": encode_brake(release.brake),
            "counts": dict(release.counts),
            "files": [encode_file(file) for file in release.files],
            "format": FORMAT,
            "licence": LICENCE,
            "lookup": encode_lookup(release.lookup),
            "next_brake": encode_brake(release.next_brake),
            "next_policy": release.next_policy,
            "notice": release.notice,
            "previous": release.previous,
            "recovery": release.recovery,
            "revoked": [*map(encode_revocation, release.revoked)],
            "source": encode_source(release.source),
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
        source=read_source(members.object("source")),
        counts=read_counts(members.object("counts")),
        files=read_files(members.items("files")),
        lookup=read_lookup(members.object("lookup")),
        brake=read_brake(members.object("brake")),
        next_brake=read_brake(members.object("next_brake")),
        next_policy=members.number("next_policy", least=1),
        recovery=members.flag("recovery"),
        revoked=tuple(map(read_revocation, members.items("revoked"))),
        notice=members.text("notice"),
    )
    members.end()
    _check_sequence(release)
    _check_files(release)
    return release


def _check_sequence(release: Release) -> None:
    """Check what a release says of others."""
    number = release.header.number
    if (number == 1) != (release.previous is None):
        raise MalformedError(
            "the first release, and no other, has no previous release: number is "
            f"{number}, previous is {release.previous!r}"
        )
    if number == 1 and release.recovery:
        raise MalformedError("the first release recovers nothing")
    numbers = [0, *(one.release for one in release.revoked), number]
    if any(first >= second for first, second in pairwise(numbers)):
        raise MalformedError(
            f"release {number} revokes others than earlier ones, or not in order"
        )
    if len(release.revoked) > REVOCATIONS:
        raise MalformedError(f"more than {REVOCATIONS} releases are revoked")


def _check_files(release: Release) -> None:
    release.file(REGISTRY_FILE)
    index = release.index
    if index.path != index_path(index.content_sha256):
        raise MalformedError(f"{index.path} is not named by its content")
    if not release.core.path.startswith(f"bulk/{release.core.content_sha256}."):
        raise MalformedError(f"{release.core.path} is not named by its content")
    says_nothing = release.counts["recordings"] == release.counts["prefixes"] == 0
    if says_nothing is not (release.lookup.root is None):
        raise MalformedError(
            "a release has a look-up tree exactly where it has recordings or prefixes"
        )
