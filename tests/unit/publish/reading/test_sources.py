import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from sayso.errors import PublishError
from sayso.publish.reading import stamps as stamps_module
from sayso.publish.reading.file import large_file, opened, small_file, unread_file
from sayso.publish.reading.git import CommitTree
from sayso.publish.reading.layout import YAML_LIMIT
from sayso.publish.reading.sources import (
    SourceTree,
    blob_id,
    is_ancestor,
    read_blobs,
    read_tree,
    source_file,
)
from sayso.publish.reading.stamps import Known, Stamps

OWNER = "domain/fe/fernwood.example/owner.yaml"
SONGS = "domain/fe/fernwood.example/songs.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "declarations"
    write(place, OWNER, "schema: sayso/owner/1\n")
    return place


def write(folder: Path, path: str, text: str) -> Path:
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    return place


def git(folder: Path, *arguments: str) -> str:
    names = ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL")
    environment = {**os.environ, **{f"GIT_{name}": "t@t.example" for name in names}}
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(folder: Path) -> Path:
    git(folder.parent, "init", "--quiet", "--initial-branch=main")
    git(folder.parent, "add", ".")
    git(folder.parent, "commit", "--quiet", "--message=first")
    return folder


def codes(tree: SourceTree) -> list[str]:
    return [problem.rule.code for problem in tree.problems]


def test_files_are_read_in_the_order_of_their_paths(folder: Path) -> None:
    write(folder, SONGS, "x\n")
    write(folder, "README.md", "# Declarations\n")

    tree = read_tree(folder)

    assert [file.path for file in tree.files] == ["README.md", OWNER, SONGS]
    assert tree.files[2].data == b"x\n"
    assert tree.problems == ()


def test_a_folder_outside_of_git_has_no_commit_and_is_not_clean(folder: Path) -> None:
    tree = read_tree(folder)

    assert tree.commit is None
    assert not tree.clean


def test_a_folder_as_committed_is_clean(repository: Path) -> None:
    tree = read_tree(repository)

    assert tree.commit == git(repository, "rev-parse", "HEAD")
    assert tree.clean


@pytest.mark.parametrize("path", [OWNER, SONGS, "domain/fe/fernwood.example/.DS_Store"])
def test_whatever_is_changed_or_added_is_not_clean(repository: Path, path: str) -> None:
    write(repository, path, "changed\n")

    assert not read_tree(repository).clean


def test_a_file_that_is_gone_is_not_clean(repository: Path) -> None:
    write(repository, SONGS, "x\n")
    (repository / OWNER).unlink()

    assert not read_tree(repository).clean


def test_what_changes_elsewhere_does_not_matter(repository: Path) -> None:
    write(repository.parent, "notes.txt", "x\n")

    assert read_tree(repository).clean


def test_blobs_are_named_as_git_names_them(repository: Path) -> None:
    listed = git(repository, "rev-parse", f"HEAD:declarations/{OWNER}")

    (file,) = read_tree(repository).files
    assert file.blob == listed == blob_id(file.data)


