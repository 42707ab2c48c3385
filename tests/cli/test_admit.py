"""`sayso admit`: whose change was merged, signed by intake, once and whole."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.publish.reading.sources import blob_id
from sayso.trust.sshsig import verify
from sayso.wire.admission import AdmissionFile, decode_admission
from tests.declared import HARROW, MARA
from tests.operators import git
from tests.proposed import DENY, SONGS, STRANGER, Repository, registry_in_git
from tests.vouched import ADA, INTAKE, ORIGIN, key_of

FOLDER = Path("declarations/registry/admissions")
LOOSER = DENY.replace("any-ai", "search")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    registry = registry_in_git(tmp_path / "r")
    for name, whose in {"intake": INTAKE, "ada": ADA}.items():
        (tmp_path / name).write_bytes(key_of(whose).text())
    monkeypatch.chdir(tmp_path / "r")
    return registry


def merged(place: Repository, **changes: str | None) -> str:
    """Merge a change of Mara's files, by their stems; return the branch."""
    files = {f"{MARA}/{stem}.yaml": text for stem, text in changes.items()}
    head = place.propose(files)
    git(place.folder, "merge", "--quiet", "--no-ff", "--message=merge", head)
    return head


def admit(head: str, *more: str, code: int = 0, key: str = "../intake") -> Result:
    options = ("--base=HEAD^", f"--head={head}", "--merge=HEAD", f"--key={key}")
    who = (f"--author={SONGS}", f"--sender={SONGS}")
    result = CliRunner().invoke(main, ["admit", *options, *who, *more])
    assert "fault in sayso" not in result.output
    assert "PRIVATE" not in result.output
    assert result.exit_code == code, result.output
    return result


def names() -> list[str]:
    return sorted(path.name for path in FOLDER.iterdir())


def read(number: int) -> AdmissionFile:
    """Return an admission, whose signature is right."""
    path = FOLDER / f"{number}.json"
    data = path.read_bytes()
    assert verify(path.with_name(f"{number}.json.sig").read_bytes(), data) == (
        key_of(INTAKE).public
    )
    return decode_admission(data)


def test_a_merge_is_admitted_with_its_author_and_its_bytes(place: Repository) -> None:
    before = names()
    last = max(int(name.partition(".")[0]) for name in before)
    head = merged(place, songs=LOOSER)

    said = admit(head, "--pull-request", "12").stdout

    found = read(last + 1)
    assert found.number == last + 1
    assert (found.origin, found.owner, found.pull_request) == (ORIGIN, SONGS, 12)
    assert (found.author, found.sender) == (SONGS, SONGS)
    assert found.files == {f"{MARA}/songs.yaml": blob_id(LOOSER.encode())}
    ids = [git(place.folder, "rev-parse", one) for one in ("HEAD^", head, "HEAD")]
    assert [found.base, found.head, found.merge] == ids
    assert abs((found.admitted - datetime.now(UTC)).total_seconds()) < 600
    assert f"{last + 1}.json: 1 file of {SONGS}, by {SONGS}." in said
    assert len(names()) == len(before) + 2


def test_what_was_admitted_may_come_into_a_registry(place: Repository) -> None:
    head = merged(place, songs=LOOSER)
    admit(head)
    git(place.folder, "add", "--all")
    git(place.folder, "commit", "--quiet", "--message=admit")

    options = ("--base=HEAD^", "--head=HEAD", f"--author={STRANGER}")
    said = CliRunner().invoke(main, ["review", *options, "--format=json"])

    assert json.loads(said.stdout)["kind"] == "operators"
    assert said.exit_code == 0


def test_without_a_pull_request_there_is_no_number(place: Repository) -> None:
    admit(merged(place, songs=LOOSER))

    assert read(max(int(name.partition(".")[0]) for name in names())).pull_request is (
        None
    )


def test_numbers_go_on_after_the_highest(place: Repository) -> None:
    head = merged(place, songs=LOOSER)
    for name in ("41.json", "042.json", "50.json.sig", "x.json", "12345678901.json"):
        (FOLDER / name).touch()

    admit(head)

    assert read(42).number == 42


def test_a_registry_without_admissions_begins_with_one(place: Repository) -> None:
    head = merged(place, songs=LOOSER)
    for path in FOLDER.iterdir():
        path.unlink()
    FOLDER.rmdir()

    admit(head)

    assert names() == ["1.json", "1.json.sig"]


