"""Workflows as a machine of a host runs them: each job in a folder of its own.

Only what `uses:` an action is played; the text of every other step is run as it is
written, by the shell and with the environment that the file declares.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import click
import yaml

from sayso.cli import main
from sayso.publish.site.starters import FOLDER as STARTERS

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".github/workflows"
ENVIRONMENT: Final = "make .venv/.installed"
_EXPRESSION = re.compile(r"\$\{\{ *(.+?) *\}\}")

Document = dict[str, Any]
Artifacts = dict[str, dict[str, bytes]]


class StrictLoader(yaml.SafeLoader):
    """Reads `on` and `yes` as the words that they are, and no key twice."""


StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in found if tag != "tag:yaml.org,2002:bool"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _mapping(loader: StrictLoader, node: yaml.MappingNode) -> Document:
    pairs = [
        (loader.construct_object(key), loader.construct_object(value, deep=True))
        for key, value in node.value
    ]
    assert len(dict(pairs)) == len(pairs), f"a key stands twice: {node.start_mark}"
    return dict(pairs)


StrictLoader.add_constructor("tag:yaml.org,2002:map", _mapping)
StrictLoader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("true|false"), list("tf")
)


def read(text: str) -> Document:
    """Return what a workflow says."""
    document = yaml.load(text, StrictLoader)  # noqa: S506 - it is a safe loader
    assert isinstance(document, dict)
    return document


@dataclass(kw_only=True)
class Host:
    """What keeps the repository, its settings and what jobs hand on.

    Attributes:
        folder: where machines are made.
        origin: the bare repository.
        variables: of the repository.
        secrets: of each environment.
        told: what the environment of every step has, beside what the step says.
        python: the environment with the command.
        token: of every job.
    """

    folder: Path
    origin: Path
    variables: Mapping[str, str]
    secrets: Mapping[str, Mapping[str, str]]
    told: Mapping[str, str] = field(default_factory=dict)
    python: Path = Path(sys.prefix)
    token: str = ""
    machines: int = 0

    def run(self, workflow: str, event: Document | None = None, **inputs: str) -> "Run":
        """Begin a run of a workflow of the repository, for an event."""
        document = read((FOLDER / workflow).read_text("utf-8"))
        return Run(host=self, document=document, inputs=inputs, event=event or {})


@dataclass(kw_only=True)
class Run:
    """One run, whose jobs are done as a test says.

    Attributes:
        event: what it is about.
        needs: how each job has ended, and what it put out.
    """

    host: Host
    document: Document
    inputs: Mapping[str, str]
    event: Document = field(default_factory=dict)
    artifacts: Artifacts = field(default_factory=dict)
    needs: Document = field(default_factory=dict)

    def job(self, name: str) -> "Machine":
        """Return a machine that has not begun a job."""
        self.host.machines += 1
        place = self.host.folder / f"machine-{self.host.machines}"
        place.mkdir()
        return Machine(run=self, job=self.document["jobs"][name], place=place)

    def end(self, name: str) -> "Machine":
        """Do a job, and keep how it ended for those that need it."""
        machine = self.job(name)
        result = "success" if machine.finish() else "failure"
        outputs = machine.job.get("outputs", {})
        self.needs[name] = {
            "outputs": {each: machine.value(text) for each, text in outputs.items()},
            "result": result,
        }
        return machine

    def all(self, *names: str) -> None:
        """Do jobs that have to succeed."""
        for name in names:
            machine = self.job(name)
            assert machine.finish(), machine.said


@dataclass(kw_only=True)
class Machine:
    """Where a job runs; nothing of another machine is there.

    Attributes:
        said: what the steps wrote.
        steps: what each step that has an id put out.
        process: of the step that runs.
    """

    run: Run
    job: Document
    place: Path
    said: str = ""
    done: int = 0
    steps: Document = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None

    def until(self, name: str) -> "Machine":
        """Do the steps before one."""
        while self.job["steps"][self.done].get("name") != name:
            assert self._step(), self.said
        return self

    def finish(self) -> bool:
        """Do the steps that are left; a step that fails ends the job."""
        while self.done < len(self.job["steps"]):
            if not self._step():
                return False
        return True

    def kill(self) -> None:
        """End the step that runs, and all that it began, as a power cut does."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)

    def _step(self) -> bool:
        step = self.job["steps"][self.done]
        self.done += 1
        if not self._is_due(step.get("if", "")):
            return True
        if "uses" in step:
            action = step["uses"].partition("@")[0].rpartition("/")[2]
            _ACTIONS[action](self, step.get("with", {}))
            return True
        if step["run"] == ENVIRONMENT:
            (self.place / ".venv").symlink_to(
                self.run.host.python, target_is_directory=True
            )
            return True
        return self._shell(step)

    def _is_due(self, condition: str) -> bool:
        """Return whether a step is done; conditions are how a job ended, or always."""
        match = re.fullmatch(r"needs\.([a-z]+)\.result == '([a-z]+)'", condition)
        return not match or self.run.needs[match[1]]["result"] == match[2]

    def _shell(self, step: Document) -> bool:
        scratch = self.place.with_name(f"{self.place.name}-scratch")
        scratch.mkdir(exist_ok=True)
        script = scratch / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        shell = self.run.document["defaults"]["run"]["shell"].format(script)
        output = scratch / "output"
        output.write_text("", encoding="utf-8")
        environment = {
            **self.run.host.told,
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(scratch / "summary.md"),
            "GITHUB_WORKSPACE": str(self.place),
            "HOME": str(scratch),
            "PATH": os.environ["PATH"],
            "RUNNER_TEMP": str(scratch),
            **{name: self.value(text) for name, text in step.get("env", {}).items()},
        }
        self.process = subprocess.Popen(
            shell.split(),
            cwd=self.place,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        said, _ = self.process.communicate()
        self.said += said
        ended, self.process = self.process.returncode, None
        lines = output.read_text("utf-8").splitlines()
        put = dict(line.split("=", 1) for line in lines)
        self.steps[step.get("id", "")] = {"outputs": put}
        return ended == 0

    def value(self, text: str) -> str:
        """Return a text with what its expressions stand for."""
        environment = self.job.get("environment", "")
        known: Document = {
            "github": {"event": self.run.event, "token": self.run.host.token},
            "inputs": self.run.inputs,
            "needs": self.run.needs,
            "secrets": self.run.host.secrets.get(environment, {}),
            "steps": self.steps,
            "vars": self.run.host.variables,
        }

        def one(match: re.Match[str]) -> str:
            path, _, default = match[1].partition(" || ")
            found: Any = known
            for name in path.split("."):
                found = found.get(name, "") if found else ""
            return str(found) or default.strip("'")

        return _EXPRESSION.sub(one, text)

    def checkout(self, given: Document) -> None:
        """Do what actions/checkout does."""
        place = self.place / given.get("path", ".")
        place.mkdir(exist_ok=True)
        ref = self.value(given.get("ref", "main"))
        is_commit = re.fullmatch("[0-9a-f]{40}", ref) is not None
        remote = f"refs/remotes/origin/{ref}"
        filtered = [f"--filter={given['filter']}"] if "filter" in given else []
        what = ref if is_commit else f"+refs/heads/{ref}:{remote}"
        depth = int(given.get("fetch-depth", 1))
        shallow = [f"--depth={depth}"] if depth else []
        commands = [
            ["init", "--quiet", "--initial-branch=none", "."],
            ["remote", "add", "origin", self.run.host.origin.as_uri()],
            ["fetch", "--quiet", *shallow, *filtered, "origin", what],
        ]
        if folders := given.get("sparse-checkout", "").split():
            commands.append(["sparse-checkout", "set", "--cone", *folders])
        to = ["--detach", ref] if is_commit else ["-B", ref, remote]
        commands.append(["checkout", "--quiet", "--force", *to])
        for arguments in commands:
            subprocess.run(["git", *arguments], cwd=place, check=True)

    def upload(self, given: Document) -> None:
        """Do what actions/upload-artifact does; hidden files are left out."""
        assert given["overwrite"] is True
        paths = [self.place / path for path in given["path"].split()]
        files = [
            file
            for path in paths
            for file in ([path] if path.is_file() else path.rglob("*"))
            if file.is_file() and not file.name.startswith(".")
        ]
        assert files
        assert all(path.exists() for path in paths)
        top = Path(os.path.commonpath(paths))
        top = top.parent if top.is_file() else top
        self.run.artifacts[given["name"]] = {
            file.relative_to(top).as_posix(): file.read_bytes() for file in files
        }

    def download(self, given: Document) -> None:
        """Do what actions/download-artifact does."""
        for path, data in self.run.artifacts[given["name"]].items():
            file = self.place / given["path"] / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)


