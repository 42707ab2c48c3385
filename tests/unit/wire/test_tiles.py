"""Tiles and bundles: their names, which there are, and their bytes."""

import hashlib

import pytest

from sayso.errors import MalformedError
from sayso.wire.merkle import Hash, leaf_hash, root_hash, tree_root
from sayso.wire.release import RELEASE_LIMIT
from sayso.wire.tiles import (
    BUNDLE_LIMIT,
    ENTRY_LIMIT,
    TILE_LIMIT,
    TILE_WIDTH,
    Tile,
    bundle_path,
    decode_bundle,
    decode_tile,
    encode_bundle,
    grow,
    tile_hashes,
    tile_path,
    tiles_between,
)
from tests.logs import log_of


def tile(level: int, index: int, width: int = TILE_WIDTH) -> Tile:
    return Tile(level=level, index=index, width=width)


def not_read(wanted: Tile) -> bytes:
    raise AssertionError(wanted)


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        (tile(0, 0), "000"),
        (tile(0, 999), "999"),
        (tile(0, 1000), "x001/000"),
        (tile(0, 1234067), "x001/x234/067"),
        (tile(0, 273, 112), "273.p/112"),
        (tile(0, 1234067, 1), "x001/x234/067.p/1"),
    ],
)
def test_a_tile_has_the_path_of_the_specification(wanted: Tile, path: str) -> None:
    assert tile_path(wanted) == f"tile/0/{path}"
    assert bundle_path(wanted) == f"tile/entries/{path}"


def test_the_example_of_the_specification() -> None:
    """ "A tree of size 70,000 will be represented by 273 full level 0 tiles, …" """
    paths = [*map(tile_path, tiles_between(0, 70_000))]
    assert paths == [
        *(f"tile/0/{index:03}" for index in range(273)),
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]
    assert [*map(tile_path, tiles_between(0, 256))] == ["tile/0/000", "tile/1/000.p/1"]


def test_one_more_entry_makes_few_new_tiles() -> None:
    assert [*tiles_between(70_000, 70_000)] == []
    assert [*tiles_between(70_000, 70_001)] == [tile(0, 273, 113)]
    assert [*tiles_between(65_535, 65_536)] == [
        tile(0, 255),
        tile(1, 0),
        tile(2, 0, 1),
    ]
    assert [*tiles_between(255, 513)] == [
        tile(0, 0),
        tile(0, 1),
        tile(0, 2, 1),
        tile(1, 0, 2),
    ]


def test_the_tiles_of_a_small_log() -> None:
    log = log_of(300)
    assert [*log.tiles] == [*tiles_between(0, 300)]
    leaves = [*map(leaf_hash, log.entries)]
    assert log.tiles[tile(0, 0)] == b"".join(leaves[:256])
    assert log.tiles[tile(0, 1, 44)] == b"".join(leaves[256:])
    assert log.tiles[tile(1, 0, 1)] == root_hash(leaves[:256])


def test_a_tree_grows_from_its_right_edge_alone() -> None:
    log = log_of(70_000)
    read: list[Tile] = []

    def edge(wanted: Tile) -> bytes:
        read.append(wanted)
        return log.tiles[wanted]

    gained = grow(edge, 70_000, [leaf_hash(b"more")])
    assert read == [tile(0, 273, 112)]
    assert [*gained] == [tile(0, 273, 113)]
    assert grow(not_read, 70_000, []) == {}


def test_each_tile_is_read_once_and_only_where_it_is_needed() -> None:
    log = log_of(70_000)
    read: list[Tile] = []

    def fetched(wanted: Tile) -> bytes:
        read.append(wanted)
        return log.tiles[wanted]

    hash_of = tile_hashes(fetched, 70_000)
    root = tree_root(hash_of, 70_000)
    assert tree_root(hash_of, 70_000) == root == root_hash(map(leaf_hash, log.entries))
    assert read == [tile(2, 0, 1), tile(1, 1, 17), tile(0, 273, 112)]


@pytest.mark.parametrize(("height", "index"), [(0, 3), (1, 1), (2, 0), (9, 0)])
def test_a_tree_has_no_part_beyond_its_leaves(height: int, index: int) -> None:
    hash_of = tile_hashes(not_read, 3)
    with pytest.raises(ValueError, match="a tree of 3 leaves has no such part"):
        hash_of(height, index)


@pytest.mark.parametrize("length", [0, 63, 65, 96])
def test_a_tile_of_another_width_is_refused(length: int) -> None:
    with pytest.raises(MalformedError, match=rf"tile/0/000.p/2 has {length} bytes"):
        decode_tile(bytes(length), tile(0, 0, 2))


def test_a_tile_is_a_row_of_hashes() -> None:
    row = [Hash(hashlib.sha256(bytes([n])).digest()) for n in range(3)]
    assert decode_tile(b"".join(row), tile(0, 0, 3)) == tuple(row)
    assert TILE_LIMIT == 8192


def test_a_bundle_has_the_length_of_each_entry() -> None:
    entries = [b"", b"a", bytes(258)]
    data = encode_bundle(entries)
    assert data == b"\0\0" + b"\0\1a" + b"\1\2" + bytes(258)
    assert decode_bundle(data, tile(0, 0, 3)) == tuple(entries)


def test_an_entry_is_never_long() -> None:
    assert ENTRY_LIMIT == RELEASE_LIMIT == 65_535
    longest = [bytes(ENTRY_LIMIT)] * TILE_WIDTH
    assert len(encode_bundle(longest)) == BUNDLE_LIMIT
    with pytest.raises(MalformedError, match="65536 bytes, where at most 65535"):
        encode_bundle([bytes(ENTRY_LIMIT + 1)])


@pytest.mark.parametrize("count", [0, 257])
def test_a_bundle_is_neither_empty_nor_wide(count: int) -> None:
    with pytest.raises(MalformedError, match="1 to 256 entries"):
        encode_bundle([b"x"] * count)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "ends too early"),
        (b"\0", "ends too early"),
        (b"\0\1a\0", "ends too early"),
        (b"\0\1a\0\2b", "ends too early"),
        (b"\0\1a", "ends too early"),
        (b"\0\1a\0\1b\0", "goes on"),
        (b"\0\1a\0\1b\0\0", "goes on"),
    ],
)
def test_a_bundle_of_another_width_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(MalformedError, match=f"tile/entries/000.p/2 {why}"):
        decode_bundle(data, tile(0, 0, 2))
