"""The workflows that strangers set going: what they may, and how they are linted."""

import json
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import NeedsTool
from tests.workflows import (
    ENVIRONMENT,
    FOLDER,
    ROOT,
    check_command,
    read,
    sayso_lines,
)

NAMES = (
    "admit.yml",
    "code.yml",
    "declare.yml",
    "form.yml",
    "queue.yml",
    "recheck.yml",
)
TEXTS = {name: (FOLDER / name).read_text("utf-8") for name in NAMES}
EVERY = sorted(FOLDER.glob("*"))
PINNED = re.compile(r"actions/[a-z-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+")
SHELL = "bash --noprofile --norc -euo pipefail {0}"

STARTS = {
    "admit.yml": {"push", "workflow_dispatch"},
    "code.yml": {"pull_request"},
    "declare.yml": {"pull_request_target"},
    "form.yml": {"issues"},
    "queue.yml": {"merge_group"},
    "recheck.yml": {"schedule", "workflow_dispatch"},
}
READS = {"contents": "read"}
ASKS = {"checks": "read", "contents": "read", "pull-requests": "read"}
PERMISSIONS: dict[tuple[str, str], dict[str, str]] = {
    ("admit.yml", "admit"): ASKS,
    ("code.yml", "test"): READS,
    ("declare.yml", "all"): {},
    ("declare.yml", "check"): {**READS, "checks": "read"},
    ("declare.yml", "report"): {**READS, "checks": "write", "pull-requests": "write"},
    ("form.yml", "answer"): {**READS, "issues": "write"},
    ("queue.yml", "all"): {},
    ("queue.yml", "check"): ASKS,
    ("queue.yml", "code"): READS,
    ("queue.yml", "report"): {**READS, "checks": "write"},
    ("recheck.yml", "recheck"): READS,
}
"""All that each job may."""
GROUP = "${{ github.event.merge_group."
REFS = {
    ("code.yml", "test"): None,
    ("queue.yml", "check"): f"{GROUP}base_sha }}}}",
    ("queue.yml", "code"): f"{GROUP}head_sha }}}}",
}
"""What is checked out where it is not `main`; only the tests of code run what came."""
INTAKE = {"admit", "recheck"}
SECRETS = {
    ("admit", "Admit"): {"SAYSO_INTAKE_KEY"},
    ("admit", "Get the builder, the admissions, and all history without files"): {
        "SAYSO_INTAKE_DEPLOY_KEY",
    },
    ("recheck", "Attest"): {"SAYSO_INTAKE_KEY"},
    ("recheck", "Get the builder and the declarations"): {"SAYSO_INTAKE_DEPLOY_KEY"},
}
"""The only steps that see a secret, and which."""
TOKENS = {
    ("admit.yml", "Admit"),
    ("declare.yml", "Answer"),
    ("declare.yml", "Ask who is behind it"),
    ("form.yml", "Answer"),
    ("queue.yml", "Answer"),
    ("queue.yml", "Ask who is behind it"),
}
"""The only steps that see the token of their job."""


def jobs() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (name, job, body)
        for name in NAMES
        for job, body in read(TEXTS[name])["jobs"].items()
    ]


def steps() -> list[tuple[str, str, dict[str, Any]]]:
    return [(name, job, step) for name, job, body in jobs() for step in body["steps"]]


def checkouts(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        step.get("with", {})
        for step in body["steps"]
        if step.get("uses", "").startswith("actions/checkout@")
    ]


def test_there_are_no_other_files() -> None:
    above = FOLDER.parent
    found = {
        path.relative_to(above).as_posix()
        for path in above.rglob("*")
        if path.is_file()
    }
    assert found == {
        "CODEOWNERS",
        "ISSUE_TEMPLATE/config.yml",
        "ISSUE_TEMPLATE/declare.yml",
        "PULL_REQUEST_TEMPLATE.md",
        *(f"workflows/{name}" for name in (*NAMES, "heartbeat.yml", "release.yml")),
    }


def zizmor(*paths: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.prefix) / "bin/zizmor"
    options = ("--offline", "--no-progress", "--persona=auditor", "--color=never")
    return subprocess.run(
        [program, *options, *paths], capture_output=True, text=True, check=False
    )


def test_zizmor_finds_nothing() -> None:
    done = zizmor(FOLDER.parent)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No findings to report" in done.stdout + done.stderr


