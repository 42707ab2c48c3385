"""Verifying one file with the signature beside it."""

from pathlib import Path

import pytest

from sayso.client.verify import Kind, verify_file
from sayso.errors import FetchError, MalformedError, UntrustedError
from sayso.trust.minisign import sign
from tests.registries import KEY, OTHER_KEY, release_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return release_files().write(tmp_path)


def test_a_release_is_compared_with_what_lies_beside_it(folder: Path) -> None:
    verified = verify_file(folder / "release.json", KEY.public)
    assert verified.kind is Kind.RELEASE
    assert verified.header is not None
    assert verified.header.number == 1
    assert verified.matching == ("registry.json",)
    assert verified.absent == ("schema/owner.json",)


def test_a_file_beside_a_release_must_be_the_one_it_names(folder: Path) -> None:
    (folder / "schema").mkdir()
    (folder / "schema" / "owner.json").write_bytes(b"{}")
    assert verify_file(folder / "release.json", KEY.public).absent == ()
    (folder / "schema" / "owner.json").write_bytes(b"{ ")
    with pytest.raises(UntrustedError, match=r"schema/owner\.json is not"):
        verify_file(folder / "release.json", KEY.public)


def test_a_registry_is_read(folder: Path) -> None:
    verified = verify_file(folder / "registry.json", KEY.public)
    assert verified.kind is Kind.REGISTRY
    assert verified.header is not None
    assert verified.comment.startswith("sayso registry.json release=1 ")


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
