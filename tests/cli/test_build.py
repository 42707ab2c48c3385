"""`sayso build`: what it makes, what it refuses, and what it leaves alone."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from shutil import copytree, rmtree

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.trust.keys import generate_key
from sayso.trust.private_keys import write_private_key
from sayso.wire.release import decode_release
from tests.declared import FACTS, FERNWOOD, declaration, put, recordings
from tests.operating import Operator, commit, git

ROOT = Path(__file__).parents[2]
ONE = "XXF012600001"
DENY = declaration("{any-ai: deny}", recordings(ONE))
NOON = "2026-11-21T12:00:00Z"
LATER = "2026-11-22T12:00:00Z"
EVENING = "2026-11-22T18:00:00Z"

Build = Callable[..., Result]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    write(tmp_path, {**FACTS, f"{FERNWOOD}/catalogue.yaml": DENY})
    return tmp_path


@pytest.fixture
def build(place: Path) -> Build:  # noqa: ARG001 - it works in that folder
    def run(*arguments: str, env: dict[str, str] | None = None) -> Result:
        return CliRunner().invoke(main, ["build", "--no-site", *arguments], env=env)

    return run


def write(folder: Path, texts: dict[str, str]) -> None:
    put(folder / "declarations", texts)


@pytest.fixture
def operator(place: Path) -> Operator:
    """Somebody with all keys, whose declarations are committed."""
    commit(place)
    return Operator(place).hold()


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def released(folder: str) -> object:
    return decode_release(Path(folder, "release.json").read_bytes())


def test_without_a_key_a_development_release_says_so(build: Build, place: Path) -> None:
    result = build("--time", NOON)
    assert result.exit_code == 0, result.output
    assert "DEVELOPMENT key" in result.stdout
    release = decode_release((place / "out/registry/release.json").read_bytes())
    assert release.header.profile == "development"
    assert release.header.number == 1
    assert release.source.clean is False
    assert "DEVELOPMENT" in (place / "out/registry/trust/sayso.pub").read_text()
    assert "DEVELOPMENT" in (place / "out/registry/registry.json.minisig").read_text()
    assert (place / "out/keys/development.pem").stat().st_mode & 0o777 == 0o600


def test_another_key_is_not_used_as_a_development_key(
    build: Build, place: Path
) -> None:
    (place / "out/keys").mkdir(parents=True)
    secret = place / "out/keys/development.pem"
    write_private_key(secret, generate_key(development=False))
    result = build()
    assert result.exit_code == 1
    assert "not marked as a DEVELOPMENT key" in result.stderr
    assert not (place / "out/registry").exists()


def test_what_was_built_verifies_and_answers(build: Build, place: Path) -> None:
    assert build().exit_code == 0
    key = str(place / "out/keys/development.pub")
    runner = CliRunner()
    for name in ("registry.json", "release.json"):
        file = f"out/registry/{name}"
        assert runner.invoke(main, ["verify", file, "--key", key]).exit_code == 0
    root = str(place / "out/keys/development.root.json")
    asked = ["lookup", ONE, "--use", "train-generative", "--root", root]
    asked += ["--store", str(place / "store")]
    assert runner.invoke(main, asked).exit_code == 20


def test_the_same_time_gives_the_same_bytes(build: Build, place: Path) -> None:
    assert build("--time", NOON, "--out", "out/first").exit_code == 0
    assert build("--time", NOON, "--out", "out/second").exit_code == 0
    assert digests(place / "out/first") == digests(place / "out/second")


def test_the_time_may_come_from_the_environment(build: Build, place: Path) -> None:
    result = build(env={"SOURCE_DATE_EPOCH": "1795348800"})
    assert result.exit_code == 0, result.output
    release = json.loads((place / "out/registry/release.json").read_bytes())
    assert release["issued"] == "2026-11-22T12:00:00Z"


@pytest.mark.parametrize("moment", ["yesterday", "2026-11-31T12:00:00Z", "2026-11-22"])
def test_a_time_that_does_not_exist_is_a_usage_error(
    build: Build, place: Path, moment: str
) -> None:
    assert build("--time", moment).exit_code == 2
    assert build(env={"SOURCE_DATE_EPOCH": moment}).exit_code == 2
    assert not (place / "out").exists()


def test_an_error_in_a_declaration_leaves_the_old_release(
    build: Build, place: Path
) -> None:
    assert build("--time", NOON).exit_code == 0
    before = digests(place / "out/registry")
    write(place, {f"{FERNWOOD}/catalogue.yaml": DENY.replace("deny", "no")})
    result = build("--time", LATER)
    assert result.exit_code == 1
    assert f"declarations/{FERNWOOD}/catalogue.yaml:3:" in result.stdout
    assert "nothing was built" in result.stderr
    assert digests(place / "out/registry") == before


def test_a_missing_folder_is_an_error_and_no_empty_registry(build: Build) -> None:
    result = build("--declarations", "nowhere")
    assert result.exit_code in {1, 2}
    assert not Path("out/registry").exists()


def test_without_the_site_s_settings_nothing_is_built(place: Path) -> None:
    result = CliRunner().invoke(main, ["build"])
    assert result.exit_code == 2
    assert "mkdocs.yml does not exist" in result.stderr
    assert not (place / "out").exists()


def test_an_operator_says_how_the_release_goes_on(operator: Operator) -> None:
    operator.build(code=2)
    operator.build("--genesis", "--previous", "x", code=2)
    operator.build("--genesis", "--recovery", code=2)
    operator.run("build", "--no-site", "--previous", "out/registry", code=2)
    result = operator.build("--genesis", "--time", NOON)
    assert "Nothing is signed yet: sayso seal" in result.stdout
    release = decode_release(Path(operator.out, "release.json").read_bytes())
    assert release.header.profile == "operator"
    assert release.source.clean
    assert release.source.commit == git(operator.folder, "rev-parse", "HEAD")
    assert not Path(operator.out, "trust").exists()


def test_an_operator_never_releases_what_is_not_committed(operator: Operator) -> None:
    write(operator.folder, {f"{FERNWOOD}/more.yaml": DENY})
    result = operator.build("--genesis", code=1)
    assert "commit first" in result.stderr
    assert not Path(operator.out).exists()


def test_a_release_goes_on_from_the_one_before(operator: Operator) -> None:
    operator.first(NOON)
    opened = DENY.replace("any-ai: deny", "search: allow")
    write(operator.folder, {f"{FERNWOOD}/catalogue.yaml": opened})
    commit(operator.folder)
    again = ("--previous", operator.out, "--time", LATER)
    operator.build(*again)
    registry = json.loads(Path(operator.out, "registry.json").read_bytes())
    assert registry["release"]["number"] == 2
    (policy,) = registry["policies"]
    assert policy["answers"][0]["uses"]["search"]["rule"] == "waiting"
    assert policy["until"] == "2026-11-29T12:00:00Z"
    operator.seal("--time", LATER)
    assert "give a later --time" in operator.build(*again, code=1).stderr


def test_a_first_release_is_made_once(operator: Operator) -> None:
    result = operator.build("--previous", operator.out, code=1)
    assert "holds no release: bring back its newest copy" in result.stderr
    operator.first(NOON)
    result = operator.build("--genesis", "--time", LATER, code=1)
    assert "holds release 1, so this is not the first release" in result.stderr


def test_what_is_in_the_log_is_finished_before_more_is_built(
    operator: Operator,
) -> None:
    operator.build("--genesis", "--time", NOON)
    (operator.folder / "keys/online.pem").rename(operator.folder / "online.pem")
    result = operator.seal("--genesis", "--time", NOON, code=1)
    assert "to be signed with the online key" in result.stdout
    result = operator.build("--previous", operator.out, "--time", LATER, code=1)
    assert "release 1 is in the log" in result.stderr


def test_a_release_never_goes_back_to_another_history(operator: Operator) -> None:
    operator.first(NOON)
    git(operator.folder, "checkout", "--quiet", "--orphan", "other")
    git(operator.folder, "commit", "--quiet", "--message=other")
    result = operator.build("--previous", operator.out, "--time", LATER, code=1)
    assert "does not descend" in result.stderr


def test_an_old_copy_of_the_ledger_is_never_gone_on_from(
    operator: Operator, tmp_path: Path
) -> None:
    """Else the log signs two trees of one size, which is never taken back."""
    www, ledger = tmp_path / "www", tmp_path / "ledger"
    operator.first(NOON)
    copytree(operator.out, www)
    copytree(ledger, tmp_path / "kept")
    operator.next(LATER)
    copytree(operator.out, www, dirs_exist_ok=True)
    rmtree(ledger)
    (tmp_path / "kept").rename(ledger)
    again = ("--previous", str(www), "--time", EVENING)
    before = digests(Path(operator.out))
    result = operator.build(*again, code=1)
    assert "has 2 releases, and" in result.stderr
    assert "is an old copy. Bring back the newest one" in result.stderr
    assert digests(Path(operator.out)) == before
    checkpoint = www / "log/checkpoint"
    signed = checkpoint.read_bytes()
    for other in (b"no checkpoint\n", signed.replace(b"x.example", b"y.example")):
        # What the log did not sign is no reason to stop.
        checkpoint.write_bytes(other)
        operator.build(*again)
    checkpoint.unlink()
    operator.build(*again)
    operator.seal("--time", EVENING)
    checkpoint.write_bytes(signed)
    assert "holds 2, or others" in operator.build(*again, code=1).stderr


def test_where_the_release_before_was_not_published_that_is_said(
    operator: Operator,
) -> None:
    operator.first(NOON)
    copytree(operator.out, operator.folder / "www")
    operator.next(LATER)
    again = ("--previous", str(operator.folder / "www"), "--time", EVENING)
    result = operator.build(*again, "--out", "out/next", code=40)
    assert "publish release 2 there first" in result.stderr


@pytest.mark.parametrize("name", ["registry", "state", "bulk"])
def test_a_file_of_the_release_before_that_was_changed_is_refused(
    operator: Operator, name: str
) -> None:
    operator.first(NOON)
    changed = min(Path(operator.out, name).iterdir())
    data = bytearray(changed.read_bytes())
    data[len(data) // 2] ^= 1
    changed.write_bytes(data)
    again = ("--previous", operator.out, "--time", LATER, "--out", "out/next")
    operator.build(*again, code=40)
    assert not (operator.folder / "out/next").exists()


def test_a_folder_with_other_files_is_left_alone(build: Build, place: Path) -> None:
    (place / "music").mkdir()
    (place / "music/master.wav").write_bytes(b"precious")
    assert build("--out", "music").exit_code == 1
    assert digests(place / "music") == {
        "master.wav": hashlib.sha256(b"precious").hexdigest()
    }


def test_an_operator_s_release_is_never_begun_again_by_mistake(
    operator: Operator, build: Build
) -> None:
    operator.first(NOON)
    before = digests(Path(operator.out))
    result = build("--time", NOON)
    assert result.exit_code == 1
    assert "go on from it with --operator" in result.stderr
    assert digests(Path(operator.out)) == before
    Path(operator.out, "release.json").write_text("{}")
    assert build("--time", NOON).exit_code == 0


def test_an_operator_s_release_is_never_dated_ahead(
    operator: Operator, build: Build
) -> None:
    result = operator.build("--genesis", "--time", "2126-01-01T00:00:00Z", code=2)
    assert "in the future" in result.stderr
    assert build("--time", "9999-12-31T23:59:59Z").exit_code == 2
    assert not (operator.folder / "out").exists()


@pytest.mark.parametrize("out", ["declarations/out", ".", "declarations"])
def test_an_output_among_the_declarations_is_refused(
    build: Build, place: Path, out: str
) -> None:
    assert build("--out", out).exit_code in {1, 2}
    assert sorted(path.name for path in place.iterdir()) == ["declarations"]


def test_nothing_half_written_is_left_behind(build: Build, place: Path) -> None:
    assert build().exit_code == 0
    left = {path.name for path in (place / "out").iterdir()}
    assert left == {"registry", "keys", "cache", ".registry.lock"}


def test_the_project_s_own_registry_and_site_are_the_same_bytes_twice(
    place: Path,
) -> None:
    folders = (str(ROOT / "declarations"), str(ROOT / "mkdocs.yml"))
    source = ["--declarations", folders[0], "--site", folders[1], "--time", NOON]
    for out in ("out/first", "out/second"):
        result = CliRunner().invoke(main, ["build", *source, "--out", out])
        assert result.exit_code == 0, result.output
    made = digests(place / "out/first")
    assert {"index.html", "404.html", "owners/index.html", "sitemap.xml"} <= set(made)
    assert made == digests(place / "out/second")
