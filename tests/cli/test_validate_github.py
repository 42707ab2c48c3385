"""`sayso validate --format github`: problems at their lines on GitHub's pages."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from sayso.cli import main
from sayso.model.rules import RULES

SONGS = "declarations/domain/fe/fernwood.example/songs.yaml"
WRONG = """\
schema: sayso/declaration/1
capacity: owner
uses:
  any-ai: no
recordings:
  - {isrc: XXF012600001, title: "Slow River"}
"""


@pytest.mark.parametrize("way", [[], ["declarations"], [SONGS]])
def test_a_problem_is_shown_from_the_top_of_the_repository(
    way: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(SONGS).parent.mkdir(parents=True)
    Path(SONGS).write_text(WRONG, encoding="utf-8")

    done = CliRunner().invoke(main, ["validate", "--format", "github", *way])

    assert done.exit_code == 1
    *commands, last = done.output.splitlines()
    at_line = [line for line in commands if ",line=4," in line]
    assert len(at_line) == 1
    assert at_line[0].startswith(
        f"::error col=11,endColumn=13,file={SONGS},line=4,title="
    )
    code = at_line[0].partition("title=")[2][:6]
    assert f"%0Asee: https://sayso.example/{RULES[code].anchor}" in at_line[0]
    assert all(line.startswith(("::error ", "::warning ")) for line in commands)
    assert "::" not in last
