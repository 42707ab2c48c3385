"""A folder is replaced whole, or not at all, and equal files are linked."""

import ctypes
import errno
import fcntl
import gzip
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import pytest

from sayso.errors import PublishError
from sayso.publish.output import Folder, Output, pack
from sayso.publish.staging import DATA, NEW, join, staged
from tests.declared import HeldOutput

OLD = {"release.json": b"old", "index.html": b"old"}
LEAF = "lookup/ab/abcdef.json.gz"


def write_all(files: Mapping[str, bytes], folder: Path) -> None:
    out = Folder(folder)
    for path, data in files.items():
        out.write(path, data)


def make(target: Path, files: Mapping[str, bytes]) -> None:
    with staged(target) as workspace:
        write_all(files, workspace / NEW)


def break_off(target: Path) -> None:
    with staged(target) as workspace:
        write_all({"release.json": b"new"}, workspace / NEW)
        raise RuntimeError


def fill_the_disk(target: Path) -> None:
    with staged(target) as workspace:
        write_all({"release.json": b"new"}, workspace / NEW)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def content(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def is_linked(one: Path, other: Path) -> bool:
    return one.stat().st_ino == other.stat().st_ino


@pytest.fixture
def without_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the system be one that cannot exchange two folders at once."""

    def no_library(_name: None) -> NoReturn:
        raise OSError

    monkeypatch.setattr(ctypes, "CDLL", no_library)


def test_a_new_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    make(tmp_path / "out" / "registry", OLD)
    assert content(tmp_path / "out" / "registry") == OLD


def check_replaced(target: Path) -> None:
    make(target, OLD)
    make(target, {"release.json": b"new", "isrc/index.html": b"new"})
    assert content(target) == {"release.json": b"new", "isrc/index.html": b"new"}
    assert sorted(path.name for path in target.parent.iterdir()) == [
        ".registry.lock",
        "registry",
    ]


def test_the_old_folder_is_replaced_whole(tmp_path: Path) -> None:
    check_replaced(tmp_path / "registry")


@pytest.mark.usefixtures("without_exchange")
def test_the_old_folder_is_replaced_by_two_renames_where_it_must_be(
    tmp_path: Path,
) -> None:
    check_replaced(tmp_path / "registry")


def test_the_target_is_never_missing_where_folders_can_be_exchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old folder is not renamed: it changes places with the new one."""
    target = tmp_path / "registry"
    make(target, OLD)

    def refuse(path: Path, _target: Path) -> NoReturn:
        raise AssertionError(path)

    with staged(target) as workspace:
        write_all({"release.json": b"new"}, workspace / NEW)
        monkeypatch.setattr(Path, "rename", refuse)
    assert content(target) == {"release.json": b"new"}


def test_a_failure_leaves_the_old_folder_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "registry"
    make(target, OLD)
    with pytest.raises(RuntimeError):
        break_off(target)
    assert content(target) == OLD
    assert not list(tmp_path.glob(".registry.staging-*"))


def test_a_full_disk_is_named_and_leaves_the_old_folder(tmp_path: Path) -> None:
    target = tmp_path / "registry"
    make(target, OLD)
    with pytest.raises(PublishError, match=r"registry cannot be written: .*No space"):
        fill_the_disk(target)
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
    write_all(OLD, tmp_path / ".registry.retired")
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


def test_a_file_is_written_once(tmp_path: Path) -> None:
    out = Folder(tmp_path / "new")
    out.write("bulk/a", b"one")
    with pytest.raises(FileExistsError):
        out.write("bulk/a", b"two")
    assert content(tmp_path / "new") == {"bulk/a": b"one"}


def test_packed_content_is_linked_where_the_old_release_holds_it(
    tmp_path: Path,
) -> None:
    # Another packer's bytes: what counts is what they hold.
    old = {LEAF: gzip.compress(b"leaf", compresslevel=9, mtime=0)}
    write_all(old, tmp_path / "old")
    out = Folder(tmp_path / "new", tmp_path / "old")
    out.write_packed(LEAF, b"leaf")
    out.write_packed("lookup/cd/cdef.json.gz", b"another")
    assert content(tmp_path / "new") == {
        **old,
        "lookup/cd/cdef.json.gz": pack(b"another"),
    }
    assert is_linked(tmp_path / "new" / LEAF, tmp_path / "old" / LEAF)


@pytest.mark.parametrize(
    "held",
    [
        b"",
        b"no gzip",
        pack(b"leaf")[:-1],
        pack(b"leaf")[:5],
        pack(b"lead"),
        pack(b"leaf and more"),
        pack(b"lea"),
        pack(b"leaf")[:-8] + bytes(8),
        pack(b"x" * 10_000),
    ],
)
def test_a_broken_old_file_is_not_linked(tmp_path: Path, held: bytes) -> None:
    write_all({LEAF: held}, tmp_path / "old")
    out = Folder(tmp_path / "new", tmp_path / "old")
    out.write_packed(LEAF, b"leaf")
    assert gzip.decompress((tmp_path / "new" / LEAF).read_bytes()) == b"leaf"
    assert not is_linked(tmp_path / "new" / LEAF, tmp_path / "old" / LEAF)
    assert (tmp_path / "old" / LEAF).read_bytes() == held


@pytest.mark.parametrize("tail", [b"x", pack(b"more"), bytes(400)])
def test_an_old_file_with_something_behind_its_gzip_is_not_linked(
    tmp_path: Path, tail: bytes
) -> None:
    """A client refuses such a file."""
    write_all({LEAF: pack(b"leaf") + tail}, tmp_path / "old")
    Folder(tmp_path / "new", tmp_path / "old").write_packed(LEAF, b"leaf")
    assert (tmp_path / "new" / LEAF).read_bytes() == pack(b"leaf")


def test_a_stream_is_named_when_its_content_is_known(tmp_path: Path) -> None:
    out = Folder(tmp_path / "new")
    stream = out.stream()
    stream.write(b"one")
    stream.write(b"two")
    assert list(content(tmp_path / "new").values()) != [b"onetwo"]
    out.name(stream, "bulk/core.parquet")
    assert content(tmp_path / "new") == {"bulk/core.parquet": b"onetwo"}
    assert (tmp_path / "new/bulk/core.parquet").stat().st_mode & 0o777 == 0o644


def test_a_file_is_kept_where_its_digest_is_the_one_that_is_named(
    tmp_path: Path,
) -> None:
    write_all({"bulk/a": b"one", "bulk/b": b"broken"}, tmp_path / "old")
    out = Folder(tmp_path / "new", tmp_path / "old")
    assert out.keep("bulk/a", digest(b"one"))
    assert not out.keep("bulk/b", digest(b"two"))
    assert not out.keep("bulk/c", digest(b"three"))
    assert content(tmp_path / "new") == {"bulk/a": b"one"}
    assert is_linked(tmp_path / "new/bulk/a", tmp_path / "old/bulk/a")


def test_a_file_that_the_old_release_has_is_linked(tmp_path: Path) -> None:
    write_all({"index.html": b"page", "isrc/a": b"one", "b": b"long"}, tmp_path / "old")
    out = Folder(tmp_path / "new", tmp_path / "old")
    new = {"index.html": b"page", "isrc/a": b"two", "b": b"lon", "c": b"new"}
    for path, data in new.items():
        out.write(path, data)
    assert content(tmp_path / "new") == new
    linked = {path for path in new if (tmp_path / "new" / path).stat().st_nlink > 1}
    assert linked == {"index.html"}
    assert content(tmp_path / "old")["isrc/a"] == b"one"


def test_what_a_link_in_the_old_release_leads_to_is_not_taken(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    write_all({"a": b"one", "b.gz": pack(b"two"), "c": b"three"}, elsewhere)
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "bulk").symlink_to(elsewhere)
    for name in ("a", "b.gz", "c"):
        (tmp_path / "old" / name).symlink_to(elsewhere / name)
    out = Folder(tmp_path / "new", tmp_path / "old")
    for folder in ("", "bulk/"):
        out.write(f"{folder}a", b"one")
        out.write_packed(f"{folder}b.gz", b"two")
        assert not out.keep(f"{folder}c", digest(b"three"))
        for name in ("a", "b.gz"):
            new = tmp_path / "new" / folder / name
            assert not new.is_symlink()
            assert not is_linked(new, elsewhere / name)


def test_an_old_release_behind_a_link_is_one(tmp_path: Path) -> None:
    """A folder above it may be one: the system's own temporary folder, say."""
    write_all({"lookup/a": b"one"}, tmp_path / "real" / "old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    out = Folder(tmp_path / "new", tmp_path / "link" / "old")
    out.write("lookup/a", b"one")
    assert is_linked(tmp_path / "new/lookup/a", tmp_path / "real/old/lookup/a")


def test_what_is_no_file_in_the_old_release_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "old" / "folder").mkdir(parents=True)
    os.mkfifo(tmp_path / "old" / "pipe")
    out = Folder(tmp_path / "new", tmp_path / "old")
    for name in ("folder", "pipe"):
        out.write(name, b"")
        assert not out.keep(f"{name}/below", digest(b""))
    assert content(tmp_path / "new") == {"folder": b"", "pipe": b""}


def test_an_old_file_that_cannot_be_read_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_all({"a": b"one"}, tmp_path / "old")
    out = Folder(tmp_path / "new", tmp_path / "old")
    with monkeypatch.context() as patched:
        patched.setattr(Folder, "_has_old", lambda *_: True)
        out.write("b", b"gone meanwhile")
    assert content(tmp_path / "new") == {"b": b"gone meanwhile"}


def test_nothing_is_kept_without_an_old_release(tmp_path: Path) -> None:
    for out in (Folder(tmp_path / "new"), Folder(tmp_path / "n", tmp_path / "none")):
        assert not out.keep("bulk/a", digest(b"one"))
        out.write_packed(LEAF, b"leaf")
    assert content(tmp_path / "new") == {LEAF: pack(b"leaf")}


def test_where_files_cannot_be_linked_they_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_old: str, _new: str) -> NoReturn:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    write_all({"bulk/a": b"one", LEAF: pack(b"leaf")}, tmp_path / "old")
    monkeypatch.setattr(os, "link", refuse)
    out = Folder(tmp_path / "new", tmp_path / "old")
    assert out.keep("bulk/a", digest(b"one"))
    out.write_packed(LEAF, b"leaf")
    assert content(tmp_path / "new") == content(tmp_path / "old")
    assert not is_linked(tmp_path / "new" / LEAF, tmp_path / "old" / LEAF)
    out.also("bulk/a", "bulk/b")
    assert (tmp_path / "new" / "bulk" / "b").read_bytes() == b"one"