def test_a_variable_of_a_running_hook_does_not_lead_git_astray(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")

    assert read_tree(repository).clean


def test_without_git_there_are_no_facts(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    assert read_tree(repository).commit is None


def test_earlier_files_are_read_from_git(repository: Path) -> None:
    (file,) = read_tree(repository).files
    write(repository, OWNER, "changed\n")
    git(repository.parent, "commit", "--quiet", "--all", "--message=second")

    assert read_blobs(repository, [file.blob]) == {file.blob: file.data}
    assert read_blobs(repository, []) == {}


def test_a_missing_earlier_file_is_named(repository: Path) -> None:
    with pytest.raises(PublishError, match="0" * 40):
        read_blobs(repository, ["0" * 40])


def test_earlier_files_cannot_be_read_outside_of_git(folder: Path) -> None:
    with pytest.raises(PublishError, match="cannot be read from Git"):
        read_blobs(folder, ["0" * 40])


def test_a_commit_descends_from_its_parents(repository: Path) -> None:
    first = git(repository, "rev-parse", "HEAD")
    write(repository, OWNER, "changed\n")
    git(repository.parent, "commit", "--quiet", "--all", "--message=second")

    assert is_ancestor(repository, first, "HEAD")
    assert is_ancestor(repository, first, first)
    assert not is_ancestor(repository, "HEAD", first)


def test_a_commit_that_this_clone_lacks_is_no_answer(repository: Path) -> None:
    with pytest.raises(PublishError, match=r"git fetch --unshallow.*[Nn]ot a valid"):
        is_ancestor(repository, "0" * 40, "HEAD")


def test_what_git_says_of_a_repository_is_passed_on(repository: Path) -> None:
    (repository.parent / ".git" / "HEAD").write_text("nothing\n")

    with pytest.raises(PublishError, match=r"Git cannot be asked .*: fatal: "):
        read_tree(repository)


def test_a_repository_without_a_commit_has_none(folder: Path) -> None:
    git(folder, "init", "--quiet")

    tree = read_tree(folder)

    assert (tree.commit, tree.clean) == (None, False)


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    outside = write(tmp_path, "outside.yaml", "secret\n")
    (folder / SONGS).symlink_to(outside)
    (folder / "github").symlink_to(tmp_path, target_is_directory=True)

    tree = read_tree(folder)

    assert codes(tree) == ["SAY102", "SAY102"]
    assert [file.path for file in tree.files] == [OWNER]
    assert tree.refused == {SONGS, "github"}


def test_a_pipe_is_not_opened(folder: Path) -> None:
    os.mkfifo(folder / SONGS)

    assert codes(read_tree(folder)) == ["SAY102"]


def test_programs_are_refused(folder: Path) -> None:
    write(folder, SONGS, "x\n").chmod(0o755)

    assert codes(read_tree(folder)) == ["SAY103"]


def test_the_mode_in_git_goes_before_that_of_the_disk(repository: Path) -> None:
    (repository / OWNER).chmod(0o755)
    assert codes(read_tree(repository)) == []

    git(repository, "update-index", "--chmod=+x", OWNER)
    git(repository, "commit", "--quiet", "--message=second")
    (repository / OWNER).chmod(0o644)
    assert codes(read_tree(repository)) == ["SAY103"]


def test_a_file_of_a_gibibyte_is_not_read(folder: Path) -> None:
    with (folder / SONGS).open("wb") as file:
        file.truncate(2**30)

    tree = read_tree(folder)

    assert codes(tree) == ["SAY008"]
    assert "1,073,741,824 bytes" in tree.problems[0].message


def test_the_largest_file_is_read(folder: Path) -> None:
    write(folder, SONGS, "x" * YAML_LIMIT)
    assert codes(read_tree(folder)) == []

    write(folder, SONGS, "x" * (YAML_LIMIT + 1))
    assert codes(read_tree(folder)) == ["SAY008"]


def test_the_number_of_files_is_bounded(folder: Path) -> None:
    write(folder, SONGS, "x\n")

    tree = read_tree(folder, limit=1)

    assert codes(tree) == ["SAY112"]
    assert len(tree.files) == 1


def test_folders_that_go_on_for_ever_are_left(folder: Path) -> None:
    write(folder, "/".join(["a"] * 20 + ["b.yaml"]), "x\n")

    assert codes(read_tree(folder)) == ["SAY101"]


def test_a_folder_that_cannot_be_opened_is_a_problem(tmp_path: Path) -> None:
    tree = read_tree(tmp_path / "nowhere")

    assert codes(tree) == ["SAY113"]
    assert not tree.clean


def test_names_that_are_one_on_other_systems_are_told(folder: Path) -> None:
    write(folder, SONGS, "x\n")
    write(folder, SONGS.replace("songs", "Songs"), "x\n")

    assert sorted(codes(read_tree(folder))) == ["SAY104", "SAY106"]


def test_only_what_is_asked_for_is_read(folder: Path) -> None:
    write(folder, "github/31/583231-mara/owner.yaml", "x\n")
    write(folder, "registry/policy.yaml", "x\n")

    tree = read_tree(folder, under=["registry/", "github/31/583231"])

    assert [file.path for file in tree.files] == [
        "github/31/583231-mara/owner.yaml",
        "registry/policy.yaml",
    ]


def stamped(folder: Path, known: dict[str, Known] | None = None) -> dict[str, Known]:
    """Read a folder a tick after it was written, and return what is known then."""
    time.sleep(0.02)
    stamps = Stamps(known, now=time.time_ns() + stamps_module._TICK)
    read_tree(folder, stamps=stamps)
    return dict(stamps.entries(used=True))


def test_a_file_with_its_stamp_is_the_same_file(repository: Path) -> None:
    write(repository, SONGS, "x\n")
    write(repository, SONGS.replace("yaml", "csv"), "isrc\n")
    known = stamped(repository)
    assert len(known) == 3
    stamps = Stamps(known)

    tree = read_tree(repository, stamps=stamps)
    assert tree == read_tree(repository)
    assert [file.data for file in tree.files] == [
        (repository / file.path).read_bytes() for file in tree.files
    ]
    assert not stamps.added
    assert not stamps.unused


def replaced_by_a_link(place: Path) -> None:
    place.rename(place.parents[3] / "elsewhere")
    place.symlink_to(place.parents[3] / "elsewhere")


def replaced_by_a_pipe(place: Path) -> None:
    place.unlink()
    os.mkfifo(place)


def touched_as_before(place: Path) -> None:
    facts = place.stat()
    place.write_text("y\n", encoding="utf-8")
    os.utime(place, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def swapped(place: Path) -> None:
    facts = place.stat()
    other = place.with_name("other")
    other.write_text("y\n", encoding="utf-8")
    os.utime(other, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    other.rename(place)


@pytest.mark.parametrize(
    "change",
    [
        replaced_by_a_link,
        replaced_by_a_pipe,
        touched_as_before,
        swapped,
        lambda place: place.chmod(0o755),
        lambda place: place.write_text("longer\n", encoding="utf-8"),
        lambda place: place.write_bytes(b"x" * (YAML_LIMIT + 1)),
        lambda place: place.unlink(),
    ],
)
def test_whatever_is_done_to_a_file_its_stamp_does_not_fit(
    folder: Path, change: Callable[[Path], object]
) -> None:
    place = write(folder, SONGS, "x\n")
    known = stamped(folder)
    change(place)

    stamps = Stamps(known)
    assert read_tree(folder, stamps=stamps) == read_tree(folder)
    assert stamps.unused


def test_what_git_says_of_a_file_goes_before_its_stamp(repository: Path) -> None:
    (repository / OWNER).chmod(0o755)
    known = stamped(repository)
    assert codes(read_tree(repository, stamps=Stamps(known))) == []

    git(repository, "rm", "--quiet", "--cached", OWNER)
    git(repository, "commit", "--quiet", "--allow-empty", "--message=second")
    assert codes(read_tree(repository, stamps=Stamps(known))) == ["SAY103"]

    git(repository, "add", OWNER)
    git(repository, "update-index", "--chmod=+x", OWNER)
    git(repository, "commit", "--quiet", "--message=third")
    (repository / OWNER).chmod(0o644)
    known = stamped(repository, known)
    assert known == {}
    assert codes(read_tree(repository)) == ["SAY103"]


def test_a_file_that_was_just_written_gets_no_stamp(folder: Path) -> None:
    stamps = Stamps(now=time.time_ns())
    read_tree(folder, stamps=stamps)

    assert not stamps.added


@pytest.mark.parametrize(
    ("modified", "changed", "is_noted"),
    [
        (1, 1, True),
        (1, 5 * 10**9, False),
        (-(10**20), 1, False),
        (10**30, 1, False),
    ],
)
def test_a_time_that_says_too_little_is_no_stamp(
    folder: Path, modified: int, changed: int, *, is_noted: bool
) -> None:
    """A whole second is of a disk that counts in seconds, or has one time for all."""
    facts = os.lstat(folder / OWNER)
    times = {"st_mtime_ns": modified, "st_ctime_ns": changed}
    stamps = Stamps(now=10**20)
    stamps.note(OWNER, os.stat_result(facts, times), "blob", "sha256")

    assert stamps.added is is_noted


def test_a_file_that_changes_before_it_is_read_is_not_read(folder: Path) -> None:
    place = write(folder, SONGS, "x\n")
    tree = read_tree(folder, stamps=Stamps(stamped(folder)))
    place.write_text("y\n", encoding="utf-8")
    with pytest.raises(PublishError, match="changed while it was read"):
        _ = tree.files[1].data
    place.unlink()
    with pytest.raises(PublishError, match="cannot be read again: No such file"):
        _ = tree.files[1].data


def test_a_file_with_a_forged_blob_id_is_not_read(folder: Path) -> None:
    data = b"x\n"
    place = str(write(folder, SONGS, "x\n"))
    sha256 = source_file(SONGS, b"y\n").sha256
    file = unread_file(SONGS, place, len(data), blob_id(data), sha256)

    with pytest.raises(PublishError, match="changed while it was read"):
        _ = file.data


@pytest.mark.parametrize("size", [3, 5])
def test_a_catalogue_that_grows_or_shrinks_is_not_read(folder: Path, size: int) -> None:
    place = str(write(folder, SONGS, "abcd"))
    descriptor = opened(place)
    try:
        file = large_file(SONGS, place, descriptor, size)
    finally:
        os.close(descriptor)

    with pytest.raises(PublishError, match="changed while it was read"):
        _ = file.data


def test_nobody_waits_for_a_pipe_that_took_the_place_of_a_file(folder: Path) -> None:
    os.mkfifo(folder / SONGS)
    thread = Thread(target=lambda: os.close(opened(str(folder / SONGS))), daemon=True)
    thread.start()
    thread.join(5)
    assert not thread.is_alive()


@pytest.mark.parametrize("size", [0, 1, 3, 4, 5])
def test_a_file_that_grows_or_shrinks_is_read_to_its_end(
    folder: Path, size: int
) -> None:
    place = write(folder, SONGS, "abcd")
    for limit, expected in (
        (4, source_file(SONGS, b"abcd")),
        (9, source_file(SONGS, b"abcd")),
        (3, 4),
    ):
        file = opened(str(place))
        try:
            found = small_file(SONGS, file, size, limit)
        finally:
            os.close(file)
        assert found == expected


def test_a_folder_that_cannot_be_searched_is_told_as_before(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The place of a file goes before whether it can be read."""
    write(folder, ".DS_Store", "x")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Stamps, "find", refuse)
    assert codes(read_tree(folder)) == ["SAY111", "SAY113"]


@pytest.mark.parametrize("mode", ["100644", "100664", "120000"])
def test_a_commit_holds_files_by_path_and_blob(mode: str) -> None:
    """A system without links has them as files, and Git takes no offence."""
    tree = CommitTree(f"{mode} blob a1\tx\0{mode} blob b2\ty\0".encode())

    assert tree.holds_exactly([("x", "a1"), ("y", "b2")])
    assert not tree.holds_exactly([("x", "a1")])
    assert not tree.holds_exactly([("x", "a1"), ("y", "c3")])
    assert not tree.holds_exactly([("x", "a1"), ("y", "b2"), ("z", "b2")])
