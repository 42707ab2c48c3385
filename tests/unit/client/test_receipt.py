"""Receipts of codes and of files: made, verified, and refused when anything differs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from sayso.client.receipt import check_file, verify_receipt
from sayso.client.receipt_making import receipt_of_codes, receipt_of_file
from sayso.errors import MalformedError, RegistryError, UntrustedError
from sayso.model.isrc import Isrc
from sayso.model.vocabulary import Use, Verdict
from sayso.wire.profile import decode, encode
from sayso.wire.receipt import RECEIPT_LIMIT, decode_receipt
from sayso.wire.receipt_kinds import Asked, Filed
from tests.receipts import MAKER, SONGS, SONGS_PATH, World
from tests.registries import (
    ALLOWED,
    CONTESTED,
    ISSUED,
    LISTED,
    UNDECLARED,
    UNDER_PREFIX,
    registry_document,
)

Change = Callable[[dict[str, Any]], object]

WORLD = World().release()
QUESTION = WORLD.question()
ROOTS = WORLD.roots
CODES = [Isrc(code) for code in (LISTED, CONTESTED, ALLOWED, UNDER_PREFIX, UNDECLARED)]
RECEIPT = receipt_of_codes(QUESTION, CODES, territory="DE")
FILE = receipt_of_file(QUESTION, SONGS_PATH)


def refused(data: bytes) -> str:
    with pytest.raises(RegistryError) as caught:
        verify_receipt(data, ROOTS)
    return str(caught.value)


def changed(data: bytes, change: Change) -> bytes:
    value: dict[str, Any] = decode(data, limit=RECEIPT_LIMIT)
    change(value)
    return encode(value)


def test_a_receipt_proves_what_is_listed_and_what_is_not() -> None:
    proved = verify_receipt(RECEIPT, ROOTS)
    assert proved.receipt.maker == MAKER
    assert proved.receipt.asked == WORLD.today
    assert [one.isrc for one in proved.listings] == sorted(CODES)
    listed = {one.isrc: one.listed for one in proved.listings}
    assert [code for code in CODES if listed[code]] == [LISTED, CONTESTED, ALLOWED]
    verdicts = {
        one.isrc: one.answer(Use.SEARCH, "DE", now=proved.receipt.asked).verdict
        for one in proved.listings
    }
    assert [verdicts[code] for code in CODES] == [
        Verdict.ALLOW,
        Verdict.DENY,
        Verdict.ALLOW,
        Verdict.ALLOW,
        Verdict.UNDECLARED,
    ]


def test_codes_share_the_files_that_lead_to_them() -> None:
    alone = decode_receipt(receipt_of_codes(QUESTION, [Isrc(LISTED)], territory=None))
    twice = receipt_of_codes(QUESTION, [Isrc(LISTED)] * 2, territory=None)
    assert decode_receipt(twice) == alone
    together = decode_receipt(RECEIPT)
    assert isinstance(alone.said, Asked)
    assert isinstance(together.said, Asked)
    assert set(alone.said.objects) < set(together.said.objects)
    assert len(together.said.objects) < len(CODES) * len(alone.said.objects)


def test_a_release_that_says_nothing_is_proved_by_itself() -> None:
    document = registry_document()
    for name in ("recordings", "prefixes"):
        document[name] = []
        document["counts"][name] = 0
    world = World().release({**document, "parts": []})
    data = receipt_of_codes(world.question(), [Isrc(LISTED)], territory=None)
    proved = verify_receipt(data, world.roots)
    assert isinstance(proved.receipt.said, Asked)
    assert proved.receipt.said.objects == ()
    assert proved.listings[0].policy is None


def test_a_permission_counts_at_the_moment_of_asking() -> None:
    """Past `until` the same release says `undeclared`, and so must its receipt."""
    late = replace(QUESTION, asked=ISSUED + timedelta(days=400))
    data = receipt_of_codes(late, [Isrc(ALLOWED)], territory="DE")
    value = decode(data, limit=RECEIPT_LIMIT)
    said: Any = value["answers"]
    assert said[0]["uses"]["search"]["rule"] == "out-of-date"
    (listing,) = verify_receipt(data, ROOTS).listings
    assert listing.policy is not None
    early = changed(data, lambda value: value.update(made=decoded(RECEIPT)["made"]))
    assert "states another answer for XXF012600003" in refused(early)


def decoded(data: bytes) -> dict[str, Any]:
    return decode(data, limit=RECEIPT_LIMIT)


def test_nobody_asks_before_the_release_was_issued() -> None:
    early = replace(QUESTION, asked=ISSUED - timedelta(minutes=5))
    proved = verify_receipt(receipt_of_file(early, SONGS_PATH), ROOTS)
    assert proved.receipt.asked < proved.believed.release.header.issued
    earlier = replace(early, asked=early.asked - timedelta(seconds=1))
    assert "before its release was issued" in refused(
        receipt_of_file(earlier, SONGS_PATH)
    )


def test_the_notice_is_that_of_the_release() -> None:
    other = changed(RECEIPT, lambda value: value.update(notice="You may do anything."))
    assert "another notice" in refused(other)


def cell(value: dict[str, Any]) -> dict[str, Any]:
    uses: dict[str, Any] = value["answers"][1]["uses"]
    found: dict[str, Any] = uses["train-generative"]
    return found


@pytest.mark.parametrize(
    "change",
    [
        lambda value: cell(value).update(verdict="allow"),
        lambda value: cell(value).update(disputed=0),
        lambda value: cell(value).update(by=[]),
        lambda value: cell(value).update(more=None),
        lambda value: value["answers"][1].update(title="Another"),
        lambda value: value["answers"][1].update(owner=None),
        lambda value: value["answers"][1].update(listed=1),
        lambda value: value["answers"].reverse(),
        lambda value: value["answers"].__setitem__(1, None),
        lambda value: value.update(territory=None),
    ],
)
def test_another_answer_is_refused(change: Change) -> None:
    assert "states another answer for" in refused(changed(RECEIPT, change))


def test_files_that_do_not_lead_to_an_answer_are_refused() -> None:
    alone = receipt_of_codes(QUESTION, [Isrc(LISTED)], territory="DE")
    more = changed(
        alone, lambda value: value.update(objects=decoded(RECEIPT)["objects"])
    )
    assert "files of the look-up tree for no code" in refused(more)
    for missing in range(len(decoded(alone)["objects"])):
        less = changed(alone, lambda value: value["objects"].pop(missing))  # noqa: B023
        assert "does not prove its answer for XXF012600001" in refused(less)
        assert "the receipt has no such file" in refused(less)


def test_a_file_of_another_place_is_refused() -> None:
    """Its name is another one, so that nothing leads to it."""

    def change(value: dict[str, Any]) -> None:
        objects = [
            text.replace('"from":0,', '"from":1,', 1) for text in value["objects"]
        ]
        objects.sort(key=lambda text: sha256(text.encode()).digest())
        value["objects"] = objects

    assert "does not prove its answer" in refused(changed(RECEIPT, change))


def test_a_receipt_of_another_registry_is_refused() -> None:
    other = World(first=901)
    with pytest.raises(UntrustedError, match=r"1\.targets\.json is signed by 0"):
        verify_receipt(RECEIPT, other.roots)


def test_an_owner_has_it_that_a_file_was_in_the_release() -> None:
    said = verify_receipt(FILE, ROOTS).receipt.said
    assert isinstance(said, Filed)
    assert (said.path, said.sha256) == (SONGS_PATH, sha256(SONGS).hexdigest())
    check_file(said, SONGS)
    with pytest.raises(UntrustedError, match="not the file that the receipt is of"):
        check_file(said, SONGS + b"\n")


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value.update(path="github/31/583231-mara/other.yaml"),
        lambda value: value.update(sha256="ab" * 32),
        lambda value: value.update(index=0),
        lambda value: value.update(index=3),
        lambda value: value.update(hashes=[]),
        lambda value: value.update(hashes=["ab" * 32]),
    ],
)
def test_another_file_is_refused(change: Change) -> None:
    assert "not proved that the release was made" in refused(changed(FILE, change))


def test_what_is_no_receipt_is_refused() -> None:
    for data in (b"", b"{\n}\n", RECEIPT[:-1], RECEIPT + b"\n"):
        with pytest.raises(MalformedError):
            verify_receipt(data, ROOTS)
