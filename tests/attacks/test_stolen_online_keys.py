"""Whoever took keys from the machines that publish: one, several, or all of them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tuf.api.exceptions import BadVersionNumberError, RepositoryError
from tuf.api.metadata import TargetFile

from sayso.cli import main
from sayso.errors import (
    MalformedError,
    RegistryError,
    StaleError,
    UntrustedError,
)
from sayso.model.settings import Brake, Revocation
from sayso.trust.approval import approval_of, approve, encode_approval
from sayso.trust.log import sign_checkpoint
from sayso.trust.profiles import Role
from sayso.wire.header import Profile as Keys
from sayso.wire.log_proof import LogProof, encode_log_proof
from sayso.wire.merkle import prove_inclusion
from sayso.wire.places import (
    APPROVAL_NAME,
    CHECKPOINT,
    PROOF_NAME,
    RELEASE_NAME,
    TIMESTAMP,
    metadata_path,
    target_path,
)
from sayso.wire.release import Release, decode_release
from sayso.wire.text import Digest, format_time
from tests.attacks.scene import ALLOW, DAY, DENY, HOUR, START, Reader, Scene, said
from tests.attacks.thief import (
    MINISIGN,
    Change,
    Registry,
    Thief,
    again,
    false_release,
    registry,
    subsets,
)
from tests.logs import witnessed
from tests.registries import KEY, Files
from tests.roles import INSTITUTION, signer

KEYS = ("log", "minisign", "online", "releases")
NEEDED = {"log", "online", "releases"}
ALL = frozenset(NEEDED)
WORLD = registry(2)
ROOT = WORLD.roots[0]
FALSE, OTHERS = false_release(WORLD)
WITNESSED = registry(2, quorum="two")
JAM = 2**31


def steal(*keys: str, world: Registry = WORLD, witnesses: Sequence[int] = ()) -> Thief:
    return Thief(world=world, keys=frozenset(keys), witnesses=witnesses)


def seen(scene: Scene, world: Registry = WORLD) -> Reader:
    """Return a reader who saw the honest registry."""
    scene.show(world.files)
    reader = scene.reader(world.roots[0])
    assert reader.verdict() == DENY
    return reader


def rotated(
    world: Registry,
    *,
    releases: int = 0,
    online: int = 0,
    revoked: Sequence[Revocation] = (),
) -> Registry:
    """Return a registry whose holders replaced keys, and that goes on."""
    honest = again(world)
    signers = honest.tuf.signers
    honest.tuf.rotate(
        honest.profile,
        replace(
            signers,
            releases=[signer(releases)] if releases else signers.releases,
            online=signer(online) if online else signers.online,
        ),
    )
    honest.tuf.sign_targets()
    honest.release(revoked=revoked)
    return honest


def verifies(files: dict[str, bytes], folder: Path) -> bool:
    """Return whether minisign alone believes release.json."""
    Files(by_path={p: d for p, d in files.items() if "release.json" in p}).write(folder)
    words = ["verify", str(folder / RELEASE_NAME), "--key", MINISIGN.public.text()]
    result = CliRunner().invoke(main, words)
    assert result.exit_code in {0, 40}
    assert (result.exit_code == 0) is bool(result.stdout)
    return result.exit_code == 0


@pytest.mark.parametrize("keys", subsets(KEYS), ids=lambda keys: "+".join(sorted(keys)))
def test_a_thief_of_any_set_of_online_keys_makes_a_false_release(
    scene: Scene, tmp_path: Path, keys: frozenset[str]
) -> None:
    """It takes all three; minisign's fools those who go by minisign alone."""
    reader = seen(scene)
    files = steal(*keys).publish(FALSE, OTHERS)
    scene.show(files)
    for who in (reader, scene.reader(ROOT)):
        if keys >= NEEDED:
            assert who.ask("--use=train-generative").exit_code == ALLOW
        else:
            who.refuses(UntrustedError)
    assert verifies(files, tmp_path) is ("minisign" in keys)
    if not keys & {"online", "releases"}:
        with pytest.raises(RepositoryError):
            scene.tuf_reader(ROOT).release()


