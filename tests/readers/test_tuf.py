"""TUF's own client believes what we publish, and nothing else."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    UnsignedMetadataError,
)
from tuf.api.metadata import MetaFile, TargetFile
from tuf.ngclient import Updater

from sayso.trust.profiles import PROFILES, Profile, Role
from sayso.trust.renewal import renew
from sayso.trust.roles import RoleFile
from sayso.trust.root import make_root, root_keys
from sayso.trust.signing import add_signature
from tests.roles import (
    INSTITUTION,
    POLICY,
    RELEASE,
    SOLO,
    TEAM,
    Repository,
    changed,
    repository,
    signer,
    signers_of,
)
from tests.webserver import Reply, Site, files, serve

NOW = datetime.now(UTC).replace(microsecond=0)  # what the client compares with
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LIMITS = {
    Role.ROOT: 4096,
    Role.RELEASES: 900,
    Role.SNAPSHOT: 600,
    Role.TIMESTAMP: 600,
}
"""Bytes that a file stays below."""


class Client:
    """TUF's client with a folder of its own, which knows the first root."""

    def __init__(self, site: Site, folder: Path, root: RoleFile) -> None:
        self.site = site
        self.folder = folder
        self.root = root

    def ask(self) -> dict[str, bytes]:
        """Return the policy and the newest release, as far as they are believed."""
        self.site.asked.clear()
        updater = Updater(
            str(self.folder / "metadata"),
            f"{self.site.address}/tuf/metadata/",
            str(self.folder / "targets"),
            f"{self.site.address}/tuf/targets/",
            bootstrap=self.root.data,
        )
        found = {}
        for name in ("policy.txt", "release.json"):
            info = updater.get_targetinfo(name)
            assert info is not None
            path = updater.find_cached_target(info) or updater.download_target(info)
            found[name] = Path(path).read_bytes()
        return found

    def asked(self) -> list[str]:
        """Return the names of the files that it asked for, without hashes."""
        names = [path.rsplit("/", 1)[1] for path in self.site.asked]
        return [name[65:] if len(name) > 65 else name for name in names]


Visit = Callable[[Repository], Client]


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    """Serve a registry, and return a client that never saw it before."""
    with serve({}) as site:
        numbers = count()

        def new(registry: Repository) -> Client:
            site.replies = files(registry.files())
            return Client(site, tmp_path / str(next(numbers)), registry.roots[0])

        yield new


def publish(client: Client, registry: Repository) -> None:
    client.site.replies = files(registry.files())


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_a_release_is_believed_in_few_small_answers(
    profile: Profile, visit: Visit
) -> None:
    client = visit(repository(profile, now=NOW))
    believed = {"policy.txt": POLICY, "release.json": RELEASE}
    assert client.ask() == believed
    assert client.asked() == [
        "2.root.json",
        "timestamp.json",
        "1.snapshot.json",
        "1.targets.json",
        "policy.txt",
        "1.releases.json",
        "release.json",
    ]
    assert len(client.site.asked) <= 9
    assert client.ask() == believed
    assert client.asked() == ["2.root.json", "timestamp.json"]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_files_stay_small_whatever_was_published(profile: Profile) -> None:
    registry = repository(profile)
    large = {"release.json": b"x" * 65_535, "release.tlog-proof": b"x" * 4_000}
    registry.targets_by_name |= large
    for role in (Role.RELEASES, Role.SNAPSHOT, Role.TIMESTAMP):
        file = changed(registry.in_force[role], version=99_999)
        registry.in_force[role] = renew(registry.root, file, now=NOW)
    registry.release(large["release.json"])
    sizes = {role: len(file.data) for role, file in registry.in_force.items()}
    assert registry.in_force[Role.TIMESTAMP].version > 100_000
    for role, limit in LIMITS.items():
        assert sizes[role] < limit, role
    assert sum(sizes.values()) <= 6 * 1024


def test_who_was_away_walks_from_root_to_root(visit: Visit) -> None:
    registry = repository(SOLO, now=NOW)
    client = visit(registry)
    client.ask()
    for number, profile in enumerate((TEAM, INSTITUTION), start=1):
        registry.rotate(profile, signers_of(profile, first=300 * number))
    registry.sign_targets()
    registry.release(b"after the rotation")
    publish(client, registry)
    for who in (client, visit(registry)):
        assert who.ask()["release.json"] == b"after the rotation"
        assert who.asked()[:3] == ["2.root.json", "3.root.json", "4.root.json"]


