"""`sayso verify`: does the signature beside a file hold?"""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.trust.minisign import sign
from tests.answers import documented
from tests.registries import (
    CORE,
    INDEX,
    KEY,
    OTHER_KEY,
    Files,
    part_files,
    parted,
    parted_files,
    registry_document,
    release_files,
)

PARTS = list(part_files(registry_document()["recordings"]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return release_files().write(tmp_path)


def verify(path: Path, *arguments: str) -> Result:
    key = ["--key", KEY.public.text()]
    return CliRunner().invoke(main, ["verify", str(path), *key, *arguments])


def test_a_release_is_verified_in_words(folder: Path) -> None:
    result = verify(folder / "release.json")
    said = " ".join(result.output.split())
    assert result.exit_code == 0
    assert "release.json: good signature" in said
    assert f"key {KEY.public.name} sayso DEVELOPMENT public key" in said
    assert "signed sayso release.json release=1" in said
    assert "release 1 of sayso.example, 2026-11-22T11:00:00Z" in said
    assert f"beside it {INDEX}, registry.json: as released" in said
    assert "not here bulk/" in said
    assert "core.parquet, schema/owner.json" in said
    assert "not that it is the newest" in said


def test_another_file_is_verified_in_words(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"hello")
    text = sign(b"hello", KEY, trusted_comment="anything")
    (tmp_path / "notes.txt.minisig").write_text(text)
    said = " ".join(verify(tmp_path / "notes.txt").output.split())
    assert "a file that is neither a release nor a registry, 5 bytes" in said
    document = json.loads(verify(tmp_path / "notes.txt", "--json").output)
    assert document["release"] is None


def test_an_operators_release_carries_no_warning(tmp_path: Path) -> None:
    folder = release_files(profile="operator").write(tmp_path)
    said = verify(folder / "release.json").output
    assert "prove nothing" not in said


def test_the_look_up_tree_is_checked_on_request(tmp_path: Path) -> None:
    release = parted_files().write(tmp_path) / "release.json"
    files = len(list(tmp_path.glob("lookup/*/*")))
    result = verify(release, "--tree")
    said = " ".join(result.output.split())
    assert result.exit_code == 0
    assert f"look-up {files} files for 4 recordings: as released" in said
    assert "look-up" not in verify(release).output.split()
    document = json.loads(verify(release, "--tree", "--json").output)
    assert set(document["tree"]) == documented("sayso verify", 1)
    assert document["tree"]["recordings"] == 4
    changed = next(tmp_path.glob("lookup/*/*"))
    changed.write_bytes(changed.read_bytes()[:-1])
    assert verify(release).exit_code == 0
    refused = verify(release, "--tree")
    assert (refused.exit_code, refused.stdout) == (40, "")
    assert f"{changed.name} is not to be used" in refused.stderr
    other = verify(tmp_path / "registry.json", "--tree")
    assert other.exit_code == 2
    assert "give its release.json" in other.stderr


def test_json_is_a_document_of_its_own_format(folder: Path) -> None:
    (folder / "schema").mkdir()
    (folder / "schema" / "owner.json").write_bytes(b"{}")
    document = json.loads(verify(folder / "release.json", "--json").output)
    assert set(document) == documented("sayso verify", 0)
    assert document["format"] == "sayso/verified/1"
    assert document["kind"] == "release"
    assert document["key"] == KEY.public.name
    assert document["matching"] == [INDEX, "registry.json", "schema/owner.json"]
    assert document["absent"] == [*PARTS, CORE]
    assert document["tree"] is None
    assert document["release"]["number"] == 1


def test_many_files_are_said_by_their_number(tmp_path: Path) -> None:
    document, files = parted(registry_document(), size=1)
    release = release_files(document)
    assert len(files) == 8
    verify_here = release.write(tmp_path) / "release.json"
    said = " ".join(verify(verify_here).output.split())
    assert "not here 9 files in bulk/, schema/owner.json" in said
    Files(by_path=files).write(tmp_path)
    said = " ".join(verify(verify_here).output.split())
    assert f"beside it 8 files in bulk/, {INDEX}, registry.json: as released" in said
    assert json.loads(verify(verify_here, "--json").output)["matching"] == sorted(
        [*files, INDEX, "registry.json"]
    )
    said = " ".join(verify(tmp_path / "registry.json").output.split())
    assert "beside it 8 files in bulk/: as released" in said
    assert "not here" not in said


@pytest.mark.parametrize("name", ["release.json", "registry.json"])
def test_a_changed_file_is_40(folder: Path, name: str) -> None:
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data.replace(b"CC0", b"CC1"))
    result = verify(folder / name)
    assert (result.exit_code, result.stdout) == (40, "")
    assert "not to be believed" in result.stderr


def test_another_key_is_40_and_both_are_named(folder: Path) -> None:
    result = verify(folder / "registry.json", "--key", OTHER_KEY.public.text())
    assert result.exit_code == 40
    assert KEY.public.name in result.stderr
    assert OTHER_KEY.public.name in result.stderr


def test_no_key_is_40(folder: Path) -> None:
    result = CliRunner().invoke(main, ["verify", str(folder / "release.json")])
    assert result.exit_code == 40
    assert "no key was given" in result.stderr


def test_no_signature_is_40(folder: Path) -> None:
    (folder / "release.json.minisig").unlink()
    assert verify(folder / "release.json").exit_code == 40


def test_no_file_is_a_usage_error(tmp_path: Path) -> None:
    result = verify(tmp_path / "absent.json")
    assert result.exit_code == 2
    assert "does not exist" in result.stderr
