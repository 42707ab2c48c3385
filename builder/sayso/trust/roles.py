"""The files of TUF: five small ones, whatever the size of the registry.

A file says what its role has to say, and carries signatures. Whether they are enough
is `trust.signing`. TUF signs the canonical form of a file and not its bytes; so that
nobody is shown other than what is signed, only one spelling of each file is read.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, TypeAlias

from securesystemslib.signer import Signature
from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp
from tuf.api.serialization import DeserializationError, SerializationError

from sayso.errors import MalformedError
from sayso.trust.profiles import Profile, Role, find_profile
from sayso.wire.profile import LARGEST
from sayso.wire.text import Digest, format_time, parse_time, shown

Signed: TypeAlias = Root | Targets | Snapshot | Timestamp

ROLE_LIMIT: Final = 64 * 1024
"""No file of a role is longer, in bytes; five holders with RSA keys need 16 KiB."""
PROFILE_FIELD: Final = "x-sayso-profile"
"""Where a root says by which profile it is held."""

_HEXADECIMAL = re.compile(r"(?:[0-9a-f]{2})+", re.ASCII)
_NAME = re.compile(r"(?:([1-9][0-9]{0,15})\.)?([a-z]+)\.json", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleFile:
    """A file of a role that is well-formed, and not yet believed.

    Attributes:
        version: from 1, each the one before and 1.
        expires: it is not believed at this time or later.
        data: its only spelling.
    """

    role: Role
    version: int
    expires: datetime
    data: bytes

    @property
    def name(self) -> str:
        """Its name: "VERSION_NUMBER.FILENAME.EXT", but for `timestamp.json`."""
        number = "" if self.role is Role.TIMESTAMP else f"{self.version}."
        return f"{number}{self.role}.json"

    @property
    def digest(self) -> Digest:
        """The SHA-256 of its bytes."""
        return Digest(sha256(self.data).hexdigest())


def read_role(name: str, data: bytes) -> RoleFile:
    """Return the file of a role that somebody wrote under a name.

    Raises:
        MalformedError: it is no such file, or not the one that its name says.
    """
    match = _NAME.fullmatch(name)
    if match is None or match[2] not in set(Role):
        raise MalformedError(f"not the name of a file of TUF: {shown(name)}")
    if len(data) > ROLE_LIMIT:
        raise MalformedError(f"{name} is longer than {ROLE_LIMIT} bytes")
    try:
        metadata = Metadata[Any].from_bytes(data)
        metadata.signed_bytes  # noqa: B018 - what is not canonical is not signed
        if not all(map(_is_plain, metadata.signatures.values())):
            raise MalformedError(f"{name} has a signature that is not plain")
        file = seal(Role(match[2]), metadata)
    except (DeserializationError, SerializationError) as error:
        raise MalformedError(f"{name} is not metadata of TUF") from error
    kind = Role.TARGETS if file.role is Role.RELEASES else file.role
    if metadata.signed.type != kind or file.name != name or not _is_number(file):
        raise MalformedError(
            f"{name} says of itself that it is version {shown(str(file.version))} of "
            f"a file of the kind {metadata.signed.type}"
        )
    if file.data != data or metadata.unrecognized_fields:
        raise MalformedError(f"{name} is not spelled as such files are")
    return file


def seal(role: Role, metadata: Metadata[Any]) -> RoleFile:
    """Return the file of a role's metadata; the order of signing leaves no trace."""
    metadata.signatures = dict(sorted(metadata.signatures.items()))
    signed: Signed = metadata.signed
    return RoleFile(
        role=role,
        version=signed.version,
        expires=signed.expires,
        data=metadata.to_bytes(),
    )


def metadata_of(file: RoleFile) -> Metadata[Any]:
    """Return what a file says, and who signed it."""
    return Metadata[Any].from_bytes(file.data)


def root_of(file: RoleFile) -> Root:
    """Return what a root says.

    Raises:
        ValueError: it is a file of another role.
    """
    said: Root = _said(Role.ROOT, file)
    return said


def targets_of(file: RoleFile) -> Targets:
    """Return what the offline targets say.

    Raises:
        ValueError: it is a file of another role.
    """
    said: Targets = _said(Role.TARGETS, file)
    return said


def releases_of(file: RoleFile) -> Targets:
    """Return what a file of `releases` says, to which the targets delegate.

    Raises:
        ValueError: it is a file of another role.
    """
    said: Targets = _said(Role.RELEASES, file)
    return said


def snapshot_of(file: RoleFile) -> Snapshot:
    """Return what a snapshot says.

    Raises:
        ValueError: it is a file of another role.
    """
    said: Snapshot = _said(Role.SNAPSHOT, file)
    return said


def timestamp_of(file: RoleFile) -> Timestamp:
    """Return what a timestamp says.

    Raises:
        ValueError: it is a file of another role.
    """
    said: Timestamp = _said(Role.TIMESTAMP, file)
    return said


def profile_of(root: RoleFile) -> Profile:
    """Return the profile by which a root is held.

    Raises:
        MalformedError: it names none that we know.
        ValueError: it is a file of another role.
    """
    return find_profile(str(root_of(root).unrecognized_fields.get(PROFILE_FIELD)))


def next_version(role: Role, after: RoleFile | None) -> int:
    """Return the version of the file that follows one, or of the first.

    Raises:
        ValueError: it is a file of another role.
    """
    if after is None:
        return 1
    check_role(role, after)
    return after.version + 1


def expiry(role: Role, profile: Profile, now: datetime) -> datetime:
    """Return when a file that is made now is believed no more.

    Raises:
        ValueError: the time is not a whole second in UTC.
    """
    return parse_time(format_time(now)) + profile.life(role).lasts


def check_role(role: Role, file: RoleFile) -> None:
    """Check that a file is of a role.

    Raises:
        ValueError: it is of another.
    """
    if file.role is not role:
        raise ValueError(f"{file.name} is not a file of the role {role}")


def _said(role: Role, file: RoleFile) -> Any:  # noqa: ANN401 - the role decides
    check_role(role, file)
    return metadata_of(file).signed


def _is_number(file: RoleFile) -> bool:
    """Return whether a version is one that every reader of JSON can count with."""
    return type(file.version) is not bool and file.version <= LARGEST


def _is_plain(signature: Signature) -> bool:
    """Return whether a signature is written in the one way, and with nothing more."""
    texts: tuple[object, ...] = (signature.keyid, signature.signature)
    return not signature.unrecognized_fields and all(
        isinstance(text, str) and _HEXADECIMAL.fullmatch(text) for text in texts
    )
