"""Sealing: in the log once, signed by all who must, and finished before the next."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sayso.client.refresh import MemoryFetcher, refresh
from sayso.errors import PublishError, RegistryError, UntrustedError
from sayso.publish.ledger.development import development_holders
from sayso.publish.ledger.entering import enter, log_origin, prove
from sayso.publish.ledger.folder import LedgerFolder, open_ledger
from sayso.publish.ledger.minisigning import check_listed
from sayso.publish.ledger.naming import OnlineKeys, holders_files, roles_files
from sayso.publish.ledger.renewing import renewed
from sayso.publish.ledger.sealing import PENDING, Sealing, check_holders, seal
from sayso.publish.ledger.signed import read_in_force, read_logged
from sayso.trust.approval import approval_of, approve, encode_approval
from sayso.trust.folder import TrustFolder
from sayso.trust.holder_key import holder_of
from sayso.trust.holders import NOBODY, Part, holders_of, make_pair
from sayso.trust.keys import PrivateKey
from sayso.trust.log import check_inclusion
from sayso.trust.profiles import Profile, Role
from sayso.trust.roles import RoleFile, metadata_of, read_role
from sayso.trust.roles import seal as write_role
from sayso.trust.signer import Ed25519Signer
from sayso.trust.signing import add_signature
from sayso.wire.log_policy import (
    Group,
    Log,
    LogPolicy,
    decode_log_policy,
    encode_log_policy,
)
from sayso.wire.note import KeyType, VerifierKey
from sayso.wire.policy_lines import with_other_log
from sayso.wire.release import decode_release
from sayso.wire.tiles import encode_bundle
from tests.believed import following
from tests.logs import WITNESSES, private_key, witnessed
from tests.registries import ISSUED, release_files
from tests.roles import INSTITUTION, SOLO, TEAM

ORIGIN = "x.example/log"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LOG, MINISIGN, ONLINE, RELEASES, SECOND = map(private_key, range(31, 36))
KEYS = OnlineKeys(log=LOG, minisign=MINISIGN, releases=RELEASES, online=ONLINE)
HELD = [private_key(number) for number in range(41, 46)]


def files(number: int = 1) -> dict[str, bytes]:
    """Return the files of an operator's release."""
    found = release_files(profile="operator").by_path
    for count in range(2, number + 1):
        found = following(found, count)
    return found


def release(number: int = 1) -> bytes:
    return files(number)["release.json"]


def policy(quorum: str | None = None) -> bytes:
    log = Log(key=VerifierKey(name=ORIGIN, type=KeyType.ED25519, key=LOG.public.key))
    group = Group(name="both", least=2, members=("W1", "W2"))
    return encode_log_policy(
        LogPolicy(logs=(log,), witnesses=WITNESSES, groups=(group,), quorum=quorum)
    )


def signed_by(
    file: RoleFile, keys: Iterable[PrivateKey], authority: RoleFile | None
) -> RoleFile:
    for key in keys:
        file = add_signature(file, Ed25519Signer(key), authority=authority)
    return file


def holders(
    profile: Profile = SOLO,
    *,
    quorum: str | None = None,
    releases: Iterable[PrivateKey] = (RELEASES,),
) -> TrustFolder:
    """Return what holders signed first."""
    held = NOBODY
    parts = {
        Part.ROOT: HELD[: profile.root.of],
        Part.TARGETS: HELD[: profile.targets.of],
        Part.ONLINE: [ONLINE],
        Part.RELEASES: [*releases],
    }
    for part, keys in parts.items():
        for key in keys:
            held = held.adding(part, holder_of(key.public))
    said = policy(quorum)
    root, targets = make_pair(profile, held, policy=said, now=ISSUED)
    root = signed_by(root, HELD[: profile.root.least], None)
    targets = signed_by(targets, HELD[: profile.targets.least], root)
    return TrustFolder(roots=(root,), targets=(targets,), policy=said, names={})


def alone(note: bytes, _policy: LogPolicy, _hashes: object) -> bytes:
    """Ask no witness."""
    return note


