"""A client in another language believes what we publish, and nothing else."""

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sayso.trust.profiles import PROFILES, Profile, Role
from sayso.trust.roles import RoleFile
from tests.conftest import NeedsTool
from tests.roles import (
    INSTITUTION,
    POLICY,
    RELEASE,
    SOLO,
    TEAM,
    changed,
    repository,
    signers_of,
)
from tests.webserver import Reply, Site, files, serve

NOW = datetime.now(UTC).replace(microsecond=0)  # what the client compares with
PROGRAM = Path(__file__).with_name("tuf.js")


class Client:
    """The client with a folder of its own, which trusts a root."""

    def __init__(self, node: Path, folder: Path, root: RoleFile) -> None:
        self.node = node
        self.folder = folder
        for name in ("metadata", "targets"):
            (folder / name).mkdir(parents=True)
        (folder / "metadata" / "root.json").write_bytes(root.data)

    def ask(self, site: Site) -> dict[str, str]:
        done = self.run(site)
        assert done.returncode == 0, done.stderr
        believed: dict[str, str] = json.loads(done.stdout)
        return believed

    def refuse(self, site: Site) -> str:
        done = self.run(site)
        assert done.returncode == 1, done.stdout
        return done.stderr

    def run(self, site: Site) -> subprocess.CompletedProcess[str]:
        names = ["policy.txt", "release.json"]
        return subprocess.run(
            [self.node, PROGRAM, site.address, self.folder, *names],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@pytest.fixture
def node(needs_tool: NeedsTool) -> Path:
    return needs_tool("tuf-node")


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_a_release_is_believed(profile: Profile, node: Path, tmp_path: Path) -> None:
    registry = repository(profile, now=NOW)
    client = Client(node, tmp_path, registry.root)
    believed = {"policy.txt": POLICY.decode(), "release.json": RELEASE.decode()}
    with serve(files(registry.files())) as site:
        assert client.ask(site) == believed
        assert len(site.asked) == 7
        site.asked.clear()
        assert client.ask(site) == believed
        assert site.asked == [
            "/tuf/metadata/2.root.json",
            "/tuf/metadata/timestamp.json",
        ]


def test_who_was_away_walks_from_root_to_root(node: Path, tmp_path: Path) -> None:
    registry = repository(SOLO, now=NOW)
    client = Client(node, tmp_path, registry.root)
    for number, profile in enumerate((TEAM, INSTITUTION), start=1):
        registry.rotate(profile, signers_of(profile, first=300 * number))
    registry.sign_targets()
    registry.release(b"after the rotation")
    with serve(files(registry.files())) as site:
        assert client.ask(site)["release.json"] == "after the rotation"


def test_what_is_wrong_is_refused(node: Path, tmp_path: Path) -> None:
    registry = repository(TEAM, now=NOW)
    published = files(registry.files())
    with serve(published) as site:
        for path in sorted(published.keys() - {"/tuf/metadata/1.root.json"}):
            data = bytearray(published[path].body)
            data[len(data) // 2] ^= 1
            site.replies = published | {path: Reply(body=bytes(data))}
            folder = tmp_path / path.rsplit("/", 1)[1]
            assert "Error" in Client(node, folder, registry.root).refuse(site)


def test_an_expired_timestamp_is_refused(node: Path, tmp_path: Path) -> None:
    registry = repository(TEAM, now=NOW - timedelta(days=4))
    client = Client(node, tmp_path, registry.root)
    with serve(files(registry.files())) as site:
        assert "timestamp.json is expired" in client.refuse(site)


def test_a_host_cannot_go_back(node: Path, tmp_path: Path) -> None:
    registry = repository(TEAM, now=NOW)
    client = Client(node, tmp_path, registry.root)
    old = files(registry.files())
    registry.release(b"newer")
    with serve(files(registry.files())) as site:
        assert client.ask(site)["release.json"] == "newer"
        site.replies = old
        assert "version 1 is less than" in client.refuse(site)


def test_too_few_holders_do_not_replace_a_root(node: Path, tmp_path: Path) -> None:
    registry = repository(TEAM, now=NOW)
    client = Client(node, tmp_path, registry.root)
    registry.roots.append(changed(registry.in_force[Role.ROOT], version=2))
    with serve(files(registry.files())) as site:
        assert "root was signed by 0/2 keys" in client.refuse(site)
