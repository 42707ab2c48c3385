"""The files of a release that do not grow with it: few named, the others listed."""

import gzip
import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from sayso.publish.output import Folder
from sayso.wire.release import registry_path
from sayso.wire.sources import check_source, decode_sources, prove_source
from sayso.wire.text import Digest
from tests.declared import (
    FACTS,
    FERNWOOD,
    Published,
    declaration,
    index_of,
    publish,
    recordings,
)

CODES = [f"XXF0126{number:05}" for number in range(300)]
DENY = declaration("{any-ai: deny}", recordings(*CODES))
TEXTS = {f"{FERNWOOD}/catalogue.yaml": DENY}
REFRESH = 2200
"""How many bytes release.json may have, so that a client's first refresh is small."""


@pytest.fixture(scope="module")
def many() -> Published:
    """A release after many, with as many deltas as there can be."""
    release = publish(TEXTS)
    for hour in range(1, 33):
        release = publish(TEXTS, after=release, days=hour / 24)
    return release


def test_release_json_is_small_whatever_there_is(many: Published) -> None:
    index = index_of(many.files)
    assert len([file for file in index if file.path.startswith("delta/")]) == 30
    assert len(many.files["release.json"]) <= REFRESH
    assert len(many.release.files) == 3


def test_every_file_hangs_from_release_json(many: Published) -> None:
    listed = {file.path: file for file in (*many.release.files, *index_of(many.files))}
    for part in many.registry.parts:
        listed |= {file.path: file for file in part.files}
    others = {path for path in many.files if path not in listed}
    registry = registry_path(many.release.file("registry.json").sha256)
    assert {path for path in others if not path.startswith("lookup/")} == {
        "release.json",
        registry,
    }
    for path, file in listed.items():
        data = many.files[path]
        assert (len(data), hashlib.sha256(data).hexdigest()) == (
            file.bytes,
            file.sha256,
        )


def test_the_registry_is_kept_under_its_digest(many: Published) -> None:
    registry = many.files["registry.json"]
    digest = Digest(hashlib.sha256(registry).hexdigest())
    assert many.files[registry_path(digest)] == registry


def test_in_a_folder_both_names_are_one_file(tmp_path: Path) -> None:
    published = publish(TEXTS, output=Folder(tmp_path))
    path = registry_path(published.release.file("registry.json").sha256)
    assert (tmp_path / path).samefile(tmp_path / "registry.json")


def test_the_files_that_were_declared_are_listed_and_proved(many: Published) -> None:
    (file,) = (f for f in index_of(many.files) if f.path.startswith("source/"))
    sources = decode_sources(gzip.decompress(many.files[file.path]))
    files = many.tree.files
    assert sources == tuple((each.path, each.sha256) for each in files)
    assert {*FACTS, *TEXTS} < {each.path for each in files}
    path = f"{FERNWOOD}/catalogue.yaml"
    proof = prove_source(sources, path)
    digest = Digest(hashlib.sha256(DENY.encode()).hexdigest())
    check_source(path, digest, proof, many.release.source.declarations_root)


def test_a_release_is_named_by_its_issue_alone() -> None:
    """Two releases that say the same share all but what says which one it is."""
    first = publish(TEXTS)
    second = publish(TEXTS, after=first, days=1)
    same = first.files.keys() & second.files.keys()
    assert second.release.header.issued - first.release.header.issued == timedelta(1)
    moved = {path.partition("/")[0] for path in second.files.keys() - same}
    assert moved == {"delta", "index", "registry", "state"}
