"""Nothing goes back, and nothing of another registry is written over."""

from datetime import timedelta
from pathlib import Path

import pytest

from sayso.client.refresh import MemoryFetcher
from sayso.errors import PublishError
from sayso.publish.hosting.standing import (
    Standing,
    check_forward,
    newest_root,
    standing_of,
)
from sayso.wire.places import CHECKPOINT, TIMESTAMP, metadata_path
from tests.hosted import Registry, put_folder, registry

PLACE = "www.example"


def standing(files: dict[str, bytes]) -> Standing:
    return standing_of(MemoryFetcher(files), PLACE)


def forward(new: Registry, old: dict[str, bytes]) -> None:
    reader = MemoryFetcher(new.files)
    root = newest_root(reader, new.files)
    check_forward(standing(new.files), standing(old), reader, PLACE, root=root)


def test_an_empty_place_has_nothing() -> None:
    assert standing({}) == Standing(timestamp=None, checkpoint=None)
    forward(registry(), {})


def test_the_same_and_what_follows_are_taken() -> None:
    made = registry()
    old = dict(made.files)
    forward(made, old)
    forward(made.renew(), old)
    forward(made.next(), old)


@pytest.mark.parametrize("path", [TIMESTAMP, CHECKPOINT])
def test_what_is_not_signed_is_refused(path: str) -> None:
    made = registry()
    del made.files[path]
    with pytest.raises(PublishError, match="not signed yet; run sayso seal"):
        forward(made, {})


def test_an_older_timestamp_is_refused() -> None:
    made = registry()
    old = dict(made.files)
    new = registry()
    new.renew()
    with pytest.raises(PublishError, match=r"version 2 .* nothing goes back"):
        forward(made, new.files)
    forward(new, old)


def test_two_timestamps_of_one_version_are_refused() -> None:
    one, other = registry(), Registry()
    other.next(title="Another River")
    with pytest.raises(PublishError, match="two ledgers are in use"):
        forward(one, other.files)


def test_an_old_ledger_that_was_renewed_often_is_refused() -> None:
    """Its timestamp is the newest then, and readers would refuse its snapshot."""
    made, old = registry(), registry()
    made.tuf.snapshot()
    made.renew()
    for _ in range(4):
        old.renew()
    match = r"version 2 of the snapshot, .* version 1: nothing goes back\. .*old copy"
    with pytest.raises(PublishError, match=match):
        forward(old, made.files)
    old.tuf.now += timedelta(minutes=1)
    old.tuf.snapshot()
    old.renew()
    with pytest.raises(PublishError, match=r"another version 2 of the snapshot: two"):
        forward(old, made.files)


def test_two_heartbeats_of_one_version_are_refused() -> None:
    """Both tell of the same, and only one was kept in the ledger that is right."""
    one, other = registry(), registry()
    other.tuf.now += timedelta(hours=1)
    one.renew()
    other.renew()
    with pytest.raises(PublishError, match=r"another version 2 of .*timestamp\.json"):
        forward(one, other.files)


def test_the_timestamp_of_a_thief_counts_for_nothing_after_the_next_root() -> None:
    made = registry()
    thief = registry().renew().renew().renew()
    with pytest.raises(PublishError, match="nothing goes back"):
        forward(made, thief.files)
    made.rotate(first=301)
    made.next()
    assert standing(made.files).timestamp != standing(thief.files).timestamp
    forward(made, thief.files)


def test_a_root_that_is_there_already_is_not_needed() -> None:
    made = registry()
    old, reader = standing(made.files), MemoryFetcher(made.files)
    assert newest_root(reader, [TIMESTAMP]) is None
    new = standing(made.renew().files)
    check_forward(new, old, reader, PLACE, root=None)
    with pytest.raises(PublishError, match="nothing goes back"):
        check_forward(old, new, reader, PLACE, root=None)


def test_the_newest_root_is_that_of_the_highest_number() -> None:
    made = registry()
    made.rotate(first=301)
    made.next()
    root = newest_root(MemoryFetcher(made.files), made.files)
    assert root is not None
    assert root.version == 2
    paths = [metadata_path(f"{version}.root.json") for version in (2, 10, 9)]
    with pytest.raises(PublishError, match=r"/10\.root\.json cannot be read"):
        newest_root(MemoryFetcher(made.files), paths)
    made.files[metadata_path("2.root.json")] = b"{}"
    with pytest.raises(PublishError, match=r"2\.root\.json cannot be read"):
        newest_root(MemoryFetcher(made.files), made.files)


def test_a_shorter_log_is_refused() -> None:
    made = registry().renew().renew().renew()
    longer = registry(2)
    old = {CHECKPOINT: longer.files[CHECKPOINT]}
    with pytest.raises(PublishError, match="has 2 releases, and this one 1"):
        forward(made, old)


def test_a_log_that_was_begun_anew_is_refused() -> None:
    one, other = registry(2), Registry()
    other.next(title="Another River")
    with pytest.raises(PublishError, match="not the beginning of this one"):
        forward(one, {CHECKPOINT: other.files[CHECKPOINT]})


def test_another_log_is_refused() -> None:
    made = registry()
    said = made.files[CHECKPOINT].replace(b"sayso.example/log", b"other.example/log")
    with pytest.raises(PublishError, match=r"registry of the log other\.example/log"):
        forward(made, {CHECKPOINT: said})


def test_a_log_without_its_tiles_is_refused() -> None:
    made = registry(2)
    old = registry()
    made.files = {p: d for p, d in made.files.items() if "tile" not in p}
    with pytest.raises(PublishError, match="the log to publish cannot be read"):
        forward(made, {CHECKPOINT: old.files[CHECKPOINT]})


@pytest.mark.parametrize("size", [1, 2, 3])
def test_tiles_that_do_not_lead_to_the_checkpoint_are_refused(size: int) -> None:
    """Whoever follows the log could prove nothing any more by what was published."""
    made = registry(size)
    tile = f"log/tile/0/000.p/{size}"
    made.files[tile] = made.files[tile][:-1] + bytes([made.files[tile][-1] ^ 1])
    for old in ({}, dict(registry().files)):
        with pytest.raises(PublishError, match="do not lead to log/checkpoint, which"):
            forward(made, old)


@pytest.mark.parametrize("path", [TIMESTAMP, CHECKPOINT])
def test_a_place_that_cannot_be_read_is_left_alone(path: str, tmp_path: Path) -> None:
    made = registry()
    target = made.write(tmp_path / "www", {path: b"<html>"})
    with pytest.raises(PublishError, match=f"cannot be read, so nothing .*{path}"):
        put_folder(made.write(tmp_path / "out"), target, made.check)
