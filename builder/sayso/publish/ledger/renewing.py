"""The heartbeat: what is in force is signed for longer.

A new timestamp says that nothing is held back. Where half of the life of a snapshot or
of `releases` is over, or the holders changed keys, these are signed anew as well.
"""

from datetime import datetime

from sayso.errors import PublishError
from sayso.publish.ledger.naming import OnlineKeys, publish_names
from sayso.publish.ledger.signed import InForce
from sayso.trust.folder import TrustFolder
from sayso.trust.naming import named_role
from sayso.trust.profiles import Role
from sayso.trust.renewal import expiries, renew
from sayso.trust.roles import RoleFile
from sayso.trust.signer import Ed25519Signer
from sayso.trust.signing import add_signature, is_signed


def renewed(
    holders: TrustFolder, before: InForce, keys: OnlineKeys, *, now: datetime
) -> InForce:
    """Return what is in force for longer.

    Args:
        holders: whose newest files are in force.
        before: what was in force.
        keys: the online one is needed; that of `releases` where they are due.
        now: in UTC, to the second.

    Raises:
        PublishError: a key is missing, or one is not the one that is named.
        RegistryError: a file is not signed by enough.
    """
    if keys.online is None:
        raise PublishError("the heartbeat needs the online key, and there is none")
    root, targets = holders.newest
    releases = before.releases
    if _is_due(root, releases, now) or not is_signed(releases, authority=targets):
        releases = _signed_anew(holders, releases, keys, now)
    snapshot = before.snapshot
    if (
        releases is before.releases
        and named_role(snapshot, Role.TARGETS).is_of(targets.data)
        and is_signed(snapshot, authority=root)
        and not _is_due(root, snapshot, now)
    ):
        timestamp = renew(root, before.timestamp, now=now)
        signer = Ed25519Signer(keys.online)
        timestamp = add_signature(timestamp, signer, authority=root)
        return InForce(releases=releases, snapshot=snapshot, timestamp=timestamp)
    return publish_names(holders, releases, before=before, key=keys.online, now=now)


def _signed_anew(
    holders: TrustFolder, releases: RoleFile, keys: OnlineKeys, now: datetime
) -> RoleFile:
    root, targets = holders.newest
    if keys.releases is None:
        raise PublishError(
            f"{releases.name} is to be renewed, and there is no key of releases"
        )
    file = renew(root, releases, now=now)
    file = add_signature(file, Ed25519Signer(keys.releases), authority=targets)
    if not is_signed(file, authority=targets):
        raise PublishError(
            f"{releases.name} is to be renewed, and one key is not enough for it: "
            "publish a release, which all keys of releases sign"
        )
    return file


def _is_due(root: RoleFile, file: RoleFile, now: datetime) -> bool:
    return any(end.is_due(now) for end in expiries(root, file) if end.name == file.name)