def test_a_thief_of_all_but_the_log_fools_clients_of_tuf_alone(scene: Scene) -> None:
    """What the log is for: python-tuf does not ask it, and believes."""
    scene.show(steal("online", "releases").publish(FALSE, OTHERS))
    assert scene.tuf_reader(ROOT).release() == FALSE
    scene.reader(ROOT).refuses(
        UntrustedError, "not proved to be in the log: no key that is believed signed"
    )


def test_a_thief_of_the_key_of_releases_replaces_their_file(scene: Scene) -> None:
    thief = steal("releases")
    named = {RELEASE_NAME: TargetFile.from_data(RELEASE_NAME, FALSE)}
    same = thief.next(Role.RELEASES, targets=named, version=2)
    made = thief.put(same, thief.signer("releases"))
    scene.show({**WORLD.files, metadata_path(made.name): made.data})
    scene.reader(ROOT).refuses(UntrustedError, "not the one that is named")


def test_a_thief_of_the_online_key_shows_an_old_release_as_the_newest(
    scene: Scene,
) -> None:
    """New readers believe it until the file of `releases` expires: 30 days."""
    reader = seen(scene)
    thief = steal("online")
    old = registry(1)
    thief.world.tuf.in_force[Role.RELEASES] = old.tuf.in_force[Role.RELEASES]
    thief.snapshot()
    scene.show({**old.files, **thief.world.files})
    reader.refuses(UntrustedError, "went back from version 2 to 1")
    assert scene.reader(ROOT).number() == 1
    for days in (28, 31):
        now = START + timedelta(days=days)
        thief.snapshot(expires=now + DAY)
        scene.show({**old.files, **thief.world.files})
        late = scene.reader(ROOT, clock=now)
        if days == 28:
            assert late.number() == 1
        else:
            late.refuses(StaleError, "releases.json expired")
    # The next root ends it at once, for whoever sees it.
    scene.show({**rotated(WORLD, online=801).files})
    assert scene.reader(ROOT).number() == 3


def test_a_thief_of_the_online_key_jams_readers_until_the_next_root(
    scene: Scene,
) -> None:
    reader, other = seen(scene), scene.tuf_reader(ROOT)
    scene.show(steal("online").timestamp(version=JAM))
    assert reader.verdict() == DENY  # what is there is still true
    other.release()
    scene.show(WORLD.files)
    reader.refuses(UntrustedError, f"went back from version {JAM} to 2")
    with pytest.raises(BadVersionNumberError):
        other.release()
    assert scene.reader(ROOT).verdict() == DENY
    honest = rotated(WORLD, online=801)
    scene.show(honest.files)
    assert reader.number() == 3
    assert other.release() == honest.log.log.entries[-1]


def test_a_thief_jams_the_versions_of_other_files_too(scene: Scene) -> None:
    reader, other = seen(scene), scene.tuf_reader(ROOT)
    thief = steal("online", "releases")
    ahead = thief.next(Role.RELEASES, version=JAM)
    thief.put(ahead, thief.signer("releases"))
    thief.snapshot(version=JAM)
    scene.show(thief.world.files)
    assert reader.verdict() == DENY
    other.release()
    scene.show(WORLD.files)
    reader.refuses(UntrustedError, "went back")
    honest = rotated(WORLD, online=801, releases=802)
    scene.show(honest.files)
    assert reader.number() == 3
    assert other.release() == honest.log.log.entries[-1]


@pytest.mark.parametrize("version", [2**53, 2**63, 10**30, -1, 0, 2.5, True])
def test_a_thief_signs_a_version_that_is_no_number(
    scene: Scene, version: float
) -> None:
    """A version above 2^53 would be another one in JavaScript, and last for ever."""
    reader = seen(scene)
    thief = steal("online")
    if version >= 2**53:
        scene.show(thief.timestamp(version=version))
    else:
        # No tool of TUF signs such a file, and none is asked whether it is signed.
        data = thief.timestamp(version=7)[TIMESTAMP]
        spelled = json.dumps(version).encode()
        scene.answer(TIMESTAMP, data.replace(b'"version":7', b'"version":' + spelled))
    reader.refuses(MalformedError, "timestamp.json")
    scene.show(WORLD.files)
    assert reader.verdict() == DENY


