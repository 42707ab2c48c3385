"""The workflows for contributions, run on repositories with a stranger's objects.

The shell is that of the files. `sayso review`, `admit` and `attest` are played, so that
it is seen what they are given; `post` and `event` are the real ones.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sayso.publish.github.provenance import CHECK, external_id
from sayso.wire.admission import decode_admission
from tests import github
from tests.cases import CORPUS
from tests.conftest import NeedsTool
from tests.github_schemas import Webhooks, rest, webhooks
from tests.operators import git
from tests.reviews import problem, written
from tests.vouched import INTAKE, key_of, operators_yaml
from tests.workflows import ROOT, Document, Host, Machine, Run

NUMBER = 12
MARA = "declarations/github/31/583231-mara"
OWNED = {
    f"{MARA}/owner.yaml": "before\n",
    f"{MARA}/songs.yaml": "before\n",
    "declarations/registry/policy.yaml": "policy\n",
}
PROGRAM = "builder/program.py"
SEEN = "declarations/registry/verifications/2026"
OTHERS = "declarations/domain/fe/fernwood.example/owner.yaml"

PLAYED = '''\
#!{python}
"""Plays three commands; the others are the real ones."""
import json, os, subprocess, sys
from pathlib import Path
name, *rest = sys.argv[1:]
if name not in {{"review", "admit", "attest"}}:
    os.execv({real!r}, ["sayso", name, *rest])
place = Path({place!r})
options = dict(zip(rest[::2], rest[1::2]))
def git(*words, check=True):
    env = {{**os.environ, "GIT_NO_LAZY_FETCH": "1"}}
    ran = subprocess.run(["git", *words], env=env, capture_output=True, text=True)
    if check and ran.returncode:
        raise SystemExit(ran.stderr)
    return ran
said = {{"name": name, "rest": rest, "secrets": [
    each for each in os.environ if "KEY" in each or "SECRET" in each
]}}
if name == "review":
    base, head = options["--base"], options["--head"]
    merge_base = git("merge-base", base, head).stdout.strip()
    there = {{}}
    for commit in (base, head):
        listed = git("ls-tree", "-r", "-z", "--format=%(objectname) %(path)", commit)
        for line in listed.stdout.split("\\0")[:-1]:
            blob, _, path = line.partition(" ")
            has = git("cat-file", "-e", blob, check=False).returncode == 0
            there[f"{{commit[:7]}} {{path}}"] = has
    said |= {{"base": base, "head": head, "merge_base": merge_base, "there": there}}
    report = json.loads((place / "report.json").read_bytes())
    report |= {{"base": base, "head": head}}
    report |= {{"author": options["--author"], "sender": options["--sender"]}}
    from sayso.wire.profile import encode
    sys.stdout.buffer.write(encode(report))
if name == "admit":
    key = Path(options["--key"])
    said["key"] = [key.read_text(), oct(key.stat().st_mode)]
    said["head"] = git("rev-parse", options["--head"]).stdout.strip()
    folder = Path("declarations/registry/admissions")
    folder.mkdir(parents=True, exist_ok=True)
    number = len(list(folder.glob("*.json"))) + 1
    merge = git("rev-parse", options["--merge"]).stdout.strip()
    (folder / f"{{number}}.json").write_text('{{\\n"merge":"' + merge + '"\\n}}\\n')
if name == "attest":
    path = Path("declarations/registry/verifications/2026/20261128-fernwood.json")
    if (place / "due").exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("seen\\n")
with (place / "said").open("a") as file:
    file.write(json.dumps(said) + "\\n")
code = place / name
sys.exit(int(code.read_text()) if code.exists() else 0)
'''


@dataclass(kw_only=True)
class Scene:
    """A registry at GitHub, and a stranger who sends something.

    Attributes:
        folder: where everything is.
        work: a clone in which commits are made.
        hub: what answers as GitHub's API.
        events: what GitHub says in events.
        host: where the jobs run.
    """

    folder: Path
    work: Path
    hub: github.Host
    events: Webhooks
    host: Host

    @property
    def origin(self) -> Path:
        return self.host.origin

    def commit(self, files: dict[str, str], message: str = "change") -> str:
        for path, text in files.items():
            place = self.work / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        git(self.work, "add", "--all")
        git(self.work, "commit", "--quiet", f"--message={message}")
        return git(self.work, "rev-parse", "HEAD")

    def propose(self, head: str, number: int = NUMBER) -> None:
        ref = f"refs/pull/{number}/head"
        git(self.work, "push", "--quiet", "--force", "origin", f"{head}:{ref}")
        self.hub.pulls[number] = {"head__sha": head, "user__id": 583231}

    def proposed(self, files: dict[str, str]) -> str:
        """Let a stranger send files, and go back to `main`."""
        git(self.work, "checkout", "--quiet", "-B", "theirs", "main")
        head = self.commit(files)
        self.propose(head)
        git(self.work, "checkout", "--quiet", "main")
        return head

    def merged(self, files: dict[str, str], number: int = NUMBER) -> tuple[str, str]:
        """Squash a reviewed pull request into `main`; return its head and the merge."""
        git(self.work, "checkout", "--quiet", "-B", "theirs", "main")
        head = self.commit(files)
        self.propose(head, number)
        self.reviewed(head, number)
        git(self.work, "checkout", "--quiet", "main")
        merge = self.commit(files, f"Merge {number}")
        git(self.work, "push", "--quiet", "origin", "main")
        self.hub.merges[merge] = [number]
        self.hub.pulls[number] |= {
            "base__ref": "main",
            "merge_commit_sha": merge,
            "merged_at": "2026-11-28T05:00:00Z",
        }
        return head, merge

    def reviewed(self, head: str, number: int = NUMBER, sender: int = 7) -> None:
        self.hub.runs.append(
            {
                "app": "github-actions",
                "conclusion": "success",
                "external_id": external_id(number, "github:583231", f"github:{sender}"),
                "head_sha": head,
                "id": len(self.hub.runs) + 1,
                "name": CHECK,
                "status": "completed",
            }
        )

    def happens(self, workflow: str, name: str, event: Document) -> Run:
        path = self.folder / "event.json"
        path.write_text(json.dumps(event), encoding="utf-8")
        self.host.told = {
            "GITHUB_API_URL": self.hub.address,
            "GITHUB_EVENT_NAME": name,
            "GITHUB_EVENT_PATH": str(path),
            "GITHUB_REPOSITORY": github.REPOSITORY,
            "GITHUB_RUN_ID": "77",
            "GITHUB_SERVER_URL": "https://github.example",
        }
        return self.host.run(workflow, event)

    def opened(self, head: str, sender: int = 7) -> Run:
        event = self.events.event(
            "pull_request$opened",
            pull_request__number=NUMBER,
            pull_request__head__sha=head,
            pull_request__user__id=583231,
            sender__id=sender,
        )
        return self.happens("declare.yml", "pull_request_target", event)

    def queued(self, base: str, head: str) -> Run:
        branch = f"refs/heads/gh-readonly-queue/main/pr-{NUMBER}-{base}"
        git(self.work, "push", "--quiet", "--force", "origin", f"{head}:{branch}")
        event = self.events.event(
            "merge_group$checks_requested",
            merge_group__head_ref=branch,
            merge_group__base_sha=base,
            merge_group__head_sha=head,
        )
        return self.happens("queue.yml", "merge_group", event)

    def answers(self, report: bytes, code: int = 0) -> None:
        (self.folder / "report.json").write_bytes(report)
        (self.folder / "review").write_text(str(code))

    def said(self) -> list[dict[str, Any]]:
        path = self.folder / "said"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]

    def subjects(self) -> list[str]:
        return git(self.origin, "log", "--format=%s", "main").splitlines()


@pytest.fixture
def scene(needs_tool: NeedsTool, tmp_path: Path) -> Iterator[Scene]:
    tools = needs_tool("actionlint").parent
    with made(tools, tmp_path) as scene:
        yield scene


@contextmanager
def made(tools: Path, folder: Path) -> Iterator[Scene]:
    work, origin = folder / "work", folder / "origin.git"
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(origin))
    for setting in ("allowFilter", "allowAnySHA1InWant"):
        git(origin, "config", f"uploadpack.{setting}", "true")
    git(folder, "init", "--quiet", "--initial-branch=main", str(work))
    git(work, "remote", "add", "origin", str(origin))
    (work / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/objects", work / ".ci/objects")
    python = folder / "python/bin"
    python.mkdir(parents=True)
    command = python / "sayso"
    command.write_text(
        PLAYED.format(
            python=sys.executable,
            real=str(Path(sys.prefix) / "bin/sayso"),
            place=str(folder),
        ),
        encoding="utf-8",
    )
    command.chmod(0o755)
    with github.github(rest(tools / "github-openapi.json")) as hub:
        scene = Scene(
            folder=folder,
            work=work,
            hub=hub,
            events=webhooks(tools / "github-webhooks.json"),
            host=Host(
                folder=folder,
                origin=origin,
                variables={"SAYSO_URL": "https://registry.example"},
                secrets={"intake": {"SAYSO_INTAKE_KEY": "the intake key"}},
                token=github.TOKEN,
                python=python.parent,
            ),
        )
        scene.commit({**OWNED, OTHERS: "others\n", PROGRAM: "old\n"})
        git(work, "push", "--quiet", "origin", "main")
        scene.answers(written())
        yield scene


def verdict(run: Run) -> bool:
    """Return whether all jobs of a review passed, whatever each of them does."""
    run.end("check")
    run.end("report")
    return run.job("all").finish()


def test_what_is_accepted_passes(scene: Scene) -> None:
    head = scene.proposed({f"{MARA}/songs.yaml": "after\n"})
    run = scene.opened(head)

    assert verdict(run)
    (asked,) = scene.said()
    base = git(scene.origin, "rev-parse", "main")
    assert asked["base"] == base
    assert asked["head"] == head
    assert asked["rest"][4:8] == ["--author", "github:583231", "--sender", "github:7"]
    assert asked["secrets"] == []
    (check,) = scene.hub.runs
    assert check["conclusion"] == "success"
    assert check["external_id"] == external_id(NUMBER, "github:583231", "github:7")
    assert len(scene.hub.comments) == 1


def test_a_review_has_the_touched_folders_and_no_other_file(scene: Scene) -> None:
    head = scene.proposed({f"{MARA}/songs.yaml": "after\n", "builder/new.py": "x\n"})
    scene.opened(head).end("check")

    (asked,) = scene.said()
    base = asked["base"]
    assert asked["there"] == {
        f"{base[:7]} .ci/objects": True,
        f"{base[:7]} {PROGRAM}": True,
        f"{base[:7]} {OTHERS}": False,
        **{f"{base[:7]} {path}": True for path in OWNED},
        f"{head[:7]} .ci/objects": True,
        f"{head[:7]} builder/new.py": False,
        f"{head[:7]} {PROGRAM}": True,
        f"{head[:7]} {OTHERS}": False,
        **{f"{head[:7]} {path}": True for path in OWNED},
    }


def test_nothing_that_is_sent_is_checked_out_or_named(scene: Scene) -> None:
    head = scene.proposed({f"{MARA}/songs.yaml": "after\n", PROGRAM: "evil\n"})
    machine = scene.opened(head).end("check")

    assert (machine.place / PROGRAM).read_text() == "old\n"
    assert not (machine.place / "declarations").exists()
    refs = git(machine.place, "for-each-ref", "--contains", head)
    assert refs == ""
    assert git(machine.place, "rev-parse", "HEAD") != head


def test_a_branch_that_is_behind_is_reviewed_from_where_it_began(scene: Scene) -> None:
    head = scene.proposed({f"{MARA}/songs.yaml": "after\n"})
    began = git(scene.work, "rev-parse", "main")
    scene.commit({OTHERS: "newer\n"})
    git(scene.work, "push", "--quiet", "origin", "main")

    scene.opened(head).end("check")

    (asked,) = scene.said()
    assert asked["merge_base"] == began
    assert asked["base"] == git(scene.origin, "rev-parse", "main") != began


def test_what_is_to_mend_does_not_pass(scene: Scene) -> None:
    scene.answers(written(problems=[problem()]), code=1)
    head = scene.proposed({f"{MARA}/songs.yaml": "after\n"})
    run = scene.opened(head)

    assert not verdict(run)
    assert run.needs["check"] == {"outputs": {"code": "1"}, "result": "success"}
    assert run.needs["report"]["result"] == "success"
    assert scene.hub.runs[0]["conclusion"] == "failure"
    assert "1 problem to mend" in scene.hub.comments[0]["body"]


@pytest.mark.parametrize("code", [2, 40, 137])
def test_a_review_that_fails_is_said_and_does_not_pass(scene: Scene, code: int) -> None:
    scene.answers(written(), code=code)
    head = scene.proposed({f"{MARA}/songs.yaml": "after\n"})
    run = scene.opened(head)

    assert not verdict(run)
    assert run.needs["check"]["result"] == "failure"
    assert run.artifacts == {}
    assert run.needs["report"]["result"] == "success"
    assert scene.hub.runs[0]["conclusion"] == "failure"
    assert "This could not be checked" in scene.hub.comments[0]["body"]


def test_a_pull_request_that_has_moved_on_is_left_to_a_later_run(scene: Scene) -> None:
    first = scene.proposed({f"{MARA}/songs.yaml": "after\n"})
    scene.proposed({f"{MARA}/songs.yaml": "later\n"})
    run = scene.opened(first)

    machine = run.end("check")

    assert run.needs["check"]["result"] == "failure"
    assert "has moved on" in machine.said
    assert scene.said() == []


@pytest.mark.parametrize("result", ["skipped", "cancelled", "failure", ""])
@pytest.mark.parametrize("job", ["check", "report"])
def test_a_job_that_did_not_succeed_does_not_pass(
    scene: Scene, job: str, result: str
) -> None:
    run = scene.opened("1" * 40)
    run.needs = {
        "check": {"outputs": {"code": "0"}, "result": "success"},
        "report": {"outputs": {}, "result": "success"},
    }
    assert run.job("all").finish()
    run.needs[job]["result"] = result
    assert not run.job("all").finish()


HOSTILE = {
    "a line break": "declarations/github/31/a\nb/x.yaml",
    "an option": "declarations/--upload-pack=x/31/a/x.yaml",
    "magic": "declarations/:(top)*/31/a/x.yaml",
    "a star": "declarations/github/*/*/x.yaml",
    "quotes": "declarations/github/\"'$(touch x)/`id`/x.yaml",
    "a file above": "declarations/x.yaml",
    "a deep one": "declarations/" + "/".join("abcdefghij" * 5),
    "bytes": "declarations/github/\udcff/a/x.yaml",
}


@pytest.mark.parametrize("path", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_a_name(scene: Scene, path: str) -> None:
    head = scene.proposed({path: "after\n"})

    machine = scene.opened(head).end("check")

    assert machine.said == ""
    (asked,) = scene.said()
    added = {key for key in asked["there"] if key[:7] == head[:7]} - {
        f"{head[:7]} {path}" for path in (*OWNED, OTHERS, ".ci/objects", PROGRAM)
    }
    assert [asked["there"][key] for key in added] == [True]
    assert not (machine.place / "x").exists()


def test_links_and_modules_are_fetched_as_what_they_are(scene: Scene) -> None:
    git(scene.work, "checkout", "--quiet", "-B", "theirs", "main")
    (scene.work / MARA / "link.yaml").symlink_to("/etc/passwd")
    module = f"160000,{'5' * 40},{MARA}/module"
    git(scene.work, "update-index", "--add", "--cacheinfo", module)
    git(scene.work, "add", f"{MARA}/link.yaml")
    git(scene.work, "commit", "--quiet", "--message=odd")
    head = git(scene.work, "rev-parse", "HEAD")
    scene.propose(head)

    run = scene.opened(head)
    run.all("check")

    (asked,) = scene.said()
    assert asked["there"][f"{head[:7]} {MARA}/link.yaml"] is True
    assert asked["there"][f"{head[:7]} {MARA}/module"] is False


def test_what_is_accepted_is_there_of_everybody_who_is_named(scene: Scene) -> None:
    named = {
        "declarations/github/31/583231/owner.yaml": True,
        "declarations/github/31/5832310-eve/owner.yaml": False,
        "declarations/github/08/8-anna/owner.yaml": True,
        "declarations/domain/sa/saltmarsh.example/owner.yaml": True,
        "declarations/domain/sa/saltmarsh-example/owner.yaml": False,
        "declarations/domain/pa/partner.example/owner.yaml": True,
        "declarations/domain/pa/partner.example/songs.yaml": False,
        "declarations/registry/admissions/1.json": False,
        "declarations/registry/decisions/2026/a.yaml": False,
        "declarations/registry/manifest.json": True,
        "declarations/registry/operators.yaml": True,
        f"{SEEN}/20261116-domain-saltmarsh-example-a.json": True,
        f"{SEEN}/20261116-domain-fernwood-example-b.json": False,
    }
    texts = {path: f"{path}\n" for path in named}
    texts["declarations/github/08/8-anna/owner.yaml"] += (
        "represented_by: [domain:partner.example]\n"
    )
    scene.commit(texts)
    git(scene.work, "push", "--quiet", "origin", "main")
    dispute = "claimant: domain:saltmarsh.example\nagainst: github:8/songs\n"
    head = scene.proposed(
        {
            "declarations/disputes/2026/20261128-a.yaml": dispute,
            "declarations/github/31/583231-second/owner.yaml": "second\n",
        }
    )

    scene.opened(head).all("check")

    (asked,) = scene.said()
    base = asked["base"]
    assert {path: asked["there"][f"{base[:7]} {path}"] for path in named} == named
    for path in (*OWNED, f"{MARA}-second/owner.yaml".replace("-mara", "")):
        assert asked["there"][f"{head[:7]} {path}"], path


def test_more_files_than_a_review_takes_are_not_fetched(scene: Scene) -> None:
    many = {f"declarations/github/00/{n}/x.yaml": f"{n}\n" for n in range(2_100)}
    head = scene.proposed(many)

    scene.opened(head).all("check")

    (asked,) = scene.said()
    fetched = [key for key, has in asked["there"].items() if has and "/00/" in key]
    assert len(fetched) == 2_001


def test_a_repository_without_declarations_has_nothing_to_fetch(scene: Scene) -> None:
    git(scene.work, "rm", "--quiet", "-r", "declarations")
    scene.commit({})
    git(scene.work, "push", "--quiet", "origin", "main")
    head = scene.proposed({"README.md": "text\n"})

    scene.opened(head).all("check")

    assert len(scene.said()) == 1


def in_queue(scene: Scene) -> tuple[str, str]:
    """Let a reviewed pull request stand in the queue; return base and head of both."""
    head = scene.proposed({f"{MARA}/songs.yaml": "after\n"})
    base = git(scene.work, "rev-parse", "main")
    git(scene.work, "checkout", "--quiet", "-B", "queue", "main")
    group = scene.commit({f"{MARA}/songs.yaml": "after\n"})
    git(scene.work, "checkout", "--quiet", "main")
    scene.reviewed(head)
    scene.hub.pulls[NUMBER]["head__sha"] = head
    return base, group


def test_the_queue_reviews_again_with_who_pushed(scene: Scene) -> None:
    base, group = in_queue(scene)
    run = scene.queued(base, group)
    run.needs["code"] = {"outputs": {}, "result": "success"}

    assert verdict(run)
    (asked,) = scene.said()
    assert (asked["base"], asked["head"]) == (base, group)
    assert asked["rest"][4:8] == ["--author", "github:583231", "--sender", "github:7"]
    assert scene.hub.runs[-1]["head_sha"] == group
    assert scene.hub.runs[-1]["conclusion"] == "success"
    assert scene.hub.comments == []


def test_the_queue_runs_the_program_as_it_is_before(scene: Scene) -> None:
    base, group = in_queue(scene)
    scene.commit({PROGRAM: "newer\n"})
    git(scene.work, "push", "--quiet", "origin", "main")

    machine = scene.queued(base, group).end("check")

    assert (machine.place / PROGRAM).read_text() == "old\n"
    assert git(machine.place, "rev-parse", "HEAD") == base


def test_the_queue_takes_nothing_that_nobody_reviewed(scene: Scene) -> None:
    base, group = in_queue(scene)
    scene.hub.runs.clear()
    run = scene.queued(base, group)
    run.needs["code"] = {"outputs": {}, "result": "success"}

    assert not verdict(run)
    assert scene.said() == []
    assert scene.hub.runs[-1]["conclusion"] == "failure"


def test_the_queue_tests_code_and_nothing_else(scene: Scene) -> None:
    base, group = in_queue(scene)
    run = scene.queued(base, group)
    machine = run.end("code")
    assert run.needs["code"]["result"] == "success"
    assert "There is no code in it." in machine.said
    git(scene.work, "checkout", "--quiet", "-B", "queue", "main")
    for path in (PROGRAM, "declarations/registry/policy.yaml"):
        code = scene.commit({path: "newer\n"})
        run = scene.queued(base, code)
        run_what_tests(run.job("code"))


def run_what_tests(machine: Machine) -> None:
    """Run a job up to where `sudo` would test, which is played."""
    machine.until("Test it, where there is code in it")
    played = machine.place.with_name(f"{machine.place.name}-bin")
    played.mkdir()
    (played / "sudo").write_text('#!/bin/sh\nshift 2\necho "testing: $*"\n')
    (played / "sudo").chmod(0o755)
    step = machine.job["steps"][machine.done]
    step["env"]["PATH"] = f"{played}{os.pathsep}{os.environ['PATH']}"
    assert machine.finish(), machine.said
    assert "testing: .ci/run" in machine.said


def admitted(scene: Scene) -> Machine:
    run = scene.happens("admit.yml", "push", {})
    return run.job("admit")


def test_each_merge_is_admitted_once(scene: Scene) -> None:
    first = scene.merged({f"{MARA}/songs.yaml": "one\n"}, 12)
    second = scene.merged({f"{MARA}/songs.yaml": "two\n"}, 13)
    # Neither code nor what operators push themselves is admitted.
    scene.merged({PROGRAM: "newer\n"}, 14)
    scene.commit({f"{MARA}/owner.yaml": "pushed\n"}, "By hand")
    git(scene.work, "push", "--quiet", "origin", "main")

    machine = admitted(scene)
    assert machine.finish(), machine.said

    assert scene.subjects()[:3] == [
        "Admit pull request 13", "Admit pull request 12", "By hand",
    ]  # fmt: skip
    for (head, merge), number, said in zip(
        (first, second), ("12", "13"), scene.said(), strict=True
    ):
        assert said["rest"][:-4] == [
            "--base", f"{merge}^", "--head", head, "--merge", merge,
            "--author", "github:583231", "--sender", "github:7",
            "--pull-request", number,
        ]  # fmt: skip
        assert said["head"] == head
        assert said["key"] == ["the intake key\n", "0o100600"]
        assert said["secrets"] == []
    # A second run has nothing to do.
    again = admitted(scene)
    assert again.finish(), again.said
    assert len(scene.said()) == 2
    assert len(scene.subjects()) == 7


def test_what_nobody_reviewed_is_not_admitted_and_stops_nobody(scene: Scene) -> None:
    scene.merged({f"{MARA}/songs.yaml": "one\n"}, 12)
    scene.hub.runs.clear()
    scene.merged({f"{MARA}/songs.yaml": "two\n"}, 13)

    machine = admitted(scene)

    assert not machine.finish()
    assert scene.subjects()[0] == "Admit pull request 13"
    assert "pull request 12 has no check run" in machine.said
    assert len(scene.said()) == 1


def test_an_admission_that_fails_leaves_nothing(scene: Scene) -> None:
    scene.merged({f"{MARA}/songs.yaml": "one\n"})
    (scene.folder / "admit").write_text("40")

    machine = admitted(scene)

    assert not machine.finish()
    assert scene.subjects()[0] == "Merge 12"
    assert not (machine.place / "declarations/registry/admissions").exists()
    (scene.folder / "admit").unlink()
    again = admitted(scene)
    assert again.finish(), again.said
    assert scene.subjects()[0] == "Admit pull request 12"


def faster(scene: Scene, machine: Machine, files: dict[str, str]) -> None:
    """Let somebody else push once, when a machine is about to."""
    newer = scene.commit(files, "Faster")
    git(scene.work, "push", "--quiet", "origin", f"{newer}:refs/heads/waiting")
    hook = machine.place / ".git/hooks/pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f'#!/bin/sh\nrm -- "$0"\ngit -C "{scene.origin}" update-ref refs/heads/main '
        f"{newer}\n"
    )
    hook.chmod(0o755)


def test_an_admission_begins_again_where_somebody_was_faster(scene: Scene) -> None:
    scene.merged({f"{MARA}/songs.yaml": "one\n"})
    machine = admitted(scene).until("Admit")
    faster(scene, machine, {PROGRAM: "newer\n"})

    assert machine.finish(), machine.said

    assert "Try 1: main has moved on." in machine.said
    assert scene.subjects()[:3] == ["Admit pull request 12", "Faster", "Merge 12"]


def test_what_domains_say_is_pushed(scene: Scene) -> None:
    (scene.folder / "due").touch()
    machine = scene.happens("recheck.yml", "schedule", {}).job("recheck")
    machine.until("Push what was seen")
    faster(scene, machine, {PROGRAM: "newer\n"})

    assert machine.finish(), machine.said

    assert scene.subjects()[:2] == ["Attest what domains say", "Faster"]
    (said,) = scene.said()
    assert said["rest"][0] == "--due"


def test_where_nothing_is_due_nothing_is_pushed(scene: Scene) -> None:
    verifications = "declarations/registry/verifications/2026/a.json"
    scene.commit({verifications: "{}\n"})
    git(scene.work, "push", "--quiet", "origin", "main")
    before = scene.subjects()

    scene.happens("recheck.yml", "schedule", {}).all("recheck")

    assert scene.subjects() == before


def test_a_form_is_answered(scene: Scene) -> None:
    event = scene.events.event("issues$opened", issue__number=41, issue__body="Hello")

    scene.happens("form.yml", "issues", event).all("answer")

    assert "Nearly there" in scene.hub.comments[0]["body"]


def test_the_objects_are_fetched_by_the_program_that_reviews() -> None:
    for name in ("declare.yml", "queue.yml"):
        text = (ROOT / ".github/workflows" / name).read_text("utf-8")
        assert text.count('.ci/objects "$HEAD"') == 1
    subprocess.run(["bash", "-n", ROOT / ".ci/objects"], check=True)
    assert (ROOT / ".ci/objects").stat().st_mode & 0o111


SONGS = """\
schema: sayso/declaration/1
capacity: owner
uses:
  any-ai: deny