_ACTIONS: Mapping[str, Callable[[Machine, Document], None]] = {
    "checkout": Machine.checkout,
    "download-artifact": Machine.download,
    "setup-python": lambda *_: None,
    "upload-artifact": Machine.upload,
}


def sayso_lines(text: str) -> list[str]:
    """Return every line of a script that runs the command, from its name on."""
    return re.findall(r"\.venv/bin/sayso (.+)", text.replace("\\\n", " "))


def check_command(line: str) -> None:
    """Check that a line names a command that there is, with all that it needs."""
    words = shlex.split(re.split(r" (?:[|<>]|\|\|) ?", line)[0])
    words = [word for word in words if word != "${way[@]}"]
    command: click.Command | None = main.get_command(click.Context(main), words.pop(0))
    if isinstance(command, click.Group):
        command = command.get_command(click.Context(command), words.pop(0))
    assert command is not None
    known = {option for each in command.params for option in each.opts}
    assert {word for word in words if word.startswith("--")} <= known
    command.make_context(command.name, [*words], resilient_parsing=True)
    needed = {
        each.opts[0]
        for each in command.params
        if each.required and isinstance(each, click.Option)
    }
    assert needed <= set(words)


def copy_site(folder: Path) -> None:
    """Copy what a site needs, with one page of its own."""
    for name in ("static", "theme", f"docs/{STARTERS}"):
        shutil.copytree(ROOT / "site" / name, folder / "site" / name)
    (folder / "site/docs/index.md").write_text("# A registry\n", encoding="utf-8")
    settings, _, _ = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:")
    more = "\nnav:\n  - Home: index.md\nextra: {doors: []}\n"
    (folder / "mkdocs.yml").write_text(settings + more, encoding="utf-8")
