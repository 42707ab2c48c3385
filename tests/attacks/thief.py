"""A registry whose keys can be stolen, and a thief who truly signs with those taken.

Whatever key the thief lacks is replaced by one of the thief's own, under the same
name: nobody is asked whether a signature counts, but the reader.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from securesystemslib.signer import Signer
from tuf.api.metadata import MetaFile, TargetFile

from sayso.model.settings import Revocation
from sayso.trust.keys import PrivateKey
from sayso.trust.log import sign_checkpoint
from sayso.trust.minisign import sign
from sayso.trust.profiles import Profile, Role
from sayso.trust.roles import RoleFile, expiry, metadata_of, profile_of, seal
from sayso.trust.signer import Ed25519Signer
from sayso.wire.header import Profile as Keys
from sayso.wire.header import trusted_comment
from sayso.wire.log_policy import Group, LogPolicy
from sayso.wire.log_proof import LogProof, encode_log_proof
from sayso.wire.merkle import prove_inclusion
from sayso.wire.places import (
    APPROVAL_NAME,
    CHECKPOINT,
    PROOF_NAME,
    RELEASE_NAME,
    metadata_path,
    target_path,
)
from sayso.wire.release import Release, decode_release, encode_release
from tests.attacks.scene import HOUR, START
from tests.logs import WITNESSES, private_key, witnessed
from tests.logs import policy as policy_of
from tests.published import Published
from tests.receipts import World
from tests.registries import KEY, Document, cells, policy, registry_document
from tests.registries import cell as cell_of
from tests.roles import TEAM, changed

MINISIGN = private_key(71)
"""The key of the registry's minisign signatures."""
NEVER: Document = cell_of("undeclared", "nothing-declared", ownership=None)
YES: Document = cell_of(
    "allow", "named", "domain:fernwood.example/catalogue", ownership="reviewed"
)


def log_policy(quorum: str | None = None) -> LogPolicy:
    """Return a policy that believes the log, and perhaps two of three witnesses."""
    if quorum is None:
        return policy_of()
    names = tuple(witness.name for witness in WITNESSES)
    group = Group(name="two", least=2, members=names)
    return replace(policy_of(quorum), groups=(group,))


@dataclass(slots=True, kw_only=True)
class Registry(World):
    """A registry whose registry.json is of the release that names it."""

    def _data(
        self,
        document: Document,
        number: int,
        issued: datetime,
        revoked: Sequence[Revocation],
        loosened: int,
    ) -> Release:
        counts = {**document["counts"], "loosened": loosened}
        del counts["disputes"]
        kind = Keys.DEVELOPMENT if self.profile.one_key else Keys.OPERATOR
        header = {**document["release"], "number": number, "profile": kind.value}
        fit = {**document, "counts": counts, "release": header}
        # Called by name: a class with slots is another one than its methods know.
        return World._data(self, fit, number, issued, revoked, loosened)


def registry(
    number: int = 1,
    profile: Profile = TEAM,
    *,
    now: datetime = START,
    first: int = 101,
    quorum: str | None = None,
) -> Registry:
    """Return a registry that made so many releases, an hour apart.

    Args:
        number: of releases.
        profile: by which its keys are held.
        now: when it begins.
        first: the seed of its holders' keys.
        quorum: which witnesses must cosign; all three of the tests do, if any.
    """
    world = Registry(
        profile=profile,
        now=now,
        first=first,
        log_policy=log_policy(quorum),
        witnesses=(1, 2, 3) if quorum else (),
    )
    for _ in range(number):
        world.release()
    return world


def again(world: Registry) -> Registry:
    """Return a copy of a registry, which goes another way."""
    other = copy.copy(world)
    old = world.log
    log = replace(old.log, entries=[*old.log.entries], tiles=dict(old.log.tiles))
    other.log = Published(log=log, files=dict(old.files))
    other.files = dict(world.files)
    other.tuf = replace(
        world.tuf,
        roots=[*world.tuf.roots],
        in_force=dict(world.tuf.in_force),
        targets_by_name=dict(world.tuf.targets_by_name),
    )
    return other


def all_allowed(issued: datetime) -> Document:
    """Return a registry in which the recordings of the first policy may be used."""
    document = registry_document(issued)
    answers = policy(1, ("anywhere", cells(YES, any_ai=NEVER)))
    document["policies"][0] = answers
    return document


Change = Callable[[Release], Release]


def false_release(
    world: Registry,
    change: Change = lambda release: release,
    *,
    loosened: int = 0,
) -> tuple[bytes, dict[str, bytes]]:
    """Return the bytes of a next release that allows what was denied, and its files."""
    other = again(world)
    document = all_allowed(world.now + world.log.log.size * HOUR)
    other.release(document, loosened=loosened)
    data = encode_release(change(decode_release(other.log.log.entries[-1])))
    return data, {
        path: found
        for path, found in other.files.items()
        if path not in world.files and not path.startswith(("tuf/", "log/"))
    }


