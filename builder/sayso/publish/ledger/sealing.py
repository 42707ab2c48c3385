"""Sealing: a release is entered into the log, signed and named, step by step.

Whatever is signed is committed to the ledger before anybody else sees it. A run that
was stopped, or that had not all keys, is followed by another of the same release.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from sayso.errors import MalformedError, PublishError, UntrustedError
from sayso.publish.ledger.entering import enter, hashes_of, log_origin, prove
from sayso.publish.ledger.folder import LedgerFolder
from sayso.publish.ledger.moving import moved
from sayso.publish.ledger.naming import (
    OnlineKeys,
    is_enough,
    name_release,
    publish_names,
    published,
)
from sayso.publish.ledger.signed import Logged, read_in_force, read_logged
from sayso.trust.approval import check_approval, decode_approval
from sayso.trust.folder import TrustFolder
from sayso.trust.holders import Part, holders_of
from sayso.trust.log import open_own_checkpoint
from sayso.trust.profiles import Role
from sayso.trust.roles import RoleFile, profile_of, read_role
from sayso.trust.signer import to_key
from sayso.wire.header import Profile
from sayso.wire.log_policy import LogPolicy, decode_log_policy
from sayso.wire.log_proof import encode_log_proof
from sayso.wire.merkle import HashOf
from sayso.wire.places import APPROVAL_NAME, CHECKPOINT, PROOF_NAME, RELEASE_NAME
from sayso.wire.release import Release, decode_release

PENDING: Final = "pending/releases.json"
"""Where a ledger keeps what not all keys of `releases` have signed yet."""

Collect: TypeAlias = Callable[[bytes, LogPolicy, HashOf], bytes]
"""Returns a checkpoint's note with more cosignatures, given what proves its growth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """What is sealed, and by whom.

    Attributes:
        release: the bytes of `release.json`.
        holders: the files of the offline keys, complete.
        keys: those that this machine has.
        approval: of the holders, where the release is braked.
        genesis: whether the log may be empty.
        new_log: whether the log is another one than before, with the same entries.
        collect: asks witnesses.
    """

    release: bytes
    holders: TrustFolder
    keys: OnlineKeys
    collect: Collect
    approval: bytes | None = None
    genesis: bool = False
    new_log: bool = False


def seal(ledger: LedgerFolder, sealing: Sealing, *, now: datetime) -> str:
    """Seal a release as far as it can be; return what others have to do, or nothing.

    Args:
        ledger: takes what is signed.
        sealing: what is sealed.
        now: in UTC, to the second.

    Raises:
        PublishError: a key or an approval is missing, another release is not finished,
            or the ledger cannot be written.
        RegistryError: the release is not the one that follows, or a file of the ledger
            is not what it should be.
    """
    holders, release = sealing.holders, decode_release(sealing.release)
    check_holders(holders)
    _check_kind(release, holders)
    _check_approved(release, sealing)
    policy = decode_log_policy(holders.policy)
    logged = _known(ledger, sealing, policy)
    if logged is None or logged.last != sealing.release:
        logged = _entered(ledger, logged, sealing, policy, now)
    logged = _cosigned(ledger, logged, sealing, policy)
    witnesses = open_own_checkpoint(logged.note, policy).cosigned
    if not policy.is_quorum(witnesses.keys()):
        return (
            f"{len(witnesses)} witnesses cosigned the checkpoint, and policy.txt asks "
            "for more: send log/checkpoint of the ledger to them, then give what they "
            "return with --cosigned"
        )
    return _named(ledger, logged, sealing, now)


def check_holders(holders: TrustFolder) -> None:
    """Check that the holders have signed their newest files, and those before.

    Raises:
        PublishError: they have not.
    """
    for file in holders.files:
        if not holders.is_complete(file):
            raise PublishError(
                f"{file.name} is not signed by enough holders, or by somebody else: "
                "sayso trust status says by whom it must be"
            )
    if not holders.names_policy:
        raise PublishError("policy.txt is not the one that the newest targets name")


def _check_keys(holders: TrustFolder, keys: OnlineKeys) -> None:
    """Check that keys are those that the holders named, before anything enters."""
    named = holders_of(holders.newest)
    for part, key in ((Part.ONLINE, keys.online), (Part.RELEASES, keys.releases)):
        if key is not None and to_key(key.public).keyid not in named.ids(part):
            raise PublishError(
                f"the {part} key {key.public.name} is none of those that the holders "
                f"named for {part}: is the wrong file {part}.pem? Nothing was signed"
            )


def _check_kind(release: Release, holders: TrustFolder) -> None:
    is_development = release.header.profile is Profile.DEVELOPMENT
    if is_development is not profile_of(holders.newest[0]).one_key:
        raise PublishError(
            "a development release is sealed by a development key and by no other: "
            "build it with --operator"
        )


def _check_approved(release: Release, sealing: Sealing) -> None:
    if not release.is_braked:
        return
    number, counts = release.header.number, release.counts
    if sealing.approval is None:
        raise PublishError(
            f"release {number} is held by the brake: it loosens {counts['loosened']} "
            f"recordings and {counts['loosened_ranges']} ranges, where "
            f"{release.brake.recordings} and {release.brake.ranges} are allowed, or it "
            "lets the next one loosen more, or is a recovery. If that is right, the "
            "holders of the targets approve it with sayso trust approve, and what they "
            "signed is given with --approval"
        )
    check_approval(
        decode_approval(sealing.approval),
        release,
        sealing.release,
        root=sealing.holders.newest[0],
    )


def _known(ledger: LedgerFolder, sealing: Sealing, policy: LogPolicy) -> Logged | None:
    """Return the log of the ledger, which takes over the entries of another first."""
    try:
        return read_logged(ledger.read, policy)
    except UntrustedError as error:
        if not sealing.new_log or sealing.keys.log is None:
            raise PublishError(
                f"policy.txt does not believe the ledger's log: {error}. If the "
                "holders named another log instead, seal the newest release with "
                "--new-log and with the key of that log"
            ) from error
    files = moved(ledger.read, sealing.holders, sealing.release, sealing.keys.log)
    ledger.commit(files, "Go over to another log")
    return _logged(ledger, policy)


def _entered(
    ledger: LedgerFolder,
    logged: Logged | None,
    sealing: Sealing,
    policy: LogPolicy,
    now: datetime,
) -> Logged:
    release = decode_release(sealing.release)
    if logged is None and not sealing.genesis:
        raise PublishError(
            "the ledger is empty: bring back its newest copy. Only the first release "
            "of a registry begins one, with --genesis"
        )
    in_force = read_in_force(ledger.read, sealing.holders)
    if logged is not None and (
        in_force is None or not in_force.names_release(logged.last)
    ):
        number = decode_release(logged.last).header.number
        raise PublishError(
            f"release {number} is in the log and not finished: seal and publish it "
            "first, with the same files"
        )
    if sealing.keys.log is None:
        raise PublishError(
            f"release {release.header.number} is not in the log yet, and the log's key "
            "is not here"
        )
    _check_keys(sealing.holders, sealing.keys)
    files = enter(
        ledger.read,
        logged,
        sealing.release,
        origin=log_origin(policy, sealing.keys.log),
        key=sealing.keys.log,
        now=now,
    )
    ledger.commit(files, f"Enter release {release.header.number} into the log")
    return _logged(ledger, policy)


def _cosigned(
    ledger: LedgerFolder, logged: Logged, sealing: Sealing, policy: LogPolicy
) -> Logged:
    """Ask the witnesses, as long as not enough have cosigned or nobody was asked."""
    in_force = read_in_force(ledger.read, sealing.holders)
    is_named = in_force is not None and in_force.names_release(sealing.release)
    if is_named and not sealing.new_log:
        return logged
    hashes = hashes_of(ledger.read, logged.checkpoint.size)
    note = sealing.collect(logged.note, policy, hashes)
    if note == logged.note:
        return logged
    ledger.commit({CHECKPOINT: note}, f"Keep cosignatures of {logged.checkpoint.size}")
    return _logged(ledger, policy)


def _named(
    ledger: LedgerFolder, logged: Logged, sealing: Sealing, now: datetime
) -> str:
    before = read_in_force(ledger.read, sealing.holders)
    proof = encode_log_proof(prove(ledger.read, logged))
    if before is not None and before.names_release(sealing.release, proof):
        return ""
    targets = sealing.holders.newest[1]
    files = {RELEASE_NAME: sealing.release, PROOF_NAME: proof}
    if sealing.approval is not None:
        files[APPROVAL_NAME] = sealing.approval
    file = name_release(
        sealing.holders,
        files,
        before=before,
        pending=_pending(ledger, 1 if before is None else before.releases.version + 1),
        key=sealing.keys.releases,
        now=now,
    )
    if not is_enough(file, targets):
        ledger.commit({PENDING: file.data}, f"Sign {file.name}")
        return (
            f"{file.name} is not signed by as many keys of releases as the profile "
            "asks for: whoever has the other rebuilds the release, and signs it too"
        )
    if sealing.keys.online is None:
        ledger.commit({PENDING: file.data}, f"Sign {file.name}")
        return "the snapshot and the timestamp are to be signed with the online key"
    in_force = publish_names(
        sealing.holders, file, before=before, key=sealing.keys.online, now=now
    )
    ledger.commit(
        published(sealing.holders, files, in_force),
        f"Seal release {logged.checkpoint.size}",
    )
    return ""


def _logged(ledger: LedgerFolder, policy: LogPolicy) -> Logged:
    logged = read_logged(ledger.read, policy)
    if logged is None:
        raise PublishError("what was written to the ledger is not there")
    return logged


def _pending(ledger: LedgerFolder, version: int) -> RoleFile | None:
    """Return what was signed before of this version; what is left of another is not."""
    data = ledger.read(PENDING)
    if data is None:
        return None
    try:
        return read_role(f"{version}.{Role.RELEASES}.json", data)
    except MalformedError:
        return None
