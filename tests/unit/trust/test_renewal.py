"""Releases, snapshots and timestamps: made, renewed, and never taken back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tuf.api.metadata import MetaFile

from sayso.errors import PublishError, UntrustedError
from sayso.trust.profiles import PROFILES, Profile, Role
from sayso.trust.renewal import (
    expiries,
    make_releases,
    make_snapshot,
    make_timestamp,
    renew,
    says_no_more,
)
from sayso.trust.roles import (
    RoleFile,
    metadata_of,
    snapshot_of,
    timestamp_of,
)
from sayso.trust.signing import add_signature, check_signed
from tests.roles import (
    INSTITUTION,
    NOW,
    RELEASE,
    SOLO,
    TEAM,
    Repository,
    changed,
    repository,
    signed,
    signers_of,
)

LATER = NOW + timedelta(hours=6)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def registry() -> Repository:
    return repository(TEAM)


def releases_of(registry: Repository, files: dict[str, bytes]) -> RoleFile:
    return make_releases(
        registry.root, files, now=LATER, after=registry.in_force[Role.RELEASES]
    )


def test_releases_name_the_files_of_a_release(registry: Repository) -> None:
    files = {"release.json": b"new", "release.tlog-proof": b"proof"}
    file = releases_of(registry, files)
    assert (file.name, file.expires) == ("2.releases.json", LATER + 30 * DAY)
    targets = metadata_of(file).signed.targets
    assert list(targets) == list(files)
    for name, data in files.items():
        targets[name].verify_length_and_hashes(data)
    assert file == releases_of(registry, dict(reversed(files.items())))


@pytest.mark.parametrize(
    "name",
    ["policy.txt", "releases.json", "release.d/x", "../release.x", "Release.x", ""],
)
def test_releases_name_nothing_else(registry: Repository, name: str) -> None:
    with pytest.raises(PublishError, match="may not name the file"):
        releases_of(registry, {"release.json": b"new", name: b"x"})


def test_a_release_is_not_missing(registry: Repository) -> None:
    with pytest.raises(PublishError, match=r"without release\.json"):
        releases_of(registry, {"release.tlog-proof": b"proof"})


def test_two_sign_where_the_profile_says_so() -> None:
    registry = repository(INSTITUTION)
    targets = registry.in_force[Role.TARGETS]
    file = make_releases(registry.root, {"release.json": RELEASE}, now=NOW)
    operator, rebuilder = registry.signers.releases
    once = add_signature(file, operator, authority=targets)
    with pytest.raises(UntrustedError, match=r"by 1 of the keys in 1.targets.json"):
        make_snapshot(registry.root, targets=targets, releases=once, now=NOW)
    both = add_signature(once, rebuilder, authority=targets)
    make_snapshot(registry.root, targets=targets, releases=both, now=NOW)


def test_what_somebody_else_made_says_no_more_and_for_no_longer() -> None:
    registry = repository(INSTITUTION)
    made = make_releases(registry.root, {"release.json": RELEASE}, now=NOW)
    more = {"release.json": RELEASE, "release.more": b"more"}
    assert says_no_more(made, made)
    early = make_releases(registry.root, {"release.json": RELEASE}, now=NOW - HOUR)
    assert says_no_more(early, made)
    assert says_no_more(changed(made, expires=made.expires + MINUTE), made)
    assert not says_no_more(changed(made, expires=made.expires + HOUR), made)
    assert not says_no_more(changed(made, version=2), made)
    assert not says_no_more(make_releases(registry.root, more, now=NOW), made)
    other = make_releases(registry.root, {"release.json": b"other"}, now=NOW)
    assert not says_no_more(other, made)


def test_each_file_names_the_one_below_by_version_and_bytes(
    registry: Repository,
) -> None:
    files = registry.in_force
    snapshot = snapshot_of(files[Role.SNAPSHOT])
    assert sorted(snapshot.meta) == ["releases.json", "targets.json"]
    for role in (Role.RELEASES, Role.TARGETS):
        described = snapshot.meta[f"{role}.json"]
        assert described.version == 1
        described.verify_length_and_hashes(files[role].data)
    described = timestamp_of(files[Role.TIMESTAMP]).snapshot_meta
    described.verify_length_and_hashes(files[Role.SNAPSHOT].data)


def test_what_is_not_signed_is_not_published(registry: Repository) -> None:
    root, files = registry.root, registry.in_force
    targets, releases = files[Role.TARGETS], files[Role.RELEASES]
    for pair in (
        {"targets": changed(targets), "releases": releases},
        {"targets": targets, "releases": changed(releases)},
    ):
        with pytest.raises(UntrustedError, match="is signed by 0 of the keys in"):
            make_snapshot(root, now=LATER, **pair)
    with pytest.raises(UntrustedError, match="is signed by 0 of the keys in"):
        make_timestamp(root, changed(files[Role.SNAPSHOT]), now=LATER)


def test_targets_and_releases_are_not_confused(registry: Repository) -> None:
    targets, releases = (registry.in_force[r] for r in (Role.TARGETS, Role.RELEASES))
    with pytest.raises(PublishError, match="does not say who signs"):
        make_snapshot(registry.root, targets=releases, releases=targets, now=LATER)


def test_a_snapshot_never_goes_back(registry: Repository) -> None:
    old = registry.in_force[Role.RELEASES]
    registry.now = LATER
    registry.release(b"new")
    registry.in_force[Role.RELEASES] = old
    with pytest.raises(PublishError, match=r"releases.json was published in version 2"):
        registry.snapshot()


def test_a_timestamp_never_goes_back(registry: Repository) -> None:
    old = registry.in_force[Role.SNAPSHOT]
    registry.now = LATER
    registry.release(b"new")
    registry.in_force[Role.SNAPSHOT] = old
    with pytest.raises(PublishError, match=r"snapshot.json was published in version 2"):
        registry.timestamp()


def test_a_version_has_one_content(registry: Repository) -> None:
    """An immutable file that changed would be kept by caches as it was."""
    targets, holder = registry.in_force[Role.TARGETS], registry.signers.targets[2]
    more = add_signature(targets, holder, authority=registry.root)
    registry.in_force[Role.TARGETS] = more
    with pytest.raises(PublishError, match=r"^targets.json of version 1 was published"):
        registry.snapshot()


def test_a_snapshot_of_less_than_ours_may_be_followed(registry: Repository) -> None:
    before = registry.in_force[Role.SNAPSHOT]
    registry.in_force[Role.SNAPSHOT] = changed(
        before, meta={"targets.json": MetaFile(1, hashes=_hashes(registry))}
    )
    registry.snapshot()
    assert registry.in_force[Role.SNAPSHOT].version == 2


def _hashes(registry: Repository) -> dict[str, str]:
    return {"sha256": registry.in_force[Role.TARGETS].digest}


def test_the_heartbeat_renews_the_timestamp_alone(registry: Repository) -> None:
    before = registry.in_force[Role.TIMESTAMP]
    file = renew(registry.root, before, now=LATER)
    assert (file.version, file.expires) == (2, LATER + 3 * DAY)
    assert metadata_of(file).signatures == {}
    assert timestamp_of(file).snapshot_meta == timestamp_of(before).snapshot_meta
    snapshot = registry.in_force[Role.SNAPSHOT]
    made = make_timestamp(registry.root, snapshot, now=LATER, after=before)
    assert file == made
    check_signed(registry.by_machine(file), authority=registry.root)


def test_what_is_renewed_is_named_anew(registry: Repository) -> None:
    root, files = registry.root, registry.in_force
    file = renew(root, files[Role.RELEASES], now=LATER)
    assert (file.name, file.expires) == ("2.releases.json", LATER + 30 * DAY)
    files[Role.RELEASES] = signed(
        file, registry.signers.releases, authority=files[Role.TARGETS]
    )
    registry.now = LATER
    registry.snapshot()
    meta = snapshot_of(files[Role.SNAPSHOT]).meta
    assert meta["releases.json"].version == 2
    assert meta["targets.json"].version == 1
    again = renew(root, files[Role.SNAPSHOT], now=LATER)
    assert snapshot_of(again).meta == meta
    assert again.version == 3


@pytest.mark.parametrize("role", [Role.ROOT, Role.TARGETS])
def test_people_renew_what_people_sign(registry: Repository, role: Role) -> None:
    with pytest.raises(ValueError, match="is renewed by its holders"):
        renew(registry.root, registry.in_force[role], now=LATER)


def test_a_new_profile_changes_how_long_the_next_file_holds() -> None:
    registry = repository(SOLO)
    assert registry.in_force[Role.TIMESTAMP].expires == NOW + 7 * DAY
    registry.rotate(TEAM, signers_of(TEAM, first=500))
    file = renew(registry.root, registry.in_force[Role.TIMESTAMP], now=LATER)
    assert file.expires == LATER + 3 * DAY


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_there_is_a_warning_before_a_file_ends(profile: Profile) -> None:
    files = repository(profile).in_force
    root = files.pop(Role.ROOT)
    found = {each.name: each for each in expiries(root, *files.values())}
    names = list(found)
    assert names[0] == "timestamp.json"
    assert names[3:] == ["1.root.json", "1.targets.json"]
    half = profile.timestamp / 2
    assert {each.name: each.warned - NOW for each in found.values()} == {
        "timestamp.json": half,
        "1.releases.json": 15 * DAY,
        "1.snapshot.json": 15 * DAY,
        "1.root.json": 305 * DAY,
        "1.targets.json": 305 * DAY,
    }
    timestamp = found["timestamp.json"]
    second = timedelta(seconds=1)
    for after, due, over in (
        (half - second, False, False),
        (half, True, False),
        (2 * half - second, True, False),
        (2 * half, True, True),
    ):
        assert timestamp.is_due(NOW + after) is due
        assert timestamp.is_over(NOW + after) is over


Make = Callable[[Repository, Any], object]


@pytest.mark.parametrize(
    "make",
    [
        lambda registry, now: renew(
            registry.root, registry.in_force[Role.TIMESTAMP], now=now
        ),
        lambda registry, now: make_releases(
            registry.root, {"release.json": b""}, now=now
        ),
    ],
)
def test_a_time_is_a_whole_second_in_utc(registry: Repository, make: Make) -> None:
    for now in (NOW.replace(tzinfo=None), NOW.replace(microsecond=5)):
        with pytest.raises(ValueError, match="not a whole second in UTC"):
            make(registry, now)
