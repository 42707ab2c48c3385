"""Asking: one answer, whether a registry holds its recordings or not."""

from dataclasses import replace
from pathlib import Path

import pytest

from sayso.client.asking import listing_of
from sayso.client.fetch import Fetcher, FolderFetcher
from sayso.client.registry import fetch_registry
from sayso.errors import FetchError, MalformedError, UntrustedError
from sayso.model.isrc import Isrc
from sayso.model.owner import OwnerId
from sayso.wire.listing import Listing
from sayso.wire.registry import Registry
from sayso.wire.release import RELEASE_LIMIT, Release, decode_release
from tests.registries import (
    ALLOWED,
    CONTESTED,
    FERNWOOD,
    LISTED,
    UNDECLARED,
    UNDER_PREFIX,
    UNTITLED,
    parted_files,
    release_files,
)

CODES = [LISTED, CONTESTED, ALLOWED, UNTITLED, UNDER_PREFIX, UNDECLARED]
EDGES = ["AA0000000000", "XXF011499999", "XXF012700000", "XXH010000000", "ZZZZZ9999999"]


class Counting:
    """Brings the files of a folder and remembers which."""

    def __init__(self, folder: Path) -> None:
        self._fetcher = FolderFetcher(folder)
        self.asked: list[str] = []

    def fetch(self, path: str, *, limit: int) -> bytes:
        self.asked.append(path)
        return self._fetcher.fetch(path, limit=limit)


def opened(folder: Path) -> tuple[Release, Registry]:
    release = FolderFetcher(folder).fetch("release.json", limit=RELEASE_LIMIT)
    decoded = decode_release(release)
    return decoded, fetch_registry(FolderFetcher(folder), decoded)


def ask(isrc: str, release: Release, registry: Registry, fetcher: Fetcher) -> Listing:
    return listing_of(Isrc(isrc), release=release, registry=registry, fetcher=fetcher)


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    return release_files().write(tmp_path / "whole")


@pytest.fixture
def parted(tmp_path: Path) -> Path:
    return parted_files().write(tmp_path / "parted")


@pytest.mark.parametrize("isrc", [*CODES, *EDGES])
def test_both_kinds_of_registry_say_the_same(
    whole: Path, parted: Path, isrc: str
) -> None:
    counting = Counting(parted)
    said = ask(isrc, *opened(parted), counting)
    assert said == ask(isrc, *opened(whole), FolderFetcher(whole))
    assert counting.asked
    assert all(path.startswith("lookup/") for path in counting.asked)


def test_a_registry_that_holds_its_recordings_asks_for_nothing(whole: Path) -> None:
    counting = Counting(whole)
    assert ask(LISTED, *opened(whole), counting).owner == FERNWOOD
    assert counting.asked == []


@pytest.mark.parametrize("isrc", CODES)
def test_without_its_tree_there_is_no_answer(parted: Path, isrc: str) -> None:
    for path in parted.glob("lookup/*/*"):
        path.unlink()
    release, registry = opened(parted)
    with pytest.raises(FetchError, match="is not there"):
        ask(isrc, release, registry, FolderFetcher(parted))


def test_the_bounds_of_the_tree_are_the_release_s(parted: Path) -> None:
    release, registry = opened(parted)
    narrow = replace(release, lookup=replace(release.lookup, node_entries=2))
    with pytest.raises(MalformedError, match="where 1 to 2 are allowed"):
        ask(LISTED, narrow, registry, FolderFetcher(parted))


def test_a_tree_that_contradicts_the_registry_is_no_answer(parted: Path) -> None:
    release, registry = opened(parted)
    policies = dict(registry.policies)
    elsewhere = replace(
        registry.prefixes[0], first=Isrc("XXG010000000"), last=Isrc("XXG019999999")
    )
    stranger = {OwnerId("github:1"): registry.owners[OwnerId(FERNWOOD)]}
    others = [
        (LISTED, replace(registry, policies={**policies, 1: policies[2]})),
        (LISTED, replace(registry, policies={2: policies[2]})),
        (LISTED, replace(registry, owners=stranger)),
        (UNDER_PREFIX, replace(registry, policies={**policies, 1: policies[2]})),
        (UNDER_PREFIX, replace(registry, prefixes=())),
        (UNDECLARED, replace(registry, prefixes=(elsewhere,))),
    ]
    for isrc, other in others:
        ask(isrc, release, registry, FolderFetcher(parted))
        with pytest.raises(UntrustedError, match=f"contradict each other about {isrc}"):
            ask(isrc, release, other, FolderFetcher(parted))


def test_one_policy_under_two_numbers_is_a_contradiction(parted: Path) -> None:
    release, registry = opened(parted)
    policies = {**registry.policies, 9: registry.policies[1]}
    spans = tuple(replace(span, policy=9) for span in registry.prefixes[:1])
    other = replace(registry, policies=policies, prefixes=spans)
    with pytest.raises(UntrustedError, match="contradict"):
        ask(spans[0].first, release, other, FolderFetcher(parted))
