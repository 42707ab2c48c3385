"""What a ledger says was signed so far."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from sayso.errors import PublishError
from sayso.trust.folder import TrustFolder
from sayso.trust.log import open_own_checkpoint
from sayso.trust.naming import Named, named_role, named_snapshot, named_target
from sayso.trust.profiles import Role
from sayso.trust.roles import RoleFile, read_role
from sayso.trust.signing import is_signed
from sayso.wire.checkpoint import Checkpoint
from sayso.wire.log_policy import LogPolicy
from sayso.wire.places import (
    CHECKPOINT,
    PROOF_NAME,
    RELEASE_NAME,
    TIMESTAMP,
    log_path,
    metadata_path,
)
from sayso.wire.tiles import TILE_WIDTH, Tile, bundle_path, decode_bundle

Read: TypeAlias = Callable[[str], bytes | None]
"""Gives the bytes of a file of the ledger by its path; None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """The log of a ledger.

    Attributes:
        note: its newest checkpoint, with the signature of the log and of witnesses.
        checkpoint: what that says.
        entries: of the last bundle.
    """

    note: bytes
    checkpoint: Checkpoint
    entries: tuple[bytes, ...]

    @property
    def last(self) -> bytes:
        """The `release.json` that was entered last."""
        return self.entries[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The files of online roles that were published last."""

    releases: RoleFile
    snapshot: RoleFile
    timestamp: RoleFile

    def names_release(self, data: bytes, proof: bytes | None = None) -> bool:
        """Return whether a `release.json` is the one that clients are told of.

        Args:
            data: its bytes.
            proof: that it is in the log, if it has to be this one.
        """
        is_newest = named_target(self.releases, RELEASE_NAME).is_of(data)
        return is_newest and (
            proof is None or named_target(self.releases, PROOF_NAME).is_of(proof)
        )


def read_logged(read: Read, policy: LogPolicy) -> Logged | None:
    """Return the log of a ledger, or None where nothing was entered yet.

    Raises:
        PublishError: a file is missing.
        RegistryError: the checkpoint is not one of the policy's log.
    """
    note = read(CHECKPOINT)
    if note is None:
        return None
    checkpoint = open_own_checkpoint(note, policy).checkpoint
    return Logged(
        note=note,
        checkpoint=checkpoint,
        entries=last_entries(read, checkpoint.size),
    )


def last_entries(read: Read, size: int) -> tuple[bytes, ...]:
    """Return the entries of the last bundle of a log of a size; none of an empty one.

    Raises:
        PublishError: the bundle is missing.
        MalformedError: it is none.
    """
    if size == 0:
        return ()
    index, width = divmod(size - 1, TILE_WIDTH)
    tile = Tile(level=0, index=index, width=width + 1)
    return decode_bundle(required(read, log_path(bundle_path(tile))), tile)


def read_in_force(read: Read, holders: TrustFolder) -> InForce | None:
    """Return the files of online roles, or None where nothing was published yet.

    Args:
        read: gives the files of the ledger.
        holders: who said whose signatures count, complete.

    Raises:
        PublishError: a file is missing, or nobody signed it.
        RegistryError: a file is not the one that another names.
    """
    data = read(TIMESTAMP)
    if data is None:
        return None
    timestamp = read_role(f"{Role.TIMESTAMP}.json", data)
    snapshot = _named(read, named_snapshot(timestamp))
    releases = _named(read, named_role(snapshot, Role.RELEASES))
    for file, authorities in (
        (releases, holders.targets),
        (snapshot, holders.roots),
        (timestamp, holders.roots),
    ):
        _check_signed(file, authorities)
    return InForce(releases=releases, snapshot=snapshot, timestamp=timestamp)


def required(read: Read, path: str) -> bytes:
    """Return the bytes of a file that must be there.

    Raises:
        PublishError: it is missing.
    """
    data = read(path)
    if data is None:
        raise PublishError(
            f"the ledger has no {path}, which belongs to what was signed; bring back "
            "the newest copy of the ledger, and never go on from an older one"
        )
    return data


def _check_signed(file: RoleFile, authorities: tuple[RoleFile, ...]) -> None:
    """Check that enough signed a file, by what holders say or said earlier.

    The next file says what this one does, and counts on from it: whoever can write the
    ledger, and has no key, would else let the heartbeat sign what they wrote.
    """
    if not any(is_signed(file, authority=each) for each in authorities):
        raise PublishError(
            f"{file.name} of the ledger is not signed by enough, so nothing goes on "
            "from it: somebody changed it. Bring back the newest copy of the ledger"
        )


def _named(read: Read, named: Named) -> RoleFile:
    data = required(read, metadata_path(named.name))
    named.check(data)
    return read_role(named.name, data)
