"""The guides for owners: each command on them runs, on the examples of the project."""

import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner

from sayso.cli import main
from sayso.model.problem import Problem
from sayso.publish.reading.layout import place_of
from sayso.publish.reading.said import parse_yaml

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "site/docs/declare"
GUIDES = ("disputes", "speaking-for-others", "transfers", "withdrawing")
PLACES = {
    "sayso/owner/1": "domain/fe/fernwood.example/owner.yaml",
    "sayso/declaration/1": "domain/fe/fernwood.example/songs.yaml",
}
"""Where a file with this schema may lie."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A command of a page, and what is shown below it."""

    line: str
    shown: list[str] = field(default_factory=list)


def blocks(page: str, language: str) -> list[str]:
    text = (PAGES / f"{page}.md").read_text("utf-8")
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found
    return found


def steps(page: str) -> Iterator[Step]:
    step: Step | None = None
    for line in "".join(blocks(page, "console")).splitlines():
        if line.startswith("$ "):
            if step is not None:
                yield step
            step = Step(line=line.removeprefix("$ "))
        elif step is not None:
            step.shown.append(line)
    assert step is not None
    yield step


@pytest.mark.parametrize("page", GUIDES)
def test_the_commands_of_a_guide_run_as_written(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "declarations", tmp_path / "declarations")
    monkeypatch.chdir(tmp_path)
    for step in steps(page):
        program, *words = shlex.split(step.line)
        assert program == "sayso"
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, f"{step.line}: {result.output}"
        said = " ".join(result.output.split())
        for shown in step.shown:
            assert shown in said, f"{step.line}: {said}"
    # What the commands wrote is right together, too.
    result = CliRunner().invoke(main, ["validate"])
    assert result.exit_code == 0, result.output


def test_the_files_on_a_guide_are_right() -> None:
    for text in blocks("speaking-for-others", "yaml"):
        schema = re.findall(r"^schema: (.+)$", text, re.MULTILINE)
        path = PLACES[schema[0]]
        place = place_of(path)
        assert not isinstance(place, Problem)
        assert parse_yaml(path, text.encode(), place).problems == ()


@pytest.mark.parametrize("page", GUIDES)
def test_a_guide_says_what_ai_companies_see_meanwhile(page: str) -> None:
    assert "\n## What AI companies see meanwhile\n" in (PAGES / f"{page}.md").read_text(
        "utf-8"
    )