def test_a_thief_signs_for_ever(scene: Scene) -> None:
    """A timestamp of the year 9999 holds for those who see it until the next root."""
    reader = seen(scene)
    never = datetime(9999, 12, 31, tzinfo=UTC)
    scene.show(steal("online").timestamp(expires=never))
    reader.clock = START + 25 * DAY
    assert reader.verdict() == DENY
    reader.clock = None
    honest = rotated(WORLD, online=801)
    scene.show(honest.files)
    assert reader.number() == 3
    scene.answer(TIMESTAMP, steal("online").timestamp(expires=never)[TIMESTAMP])
    reader.refuses(UntrustedError, "timestamp.json is signed by 0 of")


def test_a_thief_of_the_log_key_shows_another_log(scene: Scene, tmp_path: Path) -> None:
    """Readers do not see it, who go by TUF; a monitor does, and keeps the proof."""
    reader = seen(scene)
    state = tmp_path / "seen"
    watched = monitor(reader, state)
    assert watched.exit_code == 0, watched.output
    thief = steal("log")
    thief.world.log.log.entries.clear()
    thief.world.log.log.tiles.clear()
    for _ in range(2):
        thief.enter(FALSE)
    scene.show({**WORLD.files, **thief.world.log.files})
    assert reader.verdict() == DENY
    watched = monitor(reader, state)
    assert watched.exit_code == 40
    assert "contradicts itself" in said(watched)
    assert [*tmp_path.glob("seen.*.evidence.json")]


def monitor(reader: Reader, state: Path) -> Result:
    words = [f"--registry={reader.address}", f"--root={reader.pinned}"]
    return CliRunner().invoke(main, ["monitor", f"--state={state}", *words])


def test_a_thief_of_all_online_keys_is_believed_until_the_release_is_revoked(
    scene: Scene, tmp_path: Path
) -> None:
    """The worst that they get: one false answer, which nobody can ever take back."""
    reader, state = seen(scene), tmp_path / "seen"
    assert monitor(reader, state).exit_code == 0
    thief = steal(*ALL)
    scene.show(thief.publish(FALSE, OTHERS))
    assert reader.verdict() == ALLOW
    asked = thief.world.now + 2 * HOUR
    # A monitor tells of it, and of what changed for whoever watches.
    told = monitor(reader, state)
    assert "Release 3 of" in " ".join(told.output.split())
    # It cannot be hidden: going back is refused by whoever saw it.
    scene.show(WORLD.files)
    reader.refuses(UntrustedError, "went back")
    # The holders replace the keys, and the next release revokes the false one.
    bad = Revocation(release=3, reason="false")
    scene.show(rotated(thief.world, releases=801, online=802, revoked=[bad]).files)
    assert reader.verdict() == DENY
    assert scene.reader(ROOT).verdict() == DENY
    past = reader.ask(f"--as-of={format_time(asked)}")
    assert past.exit_code == 40
    assert "REVOKED" in past.output
    assert monitor(reader, state).exit_code == 1


def test_a_thief_of_all_online_keys_changes_an_earlier_release(scene: Scene) -> None:
    reader = seen(scene)
    world = registry(1)
    thief = Thief(world=world, keys=ALL)
    other, others = false_release(world)
    for role in (Role.RELEASES, Role.SNAPSHOT, Role.TIMESTAMP):
        thief.world.tuf.in_force[role] = WORLD.tuf.in_force[role]
    scene.show(thief.publish(other, others))
    reader.refuses(UntrustedError, "contradicts itself", "Use neither; keep both")
    scene.show(WORLD.files)
    assert reader.verdict() == DENY


