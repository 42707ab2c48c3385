"""release.json: the file whose fields commit to every byte."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from sayso.errors import MalformedError
from sayso.model.settings import REASON_LENGTH, REVOCATIONS, Brake, Revocation
from sayso.wire.header import Profile, trusted_comment
from sayso.wire.profile import Json, encode
from sayso.wire.release import (
    RELEASE_LIMIT,
    decode_release,
    encode_release,
    registry_path,
)
from sayso.wire.release_file import ReleaseFile
from sayso.wire.release_members import ENTRIES_LIMIT, Source
from sayso.wire.text import Digest
from tests.registries import CORE, INDEX, registry_document, release_document

REGISTRY = encode(registry_document())
COUNTS = registry_document()["counts"]
DOCUMENT = release_document(REGISTRY, COUNTS)
RELEASE = decode_release(encode(DOCUMENT))


def changed(**fields: Any) -> bytes:  # noqa: ANN401 - any member there is
    return encode({**DOCUMENT, **fields})


def test_a_release_is_read() -> None:
    header = RELEASE.header
    assert header.number == 1
    assert header.issued == datetime(2026, 11, 22, 11, tzinfo=UTC)
    assert header.origin == "sayso.example"
    assert header.profile is Profile.DEVELOPMENT
    assert RELEASE.counts == COUNTS
    assert RELEASE.file("registry.json").sha256 == sha256(REGISTRY).hexdigest()
    assert [file.path for file in RELEASE.files] == [CORE, INDEX, "registry.json"]
    assert (RELEASE.core, RELEASE.index) == RELEASE.files[:2]
    assert RELEASE.brake == RELEASE.next_brake == Brake(recordings=10_000, ranges=100)
    assert (RELEASE.next_policy, RELEASE.recovery, RELEASE.revoked) == (5, False, ())


def test_a_release_is_written_as_it_was_read() -> None:
    assert encode_release(RELEASE) == encode(DOCUMENT)


def test_a_later_release_names_its_predecessor_and_commit() -> None:
    release = replace(
        RELEASE,
        header=replace(RELEASE.header, number=2, profile=Profile.OPERATOR),
        previous=Digest("cd" * 32),
        source=Source(commit="a" * 40, clean=True, declarations_root=Digest("ef" * 32)),
    )
    assert decode_release(encode_release(release)) == release


def test_the_signed_comment_names_file_and_release() -> None:
    assert trusted_comment("registry.json", RELEASE.header) == (
        "sayso registry.json release=1 issued=2026-11-22T11:00:00Z origin=sayso.example"
    )


def test_a_file_that_is_not_listed_is_named() -> None:
    with pytest.raises(MalformedError, match=r"release 1 does not list absent\.json"):
        RELEASE.file("absent.json")


def test_a_release_that_breaks_the_format_is_not_written() -> None:
    file = replace(RELEASE.files[2], path="../registry.json")
    with pytest.raises(MalformedError, match="not a path"):
        encode_release(replace(RELEASE, files=(*RELEASE.files[:2], file)))


def test_a_release_is_never_long() -> None:
    files = tuple(
        ReleaseFile(
            path=f"schema/{number:04}.json",
            bytes=1,
            sha256=Digest("a" * 64),
            content_sha256=Digest("a" * 64),
        )
        for number in range(400)
    )
    with pytest.raises(MalformedError, match=f"at most {RELEASE_LIMIT}"):
        encode_release(replace(RELEASE, files=(*RELEASE.files, *files)))


def test_a_release_that_revokes_as_many_as_can_be_is_not_too_long() -> None:
    revoked = tuple(
        Revocation(release=number, reason="\U0001f3b5" * REASON_LENGTH)
        for number in range(1, REVOCATIONS + 1)
    )
    release = replace(
        RELEASE,
        header=replace(RELEASE.header, number=REVOCATIONS + 1, origin="o" * 253),
        previous=Digest("cd" * 32),
        revoked=revoked,
    )
    assert decode_release(encode_release(release)) == release


def revoking(*numbers: int, reason: str = "Wrong owner.") -> list[dict[str, Json]]:
    return [{"reason": reason, "release": number} for number in numbers]


LATER: dict[str, Json] = {"number": 5, "previous": "ab" * 32}


def test_a_release_says_which_earlier_ones_are_revoked() -> None:
    release = decode_release(changed(**LATER, revoked=revoking(2, 4)))
    assert [one.release for one in release.revoked] == [2, 4]
    assert release.revoked[0].reason == "Wrong owner."


@pytest.mark.parametrize("numbers", [(5,), (6,), (4, 2), (2, 2)])
def test_only_earlier_releases_are_revoked_each_once(numbers: tuple[int, ...]) -> None:
    with pytest.raises(MalformedError, match="revokes others than earlier ones"):
        decode_release(changed(**LATER, revoked=revoking(*numbers)))


def test_no_more_than_so_many_are_revoked() -> None:
    revoked = revoking(*range(1, REVOCATIONS + 2))
    with pytest.raises(MalformedError, match="more than 64 releases"):
        decode_release(changed(number=99, previous="ab" * 32, revoked=revoked))


def test_a_later_release_may_be_a_recovery() -> None:
    assert decode_release(changed(**LATER, recovery=True)).recovery


LIMITS = Brake(recordings=10, ranges=2)


@pytest.mark.parametrize(
    ("counts", "fields", "braked"),
    [
        ({"loosened": 10, "loosened_ranges": 2}, {}, False),
        ({"loosened": 11, "loosened_ranges": 0}, {}, True),
        ({"loosened": 0, "loosened_ranges": 3}, {}, True),
        ({}, {"next_brake": Brake(recordings=1, ranges=1)}, False),
        ({}, {"next_brake": Brake(recordings=11, ranges=1)}, True),
        ({}, {"next_brake": Brake(recordings=1, ranges=3)}, True),
        ({}, {"recovery": True}, True),
    ],
)
def test_much_loosening_higher_limits_and_recoveries_are_braked(
    counts: dict[str, int],
    fields: dict[str, Any],
    braked: bool,  # noqa: FBT001
) -> None:
    limits = {"brake": LIMITS, "next_brake": LIMITS}
    counted = {**RELEASE.counts, **counts}
    release = replace(RELEASE, counts=counted, **{**limits, **fields})
    assert release.is_braked is braked


def test_the_registry_lies_under_its_digest_too() -> None:
    digest = Digest("ab" * 32)
    assert registry_path(digest) == f"registry/{digest}.json"


NOBODY = {**COUNTS, "prefixes": 0, "recordings": 0}
NO_TREE = {**DOCUMENT["lookup"], "root": None}


@pytest.mark.parametrize(
    ("counts", "lookup", "good"),
    [
        (NOBODY, NO_TREE, True),
        (NOBODY, DOCUMENT["lookup"], False),
        ({**NOBODY, "recordings": 1}, DOCUMENT["lookup"], True),
        ({**NOBODY, "recordings": 1}, NO_TREE, False),
        ({**NOBODY, "prefixes": 1}, DOCUMENT["lookup"], True),
        ({**NOBODY, "prefixes": 1}, NO_TREE, False),
    ],
)
def test_there_is_a_tree_exactly_where_something_is_said(
    counts: dict[str, int],
    lookup: dict[str, Any],
    good: bool,  # noqa: FBT001
) -> None:
    data = changed(counts=counts, lookup=lookup)
    if good:
        release = decode_release(data)
        assert release.lookup.root == lookup["root"]
        assert encode_release(release) == data
    else:
        with pytest.raises(MalformedError, match="has a look-up tree exactly where"):
            decode_release(data)


def test_the_bounds_of_a_tree_are_read() -> None:
    lookup = RELEASE.lookup
    assert (lookup.leaf_items, lookup.node_entries) == (256, 64)
    narrow = {**DOCUMENT["lookup"], "leaf_items": 1, "node_entries": 2}
    wide = {**narrow, "leaf_items": ENTRIES_LIMIT, "node_entries": ENTRIES_LIMIT}
    for bounds in (narrow, wide):
        read = decode_release(changed(lookup=bounds)).lookup
        assert read.leaf_items == bounds["leaf_items"]
        assert read.node_entries == bounds["node_entries"]


CORE_FILE, INDEX_FILE, FILE = DOCUMENT["files"]
MISNAMED_INDEX = {**INDEX_FILE, "content_sha256": "ab" * 32}
MISNAMED_CORE = {**CORE_FILE, "content_sha256": "ab" * 32}
OTHER_CORE = {**CORE_FILE, "path": "bulk/c1.core.parquet"}
BRAKE = DOCUMENT["brake"]
LOOKUP = DOCUMENT["lookup"]
SOURCE = DOCUMENT["source"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"format": "sayso/release/2"}, "reads 'sayso/release/1'"),
        ({"vocabulary": "uses/2"}, "reads 'uses/1'"),
        ({"licence": "MIT"}, "reads 'CC0-1.0'"),
        ({"surprise": 1}, "'surprise', which is not part"),
        ({"number": 0}, "'number' is not a number from 1"),
        ({"number": True}, "'number' is not a number"),
        ({"number": "1"}, "'number' is not a number"),
        ({"number": 2}, "no previous release"),
        ({"previous": "ab" * 32}, "no previous release"),
        ({"previous": "AB" * 32}, "SHA-256"),
        ({"previous": 1}, "'previous' is not a text"),
        ({"issued": "2026-11-22"}, "not a time"),
        ({"origin": "Sayso Example"}, "'origin' is not the name of a registry"),
        ({"profile": "toy"}, "'profile' is not one of development, operator"),
        ({"notice": None}, "'notice' is not a text"),
        ({"counts": {}}, "has no 'declarations'"),
        ({"counts": {**COUNTS, "owners": -1}}, "'owners' is not a number from 0"),
        ({"counts": {**COUNTS, "Owners": 1}}, "'Owners' is not the name of a count"),
        ({"counts": []}, "counts is not an object"),
        ({"source": {**SOURCE, "commit": "main"}}, "not a Git commit"),
        ({"source": {**SOURCE, "clean": 1}}, "'clean' is not true or false"),
        ({"source": {**SOURCE, "tag": "v1"}}, "'tag', which is not part"),
        ({"files": {}}, "'files' is not a list"),
        ({"files": []}, r"does not list registry\.json"),
        ({"files": [CORE_FILE, FILE]}, "lists 0 files index/…"),
        ({"files": [INDEX_FILE, FILE]}, "lists 0 files bulk/…"),
        ({"files": [CORE_FILE, OTHER_CORE, INDEX_FILE, FILE]}, "lists 2 files bulk/…"),
        ({"files": [CORE_FILE, MISNAMED_INDEX, FILE]}, "not named by its content"),
        ({"files": [MISNAMED_CORE, INDEX_FILE, FILE]}, "not named by its content"),
        ({"brake": {**BRAKE, "ranges": 0}}, "'ranges' is not a number from 1"),
        ({"next_brake": {"ranges": 1}}, "has no 'recordings'"),
        ({"brake": {**BRAKE, "more": 1}}, "'more', which is not part"),
        ({"next_policy": 0}, "'next_policy' is not a number from 1"),
        ({"recovery": 1}, "'recovery' is not true or false"),
        ({"recovery": True}, "the first release recovers nothing"),
        ({"revoked": {}}, "'revoked' is not a list"),
        ({"revoked": [1]}, "a revocation is not an object"),
        ({"revoked": revoking(1, reason="")}, "'reason' is not a line"),
        ({"revoked": revoking(1, reason="a\n")}, "'reason' is not a line"),
        ({"revoked": revoking(1, reason="\x9b")}, "'reason' is not a line"),
        ({"revoked": revoking(1, reason="a" * 201)}, "'reason' is not a line"),
        ({"revoked": [{**revoking(1)[0], "by": 1}]}, "'by', which is not part"),
        ({"files": ["registry.json"]}, "not an object"),
        ({"files": [FILE, FILE]}, "not in ascending order"),
        ({"files": [{**FILE, "path": "/etc/passwd"}]}, "not a path"),
        ({"files": [{**FILE, "bytes": -1}]}, "'bytes' is not a number"),
        ({"files": [{**FILE, "sha256": "x"}]}, "SHA-256"),
        ({"files": [{**FILE, "mode": 1}]}, "'mode', which is not part"),
        ({"lookup": None}, "lookup is not an object"),
        ({"lookup": {**LOOKUP, "leaf_items": 0}}, "'leaf_items' is not a number"),
        ({"lookup": {**LOOKUP, "node_entries": 1}}, "'node_entries' is not a number"),
        ({"lookup": {**LOOKUP, "leaf_items": 4097}}, "more than 4096 entries"),
        ({"lookup": {**LOOKUP, "node_entries": 4097}}, "more than 4096 entries"),
        ({"lookup": {**LOOKUP, "root": "x"}}, "SHA-256"),
        ({"lookup": {**LOOKUP, "root": 1}}, "'root' is not a text"),
        ({"lookup": {**LOOKUP, "more": 1}}, "'more', which is not part"),
    ],
)
def test_another_release_is_refused(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        decode_release(changed(**fields))


@pytest.mark.parametrize("name", sorted(DOCUMENT))
def test_every_member_is_needed(name: str) -> None:
    document = {key: value for key, value in DOCUMENT.items() if key != name}
    with pytest.raises(MalformedError, match=f"has no '{name}'"):
        decode_release(encode(document))


def test_counts_may_count_more() -> None:
    release = decode_release(changed(counts={**COUNTS, "open_disputes": 3}))
    assert release.counts["open_disputes"] == 3
