"""Verifying one file with the signature beside it."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sayso.client.verify import Kind, verify_file
from sayso.errors import FetchError, MalformedError, UntrustedError
from sayso.trust.minisign import sign
from sayso.wire.profile import encode
from tests.registries import (
    CORE,
    INDEX,
    INDEX_JSON,
    ISSUED,
    KEY,
    OTHER_KEY,
    Files,
    part_files,
    parted_files,
    registry_document,
    release_document,
    release_files,
    signed,
    tree_of,
)

PART_FILES = part_files(registry_document()["recordings"])
PARTS = tuple(PART_FILES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return release_files().write(tmp_path)


def test_a_release_is_compared_with_what_lies_beside_it(folder: Path) -> None:
    verified = verify_file(folder / "release.json", KEY.public)
    assert verified.kind is Kind.RELEASE
    assert verified.header is not None
    assert verified.header.number == 1
    assert verified.matching == (INDEX, "registry.json")
    assert verified.absent == (*PARTS, CORE, "schema/owner.json")
    assert verified.tree is None


def test_a_file_beside_a_release_must_be_the_one_it_names(folder: Path) -> None:
    (folder / "schema").mkdir()
    (folder / "schema" / "owner.json").write_bytes(b"{}")
    assert verify_file(folder / "release.json", KEY.public).absent == (*PARTS, CORE)
    for other in (b"{ ", b"{", b"{}}"):
        (folder / "schema" / "owner.json").write_bytes(other)
        with pytest.raises(UntrustedError, match=r"schema/owner\.json is not"):
            verify_file(folder / "release.json", KEY.public)


def test_parts_are_compared_as_the_registry_names_them(folder: Path) -> None:
    """Both for a registry and for a release beside which it lies."""
    Files(by_path=PART_FILES).write(folder)
    for name in ("release.json", "registry.json"):
        verified = verify_file(folder / name, KEY.public)
        assert set(PARTS) <= set(verified.matching)
        assert not set(PARTS) & set(verified.absent)
    (folder / PARTS[1]).write_bytes(b"(other columns)")
    for name in ("release.json", "registry.json"):
        with pytest.raises(UntrustedError, match=r"registry\.parquet is not the one"):
            verify_file(folder / name, KEY.public)


def test_without_its_registry_a_release_names_no_parts(folder: Path) -> None:
    (folder / "registry.json").unlink()
    verified = verify_file(folder / "release.json", KEY.public)
    assert verified.matching == (INDEX,)
    assert verified.absent == (CORE, "registry.json", "schema/owner.json")


def test_without_its_index_a_release_names_few_files(folder: Path) -> None:
    (folder / INDEX).unlink()
    verified = verify_file(folder / "release.json", KEY.public)
    assert verified.matching == ("registry.json",)
    assert verified.absent == (*PARTS, CORE, INDEX)


def test_an_index_beside_a_release_is_the_one_it_names(folder: Path) -> None:
    (folder / INDEX).write_bytes(INDEX_JSON.replace(b"owner", b"other"))
    with pytest.raises(UntrustedError, match=r"index/.*\.json is not the one"):
        verify_file(folder / "release.json", KEY.public)


def test_a_registry_beside_a_release_is_the_one_it_names(folder: Path) -> None:
    with (folder / "registry.json").open("ab") as file:
        file.write(b" ")
    with pytest.raises(FetchError, match=r"registry\.json is longer"):
        verify_file(folder / "release.json", KEY.public)


def test_a_registry_beside_a_release_is_one_of_it(tmp_path: Path) -> None:
    later = registry_document(ISSUED + timedelta(days=1))
    folder = release_files(later, ISSUED).write(tmp_path)
    with pytest.raises(UntrustedError, match="of another release"):
        verify_file(folder / "release.json", KEY.public)
    data = b"{\n}\n"
    release = encode(release_document(data, later["counts"]))
    Files(by_path=signed({"registry.json": data, "release.json": release})).write(
        tmp_path
    )
    with pytest.raises(MalformedError, match=r"registry\.json cannot be read"):
        verify_file(folder / "release.json", KEY.public)


def test_what_lies_beside_a_release_is_an_ordinary_file(folder: Path) -> None:
    path = folder / "schema" / "owner.json"
    path.parent.mkdir()
    os.mkfifo(path)
    with pytest.raises(UntrustedError, match=r"schema/owner\.json is not"):
        verify_file(folder / "release.json", KEY.public)


def test_a_file_that_cannot_be_read_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Files(by_path=PART_FILES).write(folder)
    ordinary = Path.open

    def failing(path: Path, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        if path.name.endswith(".parquet"):
            raise OSError(5, "Input/output error")
        return ordinary(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", failing)
    with pytest.raises(FetchError, match=r"parquet cannot be read: .*Input/output"):
        verify_file(folder / "registry.json", KEY.public)


def test_files_larger_than_a_piece_are_compared(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sayso.client.verify._PIECE", 2)
    Files(by_path=PART_FILES).write(folder)
    assert verify_file(folder / "registry.json", KEY.public).matching == PARTS
    (folder / PARTS[0]).write_bytes(b"(liNes)")
    with pytest.raises(UntrustedError, match=r"jsonl\.zst is not the one"):
        verify_file(folder / "registry.json", KEY.public)


def test_the_tree_of_a_release_is_checked_where_that_is_asked(tmp_path: Path) -> None:
    release = parted_files()
    folder = release.write(tmp_path)
    verified = verify_file(folder / "release.json", KEY.public, with_tree=True)
    assert verified.tree is not None
    assert (verified.tree.recordings, verified.tree.breakpoints) == (4, 4)
    assert len(verified.matching) == 6
    next(folder.glob("lookup/*/*")).unlink()
    assert verify_file(folder / "release.json", KEY.public).tree is None
    with pytest.raises(FetchError, match="is not there"):
        verify_file(folder / "release.json", KEY.public, with_tree=True)


def test_a_tree_of_other_recordings_is_refused(tmp_path: Path) -> None:
    document = registry_document()
    member, tree = tree_of({**document, "recordings": document["recordings"][1:]})
    release = release_files(document, lookup=member)
    folder = Files(by_path={**release.by_path, **tree}).write(tmp_path)
    with pytest.raises(
        UntrustedError, match=r"tree has 3 recordings, and release\.json"
    ):
        verify_file(folder / "release.json", KEY.public, with_tree=True)


def test_a_registry_is_read(folder: Path) -> None:
    verified = verify_file(folder / "registry.json", KEY.public)
    assert verified.kind is Kind.REGISTRY
    assert verified.header is not None
    assert verified.comment.startswith("sayso registry.json release=1 ")
    assert (verified.matching, verified.absent) == ((), PARTS)


def test_another_file_has_only_its_comment(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"hello")
    text = sign(b"hello", KEY, trusted_comment="anything")
    (tmp_path / "notes.txt.minisig").write_text(text)
    verified = verify_file(tmp_path / "notes.txt", KEY.public)
    assert (verified.kind, verified.comment, verified.bytes) == (
        Kind.OTHER,
        "anything",
        5,
    )
    assert verified.header is None


def test_a_signed_file_that_is_no_registry_is_refused(tmp_path: Path) -> None:
    (tmp_path / "registry.json").write_bytes(b"{\n}\n")
    text = sign(b"{\n}\n", KEY, trusted_comment="x")
    (tmp_path / "registry.json.minisig").write_text(text)
    with pytest.raises(MalformedError, match="cannot be read"):
        verify_file(tmp_path / "registry.json", KEY.public)


def test_another_key_or_no_signature_is_refused(folder: Path) -> None:
    with pytest.raises(UntrustedError, match="not to be believed"):
        verify_file(folder / "release.json", OTHER_KEY.public)
    (folder / "release.json.minisig").unlink()
    with pytest.raises(FetchError, match=r"release\.json\.minisig is not there"):
        verify_file(folder / "release.json", KEY.public)
