"""What receipts are made of, from what a registry publishes."""

from collections.abc import Callable

import pytest

from sayso.client.receipt import verify_receipt
from sayso.client.receipt_making import (
    Question,
    receipt_of_codes,
    receipt_of_file,
)
from sayso.client.registry import fetch_index
from sayso.errors import FetchError, MalformedError, RegistryError, UntrustedError
from sayso.model.isrc import Isrc
from sayso.wire.lookup import lookup_path
from sayso.wire.places import metadata_path
from sayso.wire.receipt_kinds import CODES_LIMIT
from tests.receipts import SONGS_PATH, World
from tests.registries import LISTED, UNTITLED
from tests.roles import TEAM


def rotated() -> World:
    world = World()
    world.rotate(201)
    world.rotate(301)
    return world.release()


def test_a_receipt_begins_with_the_second_root_whatever_is_pinned() -> None:
    world = rotated()
    data = receipt_of_codes(world.question(3), [Isrc(UNTITLED)], territory=None)
    for root in world.roots:
        assert verify_receipt(data, [root]).believed.root == world.roots[2]


def test_a_root_that_is_not_there_any_more_makes_no_receipt() -> None:
    world = rotated()
    del world.files[metadata_path("2.root.json")]
    with pytest.raises(FetchError, match=r"2\.root\.json is not there"):
        world.question(3)


def test_a_root_that_does_not_lead_to_the_pinned_one_makes_no_receipt() -> None:
    world, other = rotated(), World(profile=TEAM, first=501)
    other.rotate(601)
    path = metadata_path("2.root.json")
    world.files[path] = other.roots[1].data
    with pytest.raises(UntrustedError, match=r"3\.root\.json is signed by 0"):
        world.question(3)


def test_a_file_that_the_release_was_not_made_from_has_no_receipt() -> None:
    with pytest.raises(MalformedError, match="was not made from"):
        receipt_of_file(World().release().question(), "github/31/583231-mara/no.yaml")


def test_too_many_codes_have_no_receipt() -> None:
    codes = [Isrc(f"XXF0126{number:05}") for number in range(CODES_LIMIT + 1)]
    with pytest.raises(MalformedError, match=f"1 to {CODES_LIMIT} codes"):
        receipt_of_codes(World().release().question(), codes, territory=None)


def of_code(question: Question) -> bytes:
    return receipt_of_codes(question, [Isrc(LISTED)], territory=None)


def of_file(question: Question) -> bytes:
    return receipt_of_file(question, SONGS_PATH)


def root_of(question: Question) -> str:
    root = question.release.lookup.root
    assert root is not None
    return lookup_path(root)


def index_of(question: Question) -> str:
    return question.release.index.path


def sources_of(question: Question) -> str:
    files = fetch_index(question.fetcher, question.release)
    return next(file.path for file in files if file.path.startswith("source/"))


@pytest.mark.parametrize(
    ("make", "path"),
    [(of_code, root_of), (of_file, index_of), (of_file, sources_of)],
)
def test_a_file_that_is_missing_or_another_makes_no_receipt(
    make: Callable[[Question], bytes], path: Callable[[Question], str]
) -> None:
    world = World().release()
    question = world.question()
    assert make(question)
    place = path(question)
    world.files[place] = world.files[place][:-1] + b"\xff"
    with pytest.raises(RegistryError, match=place):
        make(question)
    del world.files[place]
    with pytest.raises(FetchError, match="is not there"):
        make(question)
