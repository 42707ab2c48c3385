"""What a commit changes, from Git's objects, whatever its paths are called."""

from pathlib import Path

import pytest

from sayso.errors import PublishError
from sayso.publish.reading.git_changes import (
    Changed,
    accepted_file,
    blobs_at,
    changes,
    commit_id,
    entries,
    fork_point,
    sizes,
)
from sayso.publish.reading.sources import blob_id
from tests.operators import git
from tests.proposed import write

PLAIN = 0o100644


@pytest.fixture
def place(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    commit(tmp_path, {"a/b.yaml": "b\n", "a/c.yaml": "c\n", "d": "d\n"})
    return tmp_path


def commit(folder: Path, files: dict[str, str | None]) -> str:
    write(folder, files)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message=x")
    return git(folder, "rev-parse", "HEAD")


def of(text: str) -> str:
    return blob_id(text.encode())


def test_files_are_added_changed_deleted_and_renamed(place: Path) -> None:
    old = commit_id(place, "main")
    new = commit(place, {"a/b.yaml": "B\n", "a/c.yaml": None, "e": "c\n", "d": None})

    found = changes(place, old, new, limit=10)

    assert found == [
        Changed(path="a/b.yaml", mode=PLAIN, before=of("b\n"), blob=of("B\n")),
        Changed(path="a/c.yaml", mode=0, before=of("c\n"), blob=None),
        Changed(path="d", mode=0, before=of("d\n"), blob=None),
        Changed(path="e", mode=PLAIN, before=None, blob=of("c\n")),
    ]
    assert changes(place, new, new, limit=10) == []
    assert len(changes(place, old, new, limit=2)) == 3


@pytest.mark.parametrize(
    "path", [" a ", "-q", "é", "tab\tnew\nline", '"quoted"', ":(top)x", "*", "\udcff"]
)
def test_a_path_is_what_it_is(place: Path, path: str) -> None:
    old = commit_id(place, "main")
    new = commit(place, {path: "x\n"})

    (found,) = changes(place, old, new, limit=9)

    assert (found.path, found.blob) == (path, of("x\n"))
    assert [one.name for one in entries(place, new, "")].count(path) == 1


def test_links_and_programs_are_told_by_their_modes(place: Path) -> None:
    old = commit_id(place, "main")
    (place / "link").symlink_to("d")
    (place / "run").write_text("x\n")
    (place / "run").chmod(0o755)

    found = changes(place, old, commit(place, {}), limit=9)

    assert [one.mode for one in found] == [0o120000, 0o100755]


def test_a_folder_is_listed_and_one_that_is_not_there_is_empty(place: Path) -> None:
    new = commit_id(place, "main")

    assert [(one.name, one.blob) for one in entries(place, new, "a")] == [
        ("b.yaml", of("b\n")),
        ("c.yaml", of("c\n")),
    ]
    assert entries(place, new, "nowhere") == []


def test_paths_are_asked_for_together(place: Path) -> None:
    many = [f"x/{number}" for number in range(1_500)]
    new = commit_id(place, "main")

    assert blobs_at(place, new, ["a/b.yaml", "a/*", ":/d", *many]) == {
        "a/b.yaml": of("b\n")
    }
    assert blobs_at(place, new, []) == {}


def test_sizes_are_told_without_reading(place: Path) -> None:
    assert sizes(place, [of("b\n"), of("b\n")]) == {of("b\n"): 2}
    assert sizes(place, []) == {}
    with pytest.raises(PublishError, match="does not have the file"):
        sizes(place, ["1" * 40])


def test_where_two_commits_went_apart(place: Path) -> None:
    start = commit_id(place, "main")
    git(place, "checkout", "--quiet", "-b", "other")
    other = commit(place, {"x": "x\n"})
    git(place, "checkout", "--quiet", "main")
    here = commit(place, {"y": "y\n"})

    assert fork_point(place, here, other) == start
    alone = git(place, "commit-tree", "main^{tree}", "-m", "alone")
    with pytest.raises(PublishError, match="no commit in common"):
        fork_point(place, here, alone)


def test_without_git_there_is_nothing(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="names no commit"):
        commit_id(tmp_path, "main")
    with pytest.raises(PublishError, match="is in no Git repository"):
        changes(tmp_path, "1" * 40, "2" * 40, limit=1)


def test_the_accepted_file_is_that_of_a_revision(place: Path) -> None:
    folder = place / "a"
    first = commit_id(place, "main")
    commit(place, {"a/b.yaml": "new\n"})
    (folder / "b.yaml").write_text("edited\n")

    assert accepted_file(folder, "b.yaml", None) == b"new\n"
    assert accepted_file(folder, "b.yaml", first) == b"b\n"
    assert accepted_file(folder, "z.yaml", None) is None
    git(place, "update-ref", "refs/remotes/origin/main", first)
    assert accepted_file(folder, "b.yaml", None) == b"b\n"
    with pytest.raises(PublishError, match="names no commit"):
        accepted_file(folder, "b.yaml", "nowhere")


def test_outside_of_git_a_file_is_accepted_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a\n")
    assert accepted_file(tmp_path, "a.yaml", None) == b"a\n"
    assert accepted_file(tmp_path, "b.yaml", None) is None
