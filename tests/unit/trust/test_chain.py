"""The chain: each file is believed because of those before it, or not at all."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tuf.api.metadata import DelegatedRole, Delegations, MetaFile, TargetFile

from sayso.errors import MalformedError, StaleError, UntrustedError
from sayso.trust.chain import (
    ROOTS_LIMIT,
    Chain,
    follow_releases,
    follow_root,
    follow_snapshot,
    follow_targets,
    follow_timestamp,
    pin,
    read_root,
    settle,
)
from sayso.trust.naming import named_target
from sayso.trust.profiles import Profile, Role
from sayso.trust.roles import snapshot_of, targets_of, timestamp_of
from tests.roles import (
    DEV,
    INSTITUTION,
    NOW,
    POLICY,
    RELEASE,
    SOLO,
    TEAM,
    Repository,
    changed,
    repository,
    signed,
    signers_of,
)

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def walk(registry: Repository, before: Chain | None = None) -> Chain:
    """Return the chain of a client that asks a registry."""
    now = registry.now
    chain = before or pin(registry.roots[0])
    for root in registry.roots[chain.root.version :]:
        chain = follow_root(chain, root.data)
    chain = settle(chain, now=now)
    chain = follow_timestamp(chain, registry.in_force[Role.TIMESTAMP].data, now=now)
    chain = follow_snapshot(chain, registry.in_force[Role.SNAPSHOT].data, now=now)
    chain = follow_targets(chain, registry.in_force[Role.TARGETS].data, now=now)
    return follow_releases(chain, registry.in_force[Role.RELEASES].data, now=now)


@pytest.mark.parametrize("profile", [DEV, SOLO, TEAM, INSTITUTION])
def test_a_registry_is_believed_in_every_profile(profile: Profile) -> None:
    registry = repository(profile)
    chain = walk(registry)
    assert named_target(chain.file(Role.TARGETS), "policy.txt").is_of(POLICY)
    assert named_target(chain.file(Role.RELEASES), "release.json").is_of(RELEASE)
    with pytest.raises(UntrustedError, match=r"does not name policy\.txt"):
        named_target(chain.file(Role.RELEASES), "policy.txt")


def test_a_pinned_root_is_read_whatever_its_version_and_the_name_of_its_file() -> None:
    registry = repository(SOLO)
    registry.rotate(TEAM, signers_of(TEAM, first=300))
    for root in registry.roots:
        assert read_root(root.data) == root
    for data in (b"", b"{}", b'"version":7', registry.in_force[Role.SNAPSHOT].data):
        with pytest.raises(MalformedError):
            read_root(data)


def test_a_root_that_its_own_holders_did_not_sign_is_not_pinned() -> None:
    root = changed(repository(TEAM).root)
    with pytest.raises(UntrustedError, match="signed by 0 of the keys"):
        pin(root)


def test_a_later_root_that_its_own_holders_did_not_sign_is_not_pinned() -> None:
    registry = repository(TEAM)
    registry.rotate(TEAM, registry.signers)
    draft = signed(
        changed(registry.root), registry.signers.root[:1], authority=registry.roots[0]
    )
    with pytest.raises(UntrustedError, match=r"signed by 1 of the keys in 2\.root"):
        pin(draft)


def test_a_later_root_may_be_pinned() -> None:
    registry = repository(SOLO)
    registry.rotate(SOLO, registry.signers)
    registry.sign_targets()
    registry.release()
    assert walk(registry, pin(registry.roots[1])).root.version == 2


def test_a_step_that_was_left_out_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no timestamp is believed yet"):
        follow_snapshot(pin(repository(TEAM).root), b"", now=NOW)


def test_nobody_walks_from_root_to_root_without_end() -> None:
    registry = repository(SOLO)
    chain = Chain(roots=(registry.root,) * ROOTS_LIMIT)
    registry.rotate(SOLO, registry.signers)
    chain = follow_root(chain, registry.root.data)
    with pytest.raises(UntrustedError, match="more than 256 roots"):
        follow_root(chain, b"")


@pytest.mark.parametrize("role", [Role.TIMESTAMP, Role.SNAPSHOT])
def test_what_one_key_signed_is_forgotten_when_either_key_is_replaced(
    role: Role,
) -> None:
    registry = repository(TEAM)
    chain = walk(registry)
    assert settle(chain, now=NOW) == chain
    no_more = changed(registry.in_force[role])
    before = (
        replace(chain, timestamp=no_more)
        if role is Role.TIMESTAMP
        else replace(chain, snapshot=no_more)
    )
    assert settle(before, now=NOW) == Chain(roots=chain.roots)


def test_a_root_follows_by_one_and_by_old_and_new_holders() -> None:
    registry = repository(TEAM)
    chain = pin(registry.root)
    registry.rotate(TEAM, signers_of(TEAM, first=300))
    registry.rotate(TEAM, signers_of(TEAM, first=500))
    with pytest.raises(MalformedError, match="it is version '3'"):
        follow_root(chain, registry.roots[2].data)
    unsigned = changed(registry.roots[1])
    with pytest.raises(UntrustedError, match="signed by 0 of the keys"):
        follow_root(chain, unsigned.data)
    half = signed(unsigned, signers_of(TEAM, first=300).root, authority=chain.root)
    with pytest.raises(UntrustedError, match=r"signed by 0 of the keys in 1\.root"):
        follow_root(chain, half.data)


def expiring(role: Role, when: timedelta) -> Repository:
    """Return a registry of which one file expires earlier than the others."""
    registry = repository(TEAM)
    file = changed(registry.in_force[role], expires=NOW + when)
    by = {
        Role.ROOT: registry.signers.root[:2],
        Role.TARGETS: registry.signers.targets[:2],
        Role.RELEASES: registry.signers.releases,
    }.get(role, [registry.signers.online])
    authority = registry.in_force[Role.TARGETS if role is Role.RELEASES else Role.ROOT]
    file = signed(file, by, authority=None if role is Role.ROOT else authority)
    registry.in_force[role] = file
    if role is Role.ROOT:
        registry.roots = [file]
    if role in {Role.TARGETS, Role.RELEASES}:
        del registry.in_force[Role.SNAPSHOT], registry.in_force[Role.TIMESTAMP]
        registry.snapshot()
    if role is Role.SNAPSHOT:
        del registry.in_force[Role.TIMESTAMP]
        registry.timestamp()
    return registry


@pytest.mark.parametrize("role", Role)
def test_a_file_is_believed_until_the_second_before_it_expires(role: Role) -> None:
    registry = expiring(role, DAY)
    registry.now = NOW + DAY - SECOND
    walk(registry)
    registry.now = NOW + DAY
    with pytest.raises(StaleError, match=rf"{role}\.json expired .* clock"):
        walk(registry)


def test_a_snapshot_that_the_timestamp_does_not_name_is_refused() -> None:
    registry = repository(TEAM)
    chain = pin(registry.root)
    timestamp = registry.in_force[Role.TIMESTAMP]
    chain = follow_timestamp(chain, timestamp.data, now=NOW)
    other = changed(registry.in_force[Role.SNAPSHOT], expires=NOW + DAY)
    with pytest.raises(UntrustedError, match=r"1\.snapshot\.json is not the one"):
        follow_snapshot(chain, registry.by_machine(other).data, now=NOW)


@pytest.mark.parametrize("role", [Role.SNAPSHOT, Role.TARGETS])
def test_a_file_that_is_named_and_not_signed_is_refused(role: Role) -> None:
    registry = repository(TEAM)
    file = changed(registry.in_force[role])
    named = MetaFile(1, hashes={"sha256": file.digest})
    registry.in_force[role] = file
    if role is Role.TARGETS:
        meta = {**snapshot_of(registry.in_force[Role.SNAPSHOT]).meta}
        snapshot = changed(
            registry.in_force[Role.SNAPSHOT], meta={**meta, "targets.json": named}
        )
        registry.in_force[Role.SNAPSHOT] = registry.by_machine(snapshot)
        named = MetaFile(1, hashes={"sha256": registry.in_force[Role.SNAPSHOT].digest})
    stamp = changed(registry.in_force[Role.TIMESTAMP], snapshot_meta=named)
    registry.in_force[Role.TIMESTAMP] = registry.by_machine(stamp)
    with pytest.raises(UntrustedError, match=rf"1\.{role}\.json is signed by 0"):
        walk(registry)


def named_only_by_version(registry: Repository, role: Role) -> None:
    """Let the timestamp, or the snapshot, name a file without its SHA-256."""
    plain = MetaFile(version=1)
    if role is Role.SNAPSHOT:
        file = changed(registry.in_force[Role.TIMESTAMP], snapshot_meta=plain)
        registry.in_force[Role.TIMESTAMP] = registry.by_machine(file)
        return
    meta = dict(snapshot_of(registry.in_force[Role.SNAPSHOT]).meta)
    meta[f"{role}.json"] = plain
    file = changed(registry.in_force[Role.SNAPSHOT], meta=meta)
    registry.in_force[Role.SNAPSHOT] = registry.by_machine(file)
    registry.timestamp()


@pytest.mark.parametrize("role", [Role.SNAPSHOT, Role.TARGETS, Role.RELEASES])
def test_a_file_that_is_named_without_its_digest_is_refused(role: Role) -> None:
    registry = repository(TEAM)
    registry.in_force.pop(Role.TIMESTAMP) if role is not Role.SNAPSHOT else None
    named_only_by_version(registry, role)
    with pytest.raises(UntrustedError, match=rf"{role}\.json by its SHA-256"):
        walk(registry)


def test_a_snapshot_that_names_no_releases_is_refused() -> None:
    registry = repository(TEAM)
    meta = dict(snapshot_of(registry.in_force[Role.SNAPSHOT]).meta)
    del meta["releases.json"]
    file = changed(registry.in_force[Role.SNAPSHOT], meta=meta)
    registry.in_force[Role.SNAPSHOT] = registry.by_machine(file)
    del registry.in_force[Role.TIMESTAMP]
    registry.timestamp()
    with pytest.raises(UntrustedError, match=r"does not name releases\.json"):
        walk(registry)


def test_a_digest_that_is_none_is_refused() -> None:
    registry = repository(TEAM)
    meta = MetaFile(version=1, hashes={"sha256": "../../escape"})
    file = changed(registry.in_force[Role.TIMESTAMP], snapshot_meta=meta)
    registry.in_force[Role.TIMESTAMP] = registry.by_machine(file)
    with pytest.raises(MalformedError, match="not a SHA-256"):
        walk(registry)


def test_targets_do_not_name_a_release_themselves() -> None:
    registry = repository(TEAM)
    targets = targets_of(registry.in_force[Role.TARGETS])
    named = {
        **targets.targets,
        "release.json": TargetFile.from_data("release.json", b"another"),
    }
    file = changed(registry.in_force[Role.TARGETS], targets=named)
    registry.in_force[Role.TARGETS] = signed(
        file, registry.signers.targets[:2], authority=registry.root
    )
    del registry.in_force[Role.SNAPSHOT], registry.in_force[Role.TIMESTAMP]
    registry.snapshot()
    with pytest.raises(UntrustedError, match="only releases may"):
        walk(registry)


@pytest.mark.parametrize("role", [Role.SNAPSHOT, Role.TARGETS, Role.RELEASES])
@pytest.mark.parametrize("fault", ["length", "digest"])
def test_a_file_that_is_named_by_more_is_what_all_of_it_says(
    role: Role, fault: str
) -> None:
    """Other clients refuse such a file, and a registry has one newest release."""
    registry = repository(TEAM)
    digest = registry.in_force[role].digest
    named = MetaFile(1, hashes={"sha256": digest})
    if fault == "length":
        named.length = len(registry.in_force[role].data) + 1
    else:
        named.hashes = {"sha256": digest, "sha512": "00" * 64}
    if role is Role.SNAPSHOT:
        file = changed(registry.in_force[Role.TIMESTAMP], snapshot_meta=named)
        registry.in_force[Role.TIMESTAMP] = registry.by_machine(file)
    else:
        meta = {**snapshot_of(registry.in_force[Role.SNAPSHOT]).meta}
        meta[f"{role}.json"] = named
        file = changed(registry.in_force[Role.SNAPSHOT], meta=meta)
        registry.in_force[Role.SNAPSHOT] = registry.by_machine(file)
        del registry.in_force[Role.TIMESTAMP]
        registry.timestamp()
    with pytest.raises(UntrustedError, match=r"not the one that|SHA-256 alone"):
        walk(registry)


def test_a_target_has_the_length_that_it_is_named_with() -> None:
    targets = targets_of(repository(TEAM).in_force[Role.TARGETS])
    targets.targets["policy.txt"].length += 1
    file = changed(
        repository(TEAM).in_force[Role.TARGETS], targets=dict(targets.targets)
    )
    assert not named_target(file, "policy.txt").is_of(POLICY)


def test_a_root_lets_files_change_only_with_their_names() -> None:
    registry = repository(TEAM)
    root = changed(registry.root, consistent_snapshot=False)
    chain = pin(signed(root, registry.signers.root[:2]))
    with pytest.raises(UntrustedError, match=r"1\.root\.json does not say consistent"):
        settle(chain, now=NOW)


RELEASES = DelegatedRole("releases", [], 1, terminating=True, paths=["release.*"])
OTHER = DelegatedRole("other", [], 1, terminating=False, paths=["release.*"])


@pytest.mark.parametrize(
    "roles",
    [
        None,
        {},
        {"other": OTHER, "releases": RELEASES},
        {"releases": RELEASES, "other": OTHER},
        {
            "releases": DelegatedRole(
                "releases", [], 1, terminating=True, paths=["release.json"]
            )
        },
        {
            "releases": DelegatedRole(
                "releases", [], 1, terminating=False, paths=["release.*"]
            )
        },
        {
            "releases": DelegatedRole(
                "releases", [], 1, terminating=True, path_hash_prefixes=["00"]
            )
        },
    ],
)
def test_targets_let_releases_and_nobody_else_name_a_release(
    roles: dict[str, DelegatedRole] | None,
) -> None:
    """Other clients would ask others first, or find no release."""
    registry = repository(TEAM)
    said = None if roles is None else Delegations({}, roles)
    file = changed(registry.in_force[Role.TARGETS], delegations=said)
    file = signed(file, registry.signers.targets[:2], authority=registry.root)
    meta = {**snapshot_of(registry.in_force[Role.SNAPSHOT]).meta}
    meta["targets.json"] = MetaFile(1, hashes={"sha256": file.digest})
    snapshot = changed(registry.in_force[Role.SNAPSHOT], meta=meta)
    chain = replace(walk(registry), snapshot=registry.by_machine(snapshot))
    with pytest.raises(UntrustedError, match="let releases alone"):
        follow_targets(chain, file.data, now=NOW)


def test_releases_are_signed_by_the_keys_that_the_targets_name() -> None:
    registry = repository(TEAM)
    file = changed(registry.in_force[Role.RELEASES])
    chain = walk(registry)
    meta = dict(snapshot_of(registry.in_force[Role.SNAPSHOT]).meta)
    meta["releases.json"] = MetaFile(version=1, hashes={"sha256": file.digest})
    snapshot = changed(registry.in_force[Role.SNAPSHOT], meta=meta)
    chain = Chain(
        roots=chain.roots,
        targets=chain.targets,
        snapshot=registry.by_machine(snapshot),
    )
    with pytest.raises(UntrustedError, match="signed by 0 of the keys"):
        follow_releases(chain, file.data, now=NOW)


def test_nothing_goes_back() -> None:
    registry = repository(TEAM)
    old = registry.in_force[Role.TIMESTAMP]
    registry.release(b"newer")
    chain = walk(registry)
    with pytest.raises(UntrustedError, match=r"timestamp\.json went back from version"):
        follow_timestamp(chain, old.data, now=NOW)


def test_a_newer_timestamp_does_not_name_an_older_snapshot() -> None:
    registry = repository(TEAM)
    first = registry.in_force[Role.TIMESTAMP]
    registry.release(b"newer")
    chain = walk(registry)
    meta = timestamp_of(first).snapshot_meta
    file = changed(registry.in_force[Role.TIMESTAMP], version=9, snapshot_meta=meta)
    with pytest.raises(UntrustedError, match="the snapshot went back from version 2"):
        follow_timestamp(chain, registry.by_machine(file).data, now=NOW)


@pytest.mark.parametrize("name", ["targets.json", "releases.json"])
def test_a_newer_snapshot_names_nothing_older_and_leaves_nothing_out(name: str) -> None:
    registry = repository(TEAM)
    registry.sign_targets()
    registry.release(b"newer")
    chain = walk(registry)
    meta = dict(snapshot_of(registry.in_force[Role.SNAPSHOT]).meta)
    cases = [
        (
            {**meta, name: MetaFile(1, hashes={"sha256": "ab" * 32})},
            f"{name} went back",
        ),
        ({n: m for n, m in meta.items() if n != name}, f"no longer names {name}"),
    ]
    for said, message in cases:
        file = changed(registry.in_force[Role.SNAPSHOT], version=9, meta=said)
        snapshot = registry.by_machine(file)
        named = MetaFile(9, hashes={"sha256": snapshot.digest})
        stamp = changed(
            registry.in_force[Role.TIMESTAMP], version=9, snapshot_meta=named
        )
        after = follow_timestamp(chain, registry.by_machine(stamp).data, now=NOW)
        with pytest.raises(UntrustedError, match=message):
            follow_snapshot(after, snapshot.data, now=NOW)


def test_a_timestamp_of_the_same_version_changes_nothing() -> None:
    registry = repository(TEAM)
    chain = walk(registry)
    other = changed(registry.in_force[Role.TIMESTAMP], expires=NOW + DAY)
    after = follow_timestamp(chain, registry.by_machine(other).data, now=NOW)
    assert after == chain


def test_who_was_jammed_by_a_stolen_key_recovers_when_it_is_replaced() -> None:
    registry = repository(TEAM)
    stolen = changed(registry.in_force[Role.TIMESTAMP], version=2**31)
    chain = follow_timestamp(walk(registry), registry.by_machine(stolen).data, now=NOW)
    with pytest.raises(UntrustedError, match="went back from version 2147483648"):
        walk(registry, chain)
    registry.rotate(TEAM, signers_of(TEAM, first=300))
    registry.sign_targets()
    del registry.in_force[Role.SNAPSHOT], registry.in_force[Role.TIMESTAMP]
    registry.release(b"after the theft")
    assert walk(registry, chain).root.version == 2
