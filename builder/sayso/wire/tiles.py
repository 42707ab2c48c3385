"""C2SP tlog-tiles: a log's tree and entries, as files that never change.

"Clients can fetch all the tiles they need in parallel and compute any desired proof."
A tile holds up to 256 hashes of one level. Level 0 has the hashes of the entries, and
each hash of a higher level is the root of a full tile below it. Only the last tile of
a level may be partial, and it has a name of its own for each width.
https://c2sp.org/tlog-tiles
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

from sayso.errors import MalformedError
from sayso.wire.merkle import HASH_BYTES, Hash, HashOf, root_hash

TILE_WIDTH: Final = 256
TILE_LIMIT: Final = TILE_WIDTH * HASH_BYTES
"""No tile is longer, in bytes."""
ENTRY_LIMIT: Final = 2**16 - 1
"""No entry is longer, in bytes."""
BUNDLE_LIMIT: Final = TILE_WIDTH * (2 + ENTRY_LIMIT)
"""No bundle of entries is longer, in bytes."""

_HEIGHT = 8
_LENGTH_BYTES = 2


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Tile:
    """Which tile: one of level 0 also names the bundle of the entries that it hashes.

    Attributes:
        level: from 0, below 8.
        index: from 0, within the level.
        width: how many hashes it has, from 1 to 256.
    """

    level: int
    index: int
    width: int


ReadTile: TypeAlias = Callable[[Tile], bytes]
"""Gives the bytes of a tile that a tree has."""


def tile_path(tile: Tile) -> str:
    """Return where a tile is, relative to the log: `tile/<L>/<N>[.p/<W>]`."""
    return f"tile/{tile.level}/{_place(tile)}"


def bundle_path(tile: Tile) -> str:
    """Return where the entries of a tile of level 0 are: `tile/entries/<N>[.p/<W>]`."""
    return f"tile/entries/{_place(tile)}"


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """Yield the tiles that a tree has and had not when it was smaller.

    With 0 as the older size these are all its tiles; "Empty tiles MUST NOT be served."

    Args:
        old: how many leaves the tree had.
        new: how many it has.
    """
    level = 0
    while old < new:
        for index in range(old // TILE_WIDTH, -(-new // TILE_WIDTH)):
            width = min(TILE_WIDTH, new - index * TILE_WIDTH)
            yield Tile(level=level, index=index, width=width)
        old, new, level = old // TILE_WIDTH, new // TILE_WIDTH, level + 1


def grow(read: ReadTile, size: int, leaves: Iterable[Hash]) -> dict[Tile, bytes]:
    """Return the tiles that a tree gains with more leaves: those of `tiles_between`.

    Args:
        read: gives the tree's tiles; only the partial ones are asked for.
        size: how many leaves the tree has before.
        leaves: the hashes of the entries that are added.
    """
    gained: dict[Tile, bytes] = {}
    level, added = 0, [*leaves]
    while added:
        first, width = divmod(size, TILE_WIDTH)
        if width:
            edge = Tile(level=level, index=first, width=width)
            added = [*decode_tile(read(edge), edge), *added]
        rows = [
            added[start : start + TILE_WIDTH]
            for start in range(0, len(added), TILE_WIDTH)
        ]
        for index, row in enumerate(rows, start=first):
            gained[Tile(level=level, index=index, width=len(row))] = b"".join(row)
        added = [root_hash(row) for row in rows if len(row) == TILE_WIDTH]
        level, size = level + 1, first
    return gained


def tile_hashes(read: ReadTile, size: int) -> HashOf:
    """Return what gives the hashes of a tree from its tiles, each read once.

    The tiles need not be believed: a proof made of wrong ones leads nowhere.

    Args:
        read: gives the tree's tiles.
        size: how many leaves the tree has.
    """

    @cache
    def hashes(tile: Tile) -> tuple[Hash, ...]:
        return decode_tile(read(tile), tile)

    def hash_of(height: int, index: int) -> Hash:
        level, above = divmod(height, _HEIGHT)
        # A tile's 256 hashes are the leaves of a perfect tree of its own.
        number, start = divmod(index << above, TILE_WIDTH)
        width = min(TILE_WIDTH, (size >> _HEIGHT * level) - number * TILE_WIDTH)
        if start + (1 << above) > width:
            raise ValueError(f"a tree of {size} leaves has no such part")
        row = hashes(Tile(level=level, index=number, width=width))
        return root_hash(row[start : start + (1 << above)])

    return hash_of


def decode_tile(data: bytes, tile: Tile) -> tuple[Hash, ...]:
    """Return the hashes in a tile.

    Raises:
        MalformedError: it has more or fewer than its width says.
    """
    if len(data) != tile.width * HASH_BYTES:
        raise MalformedError(
            f"{tile_path(tile)} has {len(data)} bytes, not {tile.width * HASH_BYTES}"
        )
    return tuple(
        Hash(data[start : start + HASH_BYTES])
        for start in range(0, len(data), HASH_BYTES)
    )


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Return entries as "big-endian uint16 length-prefixed log entries".

    Raises:
        MalformedError: there are none or more than 256, or one is too long.
    """
    if not 0 < len(entries) <= TILE_WIDTH:
        raise MalformedError(f"a bundle has 1 to {TILE_WIDTH} entries")
    for entry in entries:
        if len(entry) > ENTRY_LIMIT:
            raise MalformedError(
                f"an entry of the log has {len(entry)} bytes, where at most "
                f"{ENTRY_LIMIT} are allowed"
            )
    return b"".join(
        len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries
    )


def decode_bundle(data: bytes, tile: Tile) -> tuple[bytes, ...]:
    """Return the entries that a tile of level 0 has the hashes of.

    Raises:
        MalformedError: they are more or fewer than its width says.
    """
    entries = []
    start = 0
    for _ in range(tile.width):
        after = start + _LENGTH_BYTES
        end = after + int.from_bytes(data[start:after], "big")
        if end > len(data):
            raise MalformedError(f"{bundle_path(tile)} ends too early")
        entries.append(data[after:end])
        start = end
    if start != len(data):
        raise MalformedError(f"{bundle_path(tile)} goes on after its last entry")
    return tuple(entries)


def _place(tile: Tile) -> str:
    """Return an index as "zero-padded 3-digit path elements", and a partial width.

    "All but the last path element MUST begin with an x."
    """
    groups = f"{tile.index:,}".split(",")
    groups[0] = groups[0].zfill(3)
    place = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return place if tile.width == TILE_WIDTH else f"{place}.p/{tile.width}"
