"""`sayso review`: what may be merged, told from Git alone."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.publish.github.reviewed import Report, read_report
from tests.declared import (
    BOTH,
    FERNWOOD,
    HARROW,
    MARA,
    POLICY,
    decided,
    declaration,
    owner,
    recordings,
)
from tests.operators import git
from tests.proposed import (
    DENY,
    FERN,
    HARR,
    ONE,
    ROWS,
    SONGS,
    STRANGER,
    THREE,
    TWO,
    Repository,
    registry_in_git,
)
from tests.vouched import ADA, BEN, INTAKE, signed

ASK = declaration(
    "{any-ai: ask}", recordings(ONE), "offer: {contact: https://a.example/l}"
)
LOOSER = DENY.replace("any-ai", "search")


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return registry_in_git(tmp_path_factory.mktemp("registry") / "r")


def review(
    registry: Repository, head: str, *more: str, author: str = SONGS, code: int
) -> Result:
    options = {"--base": "main", "--head": head, "--author": author}
    named = [word for pair in options.items() for word in pair]
    place = ["--repository", str(registry.folder)]
    result = CliRunner().invoke(main, ["review", *named, *place, *more])
    assert "fault in sayso" not in result.output
    assert result.exit_code == code, result.output
    return result


def report(
    registry: Repository, head: str, *more: str, author: str = SONGS, code: int
) -> Any:  # noqa: ANN401 - JSON
    """Return a report, which the job that answers has to be able to read."""
    said = review(registry, head, "--format", "json", *more, author=author, code=code)
    value = json.loads(said.stdout)
    read = read_report(said.stdout.encode())
    assert isinstance(read, Report)
    assert (read.verdict == "refuse") == (code == 1)
    return value


def codes(value: Any) -> dict[str, str]:  # noqa: ANN401 - JSON
    """Return the code of each error by its path."""
    return {
        problem["path"]: problem["code"]
        for problem in value["problems"]
        if problem["severity"] == "error"
    }


def test_an_owners_account_may_change_what_it_filed(registry: Repository) -> None:
    head = registry.propose({f"{MARA}/songs.yaml": LOOSER})

    said = report(registry, head, code=0)

    assert said["base"] == git(registry.folder, "rev-parse", "main")
    assert said["head"] == git(registry.folder, "rev-parse", head)
    assert (said["author"], said["sender"]) == (SONGS, SONGS)
    assert (said["kind"], said["level"], said["owner"]) == (
        "declarations", "account", SONGS,
    )  # fmt: skip
    assert (said["files"], said["verdict"], codes(said)) == (1, "accept", {})
    first, second = said["preview"]["rows"]
    assert (first["isrc"], second["isrc"]) == (ONE, TWO)
    assert first["title"] == f"T{ONE}"
    assert (first["before"]["index"], first["after"]["index"]) == ("deny", "undeclared")
    assert "search" not in first["after"]
    assert said["preview"]["more"] == 0
    assert any("waits in public" in note for note in said["notes"])


def test_the_same_is_said_in_words(registry: Repository) -> None:
    head = registry.propose({f"{MARA}/songs.yaml": LOOSER})

    said = review(registry, head, code=0).stdout

    assert said.startswith(f"A change of {SONGS}: 1 file, declarations.\n")
    assert f"  {ONE} “T{ONE}”  " in said
    assert said.endswith("It may be merged; it counts at level account.\n")


def test_a_stranger_may_not(registry: Repository) -> None:
    head = registry.propose({f"{MARA}/songs.yaml": LOOSER})

    said = report(registry, head, author=STRANGER, code=1)

    assert codes(said) == {f"{MARA}/songs.yaml": "SAY701"}
    assert STRANGER in said["problems"][0]["message"]
    assert (said["verdict"], said["notes"]) == ("refuse", [])
    words = review(registry, head, author=STRANGER, code=1).stdout
    assert words.startswith(f"declarations/{MARA}/songs.yaml: error SAY701: ")
    assert words.endswith("It may not be merged.\n")


def test_who_sent_it_last_has_to_be_the_owner_as_well(registry: Repository) -> None:
    head = registry.propose({f"{MARA}/songs.yaml": LOOSER})

    said = report(registry, head, "--sender", STRANGER, code=1)

    assert said["sender"] == STRANGER
    assert codes(said) == {f"{MARA}/songs.yaml": "SAY701"}


def test_a_branch_is_read_from_where_it_went_off(tmp_path: Path) -> None:
    registry = registry_in_git(tmp_path)
    head = registry.propose({f"{MARA}/songs.yaml": LOOSER})
    other = registry.propose({f"{HARROW}/live.yaml": DENY})
    git(registry.folder, "merge", "--quiet", "--ff-only", other)

    said = report(registry, head, code=0)

    assert said["files"] == 1
    assert said["base"] == git(registry.folder, "rev-parse", other)


def test_who_may_change_what_is_told_by_the_base_alone(registry: Repository) -> None:
    stolen = owner(
        "Mara Lindqvist", f'accounts: ["{SONGS}", "{STRANGER}"]', role="artist"
    )
    head = registry.propose(
        {f"{MARA}/owner.yaml": stolen, f"{MARA}/songs.yaml": LOOSER}
    )

    assert codes(report(registry, head, author=STRANGER, code=1)) == {
        f"{MARA}/owner.yaml": "SAY701",
        f"{MARA}/songs.yaml": "SAY701",
    }
    assert codes(report(registry, head, code=0)) == {}


def test_a_signed_change_needs_no_account(registry: Repository) -> None:
    rows = ROWS.replace(TWO, THREE)
    head = registry.sign(FERN, {f"{FERNWOOD}/catalogue.csv": rows})

    said = report(registry, head, author=STRANGER, code=0)

    assert (said["level"], said["owner"]) == ("domain", FERN)
    assert [row["isrc"] for row in said["preview"]["rows"]] == [TWO, THREE]


def test_a_key_without_a_domain_has_its_own_level(registry: Repository) -> None:
    more = declaration("{search: deny}", recordings(THREE))
    head = registry.sign(HARR, {f"{HARROW}/live.yaml": more})

    assert report(registry, head, author=STRANGER, code=0)["level"] == "key"


def test_a_signed_file_is_not_changed_without_a_signature(registry: Repository) -> None:
    head = registry.propose({f"{FERNWOOD}/catalogue.csv": ROWS + f"{THREE},C,A\n"})

    found = codes(report(registry, head, code=1))

    assert found[f"{FERNWOOD}/catalogue.csv"] == "SAY710"


def test_a_manifest_that_was_signed_for_other_bytes_is_told(
    registry: Repository,
) -> None:
    after = DENY.replace(TWO, THREE)
    head = registry.sign(HARR, {f"{HARROW}/live.yaml": after})
    manifest = git(
        registry.folder, "show", f"{head}:declarations/{HARROW}/manifest.json"
    )
    signature = git(
        registry.folder, "show", f"{head}:declarations/{HARROW}/manifest.json.sig"
    )
    mixed = registry.propose(
        {
            f"{HARROW}/live.yaml": LOOSER,
            f"{HARROW}/manifest.json": f"{manifest}\n",
            f"{HARROW}/manifest.json.sig": f"{signature}\n",
        }
    )

    found = codes(report(registry, mixed, code=1))

    assert found == {f"{HARROW}/live.yaml": "SAY710"}


def test_an_earlier_manifest_is_not_taken_twice(tmp_path: Path) -> None:
    registry = registry_in_git(tmp_path)
    old = {
        path: data for path, data in registry.files.items() if path.startswith(HARROW)
    }
    head = registry.sign(HARR, {f"{HARROW}/live.yaml": DENY})
    git(tmp_path, "merge", "--quiet", "--ff-only", head)
    replayed = registry.propose(old)

    found = codes(report(registry, replayed, code=1))

    assert found[f"{HARROW}/manifest.json"] == "SAY708"


def test_a_file_that_is_deleted_is_asked_for_again(registry: Repository) -> None:
    head = registry.propose({f"{MARA}/songs.yaml": None})

    assert codes(report(registry, head, code=1)) == {f"{MARA}/songs.yaml": "SAY704"}


def test_a_file_may_have_another_name(registry: Repository) -> None:
    head = registry.propose({f"{MARA}/songs.yaml": None, f"{MARA}/all.yaml": DENY})

    said = report(registry, head, code=0)

    assert said["preview"] == {"more": 0, "rows": []}


def test_two_owners_are_two_changes(registry: Repository) -> None:
    head = registry.propose(
        {f"{MARA}/songs.yaml": LOOSER, f"{HARROW}/live.yaml": LOOSER}
    )

    said = report(registry, head, code=1)

    assert codes(said)[""] == "SAY703"
    assert (said["owner"], said["level"]) == (None, "none")


def test_no_other_file_rides_along(registry: Repository) -> None:
    head = registry.propose(
        {f"{MARA}/songs.yaml": LOOSER}, {"builder/sayso/evil.py": "x\n"}
    )

    said = report(registry, head, code=1)

    assert (said["kind"], codes(said)) == ("mixed", {"builder/sayso/evil.py": "SAY706"})


def test_code_is_for_people_to_review(registry: Repository) -> None:
    head = registry.propose({}, {"builder/sayso/new.py": "x\n"})

    said = report(registry, head, author=STRANGER, code=0)

    assert (said["kind"], said["verdict"], said["owner"]) == ("code", "code", None)
    words = review(registry, head, code=0).stdout
    assert "people have to review it" in words


def test_no_change_is_none(registry: Repository) -> None:
    said = report(registry, "main", code=0)

    assert (said["kind"], said["files"], said["verdict"]) == ("nothing", 0, "code")
    assert said["preview"] == {"more": 0, "rows": []}


def test_a_new_folder_of_an_account_is_its_own(registry: Repository) -> None:
    home = "github/66/6666"
    files = {
        f"{home}/owner.yaml": owner("Six", role="artist"),
        f"{home}/songs.yaml": DENY,
    }
    head = registry.propose(files)

    assert report(registry, head, author=STRANGER, code=0)["level"] == "account"
    assert set(codes(report(registry, head, code=1)).values()) == {"SAY702"}


def test_a_new_folder_of_a_domain_needs_a_proof(registry: Repository) -> None:
    home = "domain/sa/saltmarsh.example"
    files = {f"{home}/owner.yaml": owner("Saltmarsh"), f"{home}/songs.yaml": DENY}
    head = registry.propose(files)

    assert set(codes(report(registry, head, code=1)).values()) == {"SAY702"}


def test_a_second_folder_is_refused(registry: Repository) -> None:
    path = "github/31/583231-other/owner.yaml"
    head = registry.propose({path: owner("Other", role="artist")})

    assert codes(report(registry, head, code=1)) == {path: "SAY110"}


def test_partners_are_read_from_the_base(registry: Repository) -> None:
    text = owner("Mara Lindqvist", 'accounts: ["github:583231"]', role="artist")
    names = "represented_by: [domain:harrow.example, domain:nobody.example]\n"
    head = registry.propose({f"{MARA}/owner.yaml": text + names})

    said = report(registry, head, code=0)

    assert "nobody.example" in json.dumps(said["problems"])
    assert "harrow.example has no folder" not in json.dumps(said["problems"])


def test_operators_change_settings_together_only(registry: Repository) -> None:
    policy = POLICY.replace("waiting_days: 7", "waiting_days: 9")
    head = registry.propose({"registry/policy.yaml": policy})

    said = report(registry, head, author=ADA, code=1)

    assert said["kind"] == "operators"
    assert codes(said) == {"registry/policy.yaml": "SAY713"}


def test_a_decision_needs_two_operators(registry: Repository) -> None:
    path = "registry/decisions/2026/mara.yaml"
    text = decided("reviewed", f"owner: {SONGS}", f"isrcs: [{ONE}]")
    one = registry.propose({path: text, f"{path}.sig": signed(text.encode(), ADA)})
    two = registry.propose({path: text, f"{path}.sig": signed(text.encode(), ADA, BEN)})

    assert codes(report(registry, one, code=1)) == {path: "SAY707"}
    assert report(registry, two, author=STRANGER, code=0)["kind"] == "operators"
    assert BOTH in text


def test_an_accepted_record_is_never_changed(registry: Repository) -> None:
    path = "registry/decisions/2026/fernwood.yaml"
    changed = registry.propose({path: registry.files[path] + b"# more\n"})
    gone = registry.propose({path: None})
    unsigned = registry.propose({f"{path}.sig": None})

    for head in (changed, gone):
        assert codes(report(registry, head, code=1)) == {path: "SAY714"}
    assert codes(report(registry, unsigned, code=1)) == {f"{path}.sig": "SAY714"}


def test_what_intake_writes_is_signed_by_intake(registry: Repository) -> None:
    old, path = "registry/admissions/1.json", "registry/admissions/7.json"
    data = registry.files[old]
    other = registry.propose({path: data, f"{path}.sig": signed(data, ADA)})
    right = registry.propose({path: data, f"{path}.sig": signed(data, INTAKE)})

    assert codes(report(registry, other, code=1)) == {path: "SAY713"}
    assert report(registry, right, code=0)["kind"] == "operators"


def test_a_dispute_is_filed_by_its_claimant(registry: Repository) -> None:
    path = "disputes/2026/20261128-slow-river.yaml"
    text = (
        "schema: sayso/dispute/1\n"
        f"claimant: {SONGS}\nagainst: {FERN}\nrecordings: [{ONE}]\n"
        'claim: "These are mine."\nrequested: "Withdraw them."\nfiled: 2026-11-28\n'
    )
    head = registry.propose({path: text})

    said = report(registry, head, code=0)
    assert (said["kind"], said["owner"]) == ("records", SONGS)
    assert codes(report(registry, head, author=STRANGER, code=1)) == {path: "SAY715"}


def test_a_mistake_is_told_at_its_line_with_a_suggestion(registry: Repository) -> None:
    wrong = declaration(
        "{search: deny}", f"recordings:\n  - isrc: {ONE}\n    title: *Asterism"
    )
    head = registry.propose({f"{MARA}/songs.yaml": wrong})

    said = report(registry, head, code=1)

    (problem,) = said["problems"]
    line = wrong.splitlines()[problem["line"] - 1]
    assert line == "    title: *Asterism"
    assert problem["suggestion"] == '    title: "*Asterism"'
    annotated = review(registry, head, "--format", "github", code=1).stdout
    assert f",file=declarations/{MARA}/songs.yaml,line=6," in annotated


def test_a_declaration_that_needs_its_catalogue_is_left_with_it(
    registry: Repository,
) -> None:
    files = {
        f"{MARA}/all.yaml": declaration(
            "{any-ai: deny}", "catalogue: {file: all.csv, rows: 1}"
        ),
    }
    head = registry.propose(files)

    assert f"{MARA}/all.yaml" in codes(report(registry, head, code=1))


def test_links_are_never_read(tmp_path: Path) -> None:
    registry = registry_in_git(tmp_path / "r")
    git(registry.folder, "checkout", "--quiet", "-b", "linked")
    place = registry.folder / f"declarations/{MARA}/link.yaml"
    place.symlink_to("/etc/passwd")
    git(registry.folder, "add", "--all")
    git(registry.folder, "commit", "--quiet", "--message=x")

    said = report(registry, "linked", code=1)

    assert [*codes(said)] == [f"{MARA}/link.yaml"]
    assert "root:" not in json.dumps(said)


def test_more_files_than_it_takes_are_refused_unread(tmp_path: Path) -> None:
    registry = registry_in_git(tmp_path)
    many = {f"{MARA}/s{number}.yaml": DENY for number in range(2_001)}
    head = registry.propose(many)

    said = report(registry, head, code=1)

    assert codes(said) == {"": "SAY705"}
    assert said["preview"]["rows"] == []


def test_a_catalogue_of_50_000_rows_is_previewed_by_its_first_rows(
    tmp_path: Path,
) -> None:
    rows = [f"XXF0126{number:05},T{number},A" for number in range(1, 50_001)]
    table = "isrc,title,artist\n" + "\n".join(rows) + "\n"
    scope = "catalogue: {file: catalogue.csv, rows: 50000}"
    registry = registry_in_git(
        tmp_path,
        {
            f"{FERNWOOD}/catalogue.csv": table,
            f"{FERNWOOD}/catalogue.yaml": declaration("{any-ai: deny}", scope),
        },
    )
    less = declaration("{search: deny}", scope)
    head = registry.sign(FERN, {f"{FERNWOOD}/catalogue.yaml": less})

    said = report(registry, head, code=0)

    assert (len(said["preview"]["rows"]), said["preview"]["more"]) == (10, 49_990)
    assert said["preview"]["rows"][9]["title"] == "T10"
    assert "and 49,990 recordings more\n" in review(registry, head, code=0).stdout


def test_a_prefix_is_previewed_as_a_range(registry: Repository) -> None:
    text = declaration("{any-ai: deny}", "prefix: XXF01\nyears: 2015-2026")
    head = registry.sign(FERN, {f"{FERNWOOD}/default.yaml": text})

    said = report(registry, head, code=0)

    (row,) = said["preview"]["rows"]
    assert (row["isrc"], row["title"]) == ("XXF01 2015-2026", None)
    assert set(row["after"].values()) == {"deny"}
    assert said["preview"]["more"] == 0


def test_a_yes_is_announced_with_what_it_needs(registry: Repository) -> None:
    text = declaration("{search: allow}", recordings(THREE))
    head = registry.sign(FERN, {f"{FERNWOOD}/open.yaml": text})

    said = report(registry, head, code=0)

    assert any("two operators have reviewed" in note for note in said["notes"])


@pytest.mark.parametrize(
    "revision", ["nowhere", "--all", "-q", "--output=/tmp/x", "main:declarations", ""]
)
def test_a_revision_that_is_none_is_told(registry: Repository, revision: str) -> None:
    for name in ("--base", "--head"):
        named = {"--base": "main", "--head": "main", name: revision}
        options = [f"{key}={value}" for key, value in named.items()]
        place = f"--repository={registry.folder}"
        result = CliRunner().invoke(
            main, ["review", *options, place, f"--author={SONGS}"]
        )
        assert result.exit_code == 40, result.output
        assert "names no commit" in result.stderr
        assert "git fetch" in result.stderr


@pytest.mark.parametrize("who", ["mara", "github:", "github:-1", "domain:a.example"])
@pytest.mark.parametrize("option", ["--author", "--sender"])
def test_an_account_is_given_by_its_number(option: str, who: str) -> None:
    names = {"--author": SONGS, option: who}
    words = [word for pair in names.items() for word in pair]
    result = CliRunner().invoke(
        main, ["review", "--base", "main", "--head", "main", *words]
    )
    assert result.exit_code == 2
    assert "by number, such as github:583231" in result.stderr


def test_outside_of_git_nothing_is_reviewed(tmp_path: Path) -> None:
    options = ("--base=a", "--head=b", f"--author={SONGS}", f"--repository={tmp_path}")
    result = CliRunner().invoke(main, ["review", *options])
    assert result.exit_code == 40
    assert "nothing was reviewed: " in result.stderr


def test_commits_without_a_common_one_are_told(registry: Repository) -> None:
    tree = git(registry.folder, "rev-parse", "main^{tree}")
    alone = git(registry.folder, "commit-tree", tree, "-m", "alone")

    assert "no commit in common" in review(registry, alone, code=40).stderr


def test_a_bare_repository_and_a_worktree_are_read_as_well(
    registry: Repository, tmp_path: Path
) -> None:
    head = registry.propose({f"{MARA}/songs.yaml": LOOSER})
    whole = report(registry, head, code=0)
    git(registry.folder, "clone", "--quiet", "--bare", ".", str(tmp_path / "bare"))
    git(registry.folder, "worktree", "add", "--quiet", str(tmp_path / "w"), head)

    for folder in (tmp_path / "bare", tmp_path / "w", tmp_path / "w/declarations"):
        other = Repository(folder, registry.files)
        assert report(other, head, code=0) == whole
    assert (
        "names no commit"
        in review(Repository(tmp_path / "bare", {}), "nowhere", code=40).stderr
    )


def test_files_that_were_not_fetched_are_asked_for(
    registry: Repository, tmp_path: Path
) -> None:
    head = registry.propose({f"{MARA}/songs.yaml": LOOSER})
    git(registry.folder, "config", "uploadpack.allowFilter", "true")
    git(
        registry.folder, "clone", "--quiet", "--no-checkout", "--filter=blob:none",
        f"file://{registry.folder}", str(tmp_path / "part"),
    )  # fmt: skip
    part = Repository(tmp_path / "part", {})

    said = review(part, f"origin/{head}", "--base=origin/main", code=40)

    assert "nothing was reviewed: " in said.stderr
    assert "git fetch --refetch --no-filter" in said.stderr
    assert said.stdout == ""
    git(part.folder, "fetch", "--quiet", "--refetch", "--no-filter")
    review(part, f"origin/{head}", "--base=origin/main", code=0)


def test_folders_that_were_not_fetched_are_asked_for(
    registry: Repository, tmp_path: Path
) -> None:
    head = registry.propose({f"{MARA}/songs.yaml": LOOSER})
    git(registry.folder, "config", "uploadpack.allowFilter", "true")
    git(
        registry.folder, "clone", "--quiet", "--no-checkout", "--filter=tree:0",
        f"file://{registry.folder}", str(tmp_path / "part"),
    )  # fmt: skip
    part = Repository(tmp_path / "part", {})

    said = review(part, f"origin/{head}", "--base=origin/main", code=40)

    assert "git fetch --refetch --no-filter" in said.stderr


def test_a_repository_of_sha_256_objects_is_told(tmp_path: Path) -> None:
    registry = registry_in_git(tmp_path / "r", None, "--object-format=sha256")
    head = registry.propose({f"{MARA}/songs.yaml": LOOSER})

    said = review(registry, head, code=40)

    assert "SHA-256" in said.stderr


def test_declarations_may_be_in_another_folder(tmp_path: Path) -> None:
    registry = registry_in_git(tmp_path)
    git(tmp_path, "mv", "declarations", "data")
    git(tmp_path, "commit", "--quiet", "--message=moved")
    git(tmp_path, "checkout", "--quiet", "-b", "edit")
    (tmp_path / f"data/{MARA}/songs.yaml").write_text(LOOSER)
    git(tmp_path, "commit", "--quiet", "--all", "--message=x")

    assert report(registry, "edit", "--folder", "data", code=0)["files"] == 1
    assert report(registry, "edit", code=0)["kind"] == "code"


def test_what_git_is_told_from_outside_is_not_heard(registry: Repository) -> None:
    head = registry.propose({f"{MARA}/songs.yaml": LOOSER})
    command = [
        sys.executable, "-m", "sayso", "review", "--base", "main", "--head", head,
        "--author", SONGS,
    ]  # fmt: skip
    env = {**os.environ, "GIT_DIR": "/nowhere", "GIT_INDEX_FILE": "/nowhere"}

    done = subprocess.run(
        command, cwd=registry.folder, env=env, capture_output=True, check=False
    )

    assert done.returncode == 0, done.stderr
    gone = subprocess.run(
        command,
        cwd=registry.folder,
        env={**env, "PATH": "/nowhere"},
        capture_output=True,
        check=False,
    )
    assert gone.returncode == 40
    assert gone.stdout == b""
    assert b"nothing was reviewed: " in gone.stderr


def test_nothing_is_written(registry: Repository) -> None:
    head = registry.propose({f"{MARA}/songs.yaml": LOOSER})
    before = git(registry.folder, "status", "--porcelain=v2", "--branch")

    review(registry, head, code=0)

    assert git(registry.folder, "status", "--porcelain=v2", "--branch") == before


def test_the_help_has_examples_that_run(registry: Repository) -> None:
    said = CliRunner().invoke(main, ["review", "--help"]).output
    assert "sayso review --base main --head HEAD --author github:583231" in said
    for option in ("--base", "--head", "--author", "--sender", "--folder", "--format"):
        assert option in said
    assert report(registry, "HEAD", code=0)["kind"] == "nothing"