def test_a_thief_of_all_online_keys_names_another_log(scene: Scene) -> None:
    """Who is believed about the log is said by keys that are not online."""
    reader = seen(scene)
    thief = steal("online", "releases")
    policy = WORLD.files[
        next(path for path in WORLD.files if path.endswith(".policy.txt"))
    ].replace(b"log ", b"log sayso.example/log+", 1)
    targets = {"policy.txt": TargetFile.from_data("policy.txt", policy)}
    thief.put(thief.next(Role.TARGETS, targets=targets), thief.signer("online"))
    thief.world.files[target_path("policy.txt", policy)] = policy
    scene.show(thief.publish(FALSE, OTHERS))
    reader.refuses(UntrustedError, "2.targets.json is signed by 0 of the keys")


def test_a_thief_of_all_online_keys_makes_a_root(scene: Scene) -> None:
    reader = seen(scene)
    thief = steal("online", "releases")
    root = thief.next(Role.ROOT, version=2)
    thief.put(root, thief.signer("online"), thief.signer("releases"))
    scene.show(thief.publish(FALSE, OTHERS))
    reader.refuses(UntrustedError, "2.root.json is signed by 0 of the keys")


def approval(holders: int, data: bytes = FALSE) -> bytes:
    made = approval_of(decode_release(data), data)
    for each in WORLD.tuf.signers.targets[:holders]:
        made = approve(made, each, root=ROOT)
    return encode_approval(made)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (lambda _: None, "does not name release.approval.json"),
        (lambda data: approval(0, data), "approved by 0 of the keys"),
        (lambda data: approval(1, data), "and 2 must approve it"),
        (lambda _: approval(2), "the approval is of release 3"),
    ],
    ids=["none", "of nobody", "of one holder", "of another release"],
)
def test_a_thief_loosens_more_than_the_brake_without_the_holders(
    scene: Scene, given: Callable[[bytes], bytes | None], words: str
) -> None:
    reader = seen(scene)
    data, others = false_release(WORLD, loosened=10_001)
    scene.show(steal(*ALL).publish(data, others, approval=given(data)))
    reader.refuses(UntrustedError, words)
    scene.reader(ROOT).refuses(UntrustedError, words)


def test_a_thief_replays_the_approval_of_a_release_that_was_approved(
    scene: Scene,
) -> None:
    honest = again(WORLD)
    honest.release(loosened=10_001)
    reader = seen(scene, honest)
    old = honest.tuf.targets_by_name[APPROVAL_NAME]
    data, others = false_release(honest, loosened=10_001)
    scene.show(steal(*ALL, world=honest).publish(data, others, approval=old))
    reader.refuses(UntrustedError, "the approval is of release 3", "this release 4")


def test_a_thief_lies_about_the_brake(scene: Scene) -> None:
    """Whoever saw the release before knows its limits; a new reader does not."""

    def change(release: Release) -> Release:
        wide = Brake(recordings=10**9, ranges=10**9)
        return replace(release, brake=wide, next_brake=wide)

    reader = seen(scene)
    data, others = false_release(WORLD, change, loosened=10_001)
    scene.show(steal(*ALL).publish(data, others))
    reader.refuses(UntrustedError, "has other limits for what it loosens than release")
    assert scene.reader(ROOT).number() == 3
    told = monitor(reader, scene.folder / "brake.seen")
    assert told.exit_code == 40
    assert "has other limits" in said(told)


def test_a_thief_lets_the_next_release_loosen_more(scene: Scene) -> None:
    reader = seen(scene)
    wide = Brake(recordings=10**9, ranges=10**9)
    data, others = false_release(
        WORLD, lambda release: replace(release, next_brake=wide)
    )
    scene.show(steal(*ALL).publish(data, others))
    reader.refuses(UntrustedError, "does not name release.approval.json")


def test_a_thief_lies_about_how_much_is_loosened(scene: Scene) -> None:
    """Believed: the count is the builder's word. A rebuilder counts again."""
    reader = seen(scene)
    data, others = false_release(WORLD, loosened=0)
    scene.show(steal(*ALL).publish(data, others))
    assert reader.verdict() == ALLOW