def sealing(number: int = 1, **fields: Any) -> Sealing:  # noqa: ANN401 - of any kind
    return Sealing(
        **{
            "release": release(number),
            "holders": holders(),
            "keys": KEYS,
            "collect": alone,
            "genesis": number == 1,
            **fields,
        }
    )


def believed_release(folder: Path, held: TrustFolder, later: timedelta) -> int:
    """Return the number of the release that a client believes."""
    fetcher = MemoryFetcher(LedgerFolder(folder).published())
    trusted = refresh(fetcher, held.roots[0], now=ISSUED + later)
    return trusted.release.header.number


def test_a_release_is_sealed_and_believed(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        assert seal(ledger, sealing(), now=ISSUED) == ""
        assert believed_release(tmp_path, holders(), timedelta(0)) == 1
        assert seal(ledger, sealing(2), now=ISSUED + HOUR) == ""
    assert believed_release(tmp_path, holders(), HOUR) == 2
    root = LedgerFolder(tmp_path).read("trust/1.root.json")
    assert root == holders().roots[0].data


def test_sealing_again_changes_nothing(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        seal(ledger, sealing(), now=ISSUED)
        before = ledger.published()
        assert seal(ledger, sealing(), now=ISSUED + HOUR) == ""
        assert ledger.published() == before


def test_many_releases_fill_tiles_and_bundles() -> None:
    said, kept, found = decode_log_policy(policy()), dict[str, bytes](), files()
    for number in range(1, 260):
        if number > 1:
            found = following(found, number)
        kept |= enter(
            kept.get,
            read_logged(kept.get, said),
            found["release.json"],
            origin=ORIGIN,
            key=LOG,
            now=ISSUED + number * HOUR,
        )
    logged = read_logged(kept.get, said)
    assert logged is not None
    assert logged.checkpoint.size == 259
    checked = check_inclusion(logged.last, prove(kept.get, logged), said)
    assert checked.checkpoint == logged.checkpoint
    for path in ("log/tile/0/000", "log/tile/1/000.p/1", "log/tile/0/001.p/3"):
        assert path in kept
    assert {"log/tile/entries/000", "log/tile/entries/001.p/3"} <= kept.keys()


def test_an_empty_ledger_is_begun_on_purpose_alone(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        with pytest.raises(PublishError, match="the ledger is empty: bring back"):
            seal(ledger, sealing(genesis=False), now=ISSUED)
        assert ledger.published() == {}


def test_two_releases_of_one_number_never_enter(tmp_path: Path) -> None:
    other = release_files(profile="operator", recovery=False, next_policy=6).by_path
    with open_ledger(tmp_path) as ledger:
        seal(ledger, sealing(), now=ISSUED)
        before = ledger.published()
        for bad in (other["release.json"], release(3)):
            match = r"goes on with release 2, .* entry 1 of the log .*Build it again"
            with pytest.raises(PublishError, match=match):
                seal(ledger, sealing(release=bad), now=ISSUED + 2 * HOUR)
        assert ledger.published() == before


def test_a_release_of_the_future_does_not_enter(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        with pytest.raises(RegistryError, match="issued in the future"):
            seal(ledger, sealing(), now=ISSUED - HOUR)
        assert ledger.published() == {}


def test_what_has_begun_is_finished_first(tmp_path: Path) -> None:
    without = replace(KEYS, online=None)
    with open_ledger(tmp_path) as ledger:
        missing = seal(ledger, sealing(keys=without), now=ISSUED)
        assert "the snapshot and the timestamp" in missing
        with pytest.raises(PublishError, match="release 1 is in the log and not"):
            seal(ledger, sealing(2), now=ISSUED + HOUR)
        assert seal(ledger, sealing(keys=OnlineKeys(online=ONLINE)), now=ISSUED) == ""
        assert seal(ledger, sealing(2), now=ISSUED + HOUR) == ""


class Stopped(Exception):  # noqa: N818 - it is no error of the code
    """Somebody pulled the plug."""


class Breaking(LedgerFolder):
    """A ledger whose machine stops before some of its files are written."""

    def __init__(self, folder: Path, after: int) -> None:
        super().__init__(folder)
        self.left = after

    def _write(self, path: str, data: bytes) -> None:
        if not self.left:
            raise Stopped
        self.left -= 1
        super()._write(path, data)


@pytest.mark.parametrize("after", range(9))
def test_stopped_anywhere_the_old_release_is_whole_and_the_new_one_follows(
    tmp_path: Path, after: int
) -> None:
    with open_ledger(tmp_path) as ledger:
        seal(ledger, sealing(), now=ISSUED)
    checkpoint = (tmp_path / "log/checkpoint").read_bytes()
    breaking = Breaking(tmp_path, after)
    try:
        seal(breaking, sealing(2), now=ISSUED + HOUR)
    except Stopped:
        entered = (tmp_path / "log/checkpoint").read_bytes()
        named = believed_release(tmp_path, holders(), HOUR)
        assert named == 1
        if entered != checkpoint:
            # What has entered is the only one that ever will.
            other = following(files(), 2, next_policy=9)["release.json"]
            with pytest.raises((PublishError, RegistryError)):
                seal(LedgerFolder(tmp_path), sealing(release=other), now=ISSUED + HOUR)
            assert (tmp_path / "log/checkpoint").read_bytes() == entered
    else:
        assert not breaking.left
    with open_ledger(tmp_path) as ledger:
        assert seal(ledger, sealing(2), now=ISSUED + HOUR) == ""
    assert believed_release(tmp_path, holders(), HOUR) == 2


def test_without_the_key_of_the_log_nothing_enters(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        with pytest.raises(PublishError, match="the log's key is not here"):
            seal(ledger, sealing(keys=replace(KEYS, log=None)), now=ISSUED)
        with pytest.raises(PublishError, match=r"not one that policy\.txt names"):
            seal(ledger, sealing(keys=replace(KEYS, log=SECOND)), now=ISSUED)
        assert ledger.published() == {}


@pytest.mark.parametrize("part", ["online", "releases"])
def test_a_wrong_key_is_noticed_before_anything_enters(
    tmp_path: Path, part: str
) -> None:
    keys = replace(KEYS, **{part: SECOND})
    with open_ledger(tmp_path) as ledger:
        with pytest.raises(PublishError, match=rf"wrong file {part}\.pem"):
            seal(ledger, sealing(keys=keys), now=ISSUED)
        assert ledger.published() == {}


def test_a_log_keeps_its_origin(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        seal(ledger, sealing(), now=ISSUED)
        logged = read_logged(ledger.read, decode_log_policy(policy()))
    assert logged is not None
    assert logged.checkpoint.origin == ORIGIN
    assert log_origin(decode_log_policy(policy()), LOG) == ORIGIN


def test_a_lost_file_of_the_ledger_is_named(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        seal(ledger, sealing(), now=ISSUED)
        (tmp_path / "log/tile/entries/000.p/1").unlink()
        with pytest.raises(PublishError, match=r"no log/tile/entries/000\.p/1, which"):
            seal(ledger, sealing(2), now=ISSUED + HOUR)


def test_two_keys_of_releases_sign_one_after_the_other(tmp_path: Path) -> None:
    held = holders(INSTITUTION, releases=(RELEASES, SECOND))
    with open_ledger(tmp_path) as ledger:
        missing = seal(ledger, sealing(holders=held), now=ISSUED)
        assert "not signed by as many keys of releases" in missing
        assert ledger.published().keys() <= {
            "log/checkpoint",
            "log/tile/0/000.p/1",
            "log/tile/entries/000.p/1",
        }
        # The same key again does not count twice.
        assert seal(ledger, sealing(holders=held), now=ISSUED) == missing
        second = OnlineKeys(releases=SECOND)
        missing = seal(ledger, sealing(holders=held, keys=second), now=ISSUED + HOUR)
        assert "the snapshot and the timestamp" in missing
        assert seal(ledger, sealing(holders=held), now=ISSUED + HOUR) == ""
    assert believed_release(tmp_path, held, HOUR) == 1


def test_what_was_signed_of_another_release_is_not_gone_on_from(tmp_path: Path) -> None:
    held = holders(INSTITUTION, releases=(RELEASES, SECOND))
    both = replace(KEYS, releases=SECOND)
    with open_ledger(tmp_path) as ledger:
        seal(ledger, sealing(holders=held), now=ISSUED)
        seal(ledger, sealing(holders=held, keys=both), now=ISSUED)
        assert (tmp_path / PENDING).exists()
        missing = seal(ledger, sealing(2, holders=held), now=ISSUED + HOUR)
        assert "not signed by as many" in missing
        assert (
            seal(ledger, sealing(2, holders=held, keys=both), now=ISSUED + HOUR) == ""
        )
    assert believed_release(tmp_path, held, HOUR) == 2


def test_enough_witnesses_have_to_cosign(tmp_path: Path) -> None:
    held = holders(quorum="both")

    def asking(*numbers: int) -> Any:  # noqa: ANN401 - a function that collects
        return lambda note, _policy, _hashes: witnessed(note, *numbers)

    with open_ledger(tmp_path) as ledger:
        missing = seal(ledger, sealing(holders=held, collect=asking(1)), now=ISSUED)
        assert "1 witnesses cosigned" in missing
        assert read_in_force(ledger.read, held) is None
        second = sealing(holders=held, collect=asking(2))
        assert seal(ledger, second, now=ISSUED) == ""
    assert believed_release(tmp_path, held, timedelta(0)) == 1


def test_the_brake_holds_a_release_until_holders_approve(tmp_path: Path) -> None:
    counts = {**decode_release(release()).counts, "loosened": 10_001}
    data = release_files(profile="operator", counts=counts).by_path["release.json"]
    held = holders(TEAM)
    approval = approval_of(decode_release(data), data)
    with open_ledger(tmp_path) as ledger:
        with pytest.raises(PublishError, match="release 1 is held by the brake"):
            seal(ledger, sealing(release=data, holders=held), now=ISSUED)
        assert ledger.published() == {}
        for count in (1, 2):
            signer = Ed25519Signer(HELD[count - 1])
            approval = approve(approval, signer, root=held.roots[0])
            one = sealing(
                release=data, holders=held, approval=encode_approval(approval)
            )
            if count == 1:
                with pytest.raises(UntrustedError, match="approved by 1 of the keys"):
                    seal(ledger, one, now=ISSUED)
            else:
                assert seal(ledger, one, now=ISSUED) == ""
    assert believed_release(tmp_path, held, timedelta(0)) == 1


def test_holders_have_to_be_complete() -> None:
    held = holders(TEAM)
    root, targets = make_pair(
        TEAM, holders_of(held.newest), policy=held.policy, now=ISSUED, after=held.newest
    )
    more = replace(held, roots=(*held.roots, root), targets=(*held.targets, targets))
    with pytest.raises(PublishError, match=r"2\.root\.json is not signed by enough"):
        check_holders(more)
    with pytest.raises(PublishError, match="not the one that the newest targets name"):
        check_holders(replace(held, policy=policy("both")))


def test_development_keys_seal_development_releases_and_no_others(
    tmp_path: Path,
) -> None:
    key = private_key(7)
    held = development_holders(key, origin="x.example", now=ISSUED)
    keys = OnlineKeys(log=key, minisign=key, releases=key, online=key)
    ours = release_files().by_path["release.json"]
    with open_ledger(tmp_path) as ledger:
        for one in (
            sealing(holders=held, keys=keys),
            sealing(release=ours),
        ):
            with pytest.raises(PublishError, match="build it with --operator"):
                seal(ledger, one, now=ISSUED)
        assert (
            seal(ledger, sealing(release=ours, holders=held, keys=keys), now=ISSUED)
            == ""
        )
    assert believed_release(tmp_path, held, timedelta(0)) == 1


def beat(
    folder: Path, held: TrustFolder, keys: OnlineKeys, later: timedelta
) -> list[int]:
    """Renew what is in force, and return the versions of all its files."""
    with open_ledger(folder) as ledger:
        before = read_in_force(ledger.read, held)
        assert before is not None
        after = renewed(held, before, keys, now=ISSUED + later)
        ledger.commit({**holders_files(held), **roles_files(after)}, "beat")
    return [after.releases.version, after.snapshot.version, after.timestamp.version]


def test_the_heartbeat_renews_what_is_due_and_no_more(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        seal(ledger, sealing(), now=ISSUED)
    held, only = holders(), OnlineKeys(online=ONLINE)
    assert beat(tmp_path, held, only, DAY) == [1, 1, 2]
    assert believed_release(tmp_path, held, 7 * DAY) == 1
    with pytest.raises(PublishError, match="there is no key of releases"):
        beat(tmp_path, held, only, 15 * DAY)
    assert beat(tmp_path, held, KEYS, 15 * DAY) == [2, 2, 3]
    assert believed_release(tmp_path, held, 20 * DAY) == 1
    with pytest.raises(PublishError, match="the heartbeat needs the online key"):
        beat(tmp_path, held, OnlineKeys(releases=RELEASES), 16 * DAY)


def test_a_file_that_two_keys_sign_is_renewed_by_a_release(tmp_path: Path) -> None:
    held = holders(INSTITUTION, releases=(RELEASES, SECOND))
    with open_ledger(tmp_path) as ledger:
        for releases in (RELEASES, SECOND):
            one = sealing(holders=held, keys=replace(KEYS, releases=releases))
            seal(ledger, one, now=ISSUED)
    with pytest.raises(PublishError, match="one key is not enough for it"):
        beat(tmp_path, held, KEYS, 15 * DAY)


def test_the_heartbeat_brings_what_holders_changed(tmp_path: Path) -> None:
    held = holders()
    with open_ledger(tmp_path) as ledger:
        seal(ledger, sealing(), now=ISSUED)
    new = private_key(51)
    changed = (
        holders_of(held.newest)
        .without(Part.ONLINE, holder_of(ONLINE.public).key.keyid)
        .adding(Part.ONLINE, holder_of(new.public))
    )
    root, targets = make_pair(
        SOLO, changed, policy=held.policy, now=ISSUED, after=held.newest
    )
    root = signed_by(root, HELD[:1], held.roots[0])
    targets = signed_by(targets, HELD[:1], root)
    more = replace(held, roots=(*held.roots, root), targets=(*held.targets, targets))
    with pytest.raises(PublishError, match="may not sign"):
        beat(tmp_path, more, KEYS, HOUR)
    assert beat(tmp_path, more, OnlineKeys(online=new), HOUR) == [1, 2, 2]
    assert believed_release(tmp_path, held, HOUR) == 1
    assert Role.ROOT in {file.role for file in more.files}


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_a_file_of_the_log_that_was_changed_is_never_signed() -> None:
    said, kept, found = decode_log_policy(policy()), dict[str, bytes](), files()

    def entered(held: dict[str, bytes], number: int) -> dict[str, bytes]:
        return enter(
            held.get,
            read_logged(held.get, said),
            found["release.json"],
            origin=ORIGIN,
            key=LOG,
            now=ISSUED + number * HOUR,
        )

    for number in range(1, 260):
        if number > 1:
            found = following(found, number)
        if number in {2, 3, 4, 6, 256, 257, 258, 259}:
            size = number - 1
            read = {
                f"log/tile/0/000.p/{size}" if size < 256 else "log/tile/1/000.p/1",
                f"log/tile/0/001.p/{size - 256}",
            }
            for path in read & kept.keys():
                for at in range(0, len(kept[path]), 32):
                    bad = {**kept, path: flipped(kept[path], at)}
                    with pytest.raises(PublishError, match="do not lead to what was"):
                        entered(bad, number)
        kept |= entered(kept, number)


def test_an_entry_that_was_changed_is_never_gone_on_from(tmp_path: Path) -> None:
    """It is written again beside the new one, and the new one names it."""
    other = following(files(), 2, next_policy=9)
    third = following(other, 3)["release.json"]
    with open_ledger(tmp_path) as ledger:
        seal(ledger, sealing(), now=ISSUED)
        seal(ledger, sealing(2), now=ISSUED + HOUR)
        bundle = encode_bundle([release(), other["release.json"]])
        ledger.keep({"log/tile/entries/000.p/2": bundle})
        # Nor where the files of TUF were made to fit by somebody with those keys.
        logged = read_logged(ledger.read, decode_log_policy(policy()))
        with pytest.raises(PublishError, match="entry 1 is not the one"):
            enter(ledger.read, logged, third, origin=ORIGIN, key=LOG, now=ISSUED + DAY)


def test_a_proof_that_leads_nowhere_is_never_named(tmp_path: Path) -> None:
    without = replace(KEYS, online=None, releases=None)
    with open_ledger(tmp_path) as ledger:
        seal(ledger, sealing(), now=ISSUED)
        seal(ledger, sealing(2, keys=without), now=ISSUED + HOUR)
        tile = "log/tile/0/000.p/2"
        data = ledger.read(tile)
        assert data is not None
        ledger.keep({tile: flipped(data, 0)})
        with pytest.raises(PublishError, match="do not lead to what was signed"):
            seal(ledger, sealing(2), now=ISSUED + HOUR)
        ledger.keep({tile: data})
        assert seal(ledger, sealing(2), now=ISSUED + HOUR) == ""


def forged(files: dict[str, bytes], role: Role) -> dict[str, bytes]:
    """Return a ledger's files with one of TUF changed by somebody without a key.

    What names it is changed as well, so that only signatures are missing.
    """
    timestamp = read_role("timestamp.json", files["tuf/metadata/timestamp.json"])
    snapshot = read_role("1.snapshot.json", files["tuf/metadata/1.snapshot.json"])
    releases = read_role("1.releases.json", files["tuf/metadata/1.releases.json"])
    made: list[RoleFile] = []
    for file in (releases, snapshot, timestamp):
        metadata = metadata_of(file)
        if file.role is role:
            metadata.signed.expires += 900 * DAY
        elif made and file.role is Role.SNAPSHOT:
            metadata.signed.meta["releases.json"].hashes["sha256"] = made[-1].digest
        elif made:
            metadata.signed.snapshot_meta.hashes["sha256"] = made[-1].digest
        else:
            continue
        metadata.signatures.clear()
        made.append(write_role(file.role, metadata))
    return {f"tuf/metadata/{file.name}": file.data for file in made}


@pytest.mark.parametrize("role", [Role.RELEASES, Role.SNAPSHOT, Role.TIMESTAMP])
def test_what_nobody_signed_is_never_signed_for_longer(
    tmp_path: Path, role: Role
) -> None:
    held = holders()
    with open_ledger(tmp_path) as ledger:
        seal(ledger, sealing(), now=ISSUED)
        ledger.keep(forged(ledger.published(), role))
    match = rf"{role}\.json of the ledger is not signed by enough"
    for later in (DAY, 15 * DAY):
        with pytest.raises(PublishError, match=match):
            beat(tmp_path, held, KEYS, later)
    with open_ledger(tmp_path) as ledger, pytest.raises(PublishError, match=match):
        seal(ledger, sealing(2), now=ISSUED + HOUR)


def test_what_waits_for_a_second_key_and_says_more_is_made_anew(tmp_path: Path) -> None:
    held = holders(INSTITUTION, releases=(RELEASES, SECOND))
    name, second = "1.releases.json", replace(KEYS, releases=SECOND)
    with open_ledger(tmp_path) as ledger:
        seal(ledger, sealing(holders=held), now=ISSUED)
        data = ledger.read(PENDING)
        assert data is not None
        metadata = metadata_of(read_role(name, data))
        metadata.signed.expires += 900 * DAY
        metadata.signatures.clear()
        ledger.keep({PENDING: write_role(Role.RELEASES, metadata).data})
        missing = seal(ledger, sealing(holders=held, keys=second), now=ISSUED)
        assert "not signed by as many keys" in missing
        made = ledger.read(PENDING)
        assert made is not None
        assert read_role(name, made).expires == read_role(name, data).expires
        assert seal(ledger, sealing(holders=held), now=ISSUED) == ""
    assert believed_release(tmp_path, held, timedelta(0)) == 1


def test_where_enough_have_signed_no_other_key_has_to_fit(tmp_path: Path) -> None:
    held = holders(INSTITUTION, releases=(RELEASES, SECOND))
    with open_ledger(tmp_path) as ledger:
        for key in (RELEASES, SECOND):
            keys = OnlineKeys(log=LOG, releases=key)
            assert seal(ledger, sealing(holders=held, keys=keys), now=ISSUED)
        stranger = OnlineKeys(releases=private_key(71), online=ONLINE)
        assert seal(ledger, sealing(holders=held, keys=stranger), now=ISSUED) == ""


def test_the_heartbeat_names_new_targets_though_no_key_changed(tmp_path: Path) -> None:
    held = holders()
    with open_ledger(tmp_path) as ledger:
        seal(ledger, sealing(), now=ISSUED)
    root, targets = make_pair(
        SOLO, holders_of(held.newest), policy=held.policy, now=ISSUED, after=held.newest
    )
    root = signed_by(root, HELD[:1], held.roots[0])
    targets = signed_by(targets, HELD[:1], root)
    more = replace(held, roots=(*held.roots, root), targets=(*held.targets, targets))
    assert beat(tmp_path, more, OnlineKeys(online=ONLINE), HOUR) == [1, 2, 2]
    assert beat(tmp_path, more, OnlineKeys(online=ONLINE), 2 * HOUR) == [1, 2, 3]
    assert believed_release(tmp_path, held, HOUR) == 1


def test_the_heartbeat_signs_with_a_new_key_of_releases(tmp_path: Path) -> None:
    held, new = holders(), private_key(52)
    with open_ledger(tmp_path) as ledger:
        seal(ledger, sealing(), now=ISSUED)
    changed = (
        holders_of(held.newest)
        .without(Part.RELEASES, holder_of(RELEASES.public).key.keyid)
        .adding(Part.RELEASES, holder_of(new.public))
    )
    root, targets = make_pair(
        SOLO, changed, policy=held.policy, now=ISSUED, after=held.newest
    )
    root = signed_by(root, HELD[:1], held.roots[0])
    targets = signed_by(targets, HELD[:1], root)
    more = replace(held, roots=(*held.roots, root), targets=(*held.targets, targets))
    with pytest.raises(PublishError, match="may not sign"):
        beat(tmp_path, more, KEYS, HOUR)
    assert beat(tmp_path, more, replace(KEYS, releases=new), HOUR) == [2, 2, 2]
    assert believed_release(tmp_path, held, HOUR) == 1


@pytest.mark.parametrize("role", [Role.RELEASES, Role.SNAPSHOT])
def test_another_file_of_a_version_is_never_gone_on_from(
    tmp_path: Path, role: Role
) -> None:
    """Our own keys signed it, on a machine that was lost."""
    path = f"tuf/metadata/1.{role}.json"
    with open_ledger(tmp_path / "lost") as lost:
        seal(lost, sealing(), now=ISSUED + HOUR)
        other = lost.published()[path]
    with open_ledger(tmp_path / "ledger") as ledger:
        seal(ledger, sealing(), now=ISSUED)
        ledger.keep({path: other})
        with pytest.raises(RegistryError, match=rf"1\.{role}\.json"):
            read_in_force(ledger.read, holders())


def test_a_release_that_follows_another_never_enters(tmp_path: Path) -> None:
    """As one that was built from a ledger that was lost."""
    other = release_files(profile="operator", next_policy=6).by_path
    second = following(other, 2)["release.json"]
    with open_ledger(tmp_path) as ledger:
        seal(ledger, sealing(), now=ISSUED)
        before = ledger.published()
        with pytest.raises((PublishError, RegistryError), match="says that it follows"):
            seal(ledger, sealing(release=second), now=ISSUED + HOUR)
        logged = read_logged(ledger.read, decode_log_policy(policy()))
        with pytest.raises(PublishError, match="a new log begins with all entries"):
            enter(
                ledger.read,
                logged,
                release(2),
                origin="y.example/log",
                key=LOG,
                now=ISSUED + HOUR,
            )
        assert ledger.published() == before


def test_a_minisign_key_that_nobody_knows_is_refused_with_its_line() -> None:
    line = MINISIGN.public.text().splitlines()[1]
    with pytest.raises(PublishError, match=r"not one that policy\.txt lists") as caught:
        check_listed(policy(), MINISIGN)
    said = f"# minisign {line}"
    assert said in str(caught.value)
    check_listed(policy() + f"{said}\n".encode(), MINISIGN)


def test_a_later_release_is_finished_first_too(tmp_path: Path) -> None:
    without = replace(KEYS, online=None)
    with open_ledger(tmp_path) as ledger:
        seal(ledger, sealing(), now=ISSUED)
        seal(ledger, sealing(2, keys=without), now=ISSUED + HOUR)
        with pytest.raises(PublishError, match="release 2 is in the log and not"):
            seal(ledger, sealing(3), now=ISSUED + 2 * HOUR)


def test_no_witness_is_asked_of_what_is_sealed(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        seal(ledger, sealing(), now=ISSUED)
        before = ledger.published()
        again = sealing(collect=lambda note, *_: witnessed(note, 1))
        assert seal(ledger, again, now=ISSUED + HOUR) == ""
        assert ledger.published() == before


def test_nothing_is_sealed_for_holders_who_have_not_signed(tmp_path: Path) -> None:
    held = holders()
    unsigned, _ = make_pair(
        SOLO, holders_of(held.newest), policy=held.policy, now=ISSUED
    )
    with open_ledger(tmp_path) as ledger:
        with pytest.raises(PublishError, match=r"1\.root\.json is not signed by"):
            seal(ledger, sealing(holders=replace(held, roots=(unsigned,))), now=ISSUED)
        assert ledger.published() == {}


def elsewhere(held: TrustFolder, key: PrivateKey) -> TrustFolder:
    """Return what holders signed after they named another log."""
    said = with_other_log(held.policy, "y.example/log", key.public.key)
    root, targets = make_pair(
        SOLO, holders_of(held.newest), policy=said, now=ISSUED, after=held.newest
    )
    root = signed_by(root, HELD[:1], held.roots[0])
    targets = signed_by(targets, HELD[:1], root)
    return replace(
        held,
        roots=(*held.roots, root),
        targets=(*held.targets, targets),
        policy=said,
    )


def test_another_log_takes_over_all_entries(tmp_path: Path) -> None:
    key = private_key(61)
    keys, held = replace(KEYS, log=key), elsewhere(holders(), key)
    with open_ledger(tmp_path) as ledger:
        seal(ledger, sealing(), now=ISSUED)
        seal(ledger, sealing(2), now=ISSUED + HOUR)
        for flags in ({}, {"new_log": True, "keys": replace(keys, log=None)}):
            one = sealing(2, holders=held, **{"keys": keys, **flags})
            with pytest.raises(PublishError, match="does not believe the ledger's log"):
                seal(ledger, one, now=ISSUED + HOUR)
        older = sealing(1, holders=held, keys=keys, new_log=True)
        with pytest.raises(PublishError, match="release that was entered last"):
            seal(ledger, older, now=ISSUED + HOUR)
        one = sealing(2, holders=held, keys=keys, new_log=True)
        for _ in range(2):
            assert seal(ledger, one, now=ISSUED + HOUR) == ""
        third = sealing(3, holders=held, keys=keys)
        assert seal(ledger, third, now=ISSUED + 2 * HOUR) == ""
    assert believed_release(tmp_path, held, 2 * HOUR) == 3


def test_another_log_takes_over_from_one_that_holders_named(tmp_path: Path) -> None:
    held = holders()
    strange = replace(KEYS, log=private_key(61))
    with open_ledger(tmp_path) as ledger:
        seal(ledger, sealing(), now=ISSUED)
        checkpoint = (tmp_path / "log/checkpoint").read_bytes()
        note = checkpoint.replace(b"x.example", b"z.example")
        (tmp_path / "log/checkpoint").write_bytes(note)
        moved_to = elsewhere(held, private_key(61))
        one = sealing(holders=moved_to, keys=strange, new_log=True)
        with pytest.raises(PublishError, match="no log that holders named before"):
            seal(ledger, one, now=ISSUED)
