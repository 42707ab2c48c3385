"""Which file another file names: by its version, and by the SHA-256 of its bytes.

TUF lets a file be named by its version alone. Here the SHA-256 is always there, so
that whoever has one key cannot put another file of the same version in its place. And
there is no other digest: every client has to come to the same answer, and others would
look at it.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from tuf.api.metadata import MetaFile, TargetFile, Targets

from sayso.errors import UntrustedError
from sayso.trust.profiles import Role
from sayso.trust.roles import (
    RoleFile,
    releases_of,
    snapshot_of,
    targets_of,
    timestamp_of,
)
from sayso.wire.text import Digest, parse_digest

_SHA256: Final = "sha256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A file that another names.

    Attributes:
        name: of the file.
        sha256: of its bytes.
        length: how many they are; None where it is not said.
    """

    name: str
    sha256: Digest
    length: int | None

    def is_of(self, data: bytes) -> bool:
        """Return whether these are the bytes of the file."""
        is_long = self.length in {None, len(data)}
        return is_long and sha256(data).hexdigest() == self.sha256

    def check(self, data: bytes) -> None:
        """Check that these are the bytes of the file.

        Raises:
            UntrustedError: they are not.
        """
        if not self.is_of(data):
            raise UntrustedError(
                f"{self.name} is not the one that is named: it was changed, or files "
                "of two releases are mixed"
            )


def named_snapshot(timestamp: RoleFile) -> Named:
    """Return which snapshot a timestamp names.

    Raises:
        UntrustedError: it names none by its SHA-256 alone.
        MalformedError: what should be a SHA-256 is none.
        ValueError: it is a file of another role.
    """
    meta = timestamp_of(timestamp).snapshot_meta
    return _named_role(timestamp, Role.SNAPSHOT, meta)


def named_role(snapshot: RoleFile, role: Role) -> Named:
    """Return which targets or releases a snapshot names.

    Its errors are those of `named_snapshot`.
    """
    meta = snapshot_of(snapshot).meta.get(f"{role}.json")
    return _named_role(snapshot, role, meta)


def named_target(file: RoleFile, name: str) -> Named:
    """Return which file targets or releases name so.

    Its errors are those of `named_snapshot`.
    """
    target = _said(file).targets.get(name)
    return _named(file, name, name, target)


def _said(file: RoleFile) -> Targets:
    return releases_of(file) if file.role is Role.RELEASES else targets_of(file)


def _named_role(by: RoleFile, role: Role, meta: MetaFile | None) -> Named:
    version = 0 if meta is None else meta.version
    return _named(by, f"{role}.json", f"{version}.{role}.json", meta)


def _named(
    by: RoleFile, said: str, name: str, file: MetaFile | TargetFile | None
) -> Named:
    """Return what a file says of another, which it calls `said`."""
    if file is None or (file.hashes or {}).keys() != {_SHA256}:
        raise UntrustedError(f"{by.name} does not name {said} by its SHA-256 alone")
    digest = parse_digest((file.hashes or {})[_SHA256])
    return Named(name=name, sha256=digest, length=file.length)
