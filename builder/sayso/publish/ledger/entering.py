"""Entering a release into the log: the one step that can never be taken back.

"The log never signs two trees of one size: its state is committed (compare-and-swap)
before any signature leaves; after a crash those exact bytes are published before
anything new is built." (Release)
"""

from datetime import datetime

from sayso.errors import PublishError
from sayso.publish.ledger.signed import Logged, Read, required
from sayso.trust.keys import SigningKey
from sayso.trust.log import sign_checkpoint
from sayso.wire.checkpoint import Checkpoint
from sayso.wire.log_policy import LogPolicy
from sayso.wire.log_proof import LogProof
from sayso.wire.merkle import HashOf, leaf_hash, prove_inclusion, tree_root
from sayso.wire.places import CHECKPOINT, log_path
from sayso.wire.succession import read_entry
from sayso.wire.tiles import (
    TILE_WIDTH,
    ReadTile,
    Tile,
    bundle_path,
    encode_bundle,
    grow,
    tile_hashes,
    tile_path,
)


def log_origin(policy: LogPolicy, key: SigningKey) -> str:
    """Return the name under which a key signs checkpoints.

    Raises:
        PublishError: the policy names no log of this key.
    """
    for log in policy.logs:
        if log.key.key == key.public.key:
            return log.key.name
    raise PublishError(
        f"the log's key {key.public.name} is not one that policy.txt names, so that "
        "nobody would believe it; use the right key, or name it with sayso trust rotate"
    )


def enter(
    read: Read,
    logged: Logged | None,
    release: bytes,
    *,
    origin: str,
    key: SigningKey,
    now: datetime,
) -> dict[str, bytes]:
    """Return the files that a ledger gains by a release; the checkpoint is the last.

    They are committed before anything of them is shown to anybody.

    Args:
        read: gives the files of the ledger.
        logged: its log; None where this is the first release.
        release: the bytes of `release.json`.
        origin: of the log.
        key: of the log.
        now: in UTC.

    Raises:
        PublishError: the log is of another origin, or a file is missing.
        RegistryError: it is no release, or not the one that follows.
    """
    size = 0
    if logged is not None:
        size = logged.checkpoint.size
        if logged.checkpoint.origin != origin:
            raise PublishError(
                f"the ledger is the log {logged.checkpoint.origin}, and the key's is "
                f"{origin}; a new log begins with all entries of the old one"
            )
    before = None
    if logged is not None:
        before = read_entry(logged.last, index=size - 1, before=None)
    read_entry(release, index=size, before=before, now=now)
    entries = () if logged is None else logged.entries
    kept = entries if len(entries) < TILE_WIDTH else ()
    bundle = Tile(level=0, index=size // TILE_WIDTH, width=len(kept) + 1)
    gained = grow(_tiles(read), size, [leaf_hash(release)])
    tiles = {log_path(tile_path(tile)): data for tile, data in gained.items()}
    hashes = tile_hashes(_tiles(lambda path: tiles.get(path) or read(path)), size + 1)
    checkpoint = Checkpoint(
        origin=origin, size=size + 1, root=tree_root(hashes, size + 1)
    )
    return {
        log_path(bundle_path(bundle)): encode_bundle([*kept, release]),
        **tiles,
        CHECKPOINT: sign_checkpoint(checkpoint, key),
    }


def prove(read: Read, logged: Logged) -> LogProof:
    """Return the proof that the last release is in the log, with all cosignatures.

    Raises:
        PublishError: a tile is missing.
    """
    size = logged.checkpoint.size
    hashes = prove_inclusion(hashes_of(read, size), size - 1, size)
    return LogProof(index=size - 1, hashes=hashes, checkpoint=logged.note)


def hashes_of(read: Read, size: int) -> HashOf:
    """Return what gives the hashes of a ledger's tree of a size."""
    return tile_hashes(_tiles(read), size)


def _tiles(read: Read) -> ReadTile:
    return lambda tile: required(read, log_path(tile_path(tile)))
