"""A branch of a Git repository as destination."""

import subprocess
from pathlib import Path

import pytest

from sayso.client.fetch import FolderFetcher
from sayso.errors import FetchError, MissingError, PublishError
from sayso.publish.hosting.branch import NO_JEKYLL, open_branch
from sayso.publish.hosting.outgoing import outgoing_files
from sayso.wire.places import TIMESTAMP
from tests.hosted import open_whole, put, registry


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Noor", "-c", "user.email=noor@label.example"]
    done = subprocess.run(
        ["git", *identity, *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    return tmp_path / "remote.git"


def served(remote: Path, folder: Path, branch: str = "pages") -> Path:
    """Return what a host makes of the branch."""
    git(remote, "clone", "--quiet", "--branch", branch, str(remote), str(folder))
    return folder


@pytest.mark.parametrize("squash", [False, True])
def test_a_branch_is_made_and_goes_on(
    tmp_path: Path, remote: Path, *, squash: bool
) -> None:
    made = registry()
    for number in (1, 2):
        files = outgoing_files(made.write(tmp_path / f"out-{number}"))
        with open_branch(str(remote), "pages", squash=squash) as branch:
            done = put(files, branch, made.check)
        assert done.release.header.number == number
        made.next(title="Another River")
    made.files = {}
    folder = served(remote, tmp_path / "www")
    assert open_whole(FolderFetcher(folder), made.check).index == 1
    assert (folder / NO_JEKYLL).read_bytes() == b""
    commits = git(remote, "rev-list", "--count", "pages")
    assert commits == ("1" if squash else "2")
    assert git(remote, "log", "-1", "--format=%s", "pages") == "Release 2"


def test_a_heartbeat_needs_only_what_it_brings(tmp_path: Path, remote: Path) -> None:
    made = registry()
    with open_branch(str(remote), "pages") as branch:
        put(outgoing_files(made.write(tmp_path / "out")), branch, made.check)
    before = git(remote, "rev-parse", "pages^{tree}:bulk")
    made.renew()
    ledger = outgoing_files(made.write(tmp_path / "ledger", made.heartbeat()))
    with open_branch(str(remote), "pages") as branch:
        done = put(ledger, branch, made.check)
    assert (done.sent, done.kept) == (1, len(ledger) - 1)
    assert git(remote, "rev-parse", "pages^{tree}:bulk") == before
    changed = git(remote, "diff-tree", "--name-only", "-r", "pages~", "pages")
    assert changed == TIMESTAMP


def test_the_same_again_makes_no_commit(tmp_path: Path, remote: Path) -> None:
    made = registry()
    files = outgoing_files(made.write(tmp_path / "out"))
    for _ in range(2):
        with open_branch(str(remote), "pages") as branch:
            put(files, branch, made.check)
    assert git(remote, "rev-list", "--count", "pages") == "1"


@pytest.mark.parametrize("squash", [False, True])
def test_of_two_who_publish_at_the_same_time_one_fails(
    tmp_path: Path, remote: Path, *, squash: bool
) -> None:
    made = registry()
    files = outgoing_files(made.write(tmp_path / "one"))
    with open_branch(str(remote), "pages", squash=squash) as branch:
        put(files, branch, made.check)
    made.next(title="Another River")
    later = outgoing_files(made.write(tmp_path / "two"))
    made.renew()
    latest = outgoing_files(made.write(tmp_path / "three"))
    with (
        open_branch(str(remote), "pages", squash=squash) as slow,
        open_branch(str(remote), "pages", squash=squash) as quick,
    ):
        put(latest, quick, made.check)
        winner = git(remote, "rev-parse", "pages")
        with pytest.raises(PublishError, match="was not moved; if somebody else"):
            put(later, slow, made.check)
    assert git(remote, "rev-parse", "pages") == winner


@pytest.mark.parametrize("squash", [False, True])
def test_of_two_who_make_the_branch_one_fails(
    tmp_path: Path, remote: Path, *, squash: bool
) -> None:
    made = registry()
    one = outgoing_files(made.write(tmp_path / "one"))
    made.next(title="Another River")
    two = outgoing_files(made.write(tmp_path / "two"))
    with (
        open_branch(str(remote), "pages", squash=squash) as slow,
        open_branch(str(remote), "pages") as quick,
    ):
        put(two, quick, made.check)
        with pytest.raises(PublishError, match="was not moved"):
            put(one, slow, made.check)
    assert git(remote, "rev-list", "--count", "pages") == "1"


def test_what_others_put_into_the_branch_stays_and_runs_nothing(
    tmp_path: Path, remote: Path
) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch=pages", "theirs")
    theirs = tmp_path / "theirs"
    (theirs / "CNAME").write_text("registry.example\n")
    (theirs / ".gitattributes").write_text("* text eol=crlf filter=evil\n")
    (theirs / "run.sh").write_text("#!/bin/sh\n")
    (theirs / "run.sh").chmod(0o755)
    (theirs / "link").symlink_to("/etc/passwd")
    (theirs / "name with \n a line").write_text("")
    git(theirs, "add", ".")
    git(theirs, "commit", "--quiet", "-m", "theirs")
    git(theirs, "push", "--quiet", str(remote), "pages")
    made = registry()
    with open_branch(str(remote), "pages") as branch:
        assert "link" not in branch.sizes()
        put(outgoing_files(made.write(tmp_path / "out")), branch, made.check)
    listed = git(remote, "ls-tree", "-r", "pages")
    assert "120000" in listed
    assert "100755" in listed
    data = git(remote, "show", "pages:static/site.css")
    assert data == "body{}"


def test_files_are_read_bounded_and_only_when_asked(
    tmp_path: Path, remote: Path
) -> None:
    git(remote, "config", "uploadpack.allowFilter", "true")
    git(remote, "config", "uploadpack.allowAnySHA1InWant", "true")
    made = registry()
    with open_branch(f"file://{remote}", "pages") as branch:
        put(outgoing_files(made.write(tmp_path / "out")), branch, made.check)
    with open_branch(f"file://{remote}", "pages") as branch:
        data = made.files[TIMESTAMP]
        assert branch.fetch(TIMESTAMP, limit=len(data)) == data
        with pytest.raises(FetchError, match="longer than"):
            branch.fetch(TIMESTAMP, limit=len(data) - 1)
        with pytest.raises(MissingError, match=r"has no absent\.txt"):
            branch.fetch("absent.txt", limit=1)
        assert branch.has(outgoing_files(tmp_path / "out")["index.html"])
        made.next()
        again = put(outgoing_files(made.write(tmp_path / "new")), branch, made.check)
    assert again.sent < len(made.files)
    folder = served(remote, tmp_path / "www")
    assert open_whole(FolderFetcher(folder), made.check).index == 1


def test_a_blob_that_cannot_be_had_is_said(tmp_path: Path, remote: Path) -> None:
    git(remote, "config", "uploadpack.allowFilter", "true")
    made = registry()
    with open_branch(f"file://{remote}", "pages") as branch:
        put(outgoing_files(made.write(tmp_path / "out")), branch, made.check)
    with open_branch(f"file://{remote}", "pages") as branch:
        remote.rename(tmp_path / "moved.git")
        with pytest.raises(FetchError, match=f"{TIMESTAMP} cannot be read"):
            branch.fetch(TIMESTAMP, limit=9999)


def test_removed_files_are_gone_from_the_commit(tmp_path: Path, remote: Path) -> None:
    made = registry()
    with open_branch(str(remote), "pages") as branch:
        put(outgoing_files(made.write(tmp_path / "out")), branch, made.check)
    with open_branch(str(remote), "pages") as branch:
        branch.remove(["index.html"])
        branch.settle()
        branch.finish("Without a home page")
    changed = git(remote, "diff-tree", "--name-status", "-r", "pages~", "pages")
    assert changed == "D\tindex.html"


def test_a_password_in_an_address_is_not_shown(tmp_path: Path) -> None:
    address = f"file://me:secret@{tmp_path}/absent.git"
    with pytest.raises(PublishError) as caught, open_branch(address, "pages"):
        pass
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("branch", ["a..b", "-f", "a b", "refs/heads/x.lock"])
def test_no_name_of_a_branch_is_refused(remote: Path, branch: str) -> None:
    with (
        pytest.raises(PublishError, match="check-ref-format"),
        open_branch(str(remote), branch),
    ):
        pass


def test_a_missing_git_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with (
        pytest.raises(PublishError, match="git cannot be run"),
        open_branch("/absent", "pages"),
    ):
        pass


def test_a_git_that_takes_too_long_is_said(
    remote: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.publish.hosting.branch._SECONDS", 0)
    with (
        pytest.raises(PublishError, match="took longer than 0 seconds"),
        open_branch(str(remote), "pages"),
    ):
        pass
