"""`sayso validate --as`: what the check of a pull request would say, before it is."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from tests.declared import HARROW, MARA, declaration, recordings
from tests.operators import git
from tests.proposed import (
    DENY,
    ONE,
    SONGS,
    STRANGER,
    TWO,
    Repository,
    registry_in_git,
    write,
)

LOOSER = DENY.replace("any-ai", "search")
HOME = f"declarations/{MARA}"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    registry = registry_in_git(tmp_path / "r")
    monkeypatch.chdir(tmp_path / "r")
    return registry


def validate(*arguments: str, who: str = SONGS, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["validate", "--as", who, *arguments])
    assert "fault in sayso" not in result.output
    assert result.exit_code == code, result.output
    return result


def edit(text: str = LOOSER) -> None:
    write(Path(HOME), {"songs.yaml": text})


def test_what_an_account_may_change_is_previewed() -> None:
    edit()

    said = validate(HOME).stdout

    assert "2 files checked: no problems.\n" in said
    assert f"A change of {SONGS}: 1 file, declarations.\n" in said
    assert f"  {ONE} “T{ONE}”  " in said
    assert said.endswith("It may be merged; it counts at level account.\n")


def test_what_it_may_not_is_a_problem() -> None:
    edit()

    said = validate(HOME, who=STRANGER, code=1)

    assert f"{HOME}/songs.yaml: error SAY701: {STRANGER} may not" in said.stdout
    assert said.stdout.endswith("It may not be merged.\n")
    found = json.loads(validate("--format", "json", who=STRANGER, code=1).stdout)
    assert [problem["code"] for problem in found["problems"]] == ["SAY701"]
    annotated = validate("--format", "github", who=STRANGER, code=1).stdout
    assert annotated.startswith("::error file=")
    assert "It may not be merged" not in annotated


def test_the_review_says_the_same(place: Repository) -> None:
    edit()
    here = validate().stdout
    head = place.propose({f"{MARA}/songs.yaml": LOOSER})
    options = ("--base=main", f"--head={head}", f"--author={SONGS}")

    there = CliRunner().invoke(main, ["review", *options]).stdout

    assert here.endswith(there)


def test_without_a_change_there_is_nothing_to_judge() -> None:
    assert "0 files, nothing that counts" in validate(who=STRANGER).stdout


def test_only_what_is_asked_about_is_judged() -> None:
    edit()
    write(Path("declarations", HARROW), {"live.yaml": DENY})

    assert "A change of github:583231: 1 file" in validate(HOME).stdout
    assert "SAY703" in validate(code=1).stdout


def test_a_file_that_is_new_or_gone_is_seen_without_git_add() -> None:
    Path(HOME, "songs.yaml").unlink()
    assert "SAY704" in validate(code=1).stdout
    edit()
    more = declaration("{any-ai: deny}", recordings("XXF012600009"))
    write(Path(HOME), {"more.yaml": more})
    assert "2 files, declarations" in validate().stdout


def test_what_cannot_be_read_is_told_once() -> None:
    edit(LOOSER.replace("deny", "no"))

    said = validate(code=1).stdout

    assert said.count("error SAY307") == 1


def test_the_base_is_the_commit_that_is_checked_out_or_another(
    place: Repository,
) -> None:
    edit()
    git(Path(), "commit", "--quiet", "--all", "--message=x")

    assert "nothing that counts" in validate().stdout
    assert "1 file, declarations" in validate("--base", "HEAD^").stdout
    assert "names no commit" in validate("--base", "nowhere", code=1).stderr
    assert place.files


def test_a_base_without_an_account_is_a_mistake() -> None:
    result = CliRunner().invoke(main, ["validate", "--base", "HEAD"])
    assert result.exit_code == 2
    assert "give both" in result.stderr


@pytest.mark.parametrize("who", ["mara", "github:x", "domain:fernwood.example"])
def test_an_account_is_a_number(who: str) -> None:
    assert "by number, such as github:583231" in validate(who=who, code=2).stderr


def test_outside_of_git_it_cannot_be_told(
    place: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "d/declarations", place.files)
    monkeypatch.chdir(tmp_path / "d")

    assert "is in no Git repository with a commit" in validate(code=2).stderr
    git(Path(), "init", "--quiet")
    assert "Clone the registry" in validate(code=2).stderr


def test_a_worktree_and_another_folder_are_compared_as_well(tmp_path: Path) -> None:
    git(Path(), "worktree", "add", "--quiet", "-b", "w", str(tmp_path / "w"))
    songs = tmp_path / f"w/declarations/{MARA}/songs.yaml"
    songs.write_text(LOOSER)

    assert "1 file, declarations" in validate(str(songs.parent)).stdout
    assert "nothing that counts" in validate().stdout


def test_a_repository_with_sha_256_objects_is_told(tmp_path: Path) -> None:
    registry_in_git(tmp_path / "s", None, "--object-format=sha256")

    said = validate(str(tmp_path / "s/declarations"), code=1)

    assert "SHA-256 objects" in said.stderr


def test_a_list_that_grows_says_no_to_more() -> None:
    edit(declaration("{any-ai: deny}", recordings(ONE, TWO, "XXF012600009")))

    said = validate().stdout

    assert "XXF012600009" in said
    assert f"  {ONE}" not in said
