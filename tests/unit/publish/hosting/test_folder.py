"""A folder as destination."""

import os
from pathlib import Path

import pytest

from sayso.errors import FetchError, MissingError, PublishError
from sayso.publish.hosting.destination import GoingOut, Joined, fetch_optional
from sayso.publish.hosting.folder import open_folder
from sayso.publish.hosting.location import (
    BranchLocation,
    BucketLocation,
    FolderLocation,
    Location,
    parse_location,
)
from sayso.publish.hosting.outgoing import Outgoing, outgoing_files


def file(folder: Path, path: str, data: bytes = b"data") -> Outgoing:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(data)
    return outgoing_files(folder)[path]


def test_a_file_is_put_and_known(tmp_path: Path) -> None:
    out = file(tmp_path / "out", "a/b/c.txt")
    with open_folder(tmp_path / "www") as folder:
        assert not folder.has(out)
        folder.put(out)
        assert folder.fetch("a/b/c.txt", limit=4) == b"data"
        folder.finish("done")
    synced = []
    with open_folder(tmp_path / "www", sync=lambda: synced.append(1)) as folder:
        assert folder.sizes() == {"a/b/c.txt": 4}
        assert folder.has(out)
        assert not folder.has(file(tmp_path / "out", "a/b/c.txt", b"atad"))
        folder.settle()
        folder.finish("done")
    assert synced == [1, 1]


def test_only_one_publishes_at_a_time(tmp_path: Path) -> None:
    with (
        open_folder(tmp_path / "www"),
        pytest.raises(PublishError, match="somebody else is publishing"),
        open_folder(tmp_path / "www"),
    ):
        pass
    with open_folder(tmp_path / "www"):
        pass


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with (
        pytest.raises(PublishError, match="cannot be written"),
        open_folder(tmp_path / "file" / "www"),
    ):
        pass
    out = file(tmp_path / "out", "file/a.txt")
    with open_folder(tmp_path) as folder:
        with pytest.raises(PublishError, match=r"a\.txt cannot be written"):
            folder.put(out)
        with pytest.raises(FetchError, match="cannot be read"):
            folder.fetch("file/a.txt", limit=4)
        with pytest.raises(PublishError, match="out cannot be removed"):
            folder.remove(["out"])


def test_missing_and_long_files_are_told_apart(tmp_path: Path) -> None:
    file(tmp_path / "www", "a.txt")
    with open_folder(tmp_path / "www") as folder:
        with pytest.raises(MissingError, match=r"has no b\.txt"):
            folder.fetch("b.txt", limit=4)
        assert fetch_optional(folder, "b.txt", limit=4) is None
        with pytest.raises(FetchError, match="longer than the 3 bytes"):
            folder.fetch("a.txt", limit=3)


def test_a_file_that_went_meanwhile_is_not_there(tmp_path: Path) -> None:
    out = file(tmp_path / "out", "a.txt")
    file(tmp_path / "www", "a.txt")
    with open_folder(tmp_path / "www") as folder:
        (tmp_path / "www" / "a.txt").unlink()
        assert not folder.has(out)


def test_removing_takes_empty_folders_too_and_no_others(tmp_path: Path) -> None:
    for path in ("a/b/c.txt", "a/d.txt"):
        file(tmp_path / "www", path)
    with open_folder(tmp_path / "www") as folder:
        folder.remove(["a/b/c.txt", "a/b/gone.txt"])
        assert [*folder.sizes()] == ["a/d.txt", "a/b/c.txt"]
        assert not (tmp_path / "www" / "a" / "b").exists()
        folder.remove(["a/d.txt"])
    assert not (tmp_path / "www" / "a").exists()


def test_hidden_files_do_not_go_out(tmp_path: Path) -> None:
    file(tmp_path, "a.txt")
    (tmp_path / ".DS_Store").write_bytes(b"")
    (tmp_path / ".git").mkdir()
    (tmp_path / "pending").mkdir()
    (tmp_path / "pending/releases.json").write_bytes(b"{}")
    assert [*outgoing_files(tmp_path)] == ["a.txt"]


@pytest.mark.parametrize(
    "name", ["a b.txt", "ä.txt", "link.txt", "pipe.txt", "log.pem", "LOG.PEM"]
)
def test_what_no_registry_has_does_not_go_out(tmp_path: Path, name: str) -> None:
    place = tmp_path / "out" / name
    place.parent.mkdir()
    if name == "link.txt":
        place.symlink_to(tmp_path)
    elif name == "pipe.txt":
        os.mkfifo(place)
    else:
        place.write_bytes(b"")
    with pytest.raises(PublishError, match="no file that a registry can have"):
        outgoing_files(tmp_path / "out")
    assert outgoing_files(tmp_path / "out", strict=False) == {}


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="there is no folder"):
        outgoing_files(tmp_path / "out")


def test_a_folder_that_cannot_be_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing is closed to root, who runs tests too.
    def closed(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.scandir", closed)
    with pytest.raises(PublishError, match="cannot be read: Permission denied"):
        outgoing_files(tmp_path)


def test_a_file_that_went_cannot_be_read(tmp_path: Path) -> None:
    out = file(tmp_path, "a.txt")
    out.place.unlink()
    with pytest.raises(PublishError, match=r"a\.txt cannot be read"):
        out.read()
    with pytest.raises(PublishError, match=r"a\.txt cannot be read"):
        out.digests()


def test_what_goes_out_lies_over_what_is_there(tmp_path: Path) -> None:
    out = outgoing_files(file(tmp_path / "out", "a.txt", b"new").place.parent)
    file(tmp_path / "www", "a.txt", b"old")
    file(tmp_path / "www", "b.txt", b"old")
    with open_folder(tmp_path / "www") as folder:
        joined = Joined(GoingOut(out), folder)
        assert joined.fetch("a.txt", limit=3) == b"new"
        assert joined.fetch("b.txt", limit=3) == b"old"
        with pytest.raises(FetchError, match="longer than the 2 bytes"):
            joined.fetch("a.txt", limit=2)


@pytest.mark.parametrize(
    ("text", "location"),
    [
        ("/var/www/registry", FolderLocation(folder="/var/www/registry")),
        ("www", FolderLocation(folder="www")),
        ("git:../pages#main", BranchLocation(remote="../pages", branch="main")),
        (
            "git:ssh://git@host.example/a.git#gh-pages",
            BranchLocation(remote="ssh://git@host.example/a.git", branch="gh-pages"),
        ),
        ("s3://bucket", BucketLocation(bucket="bucket", prefix="")),
        ("s3://bucket/a/b/", BucketLocation(bucket="bucket", prefix="a/b")),
    ],
)
def test_a_place_is_read(text: str, location: Location) -> None:
    assert parse_location(text) == location


@pytest.mark.parametrize(
    "text",
    ["", "git:repository", "git:#main", "git:a#", "git:a#-f", "s3://", "s3://b/a//c",
     "s3:///a", "s3:bucket", "https://registry.example", "gs://bucket"],
)  # fmt: skip
def test_no_place_is_refused_with_examples(text: str) -> None:
    with pytest.raises(PublishError, match="no place to publish to; name a folder"):
        parse_location(text)
