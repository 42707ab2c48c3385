"""Refreshing: the newest release, or an error that says what happened."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sayso.client.refresh import MemoryFetcher, Trusted, files_of, refresh
from sayso.errors import (
    FetchError,
    MalformedError,
    MissingError,
    RegistryError,
    RewrittenError,
    StaleError,
    UntrustedError,
)
from sayso.trust.approval import approval_of, approve, encode_approval
from sayso.trust.log import sign_checkpoint
from sayso.trust.profiles import Role
from sayso.trust.targets import make_targets
from sayso.wire.log_policy import POLICY_LIMIT, Log, encode_log_policy
from sayso.wire.log_proof import PROOF_LIMIT, encode_log_proof
from sayso.wire.note import KeyType, VerifierKey
from sayso.wire.release import RELEASE_LIMIT, decode_release
from tests.believed import Believed, believed, following
from tests.logs import GrowingLog, policy, private_key
from tests.registries import ISSUED, release_files
from tests.roles import TEAM, keys_of, signed, signers_of

HOUR = timedelta(hours=1)


class Counting(MemoryFetcher):
    """Brings files from memory, and counts them."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(files)
        self.asked: list[str] = []
        self.bytes = 0

    def fetch(self, path: str, *, limit: int) -> bytes:
        self.asked.append(path)
        data = super().fetch(path, limit=limit)
        self.bytes += len(data)
        return data


def ask(
    registry: Believed, before: Trusted | None = None, now: timedelta = timedelta(0)
) -> Trusted:
    fetcher = MemoryFetcher(registry.files)
    return refresh(fetcher, registry.root, now=ISSUED + now, before=before)


def test_a_first_refresh_takes_eight_small_requests_and_the_next_two() -> None:
    registry = believed()
    fetcher = Counting(registry.files)
    trusted = refresh(fetcher, registry.root, now=ISSUED)
    assert trusted.release == decode_release(registry.files["release.json"])
    assert len(fetcher.asked) == 8
    assert fetcher.bytes <= 6 * 1024
    fetcher.asked.clear()
    assert refresh(fetcher, registry.root, now=ISSUED, before=trusted) == trusted
    assert fetcher.asked == ["tuf/metadata/2.root.json", "tuf/metadata/timestamp.json"]


def test_a_new_release_is_believed_when_the_log_only_grew() -> None:
    registry = believed()
    before = ask(registry)
    registry.publish(following(registry.files))
    fetcher = Counting(registry.files)
    after = refresh(fetcher, registry.root, now=ISSUED + HOUR, before=before)
    assert after.release.header.number == 2
    assert after.checkpoint.checkpoint.size == 2
    assert "log/tile/0/000.p/2" in fetcher.asked


def test_what_was_believed_is_believed_again_from_its_files_alone() -> None:
    registry = believed()
    trusted = ask(registry)
    again = refresh(MemoryFetcher(files_of(trusted)), registry.root, now=ISSUED)
    assert again == trusted


