"""The targets: what holders say with offline keys, and whom they let say the rest.

They say who is believed about the log (`policy.txt`), so that whoever takes the online
keys cannot change it, and which keys sign releases.
https://theupdateframework.github.io/specification/latest/#file-formats-targets
"""

from collections.abc import Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Final

from securesystemslib.signer import Key, Signer
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    TargetFile,
    Targets,
)

from sayso.errors import MalformedError, UntrustedError
from sayso.trust.ceremony import check_apart, check_form, holders, named_keys
from sayso.trust.keys import name_key
from sayso.trust.profiles import Role
from sayso.trust.roles import (
    RoleFile,
    expiry,
    next_version,
    profile_of,
    seal,
    targets_of,
)
from sayso.trust.root import root_keys
from sayso.trust.signer import to_key
from sayso.trust.signing import add_signature
from sayso.wire.log_policy import decode_log_policy
from sayso.wire.places import POLICY_NAME

RELEASE_PATHS: Final = "release.*"
"""The targets that `releases` may name."""


def make_targets(
    root: RoleFile,
    *,
    releases: Sequence[Key],
    policy: bytes,
    now: datetime,
    after: RoleFile | None = None,
) -> RoleFile:
    """Return targets without signatures: the first, or those that follow others.

    Args:
        root: in force; its profile says how many keys sign releases.
        releases: these keys; `releases_keys` gives those of the targets before.
        policy: the bytes of `policy.txt`.
        now: a whole second in UTC.
        after: the targets before.

    Raises:
        MalformedError: it is no policy.
        PublishError: the keys are not as many as the profile asks for, one is given
            twice or under another's id, or the root names it too, or a log has it.
        ValueError: the time is not a whole second in UTC.
    """
    version = next_version(Role.TARGETS, after)
    expires = expiry(Role.TARGETS, profile_of(root), now)
    said = _targets(root, releases, policy, version, expires)
    return seal(Role.TARGETS, Metadata(said))


def releases_keys(targets: RoleFile) -> tuple[Key, ...]:
    """Return the keys that targets name to sign releases.

    Raises:
        MalformedError: they name none.
        ValueError: it is a file of another role.
    """
    match targets_of(targets).delegations:
        case Delegations(keys=keys, roles={Role.RELEASES.value: role}):
            return named_keys(keys, role.keyids)
        case _:
            raise MalformedError(f"{targets.name} does not say who signs releases")


def check_targets(
    file: RoleFile, *, root: RoleFile, policy: bytes, now: datetime
) -> None:
    """Check that targets are such that holders may sign them.

    Args:
        file: as `make_targets` made it, perhaps with signatures.
        root: in force; names the holders.
        policy: the bytes of `policy.txt` that the holder has read.
        now: a whole second in UTC.

    Raises:
        MalformedError: they are not targets that `make_targets` makes of this policy.
        PublishError: they name keys that `make_targets` refuses.
        ValueError: the time is not a whole second in UTC.
    """
    said = _targets(root, releases_keys(file), policy, file.version, file.expires)
    check_form(file, said, profile_of(root), now)


def check_names(file: RoleFile) -> None:
    """Check that only `releases` name a release, whichever client asks.

    Other clients believe the targets first, and then every role in its turn.

    Raises:
        UntrustedError: the targets name one, or let others name one, or `releases`
            something else.
        ValueError: it is a file of another role.
    """
    said = targets_of(file)
    for name in said.targets:
        if fnmatchcase(name, RELEASE_PATHS):
            raise UntrustedError(f"{file.name} names {name}, and only releases may")
    match said.delegations:
        case Delegations(roles={Role.RELEASES.value: role, **others}) if not others:
            if role.terminating and role.paths == [RELEASE_PATHS]:
                return
    raise UntrustedError(
        f"{file.name} does not let releases alone name the files {RELEASE_PATHS}"
    )


def sign_targets(
    file: RoleFile, signer: Signer, *, root: RoleFile, policy: bytes, now: datetime
) -> RoleFile:
    """Return targets with the signature of one more holder.

    Args:
        file: as `make_targets` made it, with the signatures of other holders.
        signer: of the holder.
        root: in force; names the holders.
        policy: the bytes of `policy.txt` that the holder has read.
        now: a whole second in UTC.

    Raises:
        MalformedError: they are not targets that `make_targets` makes of this policy.
        PublishError: they name keys that `make_targets` refuses, or as for
            `add_signature`.
        UntrustedError: the file has a false signature.
        ValueError: the time is not a whole second in UTC.
    """
    check_targets(file, root=root, policy=policy, now=now)
    return add_signature(file, signer, authority=root)


def _targets(
    root: RoleFile,
    releases: Sequence[Key],
    policy: bytes,
    version: int,
    expires: datetime,
) -> Targets:
    logs = [to_key(name_key(log.key.key)) for log in decode_log_policy(policy).logs]
    profile, keys = profile_of(root), root_keys(root)
    others = [*keys.root, *keys.targets, keys.online]
    check_apart(profile, releases, others)
    check_apart(profile, logs, [*releases, *others])
    # "A terminating delegation": nobody else is ever asked about a release.
    delegated = DelegatedRole(
        name=Role.RELEASES,
        keyids=[],
        threshold=profile.releases.least,
        terminating=True,
        paths=[RELEASE_PATHS],
    )
    targets = Targets(
        version=version,
        expires=expires,
        targets={POLICY_NAME: TargetFile.from_data(POLICY_NAME, policy)},
        delegations=Delegations({}, {Role.RELEASES: delegated}),
    )
    for key in holders(profile, Role.RELEASES, releases, profile.releases):
        targets.add_key(key, Role.RELEASES)
    return targets