def test_a_heartbeat_keeps_a_release_believed(visit: Visit) -> None:
    registry = repository(TEAM, now=NOW - 4 * DAY)
    client = visit(registry)
    with pytest.raises(ExpiredMetadataError, match=r"timestamp\.json is expired"):
        client.ask()
    timestamp = renew(registry.root, registry.in_force[Role.TIMESTAMP], now=NOW)
    registry.in_force[Role.TIMESTAMP] = registry.by_machine(timestamp)
    publish(client, registry)
    assert client.ask()["release.json"] == RELEASE


@pytest.mark.parametrize("role", [Role.RELEASES, Role.SNAPSHOT])
def test_what_is_not_renewed_is_not_believed(role: Role, visit: Visit) -> None:
    registry = repository(TEAM, now=NOW - 31 * DAY)
    registry.now = NOW
    if role is Role.RELEASES:
        registry.snapshot()
    else:
        registry.timestamp()
    with pytest.raises(ExpiredMetadataError, match=rf"{role}(\.json)? is expired"):
        visit(registry).ask()


def test_an_expired_root_is_not_believed_until_the_next(visit: Visit) -> None:
    registry = repository(TEAM, now=NOW - 366 * DAY)
    registry.now = NOW
    registry.sign_targets()
    registry.release(RELEASE)
    with pytest.raises(ExpiredMetadataError, match=r"Final root\.json is expired"):
        visit(registry).ask()
    registry.rotate(TEAM, registry.signers)
    assert visit(registry).ask()["release.json"] == RELEASE


def test_a_host_cannot_go_back(visit: Visit) -> None:
    registry = repository(TEAM, now=NOW - HOUR)
    old = registry.files()
    registry.now = NOW
    registry.release(b"newer")
    client = visit(registry)
    assert client.ask()["release.json"] == b"newer"
    client.site.replies = files(old)
    with pytest.raises(BadVersionNumberError, match="must be >= 2"):
        client.ask()


def test_a_host_cannot_show_an_old_snapshot(visit: Visit) -> None:
    registry = repository(TEAM, now=NOW - HOUR)
    old = registry.files()
    registry.release(b"newer")
    client = visit(registry)
    path = "tuf/metadata/{}.snapshot.json"
    client.site.replies |= files({path.format(2): old[path.format(1)]})
    with pytest.raises(LengthOrHashMismatchError):
        client.ask()


def test_too_few_holders_do_not_replace_a_root(visit: Visit) -> None:
    registry = repository(TEAM, now=NOW)
    keys = root_keys(registry.root)
    file = make_root(TEAM, keys, now=NOW, after=registry.root)
    one = add_signature(file, registry.signers.root[0], authority=registry.root)
    registry.roots.append(one)
    with pytest.raises(UnsignedMetadataError, match="root was signed by 1/2 keys"):
        visit(registry).ask()


def test_new_holders_alone_do_not_replace_a_root(visit: Visit) -> None:
    registry = repository(TEAM, now=NOW)
    thieves = signers_of(TEAM, first=700)
    before = registry.root
    file = make_root(TEAM, thieves.root_keys(), now=NOW, after=before)
    for thief in thieves.root:
        file = add_signature(file, thief, authority=before)
    registry.roots.append(file)
    with pytest.raises(UnsignedMetadataError, match="root was signed by 0/2 keys"):
        visit(registry).ask()


def insist(registry: Repository, file: RoleFile) -> None:
    """Publish a file all the same, as whoever has the online key could."""
    registry.in_force[file.role] = file
    below = {
        f"{role}.json": described(registry.in_force[role])
        for role in (Role.TARGETS, Role.RELEASES)
    }
    snapshot = changed(registry.in_force[Role.SNAPSHOT], meta=below)
    registry.in_force[Role.SNAPSHOT] = registry.by_machine(snapshot)
    timestamp = changed(
        registry.in_force[Role.TIMESTAMP],
        snapshot_meta=described(registry.in_force[Role.SNAPSHOT]),
    )
    registry.in_force[Role.TIMESTAMP] = registry.by_machine(timestamp)


def described(file: RoleFile) -> MetaFile:
    return MetaFile(file.version, hashes={"sha256": file.digest})


