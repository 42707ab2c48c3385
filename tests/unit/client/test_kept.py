"""A file that is kept: whole, and by one process at a time."""

from pathlib import Path

import pytest
from filelock import FileLock

from sayso.client import kept
from sayso.client.kept import KeptFile
from sayso.errors import FetchError


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    file = KeptFile(tmp_path / "seen")
    assert file.read(limit=9) is None
    for data in (b"one", b"two"):
        with file.locked():
            file.write(data)
        assert file.read(limit=9) == data
    assert sorted(path.name for path in tmp_path.iterdir()) == ["seen", "seen.lock"]


def test_a_file_that_is_too_long_is_not_read(tmp_path: Path) -> None:
    file = KeptFile(tmp_path / "seen")
    file.write(b"longer")
    with pytest.raises(FetchError, match="longer than the 3 bytes"):
        file.read(limit=3)


def test_a_file_that_cannot_be_written_is_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "seen").mkdir()
    with pytest.raises(FetchError, match="seen cannot be written"):
        KeptFile(tmp_path / "seen").write(b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["seen"]


def test_another_process_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_PATIENCE", 0.01)
    file = KeptFile(tmp_path / "seen")
    with (
        FileLock(tmp_path / "seen.lock"),
        pytest.raises(FetchError, match="another command has held"),
        file.locked(),
    ):
        pytest.fail("it was held twice")
    with file.locked():
        file.write(b"data")


def test_there_is_a_folder_to_write_in(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    file = KeptFile(tmp_path / "file" / "seen")
    with pytest.raises(FetchError, match="seen cannot be written"), file.locked():
        pytest.fail("there is no such folder")
