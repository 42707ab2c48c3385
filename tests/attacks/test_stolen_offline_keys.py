"""Whoever took keys of holders: fewer than must sign, or as many."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from securesystemslib.signer import Signer
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import TargetFile

from sayso.errors import MalformedError, StaleError, UntrustedError
from sayso.trust.profiles import Profile, Role
from sayso.trust.roles import RoleFile
from sayso.trust.root import make_root, root_keys
from sayso.wire.log_policy import encode_log_policy
from sayso.wire.places import POLICY_NAME, metadata_path, target_path
from tests.attacks.scene import ALLOW, DENY, START, Reader, Scene
from tests.attacks.thief import (
    Registry,
    Thief,
    again,
    false_release,
    log_policy,
    registry,
    sign_anyhow,
)
from tests.roles import DEV, INSTITUTION, SOLO, TEAM, signers_of

WORLD = registry(2)
ROOT = WORLD.roots[0]
ONLINE = frozenset({"log", "online", "releases"})
BELOW = [(TEAM, 1), (INSTITUTION, 2)]
AT = [(SOLO, 1), (TEAM, 2), (INSTITUTION, 3)]


def seen(scene: Scene, world: Registry = WORLD) -> Reader:
    scene.show(world.files)
    reader = scene.reader(world.roots[0])
    assert reader.verdict() == DENY
    return reader


def next_root(
    world: Registry, by: Sequence[Signer], *, first: int | None = None
) -> RoleFile:
    """Return the root that follows, for the same holders or for others."""
    keys = (
        root_keys(world.tuf.root)
        if first is None
        else signers_of(world.profile, first=first).root_keys()
    )
    after = world.tuf.root
    return sign_anyhow(make_root(world.profile, keys, now=START, after=after), *by)


@pytest.mark.parametrize(("profile", "count"), BELOW, ids=["team", "institution"])
def test_a_thief_of_fewer_root_keys_than_must_sign_makes_a_root(
    scene: Scene, profile: Profile, count: int
) -> None:
    """Of the old holders some are the thief's, and of the new ones all."""
    world = registry(1, profile=profile)
    reader = seen(scene, world)
    own = signers_of(profile, first=700)
    for mine in ([], own.root):
        by = [*world.tuf.signers.root[:count], *mine]
        root = next_root(world, by, first=700)
        scene.show({**world.files, metadata_path(root.name): root.data})
        least = profile.root.least
        words = f"signed by {count} of the keys in 1.root.json, and {least} must"
        reader.refuses(UntrustedError, words)
        with pytest.raises(RepositoryError):
            scene.tuf_reader(world.roots[0]).release()
    # What was refused leaves no trace.
    scene.show(world.files)
    assert reader.verdict() == DENY


def test_a_thief_signs_once_for_every_holder(scene: Scene) -> None:
    """A key counts once, however often it is written down."""
    reader = seen(scene)
    one = WORLD.tuf.signers.root[0]
    root = next_root(WORLD, [one, one])
    scene.show({**WORLD.files, metadata_path(root.name): root.data})
    reader.refuses(UntrustedError, "signed by 1 of the keys")


def test_holders_of_tomorrow_sign_without_those_of_today(scene: Scene) -> None:
    reader = seen(scene)
    root = next_root(WORLD, signers_of(TEAM, first=700).root, first=700)
    scene.show({**WORLD.files, metadata_path(root.name): root.data})
    reader.refuses(UntrustedError, "signed by 0 of the keys in 1.root.json")


def test_holders_of_today_sign_without_those_of_tomorrow(scene: Scene) -> None:
    """Otherwise a slip of the hand could hand the registry to nobody."""
    reader = seen(scene)
    root = next_root(WORLD, WORLD.tuf.signers.root[:2], first=700)
    scene.show({**WORLD.files, metadata_path(root.name): root.data})
    reader.refuses(UntrustedError, "signed by 0 of the keys in 2.root.json")


@pytest.mark.parametrize(("profile", "count"), AT, ids=["solo", "team", "institution"])
def test_a_thief_of_as_many_root_keys_as_must_sign_replaces_everybody(
    scene: Scene, profile: Profile, count: int
) -> None:
    """This is not withstood: who can replace all keys is the registry."""
    world = registry(1, profile=profile)
    reader = seen(scene, world)
    taken = again(world)
    holders, own = world.tuf.signers.root[:count], signers_of(profile, first=700)
    root = next_root(world, [*holders, *own.root], first=700)
    taken.tuf.signers = own
    taken.tuf.roots.append(root)
    taken.tuf.in_force[Role.ROOT] = root
    taken.tuf.sign_targets()
    data, _ = false_release(taken)
    taken.enter(data)
    scene.show({**taken.files, **false_release(world)[1]})
    assert reader.verdict() == ALLOW


