"""Fetching a registry: nothing is believed before it is verified."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from sayso.client.fetch import Fetcher, fetcher_of
from sayso.client.refresh import MemoryFetcher, refresh
from sayso.client.registry import fetch_registry
from sayso.client.store import Store
from sayso.errors import (
    FetchError,
    MalformedError,
    MissingError,
    RegistryError,
    UntrustedError,
)
from sayso.model.isrc import Isrc
from sayso.model.vocabulary import Verdict
from sayso.trust.roles import RoleFile
from sayso.wire.profile import encode
from sayso.wire.registry import REGISTRY_LIMIT, Registry
from sayso.wire.release import Release
from tests.believed import Believed, believed, stranger
from tests.registries import (
    ISSUED,
    LISTED,
    Files,
    registry_document,
    release_document,
)
from tests.webserver import files, serve

GOOD = believed()
(REGISTRY,) = (path for path in GOOD.files if path.startswith("registry/"))


def opened(registry: Believed) -> tuple[Release, Registry]:
    return fetched(MemoryFetcher(registry.files), registry.root)


def fetched(fetcher: Fetcher, root: RoleFile) -> tuple[Release, Registry]:
    release = refresh(fetcher, root, now=ISSUED).release
    return release, fetch_registry(fetcher, release)


def with_file(path: str, data: bytes) -> Believed:
    return replace(GOOD, files={**GOOD.files, path: data})


def released(registry: bytes, release: object) -> Believed:
    """Return a registry that publishes these two files."""
    files = {
        "registry.json": registry,
        f"registry/{sha256(registry).hexdigest()}.json": registry,
        "release.json": encode(release),  # type: ignore[arg-type] # as a test says
    }
    return believed(Files(by_path=files))


def test_a_good_registry_opens_from_a_folder_and_from_an_address(
    tmp_path: Path,
) -> None:
    GOOD.write(tmp_path)
    with serve(files(GOOD.files)) as site:
        for location in (str(tmp_path), site.address):
            release, registry = fetched(fetcher_of(location), GOOD.root)
            assert release.header == registry.release
            answer = registry.answer(Isrc(LISTED), "prompt", now=ISSUED)
            assert answer.verdict is Verdict.DENY


def test_with_a_store_a_web_address_is_not_asked_twice(tmp_path: Path) -> None:
    store = Store(tmp_path, GOOD.root)
    with serve(files(GOOD.files)) as site:
        fetcher = fetcher_of(site.address)
        for requests in (9, 1):
            site.asked.clear()
            trusted = store.refresh(
                fetcher, now=ISSUED, max_age=timedelta(hours=1), source=site.address
            )
            fetch_registry(fetcher, trusted.release)
            assert len(site.asked) == requests


def test_another_root_opens_nothing() -> None:
    with pytest.raises(UntrustedError, match=r"timestamp\.json is signed by 0"):
        fetched(MemoryFetcher(GOOD.files), stranger())


def test_a_missing_registry_is_no_answer() -> None:
    rest = {name: data for name, data in GOOD.files.items() if name != REGISTRY}
    with pytest.raises(MissingError, match="is not there"):
        opened(replace(GOOD, files=rest))


def test_a_changed_byte_anywhere_in_the_registry_is_no_answer() -> None:
    data = GOOD.files[REGISTRY]
    for place in range(0, len(data), len(data) // 100):
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises(UntrustedError, match="not the one that the release names"):
            opened(with_file(REGISTRY, bytes(changed)))


def test_a_registry_that_is_cut_off_or_too_long_is_no_answer() -> None:
    data = GOOD.files[REGISTRY]
    for other in (b"", data[:-1], data + b"\n"):
        with pytest.raises(RegistryError):
            opened(with_file(REGISTRY, other))


def test_the_alias_may_be_that_of_the_next_release() -> None:
    opened(with_file("registry.json", b"of the next release"))


def test_a_registry_of_another_release_is_refused() -> None:
    """Old data under a new release."""
    registry = GOOD.files[REGISTRY]
    counts = registry_document()["counts"]
    release = {
        **release_document(registry, counts),
        "issued": "2026-11-22T10:59:59Z",
    }
    with pytest.raises(UntrustedError, match="of another release"):
        opened(released(registry, release))


def test_a_registry_that_is_none_is_refused() -> None:
    bad = b'{\n"format":"sayso/registry/1"\n}\n'
    release = release_document(bad, registry_document()["counts"])
    with pytest.raises(MalformedError, match=r"registry\.json cannot be read"):
        opened(released(bad, release))


def test_both_files_count_alike() -> None:
    registry = encode(registry_document())
    counts = {**registry_document()["counts"], "recordings": 5}
    with pytest.raises(UntrustedError, match="of another release"):
        opened(released(registry, release_document(registry, counts)))


def test_a_registry_too_large_is_not_fetched() -> None:
    registry = GOOD.files[REGISTRY]
    document = release_document(registry, registry_document()["counts"])
    entry = document["files"][-1]
    assert entry["path"] == "registry.json"
    entry["bytes"] = REGISTRY_LIMIT + 1
    with pytest.raises(FetchError, match="more than this version"):
        opened(released(registry, document))
