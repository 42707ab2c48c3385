"""Naming a release: TUF's files that tell clients which release is the newest.

A release is entered into the log first. Then the keys of `releases` sign that it is the
newest one, all of them that the profile asks for; then the online key signs a snapshot
and a timestamp. Each run does what it has keys for, and the next goes on from there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sayso.publish.ledger.signed import InForce
from sayso.trust.folder import TrustFolder
from sayso.trust.keys import SigningKey
from sayso.trust.naming import named_target
from sayso.trust.renewal import (
    make_releases,
    make_snapshot,
    make_timestamp,
    says_no_more,
)
from sayso.trust.roles import RoleFile, metadata_of
from sayso.trust.signer import Ed25519Signer
from sayso.trust.signing import add_signature, tally
from sayso.wire.places import FIRST_ROOT, POLICY_NAME, metadata_path, named_path


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlineKeys:
    """The keys that a machine has; None for those that it has not.

    Attributes:
        log: signs checkpoints.
        minisign: signs `release.json` and `registry.json` for people with one command.
        releases: signs which release is the newest.
        online: signs snapshots and timestamps.
    """

    log: SigningKey | None = None
    minisign: SigningKey | None = None
    releases: SigningKey | None = None
    online: SigningKey | None = None


def name_release(
    holders: TrustFolder,
    files: Mapping[str, bytes],
    *,
    before: InForce | None,
    pending: RoleFile | None,
    key: SigningKey | None,
    now: datetime,
) -> RoleFile:
    """Return the file of `releases` that names a release, with one more signature.

    Args:
        holders: whose newest files are in force.
        files: what is named, by name: `release.json`, its proof, perhaps its approval.
        before: what is in force.
        pending: what another key of `releases` has signed already; it is passed over
            where it says anything else than is to be said, or for longer.
        key: of `releases`; None to sign nothing.
        now: in UTC, to the second.

    Raises:
        PublishError: the key may not sign.
        RegistryError: it carries a false signature.
    """
    root, targets = holders.newest
    after = None if before is None else before.releases
    file = make_releases(root, files, now=now, after=after)
    if pending is not None and says_no_more(pending, file):
        file = pending
    if key is not None and to_sign(file, targets, key):
        file = add_signature(file, Ed25519Signer(key), authority=targets)
    return file


def to_sign(file: RoleFile, targets: RoleFile, key: SigningKey) -> bool:
    """Return whether a key has still to sign a file of `releases`."""
    key_id = Ed25519Signer(key).public_key.keyid
    (part,) = tally(file, authority=targets)
    return not part.enough and key_id not in metadata_of(file).signatures


def is_enough(file: RoleFile, targets: RoleFile) -> bool:
    """Return whether as many keys signed a file of `releases` as must."""
    (part,) = tally(file, authority=targets)
    return part.enough


def publish_names(
    holders: TrustFolder,
    releases: RoleFile,
    *,
    before: InForce | None,
    key: SigningKey,
    now: datetime,
) -> InForce:
    """Return what is in force with a file of `releases` that enough have signed.

    Args:
        holders: whose newest files are in force.
        releases: the file.
        before: what was in force.
        key: the online one.
        now: in UTC, to the second.

    Raises:
        PublishError: the key is not the one that the root names, or something would
            go back.
        RegistryError: too few have signed.
    """
    root, targets = holders.newest
    signer = Ed25519Signer(key)
    snapshot = make_snapshot(
        root,
        targets=targets,
        releases=releases,
        now=now,
        after=None if before is None else before.snapshot,
    )
    snapshot = add_signature(snapshot, signer, authority=root)
    timestamp = make_timestamp(
        root, snapshot, now=now, after=None if before is None else before.timestamp
    )
    timestamp = add_signature(timestamp, signer, authority=root)
    return InForce(releases=releases, snapshot=snapshot, timestamp=timestamp)


def published(
    holders: TrustFolder, files: Mapping[str, bytes], in_force: InForce
) -> dict[str, bytes]:
    """Return what is published of a release's names, by path; the timestamp is last.

    Args:
        holders: whose files are in force.
        files: what `releases` names, by name.
        in_force: the files of online roles.
    """
    return {
        **holders_files(holders),
        **{
            named_path(name, named_target(in_force.releases, name).sha256): data
            for name, data in files.items()
        },
        **roles_files(in_force),
    }


def holders_files(holders: TrustFolder) -> dict[str, bytes]:
    """Return what is published of the holders' files, by path."""
    _, targets = holders.newest
    policy = named_target(targets, POLICY_NAME).sha256
    return {
        FIRST_ROOT: holders.roots[0].data,
        **{metadata_path(file.name): file.data for file in holders.files},
        named_path(POLICY_NAME, policy): holders.policy,
    }


def roles_files(in_force: InForce) -> dict[str, bytes]:
    """Return what is published of the online roles, by path; the timestamp is last."""
    roles = (in_force.releases, in_force.snapshot, in_force.timestamp)
    return {metadata_path(file.name): file.data for file in roles}
