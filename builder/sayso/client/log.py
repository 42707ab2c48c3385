"""Reading a published log: its checkpoint, how it grew, and its entries.

Everything but the checkpoint is made of tiles, which never change. The tiles on the
right edge of a tree give its root, so they are believed where that is the root which
the checkpoint has; every other tile is believed where the one above it has its hash.
Nothing is used before that.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from typing import Final

from sayso.client.fetch import Fetcher
from sayso.errors import (
    FetchError,
    MalformedError,
    MissingError,
    RewrittenError,
    UntrustedError,
)
from sayso.trust.log import (
    TrustedCheckpoint,
    check_consistency,
    open_checkpoint,
    open_own_checkpoint,
)
from sayso.wire.checkpoint import Checkpoint
from sayso.wire.log_policy import LogPolicy
from sayso.wire.merkle import (
    HASH_BYTES,
    Hash,
    HashOf,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    root_hash,
    tree_root,
)
from sayso.wire.note import NOTE_LIMIT
from sayso.wire.places import CHECKPOINT, log_path
from sayso.wire.text import shown
from sayso.wire.tiles import (
    BUNDLE_LIMIT,
    TILE_LIMIT,
    TILE_WIDTH,
    Tile,
    bundle_path,
    decode_bundle,
    decode_tile,
    tile_hashes,
    tile_path,
)

_HEIGHT: Final = 8
"""How many levels of the tree lie between one level of tiles and the next."""


def read_checkpoint(
    fetcher: Fetcher, policy: LogPolicy, *, for_witness: bool = False
) -> tuple[bytes, TrustedCheckpoint]:
    """Return the newest checkpoint of a published log, as signed and as believed.

    Args:
        fetcher: brings the file.
        policy: who is believed about the log.
        for_witness: whether it is still to be cosigned, so that no witnesses are asked
            for; nobody else believes it so.

    Raises:
        FetchError: it is missing, too long or cannot be reached.
        MalformedError: it is no checkpoint.
        UntrustedError: the policy does not vouch for it.
    """
    with _said_of(CHECKPOINT):
        note = fetcher.fetch(CHECKPOINT, limit=NOTE_LIMIT)
        try:
            opened = open_own_checkpoint if for_witness else open_checkpoint
            return note, opened(note, policy)
        except UntrustedError as error:
            raise UntrustedError(
                f"{CHECKPOINT} is not to be believed: {error}. Do not use this copy of "
                "the registry, and tell the registry"
            ) from error


def check_grown(fetcher: Fetcher, old: Checkpoint, new: Checkpoint) -> None:
    """Check that a published log only grew from one checkpoint to another.

    Takes no request where both are of one size, and otherwise one or two for each
    level of tiles of the newer tree: a log of 65536 entries has two levels.

    Args:
        fetcher: brings the tiles.
        old: a checkpoint that was believed before.
        new: one that is believed now.

    Raises:
        RewrittenError: the log went back, or is not the one that it was: the two
            checkpoints contradict each other, whoever serves the tiles.
        FetchError: a tile is missing, too long or cannot be reached.
        MalformedError: a tile has another length.
        UntrustedError: a tile is not of the newer tree, or the checkpoints are of two
            logs.
    """
    LogTree(fetcher, new).check_grown(old)


class LogTree:
    """The tree of a checkpoint that is believed; what is asked for is fetched, once.

    Its errors are those of `check_grown`, and each says what to do.

    Attributes:
        hash_of: gives the hashes of the tree, verified.
    """

    def __init__(self, fetcher: Fetcher, checkpoint: Checkpoint) -> None:
        self._fetcher = fetcher
        self._checkpoint = checkpoint
        self.hash_of: HashOf = tile_hashes(self._tile, checkpoint.size)

    def check_grown(self, old: Checkpoint) -> None:
        """Check that the log only grew from an older checkpoint to this one."""
        new = self._checkpoint
        proof: tuple[Hash, ...] = ()
        if old.origin == new.origin and old.size < new.size:
            # "The empty tree is consistent with any tree, so no proof is necessary."
            if old.size == 0:
                return
            proof = prove_consistency(self.hash_of, old.size, new.size)
        if old == new:
            return
        try:
            check_consistency(old, new, proof)
        except UntrustedError as error:
            if old.origin != new.origin:
                raise
            raise _rewritten(old, new, error) from error

    def prove(self, index: int) -> tuple[Hash, ...]:
        """Return the proof that the log has its entry at an index, from 0."""
        return prove_inclusion(self.hash_of, index, self._checkpoint.size)

    def entries(self, which: range) -> Iterator[bytes]:
        """Yield entries of the log in their order, verified.

        Takes a request for each 256 of them, and the memory of as many.

        Args:
            which: ascending indexes of entries that the log has, from 0.
        """
        for number in range(which.start // TILE_WIDTH, -(-which.stop // TILE_WIDTH)):
            start = number * TILE_WIDTH
            bundle = self.bundle(number)
            yield from bundle[max(0, which.start - start) : which.stop - start]

    def bundle(self, number: int) -> tuple[bytes, ...]:
        """Return the entries from 256 times `number` on, at most 256, verified."""
        start = number * TILE_WIDTH
        width = min(TILE_WIDTH, self._checkpoint.size - start)
        tile = Tile(level=0, index=number, width=width)
        data, found = self._bring(tile, bundle_path, BUNDLE_LIMIT)
        with _said_of(log_path(bundle_path(found))):
            entries = decode_bundle(data, found)[:width]
        leaves = [*map(leaf_hash, entries)]
        if width == TILE_WIDTH:
            is_same = root_hash(leaves) == self.hash_of(_HEIGHT, number)
        else:
            is_same = b"".join(leaves) == self._edge[tile]
        if not is_same:
            raise _wrong(log_path(bundle_path(found)))
        return entries

    def _tile(self, tile: Tile) -> bytes:
        """Return a tile of the tree when it is believed."""
        if tile.width < TILE_WIDTH:
            return self._edge[tile]
        data = self._bring_tile(tile)
        above = self.hash_of(_HEIGHT * (tile.level + 1), tile.index)
        if root_hash(decode_tile(data, tile)) != above:
            raise _wrong(log_path(tile_path(tile)))
        return data

    @cached_property
    def _edge(self) -> Mapping[Tile, bytes]:
        """The partial tiles: every tree is a row of trees that they hold."""
        size, root = self._checkpoint.size, self._checkpoint.root
        level, left, edge = 0, size, dict[Tile, bytes]()
        while left:
            left, width = divmod(left, TILE_WIDTH)
            if width:
                tile = Tile(level=level, index=left, width=width)
                edge[tile] = self._bring_tile(tile)
            level += 1
        if tree_root(tile_hashes(edge.__getitem__, size), size) != root:
            raise _wrong(*(log_path(tile_path(tile)) for tile in edge))
        return edge

    def _bring_tile(self, tile: Tile) -> bytes:
        data, found = self._bring(tile, tile_path, TILE_LIMIT)
        with _said_of(log_path(tile_path(found))):
            decode_tile(data, found)
        return data[: tile.width * HASH_BYTES]

    def _bring(
        self, tile: Tile, path_of: Callable[[Tile], str], limit: int
    ) -> tuple[bytes, Tile]:
        """Return a tile or bundle, or the full one that has replaced it, and which.

        Logs "MAY delete any partial tile once the corresponding full tile is either
        available".
        """
        path, full = log_path(path_of(tile)), replace(tile, width=TILE_WIDTH)
        with _said_of(path):
            try:
                return self._fetcher.fetch(path, limit=limit), tile
            except MissingError:
                if tile == full:
                    raise
                with suppress(MissingError):
                    path = log_path(path_of(full))
                    return self._fetcher.fetch(path, limit=limit), full
                raise


def _rewritten(old: Checkpoint, new: Checkpoint, error: Exception) -> RewrittenError:
    if new.size < old.size:
        return RewrittenError(
            f"{error}. A copy of the registry that is only behind catches up: try "
            "again later. If the registry itself says this, it took back what it "
            "signed: keep both checkpoints, and show them to others who read it"
        )
    # Each hash is one of the newer tree's: that the older tree is no part of it is not
    # the fault of who serves them.
    return RewrittenError(
        f"the log {shown(old.origin)} contradicts itself: {error}. It signed both its "
        f"checkpoint of {old.size} entries, which was believed before, and this one "
        f"of {new.size}. Use neither; keep both, and show them to the registry and to "
        "others who read it"
    )


def _wrong(*paths: str) -> UntrustedError:
    return UntrustedError(
        f"{', '.join(paths)}: not what the log's checkpoint commits to. Try again in a "
        "minute; if it stays so, do not use this copy of the registry, and tell the "
        "registry"
    )


@contextmanager
def _said_of(path: str) -> Iterator[None]:
    """Say in every error which file it is about, and what to do."""
    try:
        yield
    except FetchError as error:
        raise type(error)(
            f"{error}. Without it the log cannot be checked; try again later, or ask "
            "another copy of the registry"
        ) from error
    except MalformedError as error:
        raise MalformedError(
            f"{path} cannot be read: {error}. Try again; if it stays so, tell the "
            "registry"
        ) from error
