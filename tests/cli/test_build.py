"""`sayso build`: what it makes, what it refuses, and what it leaves alone."""

import hashlib
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.trust.keys import generate_key, write_private_key
from sayso.wire.release import decode_release
from tests.declared import FACTS, FERNWOOD, declaration, recordings

ROOT = Path(__file__).parents[2]
ONE = "XXF012600001"
DENY = declaration("{any-ai: deny}", recordings(ONE))
NOON = "2026-11-21T12:00:00Z"
LATER = "2026-11-22T12:00:00Z"

Build = Callable[..., Result]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.delenv("SAYSO_SIGNING_KEY", raising=False)
    write(tmp_path, {**FACTS, f"{FERNWOOD}/catalogue.yaml": DENY})
    return tmp_path


@pytest.fixture
def build(place: Path) -> Build:  # noqa: ARG001 - it works in that folder
    def run(*arguments: str, env: dict[str, str] | None = None) -> Result:
        return CliRunner().invoke(main, ["build", "--no-site", *arguments], env=env)

    return run


def write(folder: Path, texts: dict[str, str]) -> None:
    for path, text in texts.items():
        place = folder / "declarations" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def git(folder: Path, *arguments: str) -> str:
    names = ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL")
    environment = {**os.environ, **{f"GIT_{name}": "t@t.example" for name in names}}
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(folder: Path) -> None:
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "declarations")
    git(folder, "commit", "--quiet", "--allow-empty", "--message=change")


def operator_key(folder: Path) -> tuple[str, str]:
    """Return the paths of an operator's key and of its public half."""
    key = generate_key(development=False)
    write_private_key(folder / "operator.pem", key)
    (folder / "operator.pub").write_text(key.public.text())
    return str(folder / "operator.pem"), str(folder / "operator.pub")


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


def test_a_development_key_signs_no_operators_release(
    build: Build, place: Path
) -> None:
    assert build().exit_code == 0
    before = digests(place / "out")
    secret = place / "out/keys/development.pem"
    for result in (
        build("--genesis", "--signing-key", str(secret)),
        build("--genesis", env={"SAYSO_SIGNING_KEY": secret.read_text()}),
    ):
        assert result.exit_code == 1
        assert "the signing key is a DEVELOPMENT key" in result.stderr
        assert digests(place / "out") == before


def test_another_key_is_not_used_as_a_development_key(
    build: Build, place: Path
) -> None:
    secret, _ = operator_key(place)
    (place / "out/keys").mkdir(parents=True)
    (place / "out/keys/development.pem").write_bytes(Path(secret).read_bytes())
    result = build()
    assert result.exit_code == 1
    assert "not marked as a DEVELOPMENT key" in result.stderr
    assert not (place / "out/registry").exists()


def test_a_wrong_key_of_the_release_before_is_named(build: Build, place: Path) -> None:
    commit(place)
    key, _ = operator_key(place)
    before = ("--previous", "out/registry", "--previous-key", "absent.pub")
    result = build("--signing-key", key, *before)
    assert result.exit_code == 2
    assert "--previous-key: 'absent.pub' is neither" in " ".join(result.stderr.split())


def test_what_was_built_verifies_and_answers(build: Build, place: Path) -> None:
    assert build().exit_code == 0
    key = str(place / "out/keys/development.pub")
    runner = CliRunner()
    for name in ("registry.json", "release.json"):
        file = f"out/registry/{name}"
        assert runner.invoke(main, ["verify", file, "--key", key]).exit_code == 0
    asked = ["lookup", ONE, "--use", "train-generative", "--key", key]
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


def test_an_operator_says_whether_it_is_the_first_release(
    build: Build, place: Path
) -> None:
    commit(place)
    key, public = operator_key(place)
    assert build("--signing-key", key).exit_code == 2
    both = build("--signing-key", key, "--genesis", "--previous", "x")
    assert both.exit_code == 2
    assert build("--previous", "out/registry").exit_code == 2
    genesis = build("--signing-key", key, "--genesis", "--time", NOON)
    assert genesis.exit_code == 0, genesis.output
    release = decode_release((place / "out/registry/release.json").read_bytes())
    assert release.header.profile == "operator"
    assert release.source.clean
    assert release.source.commit == git(place, "rev-parse", "HEAD")
    asked = ["verify", "out/registry/release.json", "--key", public]
    assert CliRunner().invoke(main, asked).exit_code == 0


def test_the_key_may_come_from_the_environment(build: Build, place: Path) -> None:
    commit(place)
    key, _ = operator_key(place)
    text = Path(key).read_text()
    result = build("--genesis", env={"SAYSO_SIGNING_KEY": text})
    assert result.exit_code == 0, result.output
    assert text.splitlines()[1] not in result.output
    result = build("--genesis", env={"SAYSO_SIGNING_KEY": "secret words"})
    assert result.exit_code == 1
    assert "secret words" not in result.output


