"""The page for other hosts: its check runs without an account that anybody has."""

import re
import shlex
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.model.authority import Held
from sayso.model.owner import OwnerId
from tests.declared import (
    FACTS,
    FERNWOOD,
    PROOFS,
    declaration,
    digest_of,
    recordings,
)
from tests.operating import git
from tests.vouched import Voucher

PAGE = Path(__file__).parents[2] / "site/docs/about/other-hosts.md"
TEXT = PAGE.read_text("utf-8")
SONGS = f"{FERNWOOD}/songs.yaml"
DENY = declaration("{any-ai: deny}", recordings("XXF012600001"))


def command() -> list[str]:
    (line,) = re.findall(r"^\$ (sayso .+)$", TEXT, re.MULTILINE)
    return shlex.split(line)[1:]


def vouched(
    files: dict[str, str], held: dict[OwnerId, Held] | None = None
) -> dict[str, bytes]:
    """Return files with signatures, as they follow what is held."""
    proofs = {OwnerId(owner): proof for owner, proof in PROOFS.items()}
    return Voucher(proofs=proofs, held=held or {}).vouched(files)


def write(folder: Path, files: dict[str, bytes]) -> None:
    for path, data in files.items():
        place = folder / "declarations" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    git(folder, "add", "declarations")
    git(folder, "commit", "--quiet", "--allow-empty", "--message=change")


@pytest.fixture
def contributed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registry with a contribution that adds a signed declaration."""
    monkeypatch.chdir(tmp_path)
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    write(tmp_path, vouched(FACTS))
    git(tmp_path, "switch", "--quiet", "--create", "contribution")
    return tmp_path


def review() -> Result:
    return CliRunner().invoke(main, command())


def test_an_unsigned_contribution_is_refused(contributed: Path) -> None:
    write(contributed, {SONGS: DENY.encode()})
    result = review()
    assert result.exit_code == 1, result.output
    assert "SAY70" in result.output


def test_a_signed_contribution_is_accepted(contributed: Path) -> None:
    manifest = contributed / f"declarations/{FERNWOOD}/manifest.json"
    held = Held(sequence=1, manifest=digest_of(manifest.read_bytes()))
    files = vouched({**FACTS, SONGS: DENY}, {OwnerId("domain:fernwood.example"): held})
    write(contributed, {path: files[path] for path in files if FERNWOOD in path})
    result = review()
    assert result.exit_code == 0, result.output


def test_the_pipeline_files_can_be_read() -> None:
    found = re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    gitlab, forgejo = map(yaml.safe_load, found)
    assert {"check", "report"} <= gitlab.keys()
    assert "script" in gitlab["check"]
    assert "jobs" in forgejo


def test_every_review_on_the_page_names_nobody() -> None:
    reviews = re.findall(r"sayso review --base.*", TEXT)
    assert len(reviews) == 3
    assert all("--author github:0" in line for line in reviews)