def sign_anyhow(file: RoleFile, *signers: Signer) -> RoleFile:
    """Return a file that these signed, whoever may."""
    metadata = metadata_of(file)
    metadata.signatures.clear()
    for signer in signers:
        metadata.sign(signer, append=True)
    return seal(file.role, metadata)


@dataclass(kw_only=True)
class Thief:
    """Somebody who has keys of a registry, and can write to its host.

    Attributes:
        world: as the registry left it.
        keys: the names of those that were stolen: releases, online, log, minisign.
        witnesses: whose keys were stolen too, from 1.
        offline: signers of holders, for an approval.
    """

    world: Registry
    keys: frozenset[str] = frozenset()
    witnesses: Sequence[int] = ()

    def __post_init__(self) -> None:
        self.world = again(self.world)

    def signer(self, name: str) -> Signer:
        """Return what signs as a machine, truly or not."""
        signers = self.world.tuf.signers
        if name not in self.keys:
            return Ed25519Signer(private_key(900 + len(name)))
        return {"releases": signers.releases[0], "online": signers.online}[name]

    def key(self, name: str) -> PrivateKey:
        """Return the key of the log or of minisign, truly or not."""
        if name not in self.keys:
            return private_key(950 + len(name))
        return {"log": KEY, "minisign": MINISIGN}[name]

    def publish(
        self,
        data: bytes,
        others: Mapping[str, bytes] | None = None,
        *,
        approval: bytes | None = None,
        proof: bytes | None = None,
    ) -> dict[str, bytes]:
        """Sign a release and all that leads to it, and return what the host has then.

        Args:
            data: the bytes of release.json.
            others: other files of it.
            approval: that goes with it.
            proof: instead of the one that the thief makes.
        """
        world = self.world
        named = {RELEASE_NAME: data, PROOF_NAME: proof or self.enter(data)}
        if approval is not None:
            named[APPROVAL_NAME] = approval
        self.name(named)
        header = decode_release(data).header
        signature = sign(
            data,
            self.key("minisign"),
            trusted_comment=trusted_comment(RELEASE_NAME, header),
        )
        world.files |= {
            **(others or {}),
            **{target_path(name, each): each for name, each in named.items()},
            RELEASE_NAME: data,
            f"{RELEASE_NAME}.minisig": signature.encode(),
        }
        return world.files

    def enter(self, data: bytes) -> bytes:
        """Enter a release into the log as the thief keeps it, and return its proof."""
        log = self.world.log
        log.add([data])
        note = sign_checkpoint(log.log.checkpoint(), self.key("log"))
        note = witnessed(note, *self.witnesses)
        log.files[CHECKPOINT] = note
        self.world.files |= log.files
        size = log.log.size
        hashes = prove_inclusion(log.log.hash_of(), size - 1, size)
        return encode_log_proof(
            LogProof(index=size - 1, hashes=hashes, checkpoint=note)
        )

    def name(self, named: Mapping[str, bytes]) -> None:
        """Sign that these are the files of the newest release."""
        targets = {n: TargetFile.from_data(n, d) for n, d in named.items()}
        self.put(self.next(Role.RELEASES, targets=targets), self.signer("releases"))
        self.snapshot()

    def snapshot(self, **fields: Any) -> None:  # noqa: ANN401 - of any kind
        """Sign a snapshot of what is in force, and a timestamp of it."""
        in_force = self.world.tuf.in_force
        meta = {
            f"{role}.json": described(in_force[role])
            for role in (Role.TARGETS, Role.RELEASES)
        }
        file = self.next(Role.SNAPSHOT, **{"meta": meta, **fields})
        self.put(file, self.signer("online"))
        self.timestamp(**fields)

    def timestamp(self, **fields: Any) -> dict[str, bytes]:  # noqa: ANN401 - of any kind
        """Sign a timestamp, and return what the host has then."""
        meta = described(self.world.tuf.in_force[Role.SNAPSHOT])
        file = self.next(Role.TIMESTAMP, **{"snapshot_meta": meta, **fields})
        self.put(file, self.signer("online"))
        return self.world.files

    def next(self, role: Role, **fields: Any) -> RoleFile:  # noqa: ANN401 - of any kind
        """Return the file of a role that follows, with these fields, unsigned."""
        before = self.world.tuf.in_force[role]
        root = self.world.tuf.root
        fields.setdefault("version", before.version + 1)
        fields.setdefault("expires", expiry(role, profile_of(root), START))
        return changed(before, **fields)

    def put(self, file: RoleFile, *signers: Signer) -> RoleFile:
        """Sign a file, and put it on the host."""
        made = sign_anyhow(file, *signers)
        self.world.tuf.in_force[file.role] = made
        self.world.files[metadata_path(made.name)] = made.data
        return made


def described(file: RoleFile) -> MetaFile:
    """Return how a file is named by its version and bytes."""
    return MetaFile(file.version, hashes={"sha256": file.digest})


def subsets(names: Sequence[str]) -> list[frozenset[str]]:
    """Return every set of some names."""
    return [
        frozenset(name for at, name in enumerate(names) if number >> at & 1)
        for number in range(2 ** len(names))
    ]
