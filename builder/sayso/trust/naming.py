"""Which file another file names: by its version, and by the SHA-256 of its bytes.

TUF lets a file be named by its version alone. Here the SHA-256 is always there, so
that whoever has one key cannot put another file of the same version in its place.
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
    """

    name: str
    sha256: Digest

    def is_of(self, data: bytes) -> bool:
        """Return whether these are the bytes of the file."""
        return sha256(data).hexdigest() == self.sha256

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
        UntrustedError: it names none by its SHA-256.
        MalformedError: what should be a SHA-256 is none.
        ValueError: it is a file of another role.
    """
    meta = timestamp_of(timestamp).snapshot_meta
    return _named(timestamp, Role.SNAPSHOT, meta)


def named_role(snapshot: RoleFile, role: Role) -> Named:
    """Return which targets or releases a snapshot names.

    Its errors are those of `named_snapshot`.
    """
    meta = snapshot_of(snapshot).meta.get(f"{role}.json")
    return _named(snapshot, role, meta)


def named_target(file: RoleFile, name: str) -> Named:
    """Return which file targets or releases name so.

    Its errors are those of `named_snapshot`.
    """
    target = _said(file).targets.get(name)
    return Named(name=name, sha256=_digest(file, name, target))


def names_target(file: RoleFile, name: str) -> bool:
    """Return whether targets or releases name a file so.

    Raises:
        ValueError: it is a file of another role.
    """
    return name in _said(file).targets


def _said(file: RoleFile) -> Targets:
    return releases_of(file) if file.role is Role.RELEASES else targets_of(file)


def _named(by: RoleFile, role: Role, meta: MetaFile | None) -> Named:
    digest = _digest(by, f"{role}.json", meta)
    version = 0 if meta is None else meta.version
    return Named(name=f"{version}.{role}.json", sha256=digest)


def _digest(by: RoleFile, name: str, file: MetaFile | TargetFile | None) -> Digest:
    hashes = {} if file is None else file.hashes or {}
    if _SHA256 not in hashes:
        raise UntrustedError(f"{by.name} does not name {name} by its SHA-256")
    return parse_digest(hashes[_SHA256])
