"""`sayso sign`: numbers, chains and signatures, which the next review accepts."""

from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.trust.sshsig import verify
from sayso.wire.folder_manifest import FolderManifest, decode_manifest
from sayso.wire.sshsig import split
from tests.conftest import NeedsTool
from tests.declared import FERNWOOD, HARROW, MARA, decided, declaration, recordings
from tests.operators import git
from tests.proposed import DENY, HARR, SONGS, THREE, Repository, registry_in_git, write
from tests.ssh_keys import ssh_keygen
from tests.terminals import at_a_terminal
from tests.vouched import ADA, BEN, key_of, line_of

HOME = Path("declarations", HARROW)
MANIFEST, SIGNATURE = HOME / "manifest.json", HOME / "manifest.json.sig"
KEYS = {"harrow": HARR, "mara": SONGS, "ada": ADA, "ben": BEN}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A registry in the folder that is current, and keys beside it at home."""
    registry = registry_in_git(tmp_path / "r")
    home = tmp_path / "home/.ssh"
    home.mkdir(parents=True)
    for name, whose in KEYS.items():
        (home / name).write_bytes(key_of(whose).text())
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "r")
    return registry


def key(name: str) -> str:
    return str(Path.home() / ".ssh" / name)


def run(*arguments: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["sign", *map(str, arguments)])
    assert "fault in sayso" not in result.output
    assert "PRIVATE" not in result.output
    assert result.exit_code == code, result.output
    return result


def manifest(path: Path = MANIFEST) -> FolderManifest:
    return decode_manifest(path.read_bytes())


def edit(text: str = DENY) -> None:
    write(HOME, {"live.yaml": text})


def review(code: int = 0) -> str:
    """Commit everything, let it be reviewed, and go back."""
    git(Path(), "checkout", "--quiet", "-b", "change")
    git(Path(), "add", "--all")
    git(Path(), "commit", "--quiet", "--message=change")
    options = ("--base=main", "--head=change", "--author=github:6666")
    result = CliRunner().invoke(main, ["review", *options])
    assert result.exit_code == code, result.output
    git(Path(), "checkout", "--quiet", "main")
    return result.output


def test_a_folder_is_signed_after_an_edit(place: Repository) -> None:
    before = decode_manifest(place.files[f"{HARROW}/manifest.json"])
    edit()

    said = run(HOME, "--key", key("harrow")).stdout

    after = manifest()
    assert after.sequence == before.sequence + 1
    assert after.previous == sha256(place.files[f"{HARROW}/manifest.json"]).hexdigest()
    assert (after.epoch, {*after.files}) == (0, {"owner.yaml", "live.yaml"})
    (block,) = split(SIGNATURE.read_bytes())
    assert verify(block, MANIFEST.read_bytes()) == key_of(HARR).public
    by = key_of(HARR).public.fingerprint
    assert said.endswith(f"{MANIFEST}: 2 files, number 2. Signed by {by}.\n")
    assert "it counts at level key" in review()


def test_who_signs_twice_gets_the_same_bytes() -> None:
    edit()
    run(HOME, "--key", key("harrow"))
    first = MANIFEST.read_bytes(), SIGNATURE.read_bytes()

    run(HOME, "--key", key("harrow"))

    assert (MANIFEST.read_bytes(), SIGNATURE.read_bytes()) == first


def test_without_a_change_what_is_accepted_stays(place: Repository) -> None:
    run(HOME, "--key", key("harrow"))

    assert MANIFEST.read_bytes() == place.files[f"{HARROW}/manifest.json"]
    assert SIGNATURE.read_bytes() == place.files[f"{HARROW}/manifest.json.sig"]
    assert git(Path(), "status", "--porcelain") == ""


def test_layout_and_comments_are_no_change() -> None:
    text = (HOME / "live.yaml").read_text()
    edit("# a comment\n" + text.replace("capacity: owner", 'capacity:   "owner"'))

    run(HOME, "--key", key("harrow"))

    assert manifest().sequence == 1


def test_a_first_signature_has_no_one_before_it() -> None:
    home = Path("declarations", MARA)
    text = (home / "owner.yaml").read_text()
    (home / "owner.yaml").write_text(f'{text}keys: ["{line_of(SONGS)}"]\n')

    said = run(home, "--key", key("mara"))

    first = manifest(home / "manifest.json")
    assert (first.sequence, first.previous, first.owner) == (1, None, SONGS)
    assert said.stderr == ""


def test_a_key_that_nobody_lists_is_warned_of() -> None:
    edit()

    said = run(HOME, "--key", key("mara"))

    assert "does not list this key" in said.stderr
    assert line_of(SONGS) in said.stderr
    assert "SAY707" in review(code=1)


def test_the_base_is_what_is_accepted(place: Repository) -> None:
    edit()
    run(HOME, "--key", key("harrow"))
    git(Path(), "commit", "--quiet", "--all", "--message=signed")
    edit(declaration("{search: deny}", recordings(THREE)))

    run(HOME, "--key", key("harrow"), "--base", "HEAD^")
    assert manifest().sequence == 2
    run(HOME, "--key", key("harrow"), "--base", "HEAD")
    assert manifest().sequence == 3
    run(HOME, "--key", key("harrow"))
    assert manifest().sequence == 3
    git(Path(), "update-ref", "refs/remotes/origin/main", "HEAD^")
    run(HOME, "--key", key("harrow"))
    assert manifest().sequence == 2
    git(Path(), "update-ref", "refs/remotes/origin/HEAD", "HEAD")
    run(HOME, "--key", key("harrow"))
    assert manifest().sequence == 3
    assert place.files


def test_a_base_that_is_none_is_told() -> None:
    before = MANIFEST.read_bytes()
    edit()

    said = run(HOME, "--key", key("harrow"), "--base", "nowhere", code=1)

    assert "nowhere names no commit" in said.stderr
    assert MANIFEST.read_bytes() == before


def test_outside_of_git_what_is_there_is_accepted(
    place: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "d/declarations", place.files)
    monkeypatch.chdir(tmp_path / "d")
    edit()

    run(HOME, "--key", key("harrow"))

    assert manifest().sequence == 2


def test_new_keys_begin_a_new_epoch() -> None:
    owner = HOME / "owner.yaml"
    owner.write_text(owner.read_text().replace(line_of(HARR), line_of(SONGS)))

    said = run(HOME, "--key", key("mara"), "--recover").stdout

    assert (manifest().epoch, manifest().sequence) == (1, 2)
    assert "epoch 1." in said


def test_who_recovers_twice_begins_one_epoch() -> None:
    owner = HOME / "owner.yaml"
    owner.write_text(owner.read_text().replace(line_of(HARR), line_of(SONGS)))
    run(HOME, "--key", key("mara"), "--recover")
    first = MANIFEST.read_bytes()

    run(HOME, "--key", key("mara"), "--recover")

    assert MANIFEST.read_bytes() == first


def test_a_manifest_alone_is_signed_by_ssh_keygen(needs_tool: NeedsTool) -> None:
    needs_tool("ssh-keygen")
    edit()

    said = run(HOME, "--manifest-only").stdout

    assert "ssh-keygen -Y sign -n sayso -f KEY" in said
    SIGNATURE.unlink()
    Path(key("harrow")).chmod(0o600)
    options = ("-Y", "sign", "-n", "sayso", "-f", key("harrow"))
    done = ssh_keygen(*options, MANIFEST)
    assert done.returncode == 0, done.stderr
    assert "it counts at level key" in review()


def test_a_passphrase_is_asked_for(needs_tool: NeedsTool) -> None:
    needs_tool("ssh-keygen")
    locked = Path(key("harrow"))
    locked.chmod(0o600)
    done = ssh_keygen("-p", "-q", "-f", locked, "-P", "", "-N", "correct horse")
    assert done.returncode == 0, done.stderr
    edit()
    before = MANIFEST.read_bytes()

    assert "passphrase" in run(HOME, "--key", locked, code=2).stderr
    assert MANIFEST.read_bytes() == before
    asked = [("Passphrase: ", "correct horse")]
    code, shown = at_a_terminal("sign", str(HOME), "--key", str(locked), typed=asked)
    assert code == 0, shown
    assert "correct horse" not in shown
    assert "it counts at level key" in review()


def test_two_operators_sign_one_decision() -> None:
    path = Path("declarations/registry/decisions/2026/mara.yaml")
    text = decided("reviewed", f"owner: {SONGS}", f"isrcs: [{THREE}]")
    path.write_text(text)
    signatures = path.with_name("mara.yaml.sig")

    run(path, "--key", key("ada"))
    assert len(split(signatures.read_bytes())) == 1
    said = run(path, "--key", key("ben")).stdout
    run(path, "--key", key("ben"))

    found = [verify(block, text.encode()) for block in split(signatures.read_bytes())]
    assert found == [key_of(ADA).public, key_of(BEN).public]
    assert said.endswith(f": signed by {key_of(BEN).public.fingerprint}.\n")
    assert "the operators' files" in review()


def test_signatures_over_other_bytes_are_dropped() -> None:
    path = Path("declarations/registry/decisions/2026/mara.yaml")
    text = decided("reviewed", f"owner: {SONGS}", f"isrcs: [{THREE}]")
    path.write_text(text)
    run(path, "--key", key("ada"))
    path.write_text(text + "# more\n")

    run(path, "--key", key("ben"))

    (block,) = split(path.with_name("mara.yaml.sig").read_bytes())
    assert verify(block, path.read_bytes()) == key_of(BEN).public


def test_operators_sign_their_settings_together() -> None:
    folder = Path("declarations/registry")
    policy = folder / "policy.yaml"
    policy.write_text(policy.read_text().replace("waiting_days: 7", "waiting_days: 9"))

    run(folder, "--key", key("ada"))
    run(folder, "--key", key("ben"))

    after = manifest(folder / "manifest.json")
    assert (after.owner, after.sequence) == ("registry", 2)
    assert {*after.files} == {"policy.yaml", "operators.yaml"}
    assert len(split((folder / "manifest.json.sig").read_bytes())) == 2
    assert "It may be merged" in review()


def test_a_folder_with_an_error_is_not_signed() -> None:
    before = MANIFEST.read_bytes()
    edit(DENY.replace("deny", "no"))

    said = run(HOME, "--key", key("harrow"), code=1)

    assert f"{HARROW}/live.yaml: " in said.stderr
    assert "Nothing was signed; see sayso validate" in said.stderr
    assert MANIFEST.read_bytes() == before


@pytest.mark.parametrize(
    "data", [None, b"", b"no key\n"], ids=["none", "empty", "text"]
)
def test_what_is_no_key_signs_nothing(data: bytes | None) -> None:
    before = MANIFEST.read_bytes()
    edit()
    if data is not None:
        Path("bad").write_bytes(data)

    run(HOME, "--key", "bad", code=1)

    assert MANIFEST.read_bytes() == before


def test_without_a_key_that_at_home_is_taken() -> None:
    edit()
    assert "/.ssh/sayso: No such file" in run(HOME, code=1).stderr
    Path(key("harrow")).rename(key("sayso"))

    run(HOME)

    assert manifest().sequence == 2


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (f"declarations/{FERNWOOD}/catalogue.csv", "is signed with its folder"),
        (f"declarations/{HARROW}/live.yaml", "is signed with its folder"),
        ("declarations/domain", "is no owner's folder"),
        ("declarations/registry/decisions", "is no owner's folder"),
    ],
    ids=["catalogue", "declaration", "shards", "decisions"],
)
def test_what_is_not_signed_by_itself_is_told(path: str, words: str) -> None:
    assert words in run(path, "--key", key("harrow"), code=2).stderr


def test_a_record_has_no_manifest() -> None:
    path = "declarations/registry/decisions/2026/fernwood.yaml"
    assert "is for folders" in run(path, "--manifest-only", code=2).stderr


def test_without_a_place_for_the_signature_there_is_no_new_manifest() -> None:
    before = MANIFEST.read_bytes()
    edit()
    SIGNATURE.unlink()
    SIGNATURE.mkdir()

    run(HOME, "--key", key("harrow"), code=1)

    assert MANIFEST.read_bytes() == before
    assert {path.name for path in HOME.iterdir()} == {
        "live.yaml", "manifest.json", "manifest.json.sig", "owner.yaml",
    }  # fmt: skip
    MANIFEST.unlink()
    run(HOME, "--key", key("harrow"), code=1)
    assert not MANIFEST.exists()


def test_the_help_names_every_option() -> None:
    said = run("--help").stdout
    for option in ("--key", "--base", "--recover", "--manifest-only"):
        assert option in said
    assert "sayso sign declarations/domain/fe/fernwood.example --key" in said
