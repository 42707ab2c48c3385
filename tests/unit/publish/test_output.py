"""A folder is replaced whole, or not at all."""

import fcntl
import os
from pathlib import Path

import pytest

from sayso.errors import PublishError
from sayso.publish.output import NEW, staged, write_files

OLD = {"release.json": b"old", "index.html": b"old"}


def make(target: Path, files: dict[str, bytes]) -> None:
    with staged(target) as workspace:
        write_files(files, workspace / NEW)


def break_off(target: Path) -> None:
    with staged(target) as workspace:
        write_files({"release.json": b"new"}, workspace / NEW)
        raise RuntimeError


def content(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_new_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    make(tmp_path / "out" / "registry", OLD)
    assert content(tmp_path / "out" / "registry") == OLD


def test_the_old_folder_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "registry"
    make(target, OLD)
    make(target, {"release.json": b"new", "isrc/index.html": b"new"})
    assert content(target) == {"release.json": b"new", "isrc/index.html": b"new"}
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".registry.lock",
        "registry",
    ]


def test_a_failure_leaves_the_old_folder_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "registry"
    make(target, OLD)
    with pytest.raises(RuntimeError):
        break_off(target)
    assert content(target) == OLD
    assert not list(tmp_path.glob(".registry.staging-*"))


def test_what_a_killed_build_left_is_put_right(tmp_path: Path) -> None:
    target = tmp_path / "registry"
    make(target, OLD)
    target.rename(tmp_path / ".registry.retired")
    (tmp_path / ".registry.staging-killed" / "new").mkdir(parents=True)
    with pytest.raises(RuntimeError), staged(target):
        raise RuntimeError
    assert content(target) == OLD
    assert not list(tmp_path.glob(".registry.staging-*"))


def test_a_retired_folder_beside_a_whole_new_one_is_removed(tmp_path: Path) -> None:
    target = tmp_path / "registry"
    make(target, OLD)
    write_files(OLD, tmp_path / ".registry.retired")
    make(target, OLD)
    assert not (tmp_path / ".registry.retired").exists()


def test_two_builds_at_once_are_refused(tmp_path: Path) -> None:
    lock = os.open(tmp_path / ".registry.lock", os.O_CREAT | os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        with pytest.raises(PublishError, match="another build"):
            make(tmp_path / "registry", OLD)
    finally:
        os.close(lock)


def test_a_folder_that_no_build_made_is_never_replaced(tmp_path: Path) -> None:
    target = tmp_path / "music"
    target.mkdir()
    (target / "master.wav").write_bytes(b"precious")
    with pytest.raises(PublishError, match="something else than a release"):
        make(target, OLD)
    assert content(target) == {"master.wav": b"precious"}


def test_a_file_or_a_link_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"precious")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("file", "link"):
        with pytest.raises(PublishError, match="not a folder"):
            make(tmp_path / name, OLD)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PublishError, match="cannot be written"):
        make(tmp_path / "file" / "registry", OLD)


def test_a_failing_rename_puts_the_old_folder_back(tmp_path: Path) -> None:
    target = tmp_path / "registry"
    make(target, OLD)
    with pytest.raises(PublishError), staged(target):
        pass  # nothing was written, so there is nothing to take the place
    assert content(target) == OLD
