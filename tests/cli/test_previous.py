"""The release before, read by its release.json and files whose names never change."""

from dataclasses import replace
from pathlib import Path

import pytest

from sayso.cli.previous import read_previous
from sayso.client.fetch import FolderFetcher
from sayso.errors import MalformedError, MissingError, UntrustedError
from sayso.publish.output import Folder
from sayso.wire.release import decode_release
from sayso.wire.release_file import decode_index, encode_index
from tests.declared import (
    FERNWOOD,
    HARROW,
    Published,
    declaration,
    digest_of,
    previous_of,
    publish,
    recordings,
)

TEXTS = {
    f"{FERNWOOD}/catalogue.yaml": declaration(
        "{any-ai: deny}", recordings("XXF012600001")
    ),
    f"{HARROW}/prefix.yaml": declaration("{any-ai: deny}", "prefix: XXF02"),
}


@pytest.fixture
def published(tmp_path: Path) -> Published:
    return publish(TEXTS, after=publish(TEXTS), days=1, output=Folder(tmp_path))


def test_a_release_is_read_without_its_aliases(
    published: Published, tmp_path: Path
) -> None:
    """They may be those of a newer one already."""
    for path in ("registry.json", "release.json"):
        (tmp_path / path).unlink(missing_ok=True)
    data = published.files["release.json"]
    found = read_previous(FolderFetcher(tmp_path), decode_release(data), data)
    assert found == previous_of(published)
    assert found.kept is not None
    assert len(found.kept.deltas) == 1
    assert publish(TEXTS, after=published, days=2, lost=found).files == (
        publish(TEXTS, after=published, days=2).files
    )


@pytest.mark.parametrize("kind", ["index", "registry", "state", "delta", "bulk"])
def test_every_file_is_needed_as_it_was(
    published: Published, tmp_path: Path, kind: str
) -> None:
    data = published.files["release.json"]
    found = sorted((tmp_path / kind).iterdir())
    (path,) = [f for f in found if kind != "bulk" or ".core." in f.name]
    path.write_bytes(bytes(path.stat().st_size))
    with pytest.raises(UntrustedError, match="is not the one that the release names"):
        read_previous(FolderFetcher(tmp_path), decode_release(data), data)
    path.unlink()
    with pytest.raises(MissingError):
        read_previous(FolderFetcher(tmp_path), decode_release(data), data)


def test_an_index_that_lists_no_state_is_named(
    published: Published, tmp_path: Path
) -> None:
    release = published.release
    index = decode_index((tmp_path / release.index.path).read_bytes())
    data = encode_index(f for f in index if not f.path.startswith("state/"))
    path = "index/other.json"
    (tmp_path / path).write_bytes(data)
    other = replace(release.index, path=path, bytes=len(data), sha256=digest_of(data))
    core, _, registry = release.files
    with pytest.raises(MalformedError, match="release before lists 0 files state/"):
        read_previous(
            FolderFetcher(tmp_path),
            replace(release, files=(core, other, registry)),
            b"",
        )