def test_an_operator_never_signs_what_is_not_committed(
    build: Build, place: Path
) -> None:
    commit(place)
    write(place, {f"{FERNWOOD}/more.yaml": DENY})
    key, _ = operator_key(place)
    result = build("--signing-key", key, "--genesis")
    assert result.exit_code == 1
    assert "commit first" in result.stderr
    assert not (place / "out/registry").exists()


def test_a_release_goes_on_from_the_one_before(build: Build, place: Path) -> None:
    commit(place)
    key, _ = operator_key(place)
    assert build("--signing-key", key, "--genesis", "--time", NOON).exit_code == 0
    opened = DENY.replace("any-ai: deny", "search: allow")
    write(place, {f"{FERNWOOD}/catalogue.yaml": opened})
    commit(place)
    again = ("--signing-key", key, "--previous", "out/registry", "--time", LATER)
    result = build(*again)
    assert result.exit_code == 0, result.output
    registry = json.loads((place / "out/registry/registry.json").read_bytes())
    assert registry["release"]["number"] == 2
    (policy,) = registry["policies"]
    assert policy["answers"][0]["uses"]["search"]["rule"] == "waiting"
    assert policy["until"] == "2026-11-29T12:00:00Z"
    assert build(*again).exit_code == 1


def test_a_release_never_goes_back_to_another_history(
    build: Build, place: Path
) -> None:
    commit(place)
    key, _ = operator_key(place)
    assert build("--signing-key", key, "--genesis", "--time", NOON).exit_code == 0
    git(place, "checkout", "--quiet", "--orphan", "other")
    git(place, "commit", "--quiet", "--message=other")
    again = ("--signing-key", key, "--previous", "out/registry", "--time", LATER)
    result = build(*again)
    assert result.exit_code == 1
    assert "does not descend" in result.stderr


@pytest.mark.parametrize("name", ["release.json", "release.json.minisig", "state"])
def test_a_previous_release_that_was_changed_is_refused(
    build: Build, place: Path, name: str
) -> None:
    commit(place)
    key, _ = operator_key(place)
    assert build("--signing-key", key, "--genesis", "--time", NOON).exit_code == 0
    changed = place / "out/registry" / name
    if name == "state":
        (changed,) = changed.iterdir()
    data = bytearray(changed.read_bytes())
    data[len(data) // 2] ^= 1
    changed.write_bytes(data)
    again = ("--signing-key", key, "--previous", "out/registry", "--time", LATER)
    assert build(*again, "--out", "out/next").exit_code == 40
    assert not (place / "out/next").exists()


def test_a_previous_release_of_another_key_needs_that_key(
    build: Build, place: Path
) -> None:
    commit(place)
    old, public = operator_key(place)
    assert build("--signing-key", old, "--genesis", "--time", NOON).exit_code == 0
    Path(old).rename(place / "old.pem")
    Path(public).rename(place / "old.pub")
    new, _ = operator_key(place)
    again = ("--signing-key", new, "--previous", "out/registry", "--time", LATER)
    assert build(*again).exit_code == 40
    assert build(*again, "--previous-key", "old.pub").exit_code == 0


def test_a_folder_with_other_files_is_left_alone(build: Build, place: Path) -> None:
    (place / "music").mkdir()
    (place / "music/master.wav").write_bytes(b"precious")
    assert build("--out", "music").exit_code == 1
    assert digests(place / "music") == {
        "master.wav": hashlib.sha256(b"precious").hexdigest()
    }


def test_an_operator_s_release_is_never_begun_again_by_mistake(
    build: Build, place: Path
) -> None:
    commit(place)
    key, _ = operator_key(place)
    first = ("--signing-key", key, "--genesis", "--time", NOON)
    assert build(*first).exit_code == 0
    before = digests(place / "out/registry")
    for again in (first, ("--time", NOON)):
        result = build(*again)
        assert result.exit_code == 1
        assert "go on from it with --previous" in result.stderr
    assert digests(place / "out/registry") == before
    (place / "out/registry/release.json").write_text("{}")
    assert build(*first).exit_code == 0


def test_an_operator_s_release_is_never_dated_ahead(build: Build, place: Path) -> None:
    commit(place)
    key, _ = operator_key(place)
    result = build("--signing-key", key, "--genesis", "--time", "2126-01-01T00:00:00Z")
    assert result.exit_code == 2
    assert "in the future" in result.stderr
    assert build("--time", "9999-12-31T23:59:59Z").exit_code == 2
    assert not (place / "out").exists()


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