MISTAKES = {
    "a stranger's text in a script": (
        "form.yml",
        "run: .venv/bin/sayso post",
        "run: echo ${{ github.event.issue.title }}",
        "template-injection",
    ),
    "a version that can move": (
        "code.yml",
        "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
        "actions/checkout@v7",
        "unpinned-uses",
    ),
    "a token that is kept": (
        "declare.yml",
        "persist-credentials: false",
        "persist-credentials: true",
        "artipacked",
    ),
    "an excuse that is gone": (
        "declare.yml",
        " # zizmor: ignore[dangerous-triggers] what is sent is never run",
        "",
        "dangerous-triggers",
    ),
}


@pytest.mark.parametrize(
    ("name", "old", "new", "rule"), MISTAKES.values(), ids=MISTAKES
)
def test_zizmor_would_find_a_mistake(
    name: str, old: str, new: str, rule: str, tmp_path: Path
) -> None:
    place = tmp_path / ".github/workflows" / name
    place.parent.mkdir(parents=True)
    assert old in TEXTS[name]
    place.write_text(TEXTS[name].replace(old, new), encoding="utf-8")
    done = zizmor(tmp_path)
    assert done.returncode != 0
    assert rule in done.stdout


def actionlint(tool: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [tool, ".github/workflows/*.yml"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_actionlint_finds_nothing(needs_tool: NeedsTool) -> None:
    done = actionlint(needs_tool("actionlint"), ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Checking {len(EVERY)} workflow file(s)" in done.stdout + done.stderr


def test_actionlint_would_find_a_mistake(needs_tool: NeedsTool, tmp_path: Path) -> None:
    place = tmp_path / ".github/workflows/queue.yml"
    place.parent.mkdir(parents=True)
    text = TEXTS["queue.yml"].replace("steps.who.outputs", "steps.whom.outputs")
    place.write_text(text, encoding="utf-8")
    done = actionlint(needs_tool("actionlint"), tmp_path)
    assert done.returncode != 0
    assert "whom" in done.stdout + done.stderr


def test_every_action_is_pinned_and_has_one_version() -> None:
    used = [
        action
        for path in EVERY
        for action in re.findall(
            r"^ *(?:- )?uses: *(actions/.*)", path.read_text("utf-8"), re.MULTILINE
        )
    ]
    for action in used:
        assert PINNED.fullmatch(action), action
    assert len(set(used)) == len({action.partition("@")[0] for action in used})
    for name, _, step in steps():
        assert step.get("uses", "actions/").startswith("actions/"), name


@pytest.mark.parametrize("name", NAMES)
def test_a_workflow_starts_by_what_it_is_for(name: str) -> None:
    document = read(TEXTS[name])
    assert set(document["on"]) == STARTS[name]
    assert document["permissions"] == {}
    assert document["defaults"] == {"run": {"shell": SHELL}}
    assert "env" not in document
    assert "group" in document["concurrency"]
    for start in ("pull_request", "pull_request_target", "merge_group", "push"):
        if start in document["on"]:
            assert document["on"][start]["branches"] == ["main"]


def test_what_is_pushed_to_main_is_pushed_by_one_at_a_time() -> None:
    groups = [read(TEXTS[f"{name}.yml"])["concurrency"] for name in sorted(INTAKE)]
    assert groups == [{"group": "intake", "cancel-in-progress": False}] * 2


@pytest.mark.parametrize(("name", "job", "body"), jobs())
def test_a_job_has_the_least_permissions(
    name: str, job: str, body: dict[str, Any]
) -> None:
    assert body["permissions"] == PERMISSIONS[name, job]
    assert body.get("environment") == ("intake" if job in INTAKE else None)
    assert body["timeout-minutes"] <= 120
    assert "services" not in body
    assert "container" not in body
    assert "env" not in body
    # A job's name is the name of its check run, and that one is not for jobs.
    assert body["name"] != "sayso/verdict"
    for given in checkouts(body):
        assert given.get("ref") == REFS.get((name, job), "main")
        assert given["persist-credentials"] is (job in INTAKE)
        assert not {*given} & {"allow-unsafe-pr-checkout", "repository", "token"}


def test_no_job_with_a_secret_or_a_writing_token_has_what_strangers_sent() -> None:
    for name, job, body in jobs():
        writes = "write" in body["permissions"].values() or "environment" in body
        if writes:
            assert all(given["ref"] == "main" for given in checkouts(body)), name
            assert job in {"admit", "answer", "recheck", "report"}


@pytest.mark.parametrize(("name", "job", "step"), steps())
def test_only_the_step_that_needs_a_secret_sees_it(
    name: str, job: str, step: dict[str, Any]
) -> None:
    said = json.dumps(step)
    seen = set(re.findall(r"secrets\.([A-Z_]+)", said))
    assert seen == SECRETS.get((job, step["name"]), set())
    assert ("github.token" in said) is ((name, step["name"]) in TOKENS)
    assert "cache" not in json.dumps(step.get("with", {}))


@pytest.mark.parametrize(
    ("name", "job", "step"), [each for each in steps() if "run" in each[2]]
)
def test_a_step_is_a_script_of_bash_without_expressions(
    name: str, job: str, step: dict[str, Any]
) -> None:
    assert "shell" not in step, (name, job)
    assert "${{" not in step["run"]
    subprocess.run(["bash", "-n"], input=step["run"], text=True, check=True)


@pytest.mark.parametrize(
    "line",
    sorted(
        {line for _, _, step in steps() for line in sayso_lines(step.get("run", ""))}
    ),
)
def test_each_command_is_one_that_there_is(line: str) -> None:
    check_command(line.rstrip(")"))


UNTRUSTED = re.compile(r"\.(title|body|ref|label|login|name|message|email)\b")


def test_what_a_stranger_writes_is_no_expression() -> None:
    for name, _, step in steps():
        for expression in re.findall(r"\$\{\{(.*?)\}\}", json.dumps(step)):
            assert not UNTRUSTED.search(expression), (name, expression)


def test_the_environment_is_the_locked_one() -> None:
    for name, job, body in jobs():
        runs = [step["run"] for step in body["steps"] if "run" in step]
        if any(".venv/bin/sayso" in run for run in runs):
            assert runs[0] == ENVIRONMENT, (name, job)
        assert not any(re.search(r"\b(pip|npm|curl|wget|apt)\b", run) for run in runs)


@pytest.mark.parametrize("name", ["declare.yml", "queue.yml"])
def test_a_job_that_is_skipped_does_not_pass(name: str) -> None:
    document = read(TEXTS[name])["jobs"]
    last = document["all"]
    assert last["name"] == "All of it"
    assert last["if"] == "${{ always() }}"
    assert {*last["needs"]} == {*document} - {"all"}
    (step,) = last["steps"]
    results = {text for text in step["env"].values() if ".result" in text}
    assert results == {f"${{{{ needs.{job}.result }}}}" for job in last["needs"]}


@pytest.mark.parametrize(
    ("path", "asks"),
    [
        ("declarations/github/31/583231-mara/a.yaml", False),
        ("declarations/domain/fe/fernwood.example/owner.yaml", False),
        ("declarations/disputes/2026/20261122-mara.yaml", False),
        ("declarations/registry/policy.yaml", True),
        ("declarations/README.md", True),
        ("builder/sayso/cli/review.py", True),
        ("builder/declarations/github/a.py", True),
        (".github/workflows/declare.yml", True),
        (".github/CODEOWNERS", True),
        ("pyproject.toml", True),
    ],
)
def test_people_are_asked_about_all_but_declarations(path: str, asks: object) -> None:
    owners: list[str] = []
    for line in (FOLDER.parent / "CODEOWNERS").read_text("utf-8").splitlines():
        pattern, *people = line.partition("#")[0].split() or [""]
        fits = pattern == "*" or f"/{path}".startswith(pattern or "nothing")
        assert pattern in {"", "*"} or fnmatch(pattern, "/declarations/*/")
        owners = people if fits else owners
    assert bool(owners) is asks


def test_nobody_has_to_fill_in_a_template() -> None:
    text = (FOLDER.parent / "PULL_REQUEST_TEMPLATE.md").read_text("utf-8")
    assert len(text) < 200
    # All of it is a remark, so a pull request that leaves it says nothing.
    assert re.fullmatch(r"<!--[^>]*-->\n", text)
    assert "[ ]" not in text


def test_the_other_ways_are_named_beside_the_form() -> None:
    config = yaml.safe_load((FOLDER.parent / "ISSUE_TEMPLATE/config.yml").read_bytes())
    settings = yaml.safe_load(
        (ROOT / "mkdocs.yml").read_text("utf-8").split("\nplugins")[0]
    )
    (link,) = config["contact_links"]
    assert link["url"].startswith(settings["site_url"].rstrip("/") + "/declare/")
