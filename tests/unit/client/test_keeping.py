"""A registry is fetched once for each release, and what was kept is never trusted."""

from hashlib import sha256
from pathlib import Path

import pytest

from sayso.client.keeping import KeepingFetcher
from sayso.client.kept import KeptFile
from sayso.client.refresh import MemoryFetcher
from sayso.errors import MissingError

ONE, TWO = b"registry of one release", b"registry of another"


def path_of(data: bytes) -> str:
    return f"registry/{sha256(data).hexdigest()}.json"


def fetch(path: Path, files: dict[str, bytes], wanted: str) -> bytes:
    fetcher = KeepingFetcher(MemoryFetcher(files), KeptFile(path))
    return fetcher.fetch(wanted, limit=100)


def test_a_registry_is_fetched_once(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    assert fetch(path, {path_of(ONE): ONE}, path_of(ONE)) == ONE
    assert fetch(path, {}, path_of(ONE)) == ONE
    with pytest.raises(MissingError):
        fetch(path, {}, path_of(TWO))
    assert fetch(path, {path_of(TWO): TWO}, path_of(TWO)) == TWO
    with pytest.raises(MissingError):
        fetch(path, {}, path_of(ONE))


def test_what_was_kept_counts_with_its_digest_alone(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    fetch(path, {path_of(ONE): ONE}, path_of(ONE))
    for other in (TWO, b"", ONE * 9):
        path.write_bytes(other)
        with pytest.raises(MissingError):
            fetch(path, {}, path_of(ONE))
        assert fetch(path, {path_of(ONE): ONE}, path_of(ONE)) == ONE
        assert path.read_bytes() == ONE


def test_what_a_host_lies_about_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    assert fetch(path, {path_of(ONE): TWO}, path_of(ONE)) == TWO
    assert not path.exists()


def test_other_files_are_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    assert fetch(path, {"release.json": ONE}, "release.json") == ONE
    assert not path.exists()


def test_where_it_cannot_be_kept_it_is_fetched_again(tmp_path: Path) -> None:
    path = tmp_path / "absent" / "kept"
    for _ in range(2):
        assert fetch(path, {path_of(ONE): ONE}, path_of(ONE)) == ONE