def header(**fields: object) -> Change:
    return lambda release: replace(
        release,
        header=replace(release.header, **fields),  # type: ignore[arg-type]
    )


ELSE = Digest("ab" * 32)


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (header(number=4), UntrustedError, "where release 3 belongs"),
        (header(number=2), UntrustedError, "where release 3 belongs"),
        (header(issued=START + HOUR), UntrustedError, "not after release 2"),
        (header(issued=START), UntrustedError, "not after release 2"),
        (header(issued=START + 20 * DAY), StaleError, "issued in the future"),
        (header(origin="other.example"), UntrustedError, "is of 'other.example'"),
        (header(profile=Keys.DEVELOPMENT), UntrustedError, "profile development"),
        (
            lambda release: replace(release, previous=ELSE),
            UntrustedError,
            "says that it follows",
        ),
    ],
    ids=[
        "a number too high",
        "a number again",
        "no later",
        "earlier",
        "in the future",
        "another registry",
        "a development release",
        "after another release",
    ],
)
def test_a_thief_makes_a_release_that_does_not_follow(
    scene: Scene, change: Change, kind: type[RegistryError], words: str
) -> None:
    reader = seen(scene)
    data, others = false_release(WORLD, change)
    scene.show(steal(*ALL).publish(data, others))
    reader.refuses(kind, words)


def test_a_thief_takes_a_revocation_back(scene: Scene) -> None:
    honest = again(WORLD)
    honest.release(revoked=[Revocation(release=1, reason="false")])
    reader = seen(scene, honest)
    data, others = false_release(honest)
    scene.show(steal(*ALL, world=honest).publish(data, others))
    reader.refuses(UntrustedError, "no longer says that release 1 is revoked")


@pytest.mark.parametrize(
    ("stolen", "verdict"), [((), None), ((1,), None), ((1, 3), ALLOW)]
)
def test_a_thief_of_all_online_keys_meets_witnesses(
    scene: Scene, stolen: tuple[int, ...], verdict: int | None
) -> None:
    """Two of three have to have seen the log; the thief has keys of some."""
    reader = seen(scene, WITNESSED)
    data, others = false_release(WITNESSED)
    thief = steal(*ALL, world=WITNESSED, witnesses=stolen)
    scene.show(thief.publish(data, others))
    if verdict is None:
        reader.refuses(UntrustedError, "too few witnesses cosigned the checkpoint")
    else:
        assert reader.verdict() == verdict


def test_a_thief_replays_cosignatures_of_another_checkpoint(scene: Scene) -> None:
    reader = seen(scene, WITNESSED)
    data, others = false_release(WITNESSED)
    thief = steal(*ALL, world=WITNESSED)
    proof = thief.enter(data)
    old = WITNESSED.files[CHECKPOINT]
    lines = [line for line in old.splitlines(keepends=True) if b" witness" in line]
    assert len(lines) == 3
    scene.show(thief.publish(data, others, proof=proof + b"".join(lines)))
    reader.refuses(UntrustedError)


def test_a_thief_replays_cosignatures_of_another_log(scene: Scene) -> None:
    """The witnesses of the tests cosign any log; another one has another origin."""
    reader = seen(scene, WITNESSED)
    data, others = false_release(WITNESSED)
    thief = steal(*ALL, world=WITNESSED)
    thief.enter(data)
    log = thief.world.log.log
    elsewhere = replace(log.checkpoint(), origin="other.example/log")
    note = witnessed(sign_checkpoint(elsewhere, KEY), 1, 2, 3)
    hashes = prove_inclusion(log.hash_of(), 2, 3)
    proof = encode_log_proof(LogProof(index=2, hashes=hashes, checkpoint=note))
    scene.show(thief.publish(data, others, proof=proof))
    reader.refuses(UntrustedError, "the checkpoint of 'other.example/log'")


