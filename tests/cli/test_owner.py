"""`sayso owner`: what an owner signed, checked by ourselves and by OpenSSH."""

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.cli.owner import PROVES
from sayso.client.signed import Signed
from sayso.model.owner import OwnerId
from sayso.wire.folder_manifest import FolderManifest
from sayso.wire.profile import decode
from sayso.wire.text import Digest
from tests.answers import documented
from tests.conftest import NeedsTool
from tests.fresh import PINNED, REGISTRY, ROOT, build_fresh
from tests.vouched import key_of

FERNWOOD = "domain:fernwood.example"
KEY_ONLY = "github:900031175"
ACCOUNT = "github:583231"
FINGERPRINT = key_of(FERNWOOD).public.fingerprint


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a registry of the declarations that are shipped."""
    return build_fresh(tmp_path_factory.mktemp("fresh"))


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_STORE", str(tmp_path / "store"))


def ask(folder: Path, *arguments: str) -> Result:
    where = ["--registry", str(folder / REGISTRY), "--root", str(folder / PINNED)]
    result = CliRunner().invoke(main, ["owner", *arguments, *where])
    assert "fault in sayso" not in result.output
    return result


def words(result: Result, code: int) -> str:
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


def test_an_owner_s_signature_is_checked_and_told_in_a_few_lines(fresh: Path) -> None:
    result = ask(fresh, FERNWOOD)
    said = words(result, 0)
    assert said.startswith(f"{FERNWOOD}: good signature name Fernwood Records")
    assert f"level domain signed by {FINGERPRINT} manifest number 1" in said
    assert "catalogue.csv, catalogue.yaml, live-sessions.yaml, owner.yaml" in said
    assert "release 1 of sayso.example" in said
    assert "DEVELOPMENT" in said
    assert PROVES in said
    assert "dig +short TXT _sayso.fernwood.example" in said
    assert len(result.output.splitlines()) <= 14


def test_who_has_no_domain_is_not_sent_to_one(fresh: Path) -> None:
    said = words(ask(fresh, KEY_ONLY), 0)
    assert "level key" in said
    assert "dig" not in said


def test_who_signed_nothing_is_told_what_was_filed_instead(fresh: Path) -> None:
    said = words(ask(fresh, ACCOUNT), 1)
    assert f"{ACCOUNT}: nothing is signed" in said
    assert "not signed 2026-slow-river.yaml" in said
    assert "filed by an account" in said
    nobody = words(ask(fresh, "domain:nobody.example"), 1)
    assert "This release knows no domain:nobody.example." in nobody


def document(result: Result) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(result.stdout)
    assert decode(result.stdout_bytes, limit=10**6) == value
    return value


def test_the_answer_in_json_is_as_documented(fresh: Path) -> None:
    result = ask(fresh, FERNWOOD, "--json")
    assert result.exit_code == 0
    said = document(result)
    assert set(said) == documented("sayso owner", 0)
    (signer,) = said["signers"]
    assert set(signer) == documented("sayso owner", 1)
    assert signer == {"fingerprint": FINGERPRINT, "listed": True, "replaced": False}
    assert said["keys"] == [FINGERPRINT]
    assert (said["holds"], said["problems"], said["unsigned"]) == (True, [], [])
    assert (said["level"], said["sequence"], said["epoch"]) == ("domain", 1, 0)
    unsigned = ask(fresh, ACCOUNT, "--json")
    assert unsigned.exit_code == 1
    said = document(unsigned)
    assert (said["sequence"], said["signers"], said["holds"]) == (None, [], False)
    nobody = document(ask(fresh, "domain:nobody.example", "--json"))
    assert (nobody["name"], nobody["level"]) == (None, None)


@pytest.mark.parametrize("owner", ["fernwood.example", "github:mara", "domain:x y"])
def test_what_is_no_owner_is_a_mistake_in_the_question(fresh: Path, owner: str) -> None:
    result = ask(fresh, owner)
    assert result.exit_code == 2
    assert "domain:fernwood.example" in result.stderr


def test_what_does_not_hold_is_told_line_by_line(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, stranger = (key_of(name).public.fingerprint for name in ("old", "stranger"))
    names = [f"{number}.yaml" for number in range(12)]
    found = Signed(
        id=OwnerId(FERNWOOD),
        entry=None,
        manifest=FolderManifest(
            origin="sayso.example",
            owner=FERNWOOD,
            epoch=0,
            sequence=7,
            previous=None,
            files=dict.fromkeys(names, Digest("ab" * 32)),
        ),
        signers=(old, stranger),
        replaced=frozenset({old}),
        problems=("catalogue.csv \x1b[2J is not what was signed.",),
    )
    monkeypatch.setattr("sayso.cli.owner.signed_by", lambda *_: found)
    said = words(ask(fresh, FERNWOOD), 1)
    assert f"{FERNWOOD}: not as it was signed" in said
    assert f"{old}, an older key" in said
    assert f"{stranger}, which the owner does not list" in said
    assert "and 4 more" in said
    assert "- catalogue.csv \\u001b[2J is not what was signed." in said


def test_a_registry_that_was_tampered_with_gives_no_answer(
    fresh: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(fresh, folder)
    (path,) = (folder / REGISTRY / "signatures").iterdir()
    text = gzip.decompress(path.read_bytes())
    assert b"Fernwood" in text
    path.unlink()
    path.write_bytes(gzip.compress(text.replace(b"Fernwood", b"Fernwooe"), mtime=0))
    result = ask(folder, FERNWOOD)
    assert (result.exit_code, result.stdout) == (40, "")
    path.unlink()
    assert ask(folder, FERNWOOD).exit_code == 40


def test_without_a_root_nothing_is_asked(fresh: Path) -> None:
    where = ["--registry", str(fresh / REGISTRY)]
    result = CliRunner().invoke(main, ["owner", FERNWOOD, *where])
    assert (result.exit_code, result.stdout) == (40, "")


def example() -> str:
    """Return the shell lines of the specification that check an owner."""
    page = (ROOT / "site/docs/spec/release.md").read_text("utf-8")
    section = page.split("### The signatures\n")[1].split("\n### ")[0]
    found = re.search(r"```sh\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("owner", [FERNWOOD, KEY_ONLY])
def test_openssh_says_the_same_by_the_lines_of_the_specification(
    fresh: Path, tmp_path: Path, needs_tool: NeedsTool, owner: str
) -> None:
    for tool in ("jq", "ssh-keygen"):
        needs_tool(tool)
    shutil.copytree(fresh / REGISTRY / "signatures", tmp_path / "signatures")
    lines = example().replace(FERNWOOD, owner)

    def run(script: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    good = run(lines)
    assert good.returncode == 0, good.stderr
    assert 'Good "sayso" signature for owner' in good.stdout
    assert key_of(owner).public.fingerprint in good.stdout
    manifest = tmp_path / "manifest.json"
    assert decode(manifest.read_bytes(), limit=10**6)["owner"] == owner
    manifest.write_bytes(manifest.read_bytes().replace(b'"epoch":0', b'"epoch":1'))
    assert run(lines.splitlines()[-1]).returncode != 0
