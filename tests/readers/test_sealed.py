"""What an operator's commands made is believed by programs that are not ours."""

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from tuf.ngclient import Updater

from sayso.wire.checkpoint import parse_checkpoint
from sayso.wire.log_policy import decode_log_policy
from sayso.wire.note import decode_note, format_verifier_key
from sayso.wire.text import format_time, to_base64
from tests.conftest import NeedsTool
from tests.declared import FACTS, FERNWOOD, declaration, put, recordings
from tests.operating import Operator, commit
from tests.webserver import Site, files, serve

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
NODE_PROGRAM = Path(__file__).with_name("tuf.js")
TARGETS = ("policy.txt", "release.json", "release.tlog-proof")


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """Somebody who has sealed two releases as a team and replaced a root since."""
    folder = tmp_path_factory.mktemp("sealed")
    texts = {**FACTS, f"{FERNWOOD}/a.yaml": declaration("{any-ai: deny}", SCOPE)}
    put(folder / "declarations", texts)
    commit(folder)
    operator = Operator(folder).hold("team")
    operator.first(format_time(NOW))
    (folder / "first").write_bytes((folder / "ledger/log/checkpoint").read_bytes())
    operator.trust("rotate")
    operator.sign(2, "mara", "noor")
    operator.next(format_time(NOW + timedelta(hours=1)))
    operator.renew("--time", format_time(NOW + timedelta(hours=2)))
    return operator


SCOPE = recordings("XXF012600001")


@pytest.fixture(scope="module")
def site(operator: Operator) -> Iterator[Site]:
    """Serve what is published: the release, and over it what the heartbeat made."""
    found = {
        path.relative_to(above).as_posix(): path.read_bytes()
        for above in (Path(operator.out), operator.folder / "ledger")
        for path in above.rglob("*")
        if path.is_file()
    }
    with serve(files(found)) as served:
        yield served


def expected(operator: Operator) -> dict[str, bytes]:
    return {
        "policy.txt": (operator.folder / "trust/policy.txt").read_bytes(),
        "release.json": Path(operator.out, "release.json").read_bytes(),
    }


def test_python_tuf_comes_from_the_first_root_to_the_release(
    operator: Operator, site: Site, tmp_path: Path
) -> None:
    updater = Updater(
        str(tmp_path / "metadata"),
        f"{site.address}/tuf/metadata/",
        str(tmp_path / "targets"),
        f"{site.address}/tuf/targets/",
        bootstrap=(operator.folder / "trust/1.root.json").read_bytes(),
    )
    (tmp_path / "targets").mkdir()
    found = {}
    for name in TARGETS:
        info = updater.get_targetinfo(name)
        assert info is not None
        found[name] = Path(updater.download_target(info)).read_bytes()
    assert found.pop("release.tlog-proof").startswith(
        b"c2sp.org/tlog-proof@v1\nindex 1"
    )
    assert found == expected(operator)


def test_tuf_js_comes_from_the_first_root_to_the_release(
    operator: Operator, site: Site, tmp_path: Path, needs_tool: NeedsTool
) -> None:
    for name in ("metadata", "targets"):
        (tmp_path / name).mkdir()
    root = (operator.folder / "trust/1.root.json").read_bytes()
    (tmp_path / "metadata/root.json").write_bytes(root)
    node = needs_tool("tuf-node")
    done = subprocess.run(
        [node, NODE_PROGRAM, site.address, tmp_path, "policy.txt", "release.json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found = {name: text.encode() for name, text in json.loads(done.stdout).items()}
    assert found == expected(operator)


def test_go_follows_the_log_from_the_first_release_to_the_second(
    operator: Operator, site: Site, follower: Path
) -> None:
    policy = decode_log_policy(expected(operator)["policy.txt"])
    old = parse_checkpoint(decode_note((operator.folder / "first").read_bytes()).text)
    job = {
        "Address": site.address,
        "LogKey": format_verifier_key(policy.logs[0].key),
        "Old": old.size,
        "OldRoot": to_base64(old.root),
    }
    done = subprocess.run(
        [follower],
        input=json.dumps(job),
        env={"PATH": os.environ["PATH"], "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["Size"] == 2
    release = expected(operator)["release.json"]
    assert said["Entries"][1] == sha256(release).hexdigest()


@pytest.mark.parametrize("name", ["release.json", "registry.json"])
def test_minisign_verifies_with_the_key_that_the_policy_lists(
    operator: Operator, needs_tool: NeedsTool, name: str
) -> None:
    policy = expected(operator)["policy.txt"].decode()
    (line,) = [line for line in policy.splitlines() if line.startswith("# minisign ")]
    key = line.removeprefix("# minisign ")
    minisign = needs_tool("minisign")
    done = subprocess.run(
        [minisign, "-Vm", Path(operator.out, name), "-P", key],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"sayso {name} release=2" in done.stdout
