"""`sayso publish`: to a folder, a branch and a bucket, and what it says."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.cli import publish as publish_command
from sayso.client.fetch import FolderFetcher
from sayso.publish.hosting.host import Host, web_host
from sayso.wire.places import FIRST_ROOT, TIMESTAMP
from tests.answers import documented
from tests.buckets import service
from tests.hosted import NOW, Registry, open_whole, registry
from tests.webserver import running


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish_command, "now", lambda: NOW)
    monkeypatch.setattr("time.sleep", lambda _: None)


def publish(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["publish", *arguments])
    assert "fault in sayso" not in result.output
    return result


def done(*arguments: str) -> Result:
    result = publish(*arguments)
    assert result.exit_code == 0, result.output
    return result


def refused(*arguments: str, code: int = 1) -> str:
    result = publish(*arguments)
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    return " ".join(result.stderr.split())


@contextmanager
def web_server(folder: Path) -> Iterator[str]:
    """Serve a folder as `python3 -m http.server` does."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with running(partial(Quiet, directory=str(folder))) as address:
        yield address


@pytest.fixture
def made() -> Registry:
    return registry()


@pytest.fixture
def out(made: Registry, tmp_path: Path) -> Path:
    return made.write(tmp_path / "out")


def test_a_folder_that_is_served_is_published_and_looked_at(
    made: Registry, out: Path, tmp_path: Path
) -> None:
    www = tmp_path / "www"
    www.mkdir()
    with web_server(www) as url:
        result = done(str(out), "--to", str(www), "--url", url)
    said = f"Release 1 of sayso.example is live in {www}: {len(made.files)} files sent"
    assert result.stdout.startswith(said)
    assert "no Cache-Control" in " ".join(result.stderr.split())
    assert open_whole(FolderFetcher(www), made.check).index == 0


def test_programs_are_answered(made: Registry, out: Path, tmp_path: Path) -> None:
    www = str(tmp_path / "www")
    answer = json.loads(done(str(out), "--to", www, "--json").stdout)
    assert answer == {
        "bytes": sum(map(len, made.files.values())),
        "format": "sayso/published/1",
        "issued": "2026-11-22T11:00:00Z",
        "kept": 0,
        "notes": [],
        "origin": "sayso.example",
        "release": 1,
        "removed": 0,
        "sent": len(made.files),
        "to": www,
        "url": None,
    }
    assert answer.keys() == documented("sayso publish", 0)


def test_a_heartbeat_prunes_nothing_that_is_new(
    made: Registry, out: Path, tmp_path: Path
) -> None:
    www = tmp_path / "www"
    done(str(out), "--to", str(www))
    made.renew()
    ledger = made.write(tmp_path / "ledger", made.heartbeat())
    result = done(str(ledger), "--to", str(www), "--prune")
    assert "1 files sent" in result.stdout
    assert "taken away" not in result.stdout
    assert (www / TIMESTAMP).read_bytes() == made.files[TIMESTAMP]


def test_pages_that_are_no_more_are_taken_away(out: Path, tmp_path: Path) -> None:
    www = tmp_path / "www"
    done(str(out), "--to", str(www))
    page = "isrc/XXF012600001/index.html"
    (out / page).unlink()
    said = " ".join(done(str(out), "--to", str(www)).stderr.split())
    assert "has 1 pages that the site has no more" in said
    result = done(str(out), "--to", str(www), "--prune")
    assert "; 1 taken away." in result.stdout
    assert not (www / page).exists()


def test_a_branch_is_published(made: Registry, out: Path, tmp_path: Path) -> None:
    remote = tmp_path / "remote.git"
    subprocess.run(["git", "init", "--quiet", "--bare", remote], check=True)
    result = done(str(out), "--to", f"git:{remote}#pages", "--squash")
    assert f"is live in branch pages of {remote}" in result.stdout
    folder = tmp_path / "www"
    subprocess.run(
        ["git", "clone", "--quiet", "--branch", "pages", remote, folder], check=True
    )
    assert open_whole(FolderFetcher(folder), made.check).index == 0


def test_a_branch_is_looked_at_when_it_is_there(
    made: Registry, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote, www = tmp_path / "remote.git", tmp_path / "www"
    subprocess.run(["git", "init", "--quiet", "--bare", remote], check=True)
    www.mkdir()

    def deploying(address: str, _: object) -> Host:
        """Return a host that serves the branch some time after it was pushed."""

        def deploy(_: float) -> None:
            at = ["git", "-C", str(www)]
            subprocess.run([*at, "init", "--quiet"], check=True)
            subprocess.run([*at, "pull", "--quiet", str(remote), "pages"], check=True)

        return web_host(address, deploy)

    monkeypatch.setattr(publish_command, "web_host", deploying)
    with web_server(www) as url:
        done(str(out), "--to", f"git:{remote}#pages", "--url", url)
        made.next(title="Another River")
        made.write(out)
        result = done(str(out), "--to", f"git:{remote}#pages", "--url", url)
    assert "Release 2 of" in result.stdout
    assert open_whole(FolderFetcher(www), made.check).index == 1


def test_a_bucket_is_published(
    made: Registry, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with service() as s3:
        for name, value in s3.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_ENDPOINT_URL")
        s3.client().create_bucket(Bucket="registries")
        to = ["--to", "s3://registries/one", "--endpoint-url", s3.address]
        result = done(str(out), *to)
        assert "is live in s3://registries/one" in result.stdout
        again = done(str(out), *to, "--json")
    assert json.loads(again.stdout)["sent"] == 0
    assert json.loads(again.stdout)["kept"] == len(made.files)


def test_another_root_is_believed_where_one_is_named(out: Path, tmp_path: Path) -> None:
    www, root = tmp_path / "www", tmp_path / "root.json"
    other = Registry()
    other.rotate(first=301)
    root.write_bytes(other.roots[1].data)
    said = refused(str(out), "--to", str(www), "--root", str(root))
    assert "readers would refuse this release" in said
    root.write_bytes((out / FIRST_ROOT).read_bytes())
    done(str(out), "--to", str(www), "--root", str(root))


def test_another_registry_behind_the_address_is_found(
    out: Path, tmp_path: Path
) -> None:
    other = Registry()
    other.next(title="Another River")
    elsewhere = other.write(tmp_path / "elsewhere")
    with web_server(elsewhere) as url:
        said = refused(str(out), "--to", str(tmp_path / "www"), "--url", url)
    assert "the host says 404" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--to", "www", "--squash"], "--squash is for a branch"),
        (["--to", "www", "--endpoint-url", "http://x"], "--endpoint-url is for a"),
        (["--to", "out"], "--to is FOLDER itself"),
        (["--to", "out/www"], "one is in the other"),
        (["--to", "."], "one is in the other"),
        ([], "Missing option '--to'"),
    ],
)
def test_what_does_not_go_together_is_usage(
    out: Path, options: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(out.parent)
    assert said in refused("out", *options, code=2)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--to", "gs://bucket"], "no place to publish to"),
        (["--to", "www", "--url", "http://registry.example"], "not the address of"),
    ],
)
def test_no_place_or_address_is_refused(
    out: Path, options: list[str], said: str
) -> None:
    assert said in refused(str(out), *options)


def test_nothing_to_publish_is_refused(tmp_path: Path) -> None:
    said = refused(str(tmp_path / "absent"), "--to", str(tmp_path / "www"))
    assert "there is no folder" in said
    (tmp_path / "empty").mkdir()
    said = refused(str(tmp_path / "empty"), "--to", str(tmp_path / "www"))
    assert "is not signed yet; run sayso seal" in said
