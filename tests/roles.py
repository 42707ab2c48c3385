"""Registries' files of TUF for tests, in every profile, and the keys that sign them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from securesystemslib.signer import Key, Signer
from tuf.api.metadata import Metadata

from sayso.trust.profiles import PROFILES, Profile, Role
from sayso.trust.renewal import make_releases, make_snapshot, make_timestamp
from sayso.trust.roles import RoleFile, metadata_of, seal
from sayso.trust.root import RootKeys, make_root, sign_root
from sayso.trust.signer import Ed25519Signer
from sayso.trust.signing import add_signature
from sayso.trust.targets import make_targets, sign_targets
from sayso.wire.log_policy import encode_log_policy
from sayso.wire.places import POLICY_NAME, metadata_path, target_path
from tests.logs import policy, private_key

NOW = datetime(2026, 11, 22, 11, 0, 0, tzinfo=UTC)
POLICY = encode_log_policy(policy())
RELEASE = b'{\n"format":"sayso/release/1",\n"number":1\n}\n'
DEV, SOLO, TEAM, INSTITUTION = PROFILES.values()


def signer(seed: int) -> Signer:
    """Return what signs with a key that is always the same."""
    return Ed25519Signer(private_key(seed))


def keys_of(signers: Iterable[Signer]) -> tuple[Key, ...]:
    """Return their public keys."""
    return tuple(each.public_key for each in signers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signers:
    """Everybody who signs, each with a key."""

    root: Sequence[Signer]
    targets: Sequence[Signer]
    releases: Sequence[Signer]
    online: Signer

    def root_keys(self) -> RootKeys:
        return RootKeys(
            root=keys_of(self.root),
            targets=keys_of(self.targets),
            online=self.online.public_key,
        )


def signers_of(profile: Profile, *, first: int = 101) -> Signers:
    """Return as many as a profile asks for; the holders of the root are the first."""
    if profile.one_key:
        one = signer(first)
        return Signers(root=[one], targets=[one], releases=[one], online=one)
    holders = [signer(first + number) for number in range(profile.root.of)]
    machines = [signer(first + 50 + number) for number in range(3)]
    return Signers(
        root=holders,
        targets=holders[: profile.targets.of],
        releases=machines[: profile.releases.of],
        online=machines[2],
    )


def signed(
    file: RoleFile, signers: Iterable[Signer], *, authority: RoleFile | None = None
) -> RoleFile:
    """Return a file with the signatures of all these."""
    for each in signers:
        file = add_signature(file, each, authority=authority)
    return file


def changed(file: RoleFile, **fields: Any) -> RoleFile:  # noqa: ANN401 - of any kind
    """Return a file with other fields of what it says, and nobody's signature."""
    metadata = metadata_of(file)
    for name, value in fields.items():
        setattr(metadata.signed, name, value)
    return seal(file.role, Metadata[Any](metadata.signed))


@dataclass(slots=True, kw_only=True)
class Repository:
    """What a registry publishes by TUF; only as many sign as must."""

    profile: Profile
    signers: Signers
    now: datetime = NOW
    targets_by_name: dict[str, bytes] = field(
        default_factory=lambda: {POLICY_NAME: POLICY, "release.json": RELEASE}
    )
    roots: list[RoleFile] = field(default_factory=list)
    in_force: dict[Role, RoleFile] = field(default_factory=dict)

    @property
    def root(self) -> RoleFile:
        return self.in_force[Role.ROOT]

    def last(self, role: Role) -> RoleFile | None:
        return self.in_force.get(role)

    def start(self) -> "Repository":
        """Do all that the first release needs, in the order in which it is done."""
        self.rotate(self.profile, self.signers)
        self.sign_targets()
        self.release()
        return self

    def rotate(self, profile: Profile, signers: Signers) -> None:
        """Make the root that follows, signed by the holders of old and by the new."""
        before = self.last(Role.ROOT)
        root = make_root(profile, signers.root_keys(), now=self.now, after=before)
        by = {
            each.public_key.keyid: each
            for each in (
                *(self.signers.root[: self.profile.root.least] if before else []),
                *signers.root[: profile.root.least],
            )
        }
        for each in by.values():
            root = sign_root(root, each, before=before, now=self.now)
        self.profile, self.signers = profile, signers
        self.roots.append(root)
        self.in_force[Role.ROOT] = root

    def sign_targets(self) -> None:
        targets = make_targets(
            self.root,
            releases=keys_of(self.signers.releases),
            policy=POLICY,
            now=self.now,
            after=self.last(Role.TARGETS),
        )
        for each in self.signers.targets[: self.profile.targets.least]:
            targets = sign_targets(
                targets, each, root=self.root, policy=POLICY, now=self.now
            )
        self.in_force[Role.TARGETS] = targets

    def release(self, release: bytes = RELEASE, **others: bytes) -> None:
        """Publish a release, and other files `release.…` that are named with it."""
        named = {"release.json": release}
        named |= {f"release.{name}": data for name, data in others.items()}
        self.targets_by_name |= named
        self.in_force[Role.RELEASES] = signed(
            make_releases(
                self.root, named, now=self.now, after=self.last(Role.RELEASES)
            ),
            self.signers.releases,
            authority=self.in_force[Role.TARGETS],
        )
        self.snapshot()

    def snapshot(self) -> None:
        self.in_force[Role.SNAPSHOT] = self.by_machine(
            make_snapshot(
                self.root,
                targets=self.in_force[Role.TARGETS],
                releases=self.in_force[Role.RELEASES],
                now=self.now,
                after=self.last(Role.SNAPSHOT),
            )
        )
        self.timestamp()

    def timestamp(self) -> None:
        self.in_force[Role.TIMESTAMP] = self.by_machine(
            make_timestamp(
                self.root,
                self.in_force[Role.SNAPSHOT],
                now=self.now,
                after=self.last(Role.TIMESTAMP),
            )
        )

    def by_machine(self, file: RoleFile) -> RoleFile:
        return add_signature(file, self.signers.online, authority=self.root)

    def files(self) -> dict[str, bytes]:
        """Return all that is published, by path."""
        files = [*self.roots, *self.in_force.values()]
        return {
            **{metadata_path(file.name): file.data for file in files},
            **{
                target_path(name, data): data
                for name, data in self.targets_by_name.items()
            },
        }


def repository(profile: Profile, *, now: datetime = NOW) -> Repository:
    """Return a registry that has published its first release."""
    return Repository(profile=profile, signers=signers_of(profile), now=now).start()
