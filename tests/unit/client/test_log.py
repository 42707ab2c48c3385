"""A published log: few files, each verified, and a log that contradicts itself."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sayso.client.fetch import FolderFetcher
from sayso.client.log import LogTree, check_grown, read_checkpoint
from sayso.errors import (
    FetchError,
    MalformedError,
    MissingError,
    RewrittenError,
    UntrustedError,
)
from sayso.wire.merkle import Hash, check_inclusion, leaf_hash
from sayso.wire.places import CHECKPOINT
from sayso.wire.tiles import BUNDLE_LIMIT
from tests.logs import ORIGIN, GrowingLog, log_of, policy
from tests.published import Published

SIZES = (1, 2, 5, 255, 256, 257, 300, 512, 700)
TILE = "log/tile/0/000.p/5"
BUNDLE = "log/tile/entries/000.p/5"


def entries_of(count: int, text: str = "entry") -> list[bytes]:
    return [b"%b %d\n" % (text.encode(), number) for number in range(count)]


def published(count: int) -> Published:
    return Published().add(entries_of(count))


def tree_of(log: Published) -> LogTree:
    return LogTree(log, log.log.checkpoint())


def test_the_newest_checkpoint_is_read_as_signed_and_as_believed() -> None:
    log = Published().add(entries_of(5), 2)
    note, trusted = read_checkpoint(log, policy("W2"))
    assert note == log.files[CHECKPOINT]
    assert trusted.checkpoint == log.log.checkpoint()
    assert [*trusted.cosigned] == ["W2"]
    assert log.asked == [CHECKPOINT]


def test_a_checkpoint_that_is_not_believed_is_not_used() -> None:
    log = published(5)
    with pytest.raises(UntrustedError, match=r"log/checkpoint is not .* few witnesses"):
        read_checkpoint(log, policy("W2"))
    log.files[CHECKPOINT] = b"<!doctype html>"
    with pytest.raises(
        MalformedError, match=r"log/checkpoint cannot be read: .*\. Try"
    ):
        read_checkpoint(log, policy())
    del log.files[CHECKPOINT]
    with pytest.raises(MissingError, match=r"is not there\. Without it the log cannot"):
        read_checkpoint(log, policy())


@pytest.mark.parametrize("old", [0, *SIZES])
@pytest.mark.parametrize("new", SIZES)
def test_a_log_that_only_grew_is_believed(old: int, new: int) -> None:
    log = published(min(old, new))
    before = log.log.checkpoint()
    log.add(entries_of(new)[old:])
    check_grown(log, before, log.log.checkpoint())
    assert len(log.asked) <= 3
    if old >= new:
        assert log.asked == []


def test_one_day_s_growth_takes_two_small_files_at_most() -> None:
    log = published(400)
    before = log.log.checkpoint()
    log.add(entries_of(401)[400:])
    check_grown(log, before, log.log.checkpoint())
    assert log.asked == ["log/tile/0/001.p/145", "log/tile/1/000.p/1"]


@pytest.mark.parametrize(
    ("old", "new"), [(5, 5), (5, 6), (256, 300), (300, 700), (1, 2)]
)
def test_a_log_that_was_rewritten_contradicts_itself(old: int, new: int) -> None:
    before = published(old).log.checkpoint()
    other = entries_of(new)
    other[old - 1] = b"another entry\n"
    log = Published().add(other)
    with pytest.raises(
        RewrittenError, match=r"contradicts itself: .* Use neither; keep"
    ):
        check_grown(log, before, log.log.checkpoint())


def test_a_log_that_went_back_is_not_followed() -> None:
    log = published(5)
    before = published(6).log.checkpoint()
    with pytest.raises(RewrittenError, match="has 5 entries, and had 6: it went back"):
        check_grown(log, before, log.log.checkpoint())
    assert log.asked == []


def test_another_log_is_no_contradiction() -> None:
    log = published(5)
    other = replace(log.log.checkpoint(), origin="other.example/log", size=3)
    with pytest.raises(UntrustedError, match="does not follow one of") as caught:
        check_grown(log, other, log.log.checkpoint())
    assert not isinstance(caught.value, RewrittenError)
    assert log.asked == []


def test_an_empty_log_is_the_start_of_every_log() -> None:
    empty = GrowingLog().checkpoint()
    check_grown(Published(), empty, empty)
    forged = replace(empty, root=Hash(bytes(32)))
    with pytest.raises(RewrittenError):
        check_grown(Published(), empty, forged)


@pytest.mark.parametrize(
    "path", ["log/tile/0/000", "log/tile/0/001.p/144", "log/tile/1/000.p/1"]
)
def test_a_host_that_serves_wrong_tiles_proves_nothing_against_the_log(
    path: str,
) -> None:
    log = published(400)
    before = published(150).log.checkpoint()
    check_grown(log, before, log.log.checkpoint())
    log.files[path] = bytes(len(log.files[path]))
    with pytest.raises(UntrustedError, match=f"{path}.*: not what") as caught:
        check_grown(log, before, log.log.checkpoint())
    assert not isinstance(caught.value, RewrittenError)


@pytest.mark.parametrize("size", SIZES)
def test_entries_are_read_in_their_order(size: int) -> None:
    log = published(size)
    for which in (range(size), range(size - 1, size), range(size // 2, size), range(0)):
        assert [*tree_of(log).entries(which)] == log.log.entries[
            which.start : which.stop
        ]


def test_entries_take_a_request_for_256_of_them() -> None:
    log = published(700)
    assert len([*tree_of(log).entries(range(700))]) == 700
    assert sorted(log.asked) == [
        "log/tile/0/002.p/188",
        "log/tile/1/000.p/2",
        "log/tile/entries/000",
        "log/tile/entries/001",
        "log/tile/entries/002.p/188",
    ]


@pytest.mark.parametrize("path", ["log/tile/entries/000", "log/tile/entries/001.p/44"])
def test_entries_are_those_of_the_tree(path: str) -> None:
    log = published(300)
    log.files[path] = log.files[path].replace(b"entry 2", b"entry 3")
    with pytest.raises(UntrustedError, match=f"{path}: not what the log's checkpoint"):
        [*tree_of(log).entries(range(300))]


@pytest.mark.parametrize("size", SIZES)
def test_an_entry_is_proved_to_be_in_the_log(size: int) -> None:
    log = published(size)
    tree, root = tree_of(log), log.log.checkpoint().root
    for index in {0, size // 2, size - 1}:
        proof = tree.prove(index)
        check_inclusion(leaf_hash(log.log.entries[index]), index, size, proof, root)


def test_a_full_tile_stands_in_for_the_partial_one_that_it_replaced() -> None:
    """As where somebody holds an older checkpoint than the one that is published."""
    log = published(200)
    before = published(100).log.checkpoint()
    checkpoint = log.log.checkpoint()
    log.add(entries_of(300)[200:])
    log.prune()
    assert "log/tile/0/000.p/200" not in log.files
    check_grown(log, before, checkpoint)
    assert [*LogTree(log, checkpoint).entries(range(200))] == entries_of(200)
    assert log.asked.count("log/tile/0/000") == 2


@pytest.mark.parametrize(
    ("path", "read"),
    [
        (TILE, lambda tree: tree.prove(0)),
        (BUNDLE, lambda tree: [*tree.entries(range(5))]),
    ],
)
def test_a_file_that_is_missing_or_cut_is_named(
    path: str, read: Callable[[LogTree], object]
) -> None:
    log = published(5)
    data = log.files.pop(path)
    with pytest.raises(MissingError, match=f"{path} is not there. Without it the log"):
        read(tree_of(log))
    log.files[path] = data[:-1]
    with pytest.raises(
        MalformedError, match=f"{path} cannot be read: .*; if it stays so"
    ):
        read(tree_of(log))
    log.files[path] = bytes(BUNDLE_LIMIT + 1)
    with pytest.raises(FetchError, match=f"{path} is longer"):
        read(tree_of(log))


def test_a_full_tile_that_is_missing_is_named() -> None:
    log = published(256)
    del log.files["log/tile/0/000"]
    with pytest.raises(MissingError, match=r"log/tile/0/000 is not there\. Without"):
        tree_of(log).prove(0)


def test_a_folder_is_read_like_a_web_address(tmp_path: Path) -> None:
    log = published(300)
    for path, data in log.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    fetcher = FolderFetcher(tmp_path)
    _, trusted = read_checkpoint(fetcher, policy())
    assert trusted.checkpoint.origin == ORIGIN
    check_grown(fetcher, log_of(7).checkpoint(), trusted.checkpoint)
    assert [*LogTree(fetcher, trusted.checkpoint).entries(range(300))] == entries_of(
        300
    )


def test_a_forged_checkpoint_is_not_read() -> None:
    log = published(5)
    log.files[CHECKPOINT] = log.files[CHECKPOINT].replace(b"\n5\n", b"\n6\n")
    with pytest.raises(UntrustedError, match="not over this text"):
        read_checkpoint(log, policy())
