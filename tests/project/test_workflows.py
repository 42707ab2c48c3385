"""The workflows of an operator: what they may, and that they do what they are for."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from threading import Thread
from typing import Any

import click
import pytest

from sayso.cli import main
from sayso.wire.release import decode_release
from tests.operators import (
    AUTHOR,
    CATALOGUE,
    DENY_BOTH,
    MACHINES,
    ONE,
    TWO,
    commit,
    done,
    establish,
    git,
    sayso,
)
from tests.webserver import running
from tests.workflows import (
    ENVIRONMENT,
    FOLDER,
    Artifacts,
    Host,
    Machine,
    Run,
    check_command,
    copy_site,
    read,
    sayso_lines,
)

NAMES = ("release.yml", "heartbeat.yml")
TEXTS = {name: (FOLDER / name).read_text("utf-8") for name in NAMES}
KMS = {f"{name} with KMS": text.replace("# kms: ", "") for name, text in TEXTS.items()}
ALL = {**TEXTS, **KMS}
GUIDE = Path(__file__).parents[2] / "site/docs/about/automation.md"
PINNED = re.compile(r"[a-z-]+/[a-z-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+")

SECRETS = {
    ("release.yml", "sign", "Seal"): {f"SAYSO_{name.upper()}_KEY" for name in MACHINES},
    ("heartbeat.yml", "renew", "Renew"): {"SAYSO_ONLINE_KEY", "SAYSO_RELEASES_KEY"},
    **{
        (name, "publish", "Publish"): {
            "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "SAYSO_DEPLOY_KEY",
        }
        for name in NAMES
    },
}  # fmt: skip
"""The only steps that see a secret, and which."""
ENVIRONMENTS = {
    ("release.yml", "sign"): "release",
    ("release.yml", "publish"): "publish",
    ("heartbeat.yml", "renew"): "heartbeat",
    ("heartbeat.yml", "publish"): "publish",
}
WRITING = {("release.yml", "sign"), ("heartbeat.yml", "renew")}
"""The only jobs that push, and what they push is the ledger."""


def jobs() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (name, job, body)
        for name in NAMES
        for job, body in read(TEXTS[name])["jobs"].items()
    ]


def steps() -> list[tuple[str, str, dict[str, Any]]]:
    return [(name, job, step) for name, job, body in jobs() for step in body["steps"]]


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_every_action_is_pinned_and_says_of_which_version_it_is(text: str) -> None:
    used = re.findall(r"^ *(?:- )?uses: *(.*)", text, re.MULTILINE)
    assert len(used) > 5
    for action in used:
        assert PINNED.fullmatch(action), action
    counted = [
        step["uses"]
        for job in read(text)["jobs"].values()
        for step in job["steps"]
        if "uses" in step
    ]
    assert len(counted) == len(used)
    # One action has one version.
    assert len(set(used)) == len({action.partition("@")[0] for action in used})


@pytest.mark.parametrize("name", NAMES)
def test_nothing_from_outside_starts_a_workflow(name: str) -> None:
    starts = read(TEXTS[name])["on"]
    assert set(starts) <= {"push", "schedule", "workflow_dispatch"}
    assert starts.get("push", {"branches": ["main"]}) == {"branches": ["main"]}
    for each in starts["schedule"]:
        minute, hour, *rest = each["cron"].split()
        assert int(minute) % 2 == 1
        assert rest == ["*", "*", "*"]
        assert hour == {"heartbeat.yml": "*/6", "release.yml": "3"}[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_run_is_never_cancelled_by_another(name: str) -> None:
    found = read(TEXTS[name])["concurrency"]
    assert found == {"group": name.removesuffix(".yml"), "cancel-in-progress": False}


@pytest.mark.parametrize(("name", "job", "body"), jobs())
def test_a_job_has_the_least_permissions(
    name: str, job: str, body: dict[str, Any]
) -> None:
    assert read(TEXTS[name])["permissions"] == {}
    writes = (name, job) in WRITING
    assert body["permissions"] == {"contents": "write" if writes else "read"}
    assert body.get("environment") == ENVIRONMENTS.get((name, job))
    assert "services" not in body
    assert "container" not in body
    assert body["timeout-minutes"] <= 180
    checkouts = [s["with"] for s in body["steps"] if "/checkout@" in s.get("uses", "")]
    for given in checkouts:
        kept = writes and given.get("path") == "ledger"
        assert given["persist-credentials"] is kept
    with_kms = read(KMS[f"{name} with KMS"])["jobs"][job]["permissions"]
    more = {"id-token": "write"} if writes else {}
    assert with_kms == {**body["permissions"], **more}


@pytest.mark.parametrize(("name", "job", "body"), jobs())
def test_a_fork_without_settings_does_nothing(
    name: str, job: str, body: dict[str, Any]
) -> None:
    configured = "vars.SAYSO_DESTINATION != '' && vars.SAYSO_URL != ''"
    if "needs" not in body:
        assert body["if"] == f"{configured} && github.ref == 'refs/heads/main'"
    elif "if" in body:
        assert (name, job) == ("heartbeat.yml", "doctor")
        assert "needs.renew.result != 'skipped'" in body["if"]


@pytest.mark.parametrize(("name", "job", "step"), steps())
def test_only_the_step_that_needs_a_secret_sees_it(
    name: str, job: str, step: dict[str, Any]
) -> None:
    seen = set(re.findall(r"secrets\.([A-Z_]+)", json.dumps(step)))
    assert seen == SECRETS.get((name, job, step["name"]), set())
    assert "github.token" not in json.dumps(step)
    assert "cache" not in json.dumps(step.get("with", {}))


def test_no_secret_is_named_outside_of_a_step() -> None:
    for name in NAMES:
        document = read(TEXTS[name])
        for job in document["jobs"].values():
            del job["steps"]
            assert "env" not in job
        assert "env" not in document
        assert "secrets" not in json.dumps(document)


RUN_STEPS = [(name, job, step) for name, job, step in steps() if "run" in step]
SHELL = "bash --noprofile --norc -euo pipefail {0}"


@pytest.mark.parametrize(("name", "job", "step"), RUN_STEPS)
def test_a_step_is_a_script_of_bash_without_expressions(
    name: str, job: str, step: dict[str, Any]
) -> None:
    assert job
    assert read(TEXTS[name])["defaults"] == {"run": {"shell": SHELL}}
    assert "shell" not in step
    assert "${{" not in step["run"]
    subprocess.run(["bash", "-n"], input=step["run"], text=True, check=True)


def guide_blocks() -> str:
    text = GUIDE.read_text("utf-8")
    return "\n".join(
        re.findall(r"^```[a-z]+\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    )


@pytest.mark.parametrize(
    "line",
    sorted({
        line
        for text in (*[step["run"] for _, _, step in RUN_STEPS], guide_blocks())
        for line in sayso_lines(text)
    }),
)  # fmt: skip
def test_each_command_is_one_that_there_is(line: str) -> None:
    check_command(line)


def test_the_other_ways_of_a_release_are_options_of_build() -> None:
    inputs = read(TEXTS["release.yml"])["on"]["workflow_dispatch"]["inputs"]
    build = main.get_command(click.Context(main), "build")
    assert build is not None
    known = {option for each in build.params for option in each.opts}
    assert {f"--{way}" for way in inputs["way"]["options"]} <= known


def test_the_environment_is_the_locked_one() -> None:
    for _, _, body in jobs():
        runs = [step["run"] for step in body["steps"] if "run" in step]
        assert runs[0] == ENVIRONMENT
        assert not any(re.search(r"\b(pip|npm|curl|wget|apt)\b", run) for run in runs)


@dataclass(kw_only=True)
class Served:
    """A folder on the web.

    Attributes:
        before: is called before each answer.
    """

    folder: Path
    url: str = ""
    before: Callable[[str], None] = field(default=lambda _: None)


@contextmanager
def web(folder: Path) -> Iterator[Served]:
    served = Served(folder=folder)

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            served.before(self.path)
            super().do_GET()

        def end_headers(self) -> None:
            self.send_header("Cache-Control", "no-cache")
            super().end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with running(partial(Handler, directory=str(folder))) as served.url:
        yield served


@dataclass(kw_only=True)
class World:
    """An operator's repository on a host, a place to publish, and readers."""

    operator: Path
    host: Host
    served: Served

    def push(self, texts: Mapping[str, str]) -> None:
        commit(self.operator, texts)
        git(self.operator, "push", "--quiet", "origin", "main")

    def built(self, **inputs: str) -> Run:
        run = self.host.run("release.yml", None, **inputs)
        run.all("build")
        return run

    def believed(self, isrc: str = ONE, store: str = "reader") -> tuple[int, int]:
        """Return the release and the verdict that a reader gets."""
        place = ("--root", "1.root.json", "--store", store)
        asked = sayso(
            "lookup", isrc, "--use", "train-generative", "--json", "--max-age", "0m",
            "--registry", self.served.url, *place,
        )  # fmt: skip
        assert asked.exit_code in {20, 30}, asked.output
        return json.loads(asked.stdout)["release"]["number"], asked.exit_code

    def ledger(self) -> list[str]:
        return git(self.host.origin, "log", "--format=%s", "ledger").splitlines()

    def timestamp(self) -> int:
        path = self.served.folder / "tuf/metadata/timestamp.json"
        version = json.loads(path.read_bytes())["signed"]["version"]
        assert isinstance(version, int)
        return version


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository, and a place, in which the first release has been published."""
    folder, before = tmp_path_factory.mktemp("first"), Path.cwd()
    operator = folder / "operator"
    operator.mkdir()
    os.chdir(operator)
    try:
        establish(operator)
        shutil.copyfile("trust/1.root.json", "1.root.json")
        copy_site(operator)
        git(operator, "add", "--force", "site", "mkdocs.yml")
        git(operator, "commit", "--quiet", "--message=site")
    finally:
        os.chdir(before)
    git(folder, "clone", "--quiet", "--bare", str(operator), "origin.git")
    git(operator, "remote", "add", "origin", str(folder / "origin.git"))
    begin_ledger(operator)
    (folder / "www").mkdir()
    with world(folder) as made:
        run = made.built(way="genesis")
        run.all("sign", "publish")
        made.host.run("heartbeat.yml").all("renew", "publish", "doctor")
    return folder


def begin_ledger(folder: Path) -> None:
    """Make the branch of the ledger as the guide says."""
    lines = re.findall(
        r"^ {8}((?:empty=|git push ).*)$", GUIDE.read_text("utf-8"), re.MULTILINE
    )
    assert len(lines) == 2
    subprocess.run(
        ["bash", "-euc", "\n".join(lines)],
        cwd=folder,
        env={**os.environ, **AUTHOR},
        capture_output=True,
        check=True,
    )


@contextmanager
def world(folder: Path) -> Iterator[World]:
    operator = folder / "operator"
    keys = {
        f"SAYSO_{name.upper()}_KEY": (operator / f"keys/{name}.pem").read_text()
        for name in MACHINES
    }
    online = ("SAYSO_ONLINE_KEY", "SAYSO_RELEASES_KEY")
    with web(folder / "www") as served:
        host = Host(
            folder=folder,
            origin=folder / "origin.git",
            variables={
                "SAYSO_DESTINATION": str(served.folder),
                "SAYSO_URL": served.url,
            },
            secrets={
                "release": keys,
                "heartbeat": {name: keys[name] for name in online},
            },
            machines=len([*folder.glob("machine-*")]),
        )
        git(operator, "remote", "set-url", "origin", str(host.origin))
        yield World(operator=operator, host=host, served=served)


@dataclass(frozen=True, kw_only=True)
class Second:
    """A copy of it, with a second release that is not published.

    Attributes:
        built: what its build handed on.
        sealed: what was handed on when it was signed.
        unsealed: the ledger before that.
    """

    folder: Path
    built: Artifacts
    sealed: Artifacts
    unsealed: str


@pytest.fixture(scope="module")
def second(first: Path, tmp_path_factory: pytest.TempPathFactory) -> Second:
    folder = copied(first, tmp_path_factory.mktemp("second"))
    with world(folder) as made:
        made.push({CATALOGUE: DENY_BOTH})
        unsealed = git(made.host.origin, "rev-parse", "ledger")
        run = made.built()
        built = dict(run.artifacts)
        run.all("sign")
    return Second(folder=folder, built=built, sealed=run.artifacts, unsealed=unsealed)


@contextmanager
def begun(source: Path, folder: Path) -> Iterator[World]:
    """Give a copy of a world, in which a reader has looked a recording up."""
    with contextlib.chdir(copied(source, folder) / "operator"), world(folder) as made:
        assert made.believed() == (1, 20)
        yield made


@pytest.fixture
def published(first: Path, tmp_path: Path) -> Iterator[World]:
    """A registry of one release."""
    with begun(first, tmp_path / "world") as made:
        yield made


@pytest.fixture
def built(second: Second, tmp_path: Path) -> Iterator[tuple[World, Run]]:
    """A registry whose second release is built, and not signed."""
    with begun(second.folder, tmp_path / "world") as made:
        git(made.host.origin, "branch", "--force", "ledger", second.unsealed)
        run = made.host.run("release.yml")
        run.artifacts |= second.built
        yield made, run


@pytest.fixture
def sealed(second: Second, tmp_path: Path) -> Iterator[tuple[World, Run]]:
    """A registry whose second release is signed, and not published."""
    with begun(second.folder, tmp_path / "world") as made:
        run = made.host.run("release.yml")
        run.artifacts |= second.sealed
        yield made, run


def copied(source: Path, folder: Path) -> Path:
    for name in ("operator", "origin.git", "www"):
        shutil.copytree(source / name, folder / name, symlinks=True)
    return folder


def test_a_release_and_a_heartbeat_reach_readers(built: tuple[World, Run]) -> None:
    here, run = built
    before = here.timestamp()
    assert "tuf/metadata/timestamp.json" not in run.artifacts["release"]
    run.all("sign")
    assert here.believed(TWO) == (1, 30)
    run.all("publish")
    assert here.believed(TWO) == (2, 20)
    assert here.believed(TWO, "new") == (2, 20)
    assert (here.served.folder / "index.html").is_file()
    beat = here.host.run("heartbeat.yml")
    beat.all("renew", "publish")
    assert here.timestamp() == before + 2
    doctor = beat.job("doctor")
    assert doctor.finish(), doctor.said
    assert "Nothing is due." in doctor.said
    assert here.ledger()[:3] == [
        "Renew the timestamp",
        "Seal release 2",
        "Enter release 2 into the log",
    ]


def test_of_two_that_sign_at_once_one_is_refused_and_nothing_of_it_leaves(
    built: tuple[World, Run],
) -> None:
    here, fast = built
    slow = here.built()
    machine = slow.job("sign").until("Seal")
    won: list[bool] = []
    other = fast.job("sign").until("Seal")
    faster(machine, lambda: won.append(other.finish()))
    assert not machine.finish()
    assert won == [True]
    assert "Nothing that was signed has left this machine" in machine.said
    assert "signatures" not in slow.artifacts
    assert here.ledger()[:2] == ["Seal release 2", "Enter release 2 into the log"]
    # Nor does it help to run it again: the number is taken.
    assert not slow.job("sign").finish()
    assert "signatures" not in slow.artifacts
    fast.all("publish")
    assert here.believed() == (2, 20)
    winner = fast.artifacts["release"]["release.json"]
    assert winner != slow.artifacts["release"]["release.json"]
    assert (here.served.folder / "release.json").read_bytes() == winner


def faster(machine: Machine, act: Callable[[], object]) -> None:
    """Let somebody else act when a machine is about to push for the first time."""
    waiting, go = machine.place / "waiting", machine.place / "go"
    for pipe in (waiting, go):
        os.mkfifo(pipe)
    hook = machine.place / "ledger/.git/hooks/pre-push"
    script(hook, f"rm -- \"$0\"\necho >'{waiting}'\nread _ <'{go}'")

    def wait() -> None:
        waiting.read_text()
        act()
        go.write_text("\n")

    Thread(target=wait).start()


def test_a_heartbeat_that_is_too_slow_harms_nothing(built: tuple[World, Run]) -> None:
    here, run = built
    renew = here.host.run("heartbeat.yml").job("renew").until("Renew")
    faster(renew, lambda: run.all("sign"))
    assert not renew.finish()
    assert "Nothing that was signed has left this machine" in renew.said
    run.all("publish")
    assert here.believed() == (2, 20)
    here.host.run("heartbeat.yml").all("renew", "publish", "doctor")


def test_a_publisher_that_died_before_it_began_is_run_again(
    sealed: tuple[World, Run],
) -> None:
    here, run = sealed
    # What is sealed and not published holds up what follows, and nothing else.
    assert not here.host.run("release.yml").job("build").finish()
    beat = here.host.run("heartbeat.yml")
    beat.all("renew")
    assert not beat.job("publish").finish()
    assert here.believed() == (1, 20)
    run.all("publish")
    assert here.believed() == (2, 20)
    here.built().all("sign", "publish")
    assert here.believed() == (3, 20)


@pytest.mark.parametrize(
    ("at", "seen", "meanwhile"),
    [
        ("tuf/metadata/absent-", (1, 30), ["renew"]),
        ("log/tile/", (1, 30), ["renew"]),
        ("timestamp.json", (2, 20), ["renew", "publish"]),
    ],
)
def test_a_publisher_that_is_killed_leaves_a_whole_release(
    sealed: tuple[World, Run],
    at: str,
    seen: tuple[int, int],
    meanwhile: list[str],
) -> None:
    here, run = sealed
    publisher = run.job("publish")
    killed: list[str] = []

    def kill(path: str) -> None:
        if at in path and not killed:
            killed.append(path)
            publisher.kill()

    here.served.before = kill
    assert not publisher.finish()
    assert killed
    assert here.believed(TWO) == seen
    # The timestamp is a newer one when the job is run again.
    here.host.run("heartbeat.yml").all(*meanwhile)
    run.all("publish")
    assert here.believed(TWO) == (2, 20)


def test_a_release_that_the_brake_holds_is_approved_and_signed(
    published: World,
) -> None:
    """A recovery always is; holders sign while the run waits."""
    run = published.built(way="recovery")
    sign = run.job("sign")
    assert not sign.finish()
    assert "held by the brake" in sign.said
    assert "signatures" not in run.artifacts
    release = published.operator / "release.json"
    release.write_bytes(run.artifacts["release"]["release.json"])
    assert decode_release(release.read_bytes()).recovery
    for holder in ("mara", "ines"):
        done("trust", "approve", release, "--key", f"{holder}.pem", "--yes")
    published.push({})
    run.all("sign", "publish")
    assert published.believed() == (2, 20)


def test_a_branch_elsewhere_is_reached_with_the_key_for_it_alone(
    sealed: tuple[World, Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, run = sealed
    pages, tools, asked = tmp_path / "pages.git", tmp_path / "tools", tmp_path / "asked"
    git(tmp_path, "init", "--quiet", "--bare", str(pages))
    # What such a host does after a push: it serves the branch.
    script(
        pages / "hooks/post-receive",
        f"GIT_WORK_TREE='{here.served.folder}' git checkout --quiet --force pages",
    )
    # What ssh does, without a network: the last word is run where the branch is.
    script(
        tools / "ssh",
        f"""echo "$@" >> '{asked}'
        while [ "$1" != -i ]; do shift; done
        stat --format=%a "$2" >> '{asked}'; cat "$2" >> '{asked}'
        for last; do :; done
        exec sh -c "$last\"""",
    )
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    here.host.variables = {
        **here.host.variables,
        "SAYSO_DESTINATION": f"git:ssh://git@host.example{pages}#pages",
        "SAYSO_KNOWN_HOSTS": "host.example ssh-ed25519 AAAA",
    }
    here.host.secrets = {"publish": {"SAYSO_DEPLOY_KEY": "the deploy key"}}
    run.all("publish")
    assert here.believed(TWO) == (2, 20)
    said = asked.read_text()
    assert "-o StrictHostKeyChecking=yes -o UserKnownHostsFile=/" in said
    assert "600\nthe deploy key\n" in said


