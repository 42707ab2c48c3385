"""A ledger's folder: one writer at a time, and nobody overwrites another's history."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sayso.errors import PublishError
from sayso.publish.ledger.folder import LedgerFolder, open_ledger
from tests.operating import git

ONE = {"log/tile/0/000.p/1": b"hash", "log/checkpoint": b"one\n"}
TWO = {"log/tile/0/000.p/2": b"hashes", "log/checkpoint": b"two\n"}


@pytest.fixture
def origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that all clones push to, with a branch `ledger`."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "operator")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "operator@x.example")
    bare, first = tmp_path / "origin.git", tmp_path / "first"
    subprocess.run(["git", "init", "--quiet", "--bare", str(bare)], check=True)
    subprocess.run(["git", "init", "--quiet", str(first)], check=True)
    git(first, "checkout", "--quiet", "-b", "ledger")
    git(first, "commit", "--quiet", "--allow-empty", "--message=begin")
    git(first, "push", "--quiet", str(bare), "ledger")
    shutil.rmtree(first)
    return bare


def clone(origin: Path, name: str) -> Path:
    folder = origin.parent / name
    command = ["git", "clone", "--quiet", "--branch", "ledger", str(origin)]
    subprocess.run([*command, str(folder)], check=True)
    return folder


def test_what_is_committed_is_read_again(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "new/ledger") as ledger:
        assert ledger.read("log/checkpoint") is None
        ledger.commit(ONE, "one")
        assert not ledger.is_shared
    with open_ledger(tmp_path / "new/ledger") as ledger:
        assert {path: ledger.read(path) for path in ONE} == ONE
        assert ledger.published() == ONE


def test_what_is_not_published_stays(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.commit({**ONE, "pending/releases.json": b"half"}, "one")
        assert ledger.published() == ONE


def test_one_process_has_a_ledger_at_a_time(tmp_path: Path) -> None:
    with (
        open_ledger(tmp_path),
        pytest.raises(PublishError, match="another command is writing"),
        open_ledger(tmp_path),
    ):
        pass
    with open_ledger(tmp_path):
        pass


def test_files_are_written_in_their_order_and_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    replace = Path.replace

    def noting(self: Path, target: Path) -> Path:
        written.append(target.relative_to(tmp_path).as_posix())
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", noting)
    with open_ledger(tmp_path) as ledger:
        ledger.commit(ONE, "one")
        ledger.commit(TWO, "two")
        ledger.commit(TWO, "again")
    assert written == [*ONE, *TWO]


def test_a_link_is_replaced_and_what_it_led_to_stays(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"precious")
    (tmp_path / "ledger/log").mkdir(parents=True)
    (tmp_path / "ledger/log/checkpoint").symlink_to(precious)
    with open_ledger(tmp_path / "ledger") as ledger:
        assert ledger.published() == {}
        ledger.commit(ONE, "one")
    assert precious.read_bytes() == b"precious"


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_folder_that_cannot_be_is_an_error(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with (
        pytest.raises(PublishError, match="cannot be written"),
        open_ledger(tmp_path / place),
    ):
        pass


def test_a_file_that_cannot_be_read_or_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "log/checkpoint").mkdir(parents=True)
    ledger = LedgerFolder(tmp_path)
    with pytest.raises(PublishError, match=r"checkpoint cannot be read: Is a dir"):
        ledger.read("log/checkpoint")
    (tmp_path / "tuf/.proof.new").mkdir(parents=True)
    with pytest.raises(PublishError, match=r"proof cannot be written: Is a dir"):
        ledger.keep({"tuf/proof": b""})


def test_a_branch_has_what_was_committed_before_anything_leaves(origin: Path) -> None:
    with open_ledger(clone(origin, "a")) as ledger:
        assert ledger.is_shared
        ledger.commit(ONE, "Enter release 1")
    assert git(origin, "log", "-1", "--format=%s", "ledger") == "Enter release 1"
    with open_ledger(clone(origin, "b")) as ledger:
        assert ledger.published() == ONE
        ledger.commit(ONE, "nothing new")
    assert git(origin, "log", "-1", "--format=%s", "ledger") == "Enter release 1"
    names = git(origin, "ls-tree", "-r", "--name-only", "ledger").split()
    assert sorted(names) == sorted(ONE)


def test_who_comes_second_signs_nothing_that_leaves(origin: Path) -> None:
    first, second = clone(origin, "a"), clone(origin, "b")
    with open_ledger(second) as late:
        with open_ledger(first) as ledger:
            ledger.commit(ONE, "Enter release 1")
        with pytest.raises(PublishError, match="has left this machine"):
            late.commit(TWO, "Enter another release 1")
    assert git(origin, "show", "ledger:log/checkpoint") == "one"
    # As the message says, and then it goes on from what all others see.
    git(second, "fetch", "--quiet")
    git(second, "reset", "--quiet", "--hard", "@{upstream}")
    with open_ledger(second) as ledger:
        assert ledger.published() == ONE


def test_what_others_committed_is_fetched_first(origin: Path) -> None:
    first, second = clone(origin, "a"), clone(origin, "b")
    with open_ledger(first) as ledger:
        ledger.commit(ONE, "one")
    with open_ledger(second) as ledger:
        assert ledger.published() == ONE
        ledger.commit(TWO, "two")
    with open_ledger(first) as ledger:
        assert ledger.read("log/checkpoint") == b"two\n"


def test_what_a_stopped_run_left_is_never_taken_for_signed(origin: Path) -> None:
    folder = clone(origin, "a")
    LedgerFolder(folder).keep(ONE)
    with (
        pytest.raises(PublishError, match="not committed, of a run"),
        open_ledger(folder),
    ):
        pass
    # Stopped later, Git knows of the files already; the message takes them away too.
    git(folder, "add", "--all")
    with pytest.raises(PublishError, match="reset --hard and"), open_ledger(folder):
        pass
    git(folder, "reset", "--hard", "--quiet")
    git(folder, "clean", "-d", "--force", "--quiet")
    with open_ledger(folder) as ledger:
        assert ledger.published() == {}


def test_what_was_committed_and_not_pushed_is_pushed_first(
    origin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = clone(origin, "a")
    away = origin.with_name("away.git")
    with open_ledger(folder) as ledger:
        origin.rename(away)
        with pytest.raises(PublishError, match="git push failed"):
            ledger.commit(ONE, "one")
    away.rename(origin)
    with open_ledger(folder):
        pass
    assert git(origin, "show", "ledger:log/checkpoint") == "one"
    monkeypatch.setenv("PATH", os.devnull)
    with (
        pytest.raises(PublishError, match="git status did not end"),
        open_ledger(folder),
    ):
        pass


def test_a_key_that_lies_in_a_ledger_is_not_pushed(origin: Path) -> None:
    """Git passes over it by its .gitignore, and so nobody is told."""
    folder = clone(origin, "a")
    (folder / ".git/info/exclude").write_text("*.pem\n")
    (folder / "log.pem").write_text("secret")
    with open_ledger(folder) as ledger:
        ledger.commit(ONE, "one")
    names = git(origin, "ls-tree", "-r", "--name-only", "ledger").split()
    assert sorted(names) == sorted(ONE)


def test_settings_of_git_alter_nothing_that_was_signed(
    origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = clone(origin, "a")
    hook = folder / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\necho hooked >> log/checkpoint; git add -u\n")
    hook.chmod(0o755)
    (tmp_path / "attributes").write_text("* text eol=lf\n")
    (tmp_path / "config").write_text(
        f"[core]\nattributesFile = {tmp_path / 'attributes'}\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    with open_ledger(folder) as ledger:
        ledger.commit({"log/checkpoint": b"a\r\nb\r\n"}, "one")
    shown = subprocess.run(
        ["git", "-C", str(origin), "show", "ledger:log/checkpoint"],
        check=True,
        capture_output=True,
    )
    assert shown.stdout == b"a\r\nb\r\n"


def test_what_git_starts_is_given_no_key_and_no_other_repository(
    origin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, told = clone(origin, "a"), origin.with_name("told")
    helper = origin.with_name("helper")
    helper.write_text(f'#!/bin/sh\nenv > {told}\nexec git-receive-pack "$1"\n')
    helper.chmod(0o755)
    git(folder, "config", "remote.origin.receivepack", str(helper))
    for part in ("LOG", "MINISIGN", "ONLINE", "RELEASES", "SIGNING"):
        monkeypatch.setenv(f"SAYSO_{part}_KEY", "secret")
    monkeypatch.setenv("GIT_DIR", str(origin.with_name("elsewhere")))
    with open_ledger(folder) as ledger:
        ledger.commit(ONE, "one")
    assert "PATH=" in told.read_text()
    assert "secret" not in told.read_text()


@pytest.mark.parametrize("above", ["log", "log/tile"])
def test_a_link_that_leads_out_of_a_ledger_is_refused(
    tmp_path: Path, above: str
) -> None:
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "ledger"
    (elsewhere / "0").mkdir(parents=True)
    (elsewhere / "log.pem").write_bytes(b"secret")
    (folder / above).parent.mkdir(parents=True, exist_ok=True)
    (folder / above).symlink_to(elsewhere)
    path = f"{above}/0/000"
    with open_ledger(folder) as ledger:
        with pytest.raises(PublishError, match="is a link, and a ledger has none"):
            ledger.keep({path: b"hash"})
        with pytest.raises(PublishError, match="is a link, and a ledger has none"):
            ledger.read(path)
        if above == "log":
            with pytest.raises(PublishError, match="is a link"):
                ledger.published()
        else:
            assert ledger.published() == {}
    assert [*(elsewhere / "0").iterdir()] == []


def test_a_link_is_no_file_and_a_draft_leads_nowhere(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"precious")
    (tmp_path / "ledger/log").mkdir(parents=True)
    for name in ("checkpoint", ".checkpoint.new"):
        (tmp_path / "ledger/log" / name).symlink_to(precious)
    with open_ledger(tmp_path / "ledger") as ledger:
        assert ledger.read("log/checkpoint") is None
        ledger.keep(ONE)
        assert ledger.published() == ONE
    assert precious.read_bytes() == b"precious"


def test_names_are_on_the_disk_before_anything_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a loss of power takes back what was signed, and published since."""
    settled: list[int] = []
    fsync = os.fsync

    def noting(descriptor: int) -> None:
        settled.append(os.fstat(descriptor).st_ino)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    with open_ledger(tmp_path / "ledger") as ledger:
        ledger.keep({"log/checkpoint": b"one\n"})
    folder = tmp_path / "ledger"
    places = (folder / "log/checkpoint", folder / "log", folder)
    assert settled == [place.stat().st_ino for place in places]