@pytest.mark.parametrize(
    ("role", "authority", "why"),
    [
        (Role.TARGETS, Role.ROOT, "targets was signed by 1/2 keys"),
        (Role.RELEASES, Role.TARGETS, "releases was signed by 1/2 keys"),
    ],
)
def test_too_few_signatures_are_not_believed(
    role: Role, authority: Role, why: str, visit: Visit
) -> None:
    registry = repository(INSTITUTION, now=NOW)
    by = {
        Role.TARGETS: registry.signers.targets[0],
        Role.RELEASES: registry.signers.releases[0],
    }[role]
    bare = changed(registry.in_force[role])
    insist(registry, add_signature(bare, by, authority=registry.in_force[authority]))
    with pytest.raises(UnsignedMetadataError, match=why):
        visit(registry).ask()


def test_the_key_of_releases_alone_replaces_no_release(visit: Visit) -> None:
    """A snapshot names the bytes: whoever takes one online key lacks the other."""
    registry = repository(TEAM, now=NOW)
    stolen = changed(registry.in_force[Role.RELEASES], expires=NOW + 29 * DAY)
    stolen = add_signature(
        stolen,
        registry.signers.releases[0],
        authority=registry.in_force[Role.TARGETS],
    )
    client = visit(registry)
    client.site.replies |= files({f"tuf/metadata/{stolen.name}": stolen.data})
    with pytest.raises(LengthOrHashMismatchError):
        client.ask()


def test_the_online_keys_do_not_change_who_is_believed(visit: Visit) -> None:
    """What `releases` says of the policy is heard by nobody."""
    registry = repository(TEAM, now=NOW)
    false = {"policy.txt": b"trust me", "release.json": b"false"}
    named = {name: TargetFile.from_data(name, data) for name, data in false.items()}
    releases = changed(registry.in_force[Role.RELEASES], targets=named)
    by, targets = registry.signers.releases[0], registry.in_force[Role.TARGETS]
    insist(registry, add_signature(releases, by, authority=targets))
    registry.targets_by_name["release.json"] = false["release.json"]
    assert visit(registry).ask() == {**false, "policy.txt": POLICY}


def test_a_stolen_key_that_ran_ahead_is_recovered_from(visit: Visit) -> None:
    registry = repository(TEAM, now=NOW - HOUR)
    client = visit(registry)
    ahead = changed(registry.in_force[Role.TIMESTAMP], version=2**31)
    honest = registry.in_force[Role.TIMESTAMP]
    registry.in_force[Role.TIMESTAMP] = registry.by_machine(ahead)
    publish(client, registry)
    client.ask()
    registry.in_force[Role.TIMESTAMP] = honest
    registry.now = NOW
    registry.release(b"jammed")
    publish(client, registry)
    with pytest.raises(BadVersionNumberError, match="must be >= 2147483648"):
        client.ask()
    new = replace(registry.signers, online=signer(888))
    registry.rotate(TEAM, new)
    registry.release(b"free again")
    publish(client, registry)
    assert client.ask()["release.json"] == b"free again"


def test_a_changed_byte_in_any_file_is_refused(visit: Visit) -> None:
    registry = repository(TEAM, now=NOW)
    registry.rotate(TEAM, registry.signers)
    published = registry.files()
    assert len(published) == 8
    first = published.pop("tuf/metadata/1.root.json")
    tried = 0
    for path, data in published.items():
        for place in [*range(0, len(data), 29), len(data) - 1]:
            changed_data = bytearray(data)
            changed_data[place] ^= 1
            client = visit(registry)
            client.site.replies[f"/{path}"] = Reply(body=bytes(changed_data))
            with pytest.raises((RepositoryError, DownloadError)):
                client.ask()
            tried += 1
    assert tried > 100
    for place in range(0, len(first), 29):
        changed_data = bytearray(first)
        changed_data[place] ^= 1
        client = visit(registry)
        client.root = replace(client.root, data=bytes(changed_data))
        with pytest.raises(RepositoryError):
            client.ask()


def test_a_host_that_answers_everything_is_refused(visit: Visit) -> None:
    client = visit(repository(TEAM, now=NOW))
    page = Reply(body=b"<!doctype html><title>Not found</title>")
    client.site.replies["/tuf/metadata/2.root.json"] = page
    with pytest.raises(RepositoryError):
        client.ask()


def test_answers_without_end_are_refused(visit: Visit) -> None:
    client = visit(repository(TEAM, now=NOW))
    endless = Reply(body=b"{" + b" " * 1_000_000)
    client.site.replies["/tuf/metadata/timestamp.json"] = endless
    with pytest.raises(DownloadError):
        client.ask()
