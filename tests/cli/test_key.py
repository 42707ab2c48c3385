"""`sayso key new`: a key pair that OpenSSH takes, and that nobody publishes."""

import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.errors import PublishError
from sayso.trust.ssh_key import load_private_key, parse_public_key
from sayso.trust.sshsig import sign, verify
from sayso.wire.profile import decode
from tests.conftest import NeedsTool
from tests.ssh_keys import MESSAGE, ssh_keygen
from tests.terminals import at_a_terminal

TYPED = "correct horse"
ASKED = "Passphrase: "
AGAIN = "Repeat for confirmation: "
PLAIN = "--no-passphrase"


def key(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["key", *arguments])
    assert "fault in sayso" not in result.output
    assert "PRIVATE" not in result.output
    return result


def made(*arguments: str) -> str:
    result = key("new", PLAIN, *arguments)
    assert (result.exit_code, result.stderr) == (0, ""), result.output
    return result.stdout


def refused(*arguments: str, code: int = 1) -> str:
    result = key("new", PLAIN, *arguments)
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    return " ".join(result.stderr.split())


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, which is also at home."""
    folder = tmp_path / "place"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder))
    return folder


def test_a_key_pair_is_made_and_what_to_do_with_it_said() -> None:
    said = made("--out", "mara")
    public = parse_public_key(Path("mara.pub").read_text())
    private = load_private_key(Path("mara").read_bytes(), None)
    assert private.public == public
    assert verify(sign(private, MESSAGE), MESSAGE) == public
    assert f"keys:\n  - {public.line}\n" in said
    assert f"Its fingerprint is {public.fingerprint}." in said
    for words in ("sayso sign FOLDER", "sayso prove FOLDER", "ssh-keygen -t ed25519"):
        assert words in " ".join(said.split())
    assert "Keep a copy of the secret file where" in " ".join(said.split())
    assert "\x1b" not in said


def test_the_private_key_is_for_its_owner_alone() -> None:
    before = os.umask(0)
    try:
        made("--out", "mara")
    finally:
        os.umask(before)
    assert stat.S_IMODE(Path("mara").stat().st_mode) == 0o600


def test_a_key_is_kept_where_ssh_keeps_them(place: Path) -> None:
    made()
    assert sorted(path.name for path in (place / ".ssh").iterdir()) == [
        "sayso",
        "sayso.pub",
    ]
    assert stat.S_IMODE((place / ".ssh").stat().st_mode) == 0o700
    assert "exists already" in refused()


def test_the_comment_is_in_the_public_file_alone() -> None:
    said = made("--out", "mara", "--comment", "mara in Ålesund")
    assert Path("mara.pub").read_text("utf-8").endswith(" mara in Ålesund\n")
    assert "Ålesund" not in said
    made("--out", "noor", "--comment", "")
    assert len(Path("noor.pub").read_text().split(" ")) == 2
    made("--out", "ines")
    assert Path("ines.pub").read_text().endswith(" sayso\n")


@pytest.mark.parametrize("comment", ["two\nlines", "a\x1b[31m", "x" * 257])
def test_a_comment_is_one_visible_line(comment: str) -> None:
    said = refused("--out", "mara", "--comment", comment, code=2)
    assert "one line of at most 256 visible characters" in said
    assert not Path("mara").exists()


def test_what_was_made_is_said_in_json() -> None:
    said = made("--out", "mara", "--json")
    public = parse_public_key(Path("mara.pub").read_text())
    assert decode(said.encode(), limit=4096) == {
        "file": "mara",
        "fingerprint": public.fingerprint,
        "format": "sayso/key/1",
        "key": public.line,
        "passphrase": False,
        "public_file": "mara.pub",
    }


def test_a_file_may_have_any_name() -> None:
    name = os.fsdecode(b"m\xe4ra")
    said = made("--out", name, "--json")
    assert '"file":"m\\\\udce4ra"' in said
    assert Path(f"{name}.pub").exists()


@pytest.mark.parametrize("there", ["mara", "mara.pub"])
def test_nothing_is_overwritten(there: str) -> None:
    Path(there).write_text("precious")
    assert f"{there} exists already, and no key is ever" in refused("--out", "mara")
    assert [path.name for path in Path().iterdir()] == [there]
    assert Path(there).read_text() == "precious"


def test_a_link_is_in_the_way_as_well(tmp_path: Path) -> None:
    Path("mara").symlink_to(tmp_path / "elsewhere")
    assert "mara exists already" in refused("--out", "mara")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("folder", ["declarations", "declarations/domain/fe/fernwood"])
def test_a_private_key_is_never_among_declarations(place: Path, folder: str) -> None:
    Path(folder).mkdir(parents=True)
    made("--out", f"{folder}/no-git")
    Path(".git").write_text("gitdir: elsewhere\n")
    said = refused("--out", f"{folder}/mara")
    assert "is among declarations, which are published" in said
    (place / "shortcut").symlink_to(place / folder)
    assert "is among declarations" in refused("--out", "shortcut/mara")
    made("--out", "mara")


def test_a_place_that_cannot_be_written_is_said() -> None:
    said = refused("--out", "nowhere/at/all/mara")
    assert "nowhere/at/all/mara cannot be written: No such file" in said


def test_half_a_pair_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sayso.cli.owner_key.new.place_files", full)
    said = refused("--out", "mara")
    assert "no key was written" in said
    assert "No space left on device" in said
    assert not list(Path().iterdir())


def test_an_interrupted_command_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sayso.cli.owner_key.new.place_files", interrupted)
    assert key("new", PLAIN, "--out", "mara").exit_code == 130
    assert not list(Path().iterdir())


def test_a_passphrase_is_asked_for_twice_at_a_terminal(needs_tool: NeedsTool) -> None:
    needs_tool("ssh-keygen")
    code, shown = at_a_terminal(
        *("key", "new", "--out", "mara"), typed=[(ASKED, TYPED), (AGAIN, TYPED)]
    )
    assert code == 0, shown
    assert TYPED not in shown
    assert "and its passphrase," in " ".join(shown.split())
    text = Path("mara").read_bytes()
    with pytest.raises(PublishError, match="has a passphrase"):
        load_private_key(text, None)
    private = load_private_key(text, TYPED.encode)
    printed = ssh_keygen("-y", "-P", TYPED, "-f", "mara").stdout.decode().split()
    assert printed[:2] == private.public.line.split()


def test_passphrases_that_differ_are_asked_for_again() -> None:
    code, shown = at_a_terminal(
        *("key", "new", "--out", "mara"),
        typed=[(ASKED, TYPED), (AGAIN, "other"), (ASKED, "third"), (AGAIN, "third")],
    )
    assert code == 0, shown
    opened = load_private_key(Path("mara").read_bytes(), lambda: b"third")
    assert opened.public == parse_public_key(Path("mara.pub").read_text())


def test_without_a_terminal_nobody_is_asked() -> None:
    result = key("new", "--out", "mara")
    assert result.exit_code == 2
    assert "give --no-passphrase for a key without one" in result.stderr
    assert not Path("mara").exists()


def test_openssh_signs_with_the_key(needs_tool: NeedsTool) -> None:
    needs_tool("ssh-keygen")
    made("--out", "mara")
    done = ssh_keygen("-Y", "sign", "-n", "sayso", "-f", "mara", typed=MESSAGE)
    public = parse_public_key(Path("mara.pub").read_text())
    assert verify(done.stdout, MESSAGE) == public
    assert sign(load_private_key(Path("mara").read_bytes(), None), MESSAGE) == (
        done.stdout
    )


def test_the_exit_codes_are_documented() -> None:
    said = " ".join(key("new", "--help").stdout.split())
    assert "The exit code is 0 when both files are there, 1 when" in said
    assert "new" in key("--help").stdout
