"""The chain: from a root that somebody pinned to the files of the newest release.

A state machine without network, disk or clock: each step takes the bytes of one file
and returns the chain that believes it, or says why it does not. The order of the steps
and their checks are those of the client of The Update Framework:
https://theupdateframework.github.io/specification/latest/#detailed-client-workflow
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sayso.errors import StaleError, UntrustedError
from sayso.trust.naming import Named, named_role, named_snapshot
from sayso.trust.profiles import Role
from sayso.trust.roles import (
    ROLE_LIMIT,
    RoleFile,
    read_role,
    root_of,
    snapshot_of,
    timestamp_of,
)
from sayso.trust.signing import check_own_signatures, check_signed, is_signed
from sayso.trust.targets import check_names
from sayso.wire.text import format_time

_VERSION: Final = re.compile(rb'"version":([1-9][0-9]{0,15})')

ROOTS_LIMIT: Final = 256
"""No client walks further at once: a host could offer roots without end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Files that are believed, each because of those before it.

    Attributes:
        roots: from the pinned one to the newest, each the one before and 1.
        timestamp: None where none was believed yet, like those that follow.
    """

    roots: tuple[RoleFile, ...]
    timestamp: RoleFile | None = None
    snapshot: RoleFile | None = None
    targets: RoleFile | None = None
    releases: RoleFile | None = None

    @property
    def root(self) -> RoleFile:
        """The newest root."""
        return self.roots[-1]

    @property
    def next_root(self) -> str:
        """The name of the root that would follow."""
        return f"{self.root.version + 1}.{Role.ROOT}.json"

    @property
    def named_snapshot(self) -> Named:
        """Which snapshot the timestamp names; its errors are those of `naming`."""
        return named_snapshot(self.file(Role.TIMESTAMP))

    def named_role(self, role: Role) -> Named:
        """Return which targets or releases the snapshot names; the same."""
        return named_role(self.file(Role.SNAPSHOT), role)

    def file(self, role: Role) -> RoleFile:
        """Return the file of a role that is believed.

        Raises:
            ValueError: there is none yet: a step was left out.
        """
        file: RoleFile | None = getattr(self, role)
        if file is None:
            raise ValueError(f"no {role} is believed yet")
        return file


def read_root(data: bytes) -> RoleFile:
    """Return the root that somebody pinned, of whatever version it is.

    Raises:
        MalformedError: it is no root.
    """
    # A name says the version, and a root that is pinned may have any name.
    found = _VERSION.search(data[:ROLE_LIMIT])
    version = "1" if found is None else found[1].decode()
    return read_role(f"{version}.{Role.ROOT}.json", data)


def pin(root: RoleFile) -> Chain:
    """Return the chain that begins with a root which was had by another way.

    Raises:
        UntrustedError: too few of its own holders have signed it.
    """
    check_own_signatures(root)
    return Chain(roots=(root,))


def follow_root(chain: Chain, data: bytes) -> Chain:
    """Return the chain with the root that follows.

    Raises:
        MalformedError: it is no root, or of another version.
        UntrustedError: too few of the old or of the new holders signed it.
    """
    if len(chain.roots) > ROOTS_LIMIT:
        raise UntrustedError(
            f"more than {ROOTS_LIMIT} roots follow one another; take the newest from "
            "the registry's operator, and pin it"
        )
    root = read_role(chain.next_root, data)
    check_signed(root, authority=chain.root)
    return replace(chain, roots=(*chain.roots, root))


def settle(chain: Chain, *, now: datetime) -> Chain:
    """Return the chain when no other root follows.

    What the newest root's keys did not sign is forgotten: "if the timestamp and / or
    snapshot keys have been rotated, then delete the trusted timestamp and snapshot
    metadata files", so that whoever stole a key cannot keep clients away for ever.

    Raises:
        StaleError: the newest root has expired.
        UntrustedError: it lets files change that keep their names.
    """
    _check_time(chain.root, now)
    if not root_of(chain.root).consistent_snapshot:
        # Other clients would ask for files that are not there.
        raise UntrustedError(f"{chain.root.name} does not say consistent_snapshot")
    known = (chain.timestamp, chain.snapshot)
    if all(
        each is not None and is_signed(each, authority=chain.root) for each in known
    ):
        return chain
    return Chain(roots=chain.roots)


def follow_timestamp(chain: Chain, data: bytes, *, now: datetime) -> Chain:
    """Return the chain with the newest timestamp.

    Raises:
        MalformedError: it is no timestamp.
        UntrustedError: it is not signed, or older than the one that was seen.
        StaleError: it has expired.
    """
    timestamp = read_role(f"{Role.TIMESTAMP}.json", data)
    check_signed(timestamp, authority=chain.root)
    before = chain.timestamp
    if before is not None:
        _check_version(timestamp.name, before.version, timestamp.version)
        named = (timestamp_of(each).snapshot_meta for each in (before, timestamp))
        _check_version("the snapshot", *(each.version for each in named))
        if timestamp.version == before.version:
            # "In case they are equal, discard the new timestamp metadata."
            timestamp = before
    _check_time(timestamp, now)
    return replace(chain, timestamp=timestamp)


def follow_snapshot(chain: Chain, data: bytes, *, now: datetime) -> Chain:
    """Return the chain with the snapshot that the timestamp names.

    Raises:
        MalformedError: it is no snapshot.
        UntrustedError: it is another one, not signed, or goes back in what it names.
        StaleError: it has expired.
    """
    snapshot = _read(chain.named_snapshot, data)
    check_signed(snapshot, authority=chain.root)
    before = {} if chain.snapshot is None else snapshot_of(chain.snapshot).meta
    meta = snapshot_of(snapshot).meta
    for name, old in before.items():
        if name not in meta:
            raise UntrustedError(f"{snapshot.name} no longer names {name}")
        _check_version(name, old.version, meta[name].version)
    _check_time(snapshot, now)
    return replace(chain, snapshot=snapshot)


def follow_targets(chain: Chain, data: bytes, *, now: datetime) -> Chain:
    """Return the chain with the targets that the snapshot names.

    Raises:
        MalformedError: they are none.
        UntrustedError: they are other ones, too few holders signed them, or they name
            a release themselves or let others than `releases` do so.
        StaleError: they have expired.
    """
    targets = _read(chain.named_role(Role.TARGETS), data)
    check_signed(targets, authority=chain.root)
    check_names(targets)
    _check_time(targets, now)
    return replace(chain, targets=targets)


def follow_releases(chain: Chain, data: bytes, *, now: datetime) -> Chain:
    """Return the chain with the releases that the snapshot names.

    Raises:
        MalformedError: they are none.
        UntrustedError: they are other ones, or too few keys signed them.
        StaleError: they have expired.
    """
    releases = _read(chain.named_role(Role.RELEASES), data)
    check_signed(releases, authority=chain.file(Role.TARGETS))
    _check_time(releases, now)
    return replace(chain, releases=releases)


def _read(named: Named, data: bytes) -> RoleFile:
    named.check(data)
    return read_role(named.name, data)


def _check_version(name: str, before: int, after: int) -> None:
    if after < before:
        raise UntrustedError(
            f"{name} went back from version {before} to {after}: this is older than "
            "what was seen before"
        )


def _check_time(file: RoleFile, now: datetime) -> None:
    if now >= file.expires:
        raise StaleError(
            f"{file.name} expired {format_time(file.expires)}, and it is "
            f"{format_time(now)} by this machine's clock: either nobody renews it, or "
            "what is newer is withheld"
        )