def test_what_a_review_refuses_is_not_admitted(place: Repository) -> None:
    before = names()
    head = merged(place, songs=LOOSER)

    said = admit(head, f"--author={STRANGER}", code=1)

    assert "SAY701" in said.stderr
    assert said.stderr.endswith("Nothing was admitted.\n")
    assert said.stdout == ""
    admit(head, f"--sender={STRANGER}", code=1)
    assert names() == before


def test_a_file_that_is_gone_is_admitted_as_gone(place: Repository) -> None:
    admit(merged(place, songs=None, all=DENY))

    found = read(max(int(name.partition(".")[0]) for name in names()))
    assert found.files == {
        f"{MARA}/songs.yaml": None,
        f"{MARA}/all.yaml": blob_id(DENY.encode()),
    }


def test_a_key_that_is_not_of_intake_admits_nothing(place: Repository) -> None:
    before = names()
    head = merged(place, songs=LOOSER)

    said = admit(head, key="../ada", code=1)

    assert f"{key_of(ADA).public.fingerprint} is no key of intake" in said.stderr
    assert names() == before


def test_whose_key_it_is_is_told_by_the_base(place: Repository) -> None:
    path = "registry/operators.yaml"
    stolen = place.files[path].replace(
        key_of(INTAKE).public.line.encode(), key_of("eve").public.line.encode()
    )
    head = place.propose({path: stolen})
    git(place.folder, "merge", "--quiet", "--no-ff", "--message=merge", head)
    Path("../eve").write_bytes(key_of("eve").text())
    before = names()

    said = admit(head, key="../eve", code=1)

    assert "is no key of intake" in said.stderr
    assert names() == before


def test_code_needs_no_admission(place: Repository) -> None:
    before = names()
    head = place.propose({}, {"builder/new.py": "x\n"})
    git(place.folder, "merge", "--quiet", "--no-ff", "--message=merge", head)

    assert "nothing to admit" in admit(head).stdout
    assert names() == before


@pytest.mark.parametrize("calls", [1, 2])
def test_a_run_that_ends_halfway_leaves_nothing(
    place: Repository, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    head = merged(place, songs=LOOSER)
    before = names()
    link, seen = os.link, []

    def stops(source: str, target: str) -> None:
        seen.append(target)
        if len(seen) == calls:
            raise KeyboardInterrupt
        link(source, target)

    monkeypatch.setattr(os, "link", stops)
    admit(head, code=130)

    assert len(seen) == calls
    assert names() == before


def test_a_disk_that_is_full_is_told(
    place: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = merged(place, songs=LOOSER)
    before = names()

    def full(_source: str, _target: str) -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", full)

    assert "No space left on device" in admit(head, code=1).stderr
    assert names() == before


@pytest.mark.parametrize(
    ("option", "code", "words"),
    [
        ("--base=nowhere", 1, "nowhere names no commit"),
        ("--merge=--all", 1, "--all names no commit"),
        ("--head=nowhere", 1, "nowhere names no commit"),
        ("--author=mara", 2, "by number"),
        ("--sender=github:x", 2, "by number"),
        ("--pull-request=0", 2, "0 is not in the range"),
        ("--key=nothing", 1, "nothing: No such file"),
        ("--declarations=nowhere", 2, "does not exist"),
        ("--declarations=..", 2, "is in no Git repository"),
    ],
)
def test_wrong_options_admit_nothing(
    place: Repository, option: str, code: int, words: str
) -> None:
    before = names()
    head = merged(place, songs=LOOSER)

    assert words in admit(head, option, code=code).stderr
    assert names() == before


def test_two_owners_are_no_admission(place: Repository) -> None:
    before = names()
    head = place.propose({f"{MARA}/songs.yaml": LOOSER, f"{HARROW}/live.yaml": LOOSER})
    git(place.folder, "merge", "--quiet", "--no-ff", "--message=merge", head)

    assert "SAY703" in admit(head, code=1).stderr
    assert names() == before


def test_the_help_has_an_example() -> None:
    said = CliRunner().invoke(main, ["admit", "--help"]).stdout
    assert "sayso admit --base HEAD^ --head FETCH_HEAD --merge HEAD" in said