recordings:
  - {isrc: XXF012600001, title: "Slow River"}
"""


@pytest.fixture
def registry(scene: Scene) -> Scene:
    """A registry of which Mara has a folder, where nothing is played."""
    scene.host.python = Path(sys.prefix)
    git(scene.work, "rm", "--quiet", "-r", "declarations")
    shutil.copytree(CORPUS / "base", scene.work / "declarations")
    scene.commit({})
    git(scene.work, "push", "--quiet", "origin", "main")
    return scene


def test_an_owners_declaration_is_accepted_from_end_to_end(registry: Scene) -> None:
    head = registry.proposed({f"{MARA}/songs.yaml": SONGS})
    run = registry.opened(head, sender=583231)

    assert verdict(run), registry.hub.comments
    assert registry.hub.labels == ["sayso: accepted"]
    (said,) = registry.hub.comments
    assert "`XXF012600001` | `Slow River`" in said["body"]


def test_a_strangers_change_is_refused_from_end_to_end(registry: Scene) -> None:
    head = registry.proposed({f"{MARA}/songs.yaml": SONGS})
    run = registry.opened(head, sender=6666)

    assert not verdict(run)
    assert run.needs["check"]["result"] == "success"
    assert registry.hub.labels == ["sayso: refused"]
    assert "github:6666" in registry.hub.comments[0]["body"]


def test_a_mistake_is_suggested_from_end_to_end(registry: Scene) -> None:
    flow = '{isrc: XXF012600001, title: "Slow River"}'
    wrong = SONGS.replace(flow, "isrc: XXF012600001\n    title: *Asterism")
    head = registry.proposed({f"{MARA}/songs.yaml": wrong})
    patch = "@@ -0,0 +1,7 @@\n" + "".join(f"+{line}\n" for line in wrong.splitlines())
    registry.hub.files = [(f"{MARA}/songs.yaml", patch)]
    run = registry.opened(head, sender=583231)

    assert not verdict(run)
    assert registry.hub.labels == ["sayso: to mend"]
    (remark,) = registry.hub.remarks
    assert remark["line"] == 7
    assert '```suggestion\n    title: "*Asterism"\n```' in remark["body"]


def test_code_is_left_to_people_from_end_to_end(registry: Scene) -> None:
    head = registry.proposed({PROGRAM: "newer\n"})
    run = registry.opened(head, sender=6666)

    assert verdict(run)
    assert registry.hub.runs[0]["conclusion"] == "neutral"
    assert registry.hub.labels == []


@pytest.mark.parametrize("path", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_refused_from_end_to_end(registry: Scene, path: str) -> None:
    head = registry.proposed({path: "after\n"})
    run = registry.opened(head, sender=583231)

    assert not verdict(run)
    assert run.needs["check"] == {"outputs": {"code": "1"}, "result": "success"}
    assert run.needs["report"]["result"] == "success"
    assert registry.hub.runs[0]["conclusion"] == "failure"


def test_the_queue_reviews_again_from_end_to_end(registry: Scene) -> None:
    head = registry.proposed({f"{MARA}/songs.yaml": SONGS})
    base = git(registry.work, "rev-parse", "main")
    git(registry.work, "checkout", "--quiet", "-B", "queue", "main")
    group = registry.commit({f"{MARA}/songs.yaml": SONGS})
    for sender, passes in ((583231, True), (6666, False)):
        registry.reviewed(head, sender=sender)
        run = registry.queued(base, group)
        run.needs["code"] = {"outputs": {}, "result": "success"}
        assert verdict(run) is passes


@pytest.fixture
def intake(registry: Scene) -> Scene:
    """That registry, whose operators list the key of intake."""
    registry.commit({"declarations/registry/operators.yaml": operators_yaml()})
    git(registry.work, "push", "--quiet", "origin", "main")
    key = key_of(INTAKE).text().decode()
    registry.host.secrets = {"intake": {"SAYSO_INTAKE_KEY": key}}
    return registry


def test_a_merge_is_admitted_from_end_to_end(intake: Scene) -> None:
    first, _ = intake.merged({f"{MARA}/songs.yaml": SONGS}, 12)
    intake.reviewed(first, 12, sender=583231)
    more = SONGS.replace("00001", "00002")
    head, merge = intake.merged({f"{MARA}/more.yaml": more}, 13)
    intake.reviewed(head, 13, sender=583231)
    # What touches no declaration asks for no admission, and is asked for none.
    intake.merged({PROGRAM: "newer\n"}, 14)

    machine = admitted(intake)
    assert machine.finish(), machine.said

    assert intake.subjects()[:2] == ["Admit pull request 13", "Admit pull request 12"]
    shown = git(intake.origin, "show", "main:declarations/registry/admissions/2.json")
    said = decode_admission(f"{shown}\n".encode())
    assert (said.author, said.sender) == ("github:583231", "github:583231")
    assert (said.head, said.merge, said.pull_request) == (head, merge, 13)
    assert [*said.files] == [f"{MARA}/more.yaml".removeprefix("declarations/")]
    signature = "main:declarations/registry/admissions/2.json.sig"
    assert "SSH SIGNATURE" in git(intake.origin, "show", signature)


def test_what_a_stranger_merged_is_not_admitted_from_end_to_end(intake: Scene) -> None:
    head, _ = intake.merged({f"{MARA}/songs.yaml": SONGS})
    intake.reviewed(head, sender=6666)
    before = intake.subjects()

    machine = admitted(intake)

    assert not machine.finish()
    assert "Nothing was admitted." in machine.said
    assert intake.subjects() == before
