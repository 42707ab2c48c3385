"""What the documents say can be typed as written, and links lead somewhere."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import click
import pytest

from sayso.cli import COMMANDS, main
from tests.conftest import NeedsTool

ROOT = Path(__file__).parents[2]
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]
PROMPT = ".venv/bin/sayso "


def commands(document: str) -> list[str]:
    """Return the lines of a document's shell blocks, in their order."""
    text = (ROOT / document).read_text("utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


def context() -> click.Context:
    return click.Context(main)


def spoken() -> list[str]:
    """Return every `sayso …` that a document names, in a block or in a sentence."""
    found = {line.removeprefix(PROMPT) for line in commands("README.md")}
    pages = (ROOT / "site" / "docs").rglob("*.md")
    for path in [
        *map(ROOT.joinpath, DOCUMENTS),
        ROOT / "declarations/README.md",
        *pages,
    ]:
        text = path.read_text("utf-8").replace("\\\n", "")
        found |= set(re.findall(r"`sayso ([^`]+)`", text))
        found |= set(re.findall(r"^(?:\$ )?sayso (.+)$", text, re.MULTILINE))
    return sorted(line for line in found if line.split()[0] in COMMANDS)


@pytest.mark.parametrize("line", spoken())
def test_a_command_that_is_named_exists_with_its_options(line: str) -> None:
    words = shlex.split(line)
    command = main.get_command(context(), words.pop(0))
    if isinstance(command, click.Group) and words and words[0] != "--help":
        command = command.get_command(context(), words.pop(0))
    assert command is not None
    parameters = command.get_params(context())
    options = {option for parameter in parameters for option in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= options


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_named_in_the_readme(name: str) -> None:
    assert (
        any(line.startswith(f"{PROMPT}{name}") for line in commands("README.md"))
        or name == "build"
    )  # which `make build` runs


def named_commands() -> list[click.Command]:
    """Return all commands, and those of groups after their group."""
    found = []
    for name in COMMANDS:
        command = main.get_command(context(), name)
        assert command is not None
        found.append(command)
        if isinstance(command, click.Group):
            within = map(
                partial(command.get_command, context()),
                command.list_commands(context()),
            )
            found += [each for each in within if each is not None]
    return found


@pytest.mark.parametrize("command", named_commands(), ids=lambda each: each.name)
def test_every_command_and_option_explains_itself(command: click.Command) -> None:
    assert command.help
    for parameter in command.params:
        assert isinstance(parameter, click.Argument) or getattr(parameter, "help", None)


@pytest.mark.parametrize("document", [*DOCUMENTS, ".ci/README.md"])
def test_a_link_to_a_file_leads_somewhere(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if "://" not in target:
            assert (ROOT / document).parent.joinpath(target).exists(), target


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a clone of the tree after `make build`, with the same environment."""
    folder = tmp_path_factory.mktemp("newcomer")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        source, target = ROOT / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    author = "-c user.name=Test -c user.email=test@sayso.example"
    run(f"git init -q && git add . && git {author} commit -qm Begin", folder)
    (folder / ".venv").symlink_to(Path(sys.prefix), target_is_directory=True)
    # The environment is the one that runs this test: make must not point it here.
    done = run("make --assume-old=.venv/.installed build", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env={**os.environ, "SAYSO_STORE": str(folder / "store")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_commands_of_the_readme_run_as_written(newcomer: Path) -> None:
    lines = [line for line in commands("README.md") if line.startswith(PROMPT)]
    assert len(lines) > 15
    for line in lines:
        if line == f"{PROMPT}new":
            continue  # it asks questions, which tests/cli answers
        done = run(line, newcomer)
        permitted = {0, 1, 10, 20, 30} if "--use" in line else {0}
        assert done.returncode in permitted, line + done.stdout + done.stderr
        assert done.stdout


def test_the_readme_s_minisign_command_agrees(
    newcomer: Path, needs_tool: NeedsTool
) -> None:
    needs_tool("minisign")
    (line,) = [line for line in commands("README.md") if line.startswith("minisign")]
    done = run(line, newcomer)
    assert done.returncode == 0, done.stderr
    assert "Signature and comment signature verified" in done.stdout


def test_a_web_server_finds_the_site_where_the_readme_says(newcomer: Path) -> None:
    (line,) = [line for line in commands("README.md") if "http.server" in line]
    folder = newcomer / shlex.split(line)[-1]
    assert (folder / "index.html").is_file()
    assert (folder / "404.html").is_file()