def test_holders_take_a_stolen_key_out_and_old_readers_follow(scene: Scene) -> None:
    """One of three is stolen: the other two make a root without it."""
    reader = seen(scene)
    honest = again(WORLD)
    stolen, *rest = honest.tuf.signers.root
    fresh = signers_of(TEAM, first=700).root[0]
    signers = replace(honest.tuf.signers, root=[*rest, fresh], targets=[*rest, fresh])
    keys = signers.root_keys()
    root = make_root(TEAM, keys, now=START, after=honest.tuf.root)
    root = sign_anyhow(root, *rest, fresh)
    honest.tuf.signers = signers
    honest.tuf.roots.append(root)
    honest.tuf.in_force[Role.ROOT] = root
    honest.tuf.sign_targets()
    honest.release()
    scene.show(honest.files)
    assert reader.number() == 3
    assert scene.reader(ROOT).number() == 3
    assert scene.tuf_reader(ROOT).release() == honest.log.log.entries[-1]
    # From then on the stolen key is nobody's.
    late = next_root(honest, [stolen])
    scene.show({**honest.files, metadata_path(late.name): late.data})
    reader.refuses(UntrustedError, "signed by 0 of the keys in 2.root.json")


def forged_targets(
    thief: Thief, count: int, targets: dict[str, bytes]
) -> dict[str, bytes]:
    """Return what the host has when so many holders signed other targets."""
    named = {name: TargetFile.from_data(name, data) for name, data in targets.items()}
    holders = thief.world.tuf.signers.targets[:count]
    thief.put(thief.next(Role.TARGETS, targets=named), *holders)
    paths = {target_path(name, data): data for name, data in targets.items()}
    data, others = false_release(WORLD)
    return {**thief.publish(data, others), **paths}


def another_log() -> bytes:
    """Return a policy that believes a thief's log as well."""
    policy = log_policy()
    (log,) = policy.logs
    other = replace(
        log, key=replace(log.key, key=Thief(world=WORLD).key("log").public.key)
    )
    return encode_log_policy(replace(policy, logs=(other,)))


@pytest.mark.parametrize(("count", "verdict"), [(1, None), (2, ALLOW)])
def test_a_thief_of_keys_of_targets_names_another_log(
    scene: Scene, count: int, verdict: int | None
) -> None:
    """One of three does nothing; two of three and the online keys are enough."""
    reader = seen(scene)
    thief = Thief(world=WORLD, keys=ONLINE - {"log"})
    files = forged_targets(thief, count, {POLICY_NAME: another_log()})
    scene.show(files)
    if verdict is None:
        reader.refuses(UntrustedError, "2.targets.json is signed by 1 of", "2 must")
    else:
        assert reader.ask("--use=train-generative").exit_code == verdict


def test_a_thief_of_keys_of_targets_names_a_release_past_the_log(scene: Scene) -> None:
    """Clients of TUF alone would take it for the newest; ours refuse such targets."""
    reader = seen(scene)
    thief = Thief(world=WORLD, keys=ONLINE)
    data, _ = false_release(WORLD)
    policy = encode_log_policy(log_policy())
    files = forged_targets(thief, 2, {POLICY_NAME: policy, "release.json": data})
    scene.show(files)
    reader.refuses(UntrustedError, "names release.json, and only releases may")


def test_a_thief_of_keys_of_targets_names_no_policy(scene: Scene) -> None:
    reader = seen(scene)
    scene.show(forged_targets(Thief(world=WORLD, keys=ONLINE), 2, {}))
    reader.refuses(UntrustedError, "does not name policy.txt by its SHA-256")


def test_a_root_is_left_out(scene: Scene) -> None:
    """The third root in the place of the second: nobody may skip a change of keys."""
    honest = again(WORLD)
    for _ in range(2):
        honest.tuf.rotate(TEAM, honest.tuf.signers)
    honest.release()
    reader = seen(scene)
    third = honest.tuf.roots[2]
    scene.show({**honest.files, metadata_path("2.root.json"): third.data})
    reader.refuses(MalformedError, "2.root.json says of itself that it is")


def test_holders_without_end_make_257_roots(scene: Scene) -> None:
    """A host that has the key could keep a reader busy for ever: 256 are followed."""
    world = registry(1, profile=DEV)
    for _ in range(257):
        world.tuf.rotate(DEV, world.tuf.signers)
    world.release()
    scene.show(world.files)
    result = scene.reader(world.roots[0]).ask("--use=train-generative")
    assert (result.exit_code, result.stdout) == (40, "")
    assert "more than 256 roots follow one another; take the newest" in " ".join(
        result.stderr.split()
    )
    assert scene.reader(world.roots[200]).number() == 2


def test_a_root_that_nobody_renewed_expires(scene: Scene) -> None:
    """Stolen or forgotten: after a year the holders must have met again."""
    world = registry(1, now=START - timedelta(days=364))
    year = START + timedelta(days=1)
    world.now = world.tuf.now = START
    world.tuf.sign_targets()
    world.release()
    scene.show(world.files)
    reader = scene.reader(world.roots[0], clock=START + timedelta(hours=3))
    assert reader.number() == 2
    reader.clock = year
    reader.refuses(StaleError, "1.root.json expired")
    world.tuf.rotate(TEAM, world.tuf.signers)
    world.release()
    scene.show(world.files)
    assert reader.number() == 3
