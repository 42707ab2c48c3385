"""What machines sign with online keys: releases, snapshots and timestamps.

Each file is made after the one before it, without signatures. A release makes all
three; the heartbeat makes a timestamp alone, which says that nothing is held back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tuf.api.metadata import (
    Metadata,
    MetaFile,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from sayso.errors import PublishError
from sayso.trust.profiles import Role
from sayso.trust.roles import (
    RoleFile,
    expiry,
    metadata_of,
    next_version,
    profile_of,
    releases_of,
    seal,
    snapshot_of,
    timestamp_of,
)
from sayso.trust.signing import check_signed
from sayso.wire.places import RELEASE_NAME
from sayso.wire.text import shown

_ONLINE = frozenset({Role.RELEASES, Role.SNAPSHOT, Role.TIMESTAMP})
_RELEASE_PREFIX = "release."
_CLOCKS = timedelta(minutes=5)
_SNAPSHOT_JSON = "snapshot.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """How long a file is believed.

    Attributes:
        name: of the file.
        warned: from when on it should be renewed.
        expires: from when on it is not believed.
    """

    name: str
    warned: datetime
    expires: datetime

    def is_due(self, now: datetime) -> bool:
        """Return whether somebody must be told to renew it."""
        return now >= self.warned

    def is_over(self, now: datetime) -> bool:
        """Return whether no client believes it any more."""
        return now >= self.expires


def make_releases(
    root: RoleFile,
    files: Mapping[str, bytes],
    *,
    now: datetime,
    after: RoleFile | None = None,
) -> RoleFile:
    """Return a file of `releases` that names the files of the newest release.

    Args:
        root: whose profile says how long it holds.
        files: `release.json`, and what else of the release is named `release.*`.
        now: a whole second in UTC.
        after: the one before.

    Raises:
        PublishError: `release.json` is not there, or a name is another.
        ValueError: the time is not a whole second in UTC.
    """
    if RELEASE_NAME not in files:
        raise PublishError(f"a release without {RELEASE_NAME}")
    for name in files:
        if not name.startswith(_RELEASE_PREFIX) or "/" in name:
            raise PublishError(f"a release may not name the file {shown(name)}")
    releases = Targets(
        version=next_version(Role.RELEASES, after),
        expires=expiry(Role.RELEASES, profile_of(root), now),
        targets={name: TargetFile.from_data(name, files[name]) for name in files},
    )
    return seal(Role.RELEASES, Metadata(releases))


def says_no_more(file: RoleFile, made: RoleFile) -> bool:
    """Return whether a file of `releases` says what another does, and for no longer.

    Whoever signs what somebody else made asks this first: it may name more than the
    release, or hold for ever.

    Args:
        file: what somebody else made.
        made: the same, made here and now.
    """
    said, expected = (releases_of(each).to_dict() for each in (file, made))
    for each in (said, expected):
        del each["expires"]
    # Clocks disagree a little, and whoever made it did so before.
    return said == expected and file.expires <= made.expires + _CLOCKS


def make_snapshot(
    root: RoleFile,
    *,
    targets: RoleFile,
    releases: RoleFile,
    now: datetime,
    after: RoleFile | None = None,
) -> RoleFile:
    """Return a snapshot: which targets and releases belong together.

    It names them by version and SHA-256, so that whoever has the key of `releases`
    alone cannot put another file in the place of one.

    Args:
        root: whose profile says how long it holds.
        targets: in force, with its signatures.
        releases: in force, with its signatures.
        now: a whole second in UTC.
        after: the one before.

    Raises:
        PublishError: the snapshot before names a later version of one of them, or
            other bytes of the same version.
        UntrustedError: one of them is not signed by enough.
        ValueError: the time is not a whole second in UTC.
    """
    check_signed(targets, authority=root)
    check_signed(releases, authority=targets)
    meta = {f"{file.role}.json": _described(file) for file in (targets, releases)}
    if after is not None:
        before = snapshot_of(after).meta
        for name, described in meta.items():
            _check_forward(name, before.get(name, described), described)
    snapshot = Snapshot(
        version=next_version(Role.SNAPSHOT, after),
        expires=expiry(Role.SNAPSHOT, profile_of(root), now),
        meta=meta,
    )
    return seal(Role.SNAPSHOT, Metadata(snapshot))


def make_timestamp(
    root: RoleFile, snapshot: RoleFile, *, now: datetime, after: RoleFile | None = None
) -> RoleFile:
    """Return a timestamp: which snapshot is the newest.

    Args:
        root: whose profile says how long it holds.
        snapshot: in force, with its signature.
        now: a whole second in UTC.
        after: the one before.

    Raises:
        PublishError: the timestamp before names a later snapshot, or other bytes of
            the same version.
        UntrustedError: the snapshot is not signed.
        ValueError: the time is not a whole second in UTC.
    """
    check_signed(snapshot, authority=root)
    described = _described(snapshot)
    if after is not None:
        before = timestamp_of(after).snapshot_meta
        _check_forward(_SNAPSHOT_JSON, before, described)
    timestamp = Timestamp(
        version=next_version(Role.TIMESTAMP, after),
        expires=expiry(Role.TIMESTAMP, profile_of(root), now),
        snapshot_meta=described,
    )
    return seal(Role.TIMESTAMP, Metadata(timestamp))


def renew(root: RoleFile, file: RoleFile, *, now: datetime) -> RoleFile:
    """Return a file without signatures that says what another says, for longer.

    The heartbeat renews the timestamp, and nothing else. Where releases are renewed a
    snapshot must name them, and where a snapshot is a timestamp must name it.

    Args:
        root: whose profile says how long it holds.
        file: of a role that is online; those of people are made anew.
        now: a whole second in UTC.

    Raises:
        ValueError: the role is not online, or the time not a whole second in UTC.
    """
    if file.role not in _ONLINE:
        raise ValueError(f"{file.name} is renewed by its holders")
    metadata = metadata_of(file)
    metadata.signatures.clear()
    metadata.signed.version = next_version(file.role, file)
    metadata.signed.expires = expiry(file.role, profile_of(root), now)
    return seal(file.role, metadata)


def expiries(root: RoleFile, *others: RoleFile) -> tuple[Expiry, ...]:
    """Return how long each file is believed, what ends first before the others.

    Args:
        root: in force; its profile says when there is a warning.
        others: in force.
    """
    profile = profile_of(root)
    found = [
        Expiry(
            name=file.name,
            warned=file.expires - profile.life(file.role).warning,
            expires=file.expires,
        )
        for file in (root, *others)
    ]
    return tuple(sorted(found, key=lambda each: (each.expires, each.name)))


def _described(file: RoleFile) -> MetaFile:
    return MetaFile(version=file.version, hashes={"sha256": file.digest})


def _check_forward(name: str, before: MetaFile, after: MetaFile) -> None:
    """Check that clients who know the file before will take the one after."""
    if after.version < before.version:
        raise PublishError(
            f"{name} was published in version {before.version}, and would go back to "
            f"{after.version}: clients take that for an attack"
        )
    if after.version == before.version and after.hashes != before.hashes:
        raise PublishError(
            f"{name} of version {after.version} was published with other bytes"
        )