def script(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_the_doctor_fails_where_no_reader_gets_an_answer(published: World) -> None:
    (published.served.folder / "tuf/metadata/timestamp.json").unlink()
    doctor = published.host.run("heartbeat.yml").job("doctor")
    assert not doctor.finish()
    assert "timestamp.json" in doctor.said


def test_the_scripts_of_one_machine_are_a_release_and_a_heartbeat(
    published: World, tmp_path: Path
) -> None:
    release, heartbeat = re.findall(
        r"^```bash\n(.*?)^```$", GUIDE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    place, origin = tmp_path / "srv", published.host.origin.as_uri()
    for branch in ("main", "ledger"):
        git(tmp_path, "clone", "--quiet", f"--branch={branch}", origin, f"srv/{branch}")
    (place / "main/.venv").symlink_to(sys.prefix, target_is_directory=True)
    shutil.copytree("keys", place / "keys")
    published.push({CATALOGUE: DENY_BOTH})
    before = published.timestamp()
    for script in (release, heartbeat):
        assert "/srv/registry/main" in script
        text = script.replace("/srv/registry", str(place)).replace(ENVIRONMENT, "true")
        ran = subprocess.run(
            ["bash", "-c", text],
            env={**os.environ, **AUTHOR, **published.host.variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
    assert published.timestamp() == before + 2
    assert published.believed(TWO) == (2, 20)


def test_the_guide_for_gitlab_has_the_same_steps() -> None:
    (text,) = re.findall(
        r"^```yaml\n(.*?)^```$", GUIDE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    document = read(text)
    assert document.pop("default")["before_script"][0] == ENVIRONMENT
    for job in document.values():
        for line in job["script"]:
            subprocess.run(["bash", "-n"], input=line, text=True, check=True)
        for rule in job["rules"]:
            assert "$SAYSO_DESTINATION" in rule["if"]
            assert '$CI_COMMIT_BRANCH == "main"' in rule["if"]
    beats = {name for name, job in document.items() if '== "yes"' in str(job["rules"])}
    assert beats == {"renew", "publish-timestamp", "doctor"}
    assert {*document} - beats == {"build", "sign", "publish"}


def test_the_guide_names_every_setting_of_the_workflows() -> None:
    guide = GUIDE.read_text("utf-8")
    for text in KMS.values():
        head = TEXTS["release.yml"].partition("name: Release")[0]
        for name in re.findall(r"(?:secrets|vars)\.([A-Z_]+)", text):
            assert f"`{name}`" in guide
            assert name in head or name == "SAYSO_AWS_ROLE"
