"""The file, the command and the page give one answer."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner

from sayso.cli import main
from sayso.model.vocabulary import Use, Words

ROOT = Path(__file__).parents[2]
SAMPLES = 100
ROW = re.compile(r'<th scope="row">([^<]+)<small>.*?<td><span class="chip ([a-z]+)">')


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("agreement") / "registry"
    command = ["build", "--declarations", str(ROOT / "declarations"), "--out", str(out)]
    command += ["--site", str(ROOT / "mkdocs.yml")]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    return out


def in_file(registry: dict[str, list[dict[str, object]]], isrc: str) -> dict[str, str]:
    """Read the answers as a stranger would, with nothing but JSON."""
    (row,) = [r for r in registry["recordings"] if r["isrc"] == isrc]
    (policy,) = [p for p in registry["policies"] if p["number"] == row["policy"]]
    answers = policy["answers"]
    assert isinstance(answers, list)
    assert answers[0]["in"] == "anywhere"
    return {use: cell["verdict"] for use, cell in answers[0]["uses"].items()}


def by_command(out: Path, isrc: str) -> dict[str, str]:
    root = str(out.parent / "keys" / "development.root.json")
    asked = ["lookup", isrc, "--registry", str(out), "--root", root, "--json"]
    asked += ["--store", str(out.parent / "store")]
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == 0, result.output
    answers = json.loads(result.stdout)["answers"]
    return {answer["use"]: answer["verdict"] for answer in answers}


def on_page(out: Path, isrc: str) -> dict[str, str]:
    text = (out / "isrc" / isrc / "index.html").read_text(encoding="utf-8")
    titles = {Words.TITLES[use]: str(use) for use in Use}
    rows = {titles[unescape(title)]: word for title, word in ROW.findall(text)}
    panel = re.search(
        r'<section class="verdict ([a-z]+)" aria-labelledby="verdict">', text
    )
    assert panel is not None
    assert rows["train-generative"] == panel[1]
    return rows


def test_a_hundred_recordings_have_one_answer_everywhere(out: Path) -> None:
    registry = json.loads((out / "registry.json").read_bytes())
    isrcs = [row["isrc"] for row in registry["recordings"]]
    special = [
        row["isrc"] for row in registry["recordings"] if row["isrc"][:5] != "XXF01"
    ]
    step = len(isrcs) // SAMPLES
    chosen = sorted({*special, *isrcs[::step]})
    assert len(chosen) >= SAMPLES
    seen = set()
    for isrc in chosen:
        expected = in_file(registry, isrc)
        assert by_command(out, isrc) == expected, isrc
        assert on_page(out, isrc) == expected, isrc
        seen |= set(expected.values())
    assert seen == {"allow", "ask", "deny", "undeclared"}
