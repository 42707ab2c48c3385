"""`sayso validate`: which problems it shows, and how it ends."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from tests.cases import CORPUS

FERNWOOD = "declarations/domain/fe/fernwood.example"
MARA = "declarations/github/31/583231-mara"
DECLARATION = """\
schema: sayso/declaration/1
capacity: owner
uses:
  any-ai: deny
recordings:
  - {isrc: XXF012600001, title: "Slow River"}
"""
BAD = DECLARATION.replace("deny", "no")
WARNED = DECLARATION.replace("XXF", "XZF")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(CORPUS / "base", tmp_path / "declarations")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: str, text: str) -> str:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")
    return path


def validate(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["validate", *arguments])


def test_declarations_without_problems_pass() -> None:
    write(f"{FERNWOOD}/live.yaml", DECLARATION)

    result = validate()

    assert result.exit_code == 0
    assert result.output == "6 files checked: no problems.\n"


def test_an_error_ends_with_1_and_is_shown_at_its_place() -> None:
    write(f"{FERNWOOD}/live.yaml", BAD)

    result = validate()

    assert result.exit_code == 1
    assert result.output.startswith(f"{FERNWOOD}/live.yaml:4:11: error SAY307: ")
    assert result.output.endswith("6 files checked: 1 error.\n")


def test_warnings_alone_end_with_0() -> None:
    write(f"{FERNWOOD}/live.yaml", WARNED)

    result = validate()

    assert result.exit_code == 0
    assert "warning SAY406" in result.output


def test_all_problems_are_shown_at_once_and_sorted() -> None:
    write(f"{MARA}/b.yaml", BAD)
    write(f"{FERNWOOD}/z.yaml", BAD)
    write(f"{FERNWOOD}/a.yaml", BAD)
    write("declarations/odd.txt", "x")

    report = json.loads(validate("--format", "json").output)

    paths = [problem["path"] for problem in report["problems"]]
    assert len(paths) == 4
    assert paths == sorted(paths)


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("declarations", {"live.yaml", "songs.yaml", "odd.txt"}),
        (".", {"live.yaml", "songs.yaml", "odd.txt"}),
        ("declarations/domain", {"live.yaml"}),
        ("declarations/domain/fe", {"live.yaml"}),
        (FERNWOOD, {"live.yaml"}),
        (f"{FERNWOOD}/live.yaml", {"live.yaml"}),
        (f"{FERNWOOD}/owner.yaml", set()),
        (MARA, {"songs.yaml"}),
        ("declarations/registry", set()),
        ("declarations/registry/policy.yaml", set()),
        ("declarations/odd.txt", {"odd.txt"}),
    ],
)
def test_only_what_is_asked_for_is_shown(target: str, shown: set[str]) -> None:
    write(f"{FERNWOOD}/live.yaml", BAD)
    write(f"{MARA}/songs.yaml", BAD)
    write("declarations/odd.txt", "x")

    report = json.loads(validate(target, "--format=json").output)

    names = {problem["path"].rpartition("/")[2] for problem in report["problems"]}
    assert names == shown


def test_several_paths_are_checked_together() -> None:
    write(f"{FERNWOOD}/live.yaml", BAD)
    write(f"{MARA}/songs.yaml", BAD)

    result = validate(FERNWOOD, MARA)

    assert result.output.endswith("4 files checked: 2 errors.\n")


def test_two_registries_are_checked_one_after_the_other(place: Path) -> None:
    shutil.copytree(place / "declarations", place / "other" / "declarations")
    write("other/declarations/odd.txt", "x")

    result = validate("declarations", "other/declarations")

    assert result.output.startswith("other/declarations/odd.txt: error")
    assert result.output.endswith("11 files checked: 1 error.\n")


def test_a_single_folder_is_checked_with_those_it_names() -> None:
    more = "on_behalf_of: github:583231\nrecordings:"
    write(f"{FERNWOOD}/live.yaml", DECLARATION.replace("recordings:", more))
    assert "SAY507" in validate(FERNWOOD).output

    owner = Path(f"{MARA}/owner.yaml").read_text(encoding="utf-8")
    write(f"{MARA}/owner.yaml", f"{owner}represented_by: [domain:fernwood.example]\n")
    assert validate(FERNWOOD).output == "2 files checked: no problems.\n"
    assert validate(MARA).output == "1 file checked: no problems.\n"


def test_a_dispute_is_checked_with_those_it_names() -> None:
    dispute = write(
        "declarations/disputes/2026/20261122-slow-river.yaml",
        "schema: sayso/dispute/1\nclaimant: github:583231\n"
        "against: domain:fernwood.example\nrecordings: [XXF012600001]\n"
        'claim: "Mine."\nfiled: 2026-11-22\n',
    )

    assert validate(dispute).output == "1 file checked: no problems.\n"
    shutil.rmtree(MARA)
    assert "SAY801" in validate(dispute).output


def test_a_second_folder_of_an_account_is_seen_from_the_first() -> None:
    write("declarations/github/31/583231-other/owner.yaml", "x: y\n")

    report = json.loads(validate("declarations/github", "--format=json").output)

    assert [problem["code"] for problem in report["problems"]] == ["SAY110"]


def test_a_withdrawal_is_checked_with_its_successor() -> None:
    more = "withdrawn: {on: 2026-12-01, reason: sold, successor: github:583231}\nrec"
    write(f"{FERNWOOD}/live.yaml", DECLARATION.replace("rec", more, 1))

    assert validate(FERNWOOD).output == "2 files checked: no problems.\n"


def test_a_decision_is_checked_with_its_owner() -> None:
    decision = write(
        "declarations/registry/decisions/2026/fernwood.yaml",
        "schema: sayso/decision/1\nkind: reviewed\nowner: domain:fernwood.example\n"
        'prefixes: [XXF01]\ndecided: 2026-11-22\nevidence: "Seen."\n'
        "operators: [github:900000101, github:900000102]\n",
    )

    assert validate(decision).output == "1 file checked: no problems.\n"


def test_without_declarations_the_usage_is_explained(place: Path) -> None:
    shutil.rmtree(place / "declarations")

    assert validate().exit_code == 2
    assert "there is no folder declarations here" in validate().output
    assert validate("nowhere").exit_code == 2


def test_a_path_outside_of_declarations_is_a_wrong_usage(place: Path) -> None:
    other = place / "elsewhere" / "songs.yaml"
    write(str(other), DECLARATION)

    result = validate(str(other))

    assert result.exit_code == 2
    said = " ".join(result.output.split())
    assert "is not in a folder of declarations" in said
    assert "sayso new makes one" in said


def test_a_folder_of_another_name_is_known_by_what_is_in_it(place: Path) -> None:
    (place / "declarations").rename(place / "data")
    write("data/domain/fe/fernwood.example/live.yaml", BAD)

    assert validate("data").exit_code == 1
    assert validate("data/domain/fe/fernwood.example").exit_code == 1
    assert validate("data/registry/policy.yaml").exit_code == 0


def test_a_path_from_elsewhere_is_shown_in_full(
    place: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(f"{FERNWOOD}/live.yaml", BAD)
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))

    result = validate(str(place / "declarations"))

    assert result.output.startswith(f"{place}/{FERNWOOD}/live.yaml:4:11: error")


def test_from_inside_the_folder_paths_are_short(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(f"{FERNWOOD}/live.yaml", BAD)
    monkeypatch.chdir(place / "declarations")

    assert validate(".").output.startswith("domain/fe/fernwood.example/live.yaml:4:11:")


def test_the_examples_of_the_help_are_there() -> None:
    result = validate("--help")

    assert result.exit_code == 0
    assert "sayso validate declarations/domain/fe/fernwood.example" in result.output


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sayso", "validate", *arguments],
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_hostile_files_end_without_a_traceback(place: Path) -> None:
    home = place / FERNWOOD
    (home / "deep.yaml").write_bytes(b"[" * 200_000)
    (home / "random.yaml").write_bytes(bytes(range(256)) * 100)
    (home / "wide.yaml").write_text("'x' , " * 10_000, encoding="utf-8")
    with (home / "huge.csv").open("wb") as file:
        file.truncate(2**30)
    (home / "link.yaml").symlink_to("/dev/zero")

    done = run()

    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    for code in ("SAY205", "SAY004", "SAY008", "SAY102"):
        assert code in done.stdout


def test_output_to_a_file_has_no_colour() -> None:
    write(f"{FERNWOOD}/live.yaml", BAD)

    assert "\x1b" not in run().stdout


def test_colour_is_for_terminals() -> None:
    write(f"{FERNWOOD}/live.yaml", BAD)

    result = CliRunner().invoke(main, ["validate"], color=True)

    assert "\x1b[31m\x1b[1merror SAY307" in result.output