def test_what_was_not_pushed_before_others_were_is_given_up(origin: Path) -> None:
    first, second = clone(origin, "a"), clone(origin, "b")
    away = origin.with_name("away.git")
    with open_ledger(second) as late:
        origin.rename(away)
        with pytest.raises(PublishError, match="git push failed"):
            late.commit(TWO, "Enter another release 1")
        away.rename(origin)
    with open_ledger(first) as ledger:
        ledger.commit(ONE, "Enter release 1")
    with (
        pytest.raises(PublishError, match=r"to nobody: git .* reset --hard @{upstr"),
        open_ledger(second),
    ):
        pass
    git(second, "reset", "--quiet", "--hard", "@{upstream}")
    with open_ledger(second) as ledger:
        assert ledger.published() == ONE


def test_a_branch_that_was_rewritten_is_never_gone_on_from(origin: Path) -> None:
    first, other = clone(origin, "a"), clone(origin, "b")
    with open_ledger(first) as ledger:
        ledger.commit(ONE, "Enter release 1")
    LedgerFolder(other).keep(TWO)
    git(other, "add", "--all")
    git(other, "commit", "--quiet", "--message=Enter another release 1")
    git(other, "push", "--quiet", "--force")
    with (
        pytest.raises(PublishError, match="somebody rewrote it by force"),
        open_ledger(first),
    ):
        pass
    assert LedgerFolder(first).published() == ONE


def test_a_branch_that_was_set_back_gets_back_what_it_had(origin: Path) -> None:
    folder = clone(origin, "a")
    begin = git(origin, "rev-parse", "ledger")
    with open_ledger(folder) as ledger:
        ledger.commit(ONE, "Enter release 1")
    git(origin, "update-ref", "refs/heads/ledger", begin)
    with open_ledger(folder) as ledger:
        assert ledger.published() == ONE
    assert git(origin, "show", "ledger:log/checkpoint") == "one"


def test_what_a_server_says_is_shown_without_passwords_and_obeyed_by_no_terminal(
    origin: Path,
) -> None:
    folder = clone(origin, "a")
    helper = origin.with_name("helper")
    said = r"\033[2J\377 https://me:secret@git.example/ledger.git is closed"
    helper.write_text(f"#!/bin/sh\nprintf '{said}\\n' >&2\nexit 1\n")
    helper.chmod(0o755)
    git(folder, "config", "remote.origin.receivepack", str(helper))
    with (
        open_ledger(folder) as ledger,
        pytest.raises(PublishError, match=r"//git\.example/ledger\.git is") as caught,
    ):
        ledger.commit(ONE, "one")
    assert "secret" not in str(caught.value)
    assert str(caught.value).isprintable()
