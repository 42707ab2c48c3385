"""Who holds which key, and the root and targets that say so.

Both are made together: which keys sign releases stands in the targets, all others in
the root.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from securesystemslib.signer import Key

from sayso.errors import PublishError
from sayso.trust.holder_key import HolderKey
from sayso.trust.profiles import Profile, Role
from sayso.trust.roles import RoleFile
from sayso.trust.root import RootKeys, make_root, root_keys
from sayso.trust.targets import make_targets, releases_keys


@unique
class Part(StrEnum):
    """What somebody holds a key for."""

    ROOT = "root"
    TARGETS = "targets"
    ONLINE = "online"
    """Snapshots and timestamps."""
    RELEASES = "releases"


_MACHINES = (Part.ONLINE, Part.RELEASES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """Whose keys there are.

    Attributes:
        keys: of each part.
    """

    keys: Mapping[Part, tuple[Key, ...]]

    def ids(self, part: Part) -> tuple[str, ...]:
        """Return the ids of the keys of a part."""
        return tuple(key.keyid for key in self.keys[part])

    def adding(self, part: Part, holder: HolderKey) -> "Holders":
        """Return these holders and one more.

        Raises:
            PublishError: the key is there, or of a kind that the part cannot have.
        """
        key = holder.key
        if holder.ed25519 is None and part in _MACHINES:
            raise PublishError(
                f"the key {key.keyid} is of P-256, as hardware of holders has it; "
                f"machines sign {part} with Ed25519"
            )
        if key.keyid in self.ids(part):
            raise PublishError(f"the key {key.keyid} is one of {part} already")
        return Holders(keys={**self.keys, part: (*self.keys[part], key)})

    def without(self, part: Part, key_id: str) -> "Holders":
        """Return these holders but one.

        Raises:
            PublishError: the key is not there.
        """
        if key_id not in self.ids(part):
            raise PublishError(f"the key {key_id} is none of {part}")
        kept = tuple(key for key in self.keys[part] if key.keyid != key_id)
        return Holders(keys={**self.keys, part: kept})


NOBODY = Holders(keys=dict.fromkeys(Part, ()))


def holders_of(files: Iterable[RoleFile]) -> Holders:
    """Return whose keys a root and targets name; without one of both, the others.

    Raises:
        MalformedError: they do not say.
        ValueError: one is a file of another role.
    """
    keys: dict[Part, tuple[Key, ...]] = dict.fromkeys(Part, ())
    for file in files:
        if file.role is Role.ROOT:
            said = root_keys(file)
            keys[Part.ROOT], keys[Part.TARGETS] = said.root, said.targets
            keys[Part.ONLINE] = (said.online,)
        else:
            keys[Part.RELEASES] = releases_keys(file)
    return Holders(keys=keys)


def make_pair(
    profile: Profile,
    holders: Holders,
    *,
    policy: bytes,
    now: datetime,
    after: tuple[RoleFile, RoleFile] | None = None,
) -> tuple[RoleFile, RoleFile]:
    """Return a root and targets without signatures: the first, or those that follow.

    Args:
        profile: how many keys there are, and how many must sign.
        holders: all of them, also those who stay.
        policy: the bytes of `policy.txt`.
        now: a whole second in UTC.
        after: the root and targets before.

    Raises:
        MalformedError: it is no policy.
        PublishError: the keys are not as many as the profile asks for, or one has two
            roles that are kept apart.
        ValueError: the time is not a whole second in UTC.
    """
    online = holders.keys[Part.ONLINE]
    if len(online) != 1:
        raise PublishError(
            f"there is one key that is online, and {len(online)} are given: the old "
            "one is removed where a new one is added"
        )
    before, said = after or (None, None)
    keys = RootKeys(
        root=holders.keys[Part.ROOT],
        targets=holders.keys[Part.TARGETS],
        online=online[0],
    )
    root = make_root(profile, keys, now=now, after=before)
    targets = make_targets(
        root,
        releases=holders.keys[Part.RELEASES],
        policy=policy,
        now=now,
        after=said,
    )
    return root, targets