def test_a_file_may_have_another_path_as_well(tmp_path: Path) -> None:
    out = Folder(tmp_path)
    out.write("a", b"one")
    out.also("a", "b/c")
    assert is_linked(tmp_path / "a", tmp_path / "b" / "c")


def test_the_files_of_a_release_are_moved_into_its_site(tmp_path: Path) -> None:
    data, site = tmp_path / DATA, tmp_path / NEW
    write_all({"release.json": b"{}", "bulk/a": b"one"}, data)
    write_all({"index.html": b"site"}, site)
    join(data, site)
    assert content(site) == {
        "release.json": b"{}",
        "bulk/a": b"one",
        "index.html": b"site",
    }
    assert content(data) == {}


def test_a_packed_file_has_one_spelling() -> None:
    assert pack(b"leaf") == pack(b"leaf")
    assert gzip.decompress(pack(b"leaf")) == b"leaf"


def test_what_holds_a_release_in_memory_takes_the_same(tmp_path: Path) -> None:
    """`HeldOutput` of the tests and `Folder` are one kind of thing."""
    held = HeldOutput()
    outputs: list[Output] = [held, Folder(tmp_path)]
    for out in outputs:
        out.write("a", b"one")
        out.write_packed("b.gz", b"two")
        stream = out.stream()
        stream.write(b"three")
        out.name(stream, "c")
    assert content(tmp_path) == held.files
