"""The root: whose keys are trusted for what.

Making a root after another is how keys are added, removed and renewed, and how a
registry goes over to another profile. None is ever deleted: "all released versions of
root metadata files MUST always be provided so that outdated clients can update to the
latest available root".
https://theupdateframework.github.io/specification/latest/#writing-consistent-snapshots
"""

from dataclasses import dataclass
from datetime import datetime

from securesystemslib.signer import Key, Signer
from tuf.api.metadata import Metadata, Root

from sayso.errors import MalformedError
from sayso.trust.ceremony import check_apart, check_form, holders, named_keys
from sayso.trust.profiles import Profile, Quorum, Role
from sayso.trust.roles import (
    PROFILE_FIELD,
    RoleFile,
    expiry,
    next_version,
    profile_of,
    root_of,
    seal,
)
from sayso.trust.signing import add_signature

_ROLES = (Role.ROOT, Role.TARGETS, Role.SNAPSHOT, Role.TIMESTAMP)
_ONE = Quorum(least=1, of=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RootKeys:
    """Whose keys a root names; their order says nothing.

    Attributes:
        root: of the holders who may change all keys.
        targets: of the holders who say who is believed.
        online: signs snapshots and timestamps.
    """

    root: tuple[Key, ...]
    targets: tuple[Key, ...]
    online: Key


def make_root(
    profile: Profile, keys: RootKeys, *, now: datetime, after: RoleFile | None = None
) -> RoleFile:
    """Return a root without signatures: the first, or the one that follows another.

    Args:
        profile: how many keys there are, and how many must sign.
        keys: all that it names, also those that stay; `root_keys` gives those of the
            root before.
        now: a whole second in UTC.
        after: the root before.

    Raises:
        PublishError: the keys are not as many as the profile asks for, one is given
            twice or under another's id, or an online key is an offline one too.
        ValueError: the time is not a whole second in UTC.
    """
    version = next_version(Role.ROOT, after)
    expires = expiry(Role.ROOT, profile, now)
    return seal(Role.ROOT, Metadata(_root(profile, keys, version, expires)))


def root_keys(root: RoleFile) -> RootKeys:
    """Return the keys that a root names.

    Raises:
        MalformedError: snapshots and timestamps are not signed by one key.
        ValueError: it is a file of another role.
    """
    said = root_of(root)
    by_role = {role: named_keys(said.keys, said.roles[role].keyids) for role in _ROLES}
    online = by_role[Role.TIMESTAMP]
    if len(online) != 1 or by_role[Role.SNAPSHOT] != online:
        raise MalformedError(f"{root.name} does not name one key that is online")
    return RootKeys(
        root=by_role[Role.ROOT], targets=by_role[Role.TARGETS], online=online[0]
    )


def check_root(file: RoleFile, *, now: datetime) -> None:
    """Check that a root is one that holders may sign.

    Args:
        file: as `make_root` made it, perhaps with signatures.
        now: a whole second in UTC.

    Raises:
        MalformedError: it is not a root that `make_root` makes.
        PublishError: it names keys that `make_root` refuses.
        ValueError: the time is not a whole second in UTC.
    """
    profile = profile_of(file)
    said = _root(profile, root_keys(file), file.version, file.expires)
    check_form(file, said, profile, now)


def sign_root(
    file: RoleFile, signer: Signer, *, now: datetime, before: RoleFile | None = None
) -> RoleFile:
    """Return a root with the signature of one more holder, old or new.

    Args:
        file: as `make_root` made it, with the signatures of other holders.
        signer: of the holder.
        now: a whole second in UTC.
        before: the root that it follows.

    Raises:
        MalformedError: it is not a root that `make_root` makes.
        PublishError: it names keys that `make_root` refuses, or as for `add_signature`.
        UntrustedError: the file has a false signature.
        ValueError: the time is not a whole second in UTC.
    """
    check_root(file, now=now)
    return add_signature(file, signer, authority=before)


def _root(profile: Profile, keys: RootKeys, version: int, expires: datetime) -> Root:
    check_apart(profile, [keys.online], [*keys.root, *keys.targets])
    root = Root(
        version=version,
        expires=expires,
        consistent_snapshot=True,
        unrecognized_fields={PROFILE_FIELD: profile.name},
    )
    for role, by, quorum in (
        (Role.ROOT, keys.root, profile.root),
        (Role.TARGETS, keys.targets, profile.targets),
        (Role.SNAPSHOT, [keys.online], _ONE),
        (Role.TIMESTAMP, [keys.online], _ONE),
    ):
        root.roles[role].threshold = quorum.least
        for key in holders(profile, role, by, quorum):
            root.add_key(key, role)
    return root