def test_a_thief_has_one_of_two_keys_of_releases(scene: Scene) -> None:
    """In an institution an independent rebuilder signs each release as well."""
    world = registry(2, profile=INSTITUTION)
    reader = seen(scene, world)
    data, others = false_release(world)
    scene.show(steal(*ALL, world=world).publish(data, others))
    reader.refuses(UntrustedError, "signed by 1 of the keys", "and 2 must sign it")


def test_a_thief_proves_another_release_to_be_in_the_log(scene: Scene) -> None:
    """The false release has the number of the true one, and its true proof."""
    reader = seen(scene)
    honest = WORLD.tuf.targets_by_name[PROOF_NAME]
    second, others = false_release(registry(1))
    assert decode_release(second).header.number == 2
    scene.show(steal("online", "releases").publish(second, others, proof=honest))
    for who in (reader, scene.reader(ROOT)):
        who.refuses(UntrustedError, "the release is not proved to be in the log")


def test_a_thief_names_files_outside_of_the_folder(scene: Scene) -> None:
    """Nothing is asked for by a name that a file gives, but by our own."""
    reader = seen(scene)
    thief = steal(*ALL)
    tricks = ["../../etc/passwd", "/etc/passwd", "release.json/../../x", "release.\0"]
    data, others = false_release(WORLD)
    proof = thief.enter(data)
    named = {RELEASE_NAME: data, PROOF_NAME: proof, **dict.fromkeys(tricks, b"x")}
    thief.name(named)
    paths = {target_path(name, each): each for name, each in named.items()}
    scene.show({**thief.world.files, **others, **paths})
    scene.site.asked.clear()
    assert reader.verdict() == ALLOW
    assert not any(".." in path or "etc" in path for path in scene.site.asked)


@pytest.mark.parametrize("path", ["../../../etc/passwd", "/etc/passwd", "a\\..\\b"])
def test_a_thief_names_data_outside_of_the_folder(scene: Scene, path: str) -> None:
    reader = seen(scene)
    data = FALSE.replace(b'"registry.json"', json.dumps(path).encode())
    assert data != FALSE
    thief = steal(*ALL)
    with pytest.raises(MalformedError):
        decode_release(data)
    scene.show(publish_bytes(thief, data))
    reader.refuses(MalformedError, "not a path of a release")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"number":3', b'"number":3,"number":4'),
        (b'"number":3', b'"number":3.0'),
        (b'"number":3', b'"number":9007199254740993'),
        (b'"number":3', b'"number":' + b"[" * 3000 + b"]" * 3000),
        (b'{\n"brake"', b'{\n"allow":"everything",\n"brake"'),
        (b'"licence":"CC0-1.0",\n', b""),
    ],
    ids=["a key twice", "a float", "above 2^53", "3,000 levels", "more", "less"],
)
def test_a_thief_signs_a_release_that_two_programs_read_differently(
    scene: Scene, old: bytes, new: bytes
) -> None:
    reader = seen(scene)
    data = FALSE.replace(old, new)
    assert data != FALSE
    scene.show(publish_bytes(steal(*ALL), data))
    reader.refuses(MalformedError, "is not a release.json that can be read")


def publish_bytes(thief: Thief, data: bytes) -> dict[str, bytes]:
    """Publish bytes that are no release."""
    named = {RELEASE_NAME: data, PROOF_NAME: thief.enter(data)}
    thief.name(named)
    paths = {target_path(name, each): each for name, each in named.items()}
    return {**thief.world.files, **paths}


def test_a_thief_names_a_registry_without_end(scene: Scene) -> None:
    def change(release: Release) -> Release:
        files = tuple(
            replace(file, bytes=10**15) if file.path == "registry.json" else file
            for file in release.files
        )
        return replace(release, files=files)

    reader = seen(scene)
    data, others = false_release(WORLD, change)
    scene.show(steal(*ALL).publish(data, others))
    scene.site.asked.clear()
    result = reader.ask("--use=train-generative")
    assert (result.exit_code, result.stdout) == (40, "")
    assert "more than this version of sayso reads" in said(result)
    assert not any(path.startswith("/registry/") for path in scene.site.asked)