@pytest.mark.parametrize("path", sorted(files_of(ask(believed()))))
def test_a_bit_that_was_changed_in_any_file_is_no_answer(path: str) -> None:
    registry = believed()
    if path == "tuf/metadata/1.root.json":
        return  # it is pinned, and never fetched
    data = registry.files[path]
    for place in range(0, len(data), max(1, len(data) // 60)):
        changed = bytearray(data)
        changed[place] ^= 1
        registry.files[path] = bytes(changed)
        with pytest.raises(RegistryError):
            ask(registry)


@pytest.mark.parametrize("path", sorted(files_of(ask(believed()))))
def test_a_file_that_is_missing_cut_off_or_too_long_is_no_answer(path: str) -> None:
    registry = believed()
    if path == "tuf/metadata/1.root.json":
        return
    data = registry.files[path]
    for other in (b"", data[:-1], data + b" ", data * 400):
        registry.files[path] = other
        with pytest.raises(RegistryError):
            ask(registry)
    del registry.files[path]
    with pytest.raises(MissingError, match="Without this file there is no answer"):
        ask(registry)


def test_no_host_makes_a_client_read_without_end() -> None:
    registry, limits = believed(), dict[str, int]()

    class Bounded(MemoryFetcher):
        def fetch(self, path: str, *, limit: int) -> bytes:
            limits[path.rpartition("/")[2].partition(".")[2]] = limit
            return super().fetch(path, limit=limit)

    refresh(Bounded(registry.files), registry.root, now=ISSUED)
    assert limits == {
        "root.json": 64 * 1024,
        "json": 4096,  # timestamp.json
        "snapshot.json": 4096,
        "targets.json": 64 * 1024,
        "releases.json": 64 * 1024,
        "policy.txt": POLICY_LIMIT,
        "release.json": RELEASE_LIMIT,
        "release.tlog-proof": PROOF_LIMIT,
    }


def test_what_begins_anew_after_a_theft_is_not_taken_for_what_was_seen() -> None:
    registry = believed(release_files(profile="operator"), profile=TEAM)
    before, roles = ask(registry), registry.roles
    roles.rotate(TEAM, signers_of(TEAM, first=300))
    roles.sign_targets()
    del roles.in_force[Role.SNAPSHOT], roles.in_force[Role.TIMESTAMP]
    proof = roles.targets_by_name["release.tlog-proof"]
    roles.release(registry.files["release.json"], **{"tlog-proof": proof})
    registry.publish(following(registry.files))
    after = ask(registry, before, now=HOUR)
    assert after.release.header.number == 2
    assert after.chain.file(Role.SNAPSHOT).name == before.chain.file(Role.SNAPSHOT).name


def test_every_error_says_what_to_do() -> None:
    registry = believed()
    with pytest.raises(
        StaleError, match=r"expired .*\. Check the clock; then try again"
    ):
        ask(registry, now=timedelta(days=4))
    registry.files["tuf/metadata/timestamp.json"] = b"<html>"
    with pytest.raises(MalformedError, match="Is this the address of a registry"):
        ask(registry)


def test_a_host_that_goes_back_is_refused() -> None:
    registry = believed()
    old = dict(registry.files)
    registry.publish(following(registry.files))
    before = ask(registry, now=HOUR)
    registry.files = old
    with pytest.raises(UntrustedError, match=r"went back .* Do not use this copy"):
        ask(registry, before, now=HOUR)


def test_a_log_that_was_rewritten_is_refused_although_all_keys_signed_it() -> None:
    registry = believed()
    before = ask(registry)
    other = release_files(
        source={"clean": True, "commit": "ab" * 20, "declarations_root": "01" * 32}
    ).by_path
    registry.log = GrowingLog()
    registry.log.add(other["release.json"])
    registry.publish(following(other))
    with pytest.raises(RewrittenError):
        ask(registry, before, now=HOUR)


def test_another_release_of_the_same_number_is_refused() -> None:
    registry = believed()
    before = ask(registry)
    registry.log = GrowingLog()
    registry.publish(release_files(issued=ISSUED + HOUR).by_path)
    with pytest.raises(RewrittenError):
        ask(registry, before, now=HOUR)


def test_an_older_release_of_the_same_log_is_refused() -> None:
    registry = believed()
    first = registry.files["release.json"]
    registry.publish(following(registry.files))
    before = ask(registry, now=HOUR)
    proof = encode_log_proof(registry.log.proof(0))
    registry.roles.release(first, **{"tlog-proof": proof})
    registry.files |= registry.roles.files()
    with pytest.raises(UntrustedError, match="release 1 does not follow release 2"):
        ask(registry, before, now=HOUR)


@pytest.mark.parametrize(
    ("names_first", "message"), [(True, "does not follow one of"), (False, None)]
)
def test_the_key_of_a_second_log_does_not_pass_by_the_first(
    message: str | None, *, names_first: bool
) -> None:
    """Only that holders believe the first no more lets another take its place."""
    registry, key = believed(), private_key(77)
    before = ask(registry)
    second = Log(
        key=VerifierKey(name="second.example", type=KeyType.ED25519, key=key.public.key)
    )
    logs = (*policy().logs, second) if names_first else (second,)
    named = encode_log_policy(replace(policy(), logs=logs))
    roles = registry.roles
    targets = make_targets(
        roles.root,
        releases=keys_of(roles.signers.releases),
        policy=named,
        now=ISSUED,
        after=roles.in_force[Role.TARGETS],
    )
    roles.in_force[Role.TARGETS] = signed(
        targets, roles.signers.targets, authority=roles.root
    )
    roles.targets_by_name["policy.txt"] = named
    newest = following(registry.files)
    registry.log = GrowingLog()
    registry.log.add(b"another first release", newest["release.json"])
    proof = registry.log.proof(1)
    other = replace(registry.log.checkpoint(), origin="second.example")
    proof = replace(proof, checkpoint=sign_checkpoint(other, key))
    roles.release(newest["release.json"], **{"tlog-proof": encode_log_proof(proof)})
    registry.files |= {**newest, **registry.log_files(), **roles.files()}
    if message is None:
        assert ask(registry, before, now=HOUR).release.header.number == 2
    else:
        with pytest.raises(UntrustedError, match=message):
            ask(registry, before, now=HOUR)


def test_a_release_at_another_index_of_the_log_is_refused() -> None:
    registry = believed()
    registry.log.add(b"something else")
    registry.publish(following(release_files().by_path))
    with pytest.raises(UntrustedError, match="entry 2 of the log is release 2"):
        ask(registry, now=HOUR)


def test_a_release_that_is_not_in_the_log_is_refused() -> None:
    registry = believed()
    proof = registry.roles.targets_by_name["release.tlog-proof"]
    other = following(registry.files)["release.json"]
    registry.roles.release(other, **{"tlog-proof": proof})
    registry.files |= registry.roles.files()
    with pytest.raises(UntrustedError, match=r"not proved to be in the log: .* Do not"):
        ask(registry, now=HOUR)


def test_a_release_of_the_future_is_refused() -> None:
    registry = believed(release_files(issued=ISSUED + HOUR))
    with pytest.raises(StaleError, match="issued in the future"):
        ask(registry)


def test_operators_do_not_sign_development_releases_nor_the_reverse() -> None:
    with pytest.raises(UntrustedError, match="profile development, and the keys"):
        ask(believed(profile=TEAM))
    with pytest.raises(UntrustedError, match="profile operator, and the keys"):
        ask(believed(release_files(profile="operator")))


def braked() -> dict[str, bytes]:
    counts = {**decode_release(release_files().by_path["release.json"]).counts}
    return release_files(
        counts={**counts, "loosened": 10_001}, profile="operator"
    ).by_path


@pytest.mark.parametrize(
    ("holders", "message"),
    [
        (0, "approved by 0 of the keys"),
        (1, "approved by 1 of the keys in 1.root.json that sign the targets, and 2"),
        (2, None),
    ],
)
def test_a_release_that_the_brake_holds_needs_enough_holders(
    holders: int, message: str | None
) -> None:
    registry = believed(profile=TEAM)
    files = braked()
    release = decode_release(files["release.json"])
    approval = approval_of(release, files["release.json"])
    for signer in registry.roles.signers.targets[:holders]:
        approval = approve(approval, signer, root=registry.roles.root)
    registry.log = GrowingLog()
    registry.publish(files)
    with pytest.raises(UntrustedError, match=r"does not name release\.approval\.json"):
        ask(registry)
    named = {
        "tlog-proof": registry.roles.targets_by_name["release.tlog-proof"],
        "approval.json": encode_approval(approval),
    }
    registry.roles.release(files["release.json"], **named)
    registry.files |= registry.roles.files()
    if message is None:
        trusted = ask(registry)
        again = refresh(MemoryFetcher(files_of(trusted)), registry.root, now=ISSUED)
        assert again == trusted
    else:
        with pytest.raises(UntrustedError, match=message):
            ask(registry)


def test_roots_are_followed_one_by_one() -> None:
    registry = believed(release_files(profile="operator"), profile=TEAM)
    before = ask(registry)
    registry.roles.rotate(TEAM, registry.roles.signers)
    registry.roles.sign_targets()
    registry.publish(following(registry.files))
    after = ask(registry, before, now=HOUR)
    assert [root.version for root in after.chain.roots] == [1, 2]
    assert after.chain.file(Role.TARGETS).version == 2
    assert ask(registry, now=HOUR) == after


def test_a_file_in_memory_is_bounded() -> None:
    fetcher = MemoryFetcher({"a": b"xx"})
    assert fetcher.fetch("a", limit=2) == b"xx"
    with pytest.raises(FetchError, match="longer than the 1 bytes"):
        fetcher.fetch("a", limit=1)
