"""Entering a release into the log: the one step that can never be taken back.

"The log never signs two trees of one size: its state is committed (compare-and-swap)
before any signature leaves; after a crash those exact bytes are published before
anything new is built." (Release)
"""

from datetime import datetime

from sayso.errors import PublishError, StaleError, UntrustedError
from sayso.publish.ledger.signed import Logged, Read, required
from sayso.trust.keys import SigningKey
from sayso.trust.log import check_consistency, sign_checkpoint
from sayso.wire.checkpoint import Checkpoint
from sayso.wire.log_policy import LogPolicy
from sayso.wire.log_proof import LogProof
from sayso.wire.merkle import (
    HashOf,
    check_inclusion,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    tree_root,
)
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
        PublishError: the log is of another origin, a file is missing or was changed, or
            the release is not the one that follows.
        RegistryError: it is no release, or is of the future.
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
    try:
        read_entry(release, index=size, before=before, now=now)
    except StaleError:
        raise
    except UntrustedError as error:
        raise PublishError(
            f"the ledger goes on with release {size + 1}, and this is not it: {error}. "
            "Build it again; and if more was ever signed than the ledger holds, bring "
            "back its newest copy first"
        ) from error
    entries = () if logged is None else logged.entries
    kept = entries if len(entries) < TILE_WIDTH else ()
    bundle = Tile(level=0, index=size // TILE_WIDTH, width=len(kept) + 1)
    gained = grow(_tiles(read), size, [leaf_hash(release)])
    tiles = {log_path(tile_path(tile)): data for tile, data in gained.items()}
    hashes = tile_hashes(_tiles(lambda path: tiles.get(path) or read(path)), size + 1)
    checkpoint = Checkpoint(
        origin=origin, size=size + 1, root=tree_root(hashes, size + 1)
    )
    if logged is not None:
        _check_grown(logged, checkpoint, hashes)
    return {
        log_path(bundle_path(bundle)): encode_bundle([*kept, release]),
        **tiles,
        CHECKPOINT: sign_checkpoint(checkpoint, key),
    }


def prove(read: Read, logged: Logged) -> LogProof:
    """Return the proof that the last release is in the log, with all cosignatures.

    Raises:
        PublishError: a tile is missing, or was changed.
    """
    size, root = logged.checkpoint.size, logged.checkpoint.root
    hashes = prove_inclusion(hashes_of(read, size), size - 1, size)
    try:
        check_inclusion(leaf_hash(logged.last), size - 1, size, hashes, root)
    except UntrustedError as error:
        raise _changed(error) from error
    return LogProof(index=size - 1, hashes=hashes, checkpoint=logged.note)


def hashes_of(read: Read, size: int) -> HashOf:
    """Return what gives the hashes of a ledger's tree of a size."""
    return tile_hashes(_tiles(read), size)


def _check_grown(logged: Logged, grown: Checkpoint, hashes: HashOf) -> None:
    """Check that a tree begins with the one that was signed, and has its entries.

    What is read from a ledger may have been changed, and a false tile would make a tree
    that begins with another: once that is signed, no client follows the log any more.
    """
    old = logged.checkpoint
    first = old.size - len(logged.entries)
    for index, entry in enumerate(logged.entries, start=first):
        if hashes(0, index) != leaf_hash(entry):
            raise _changed(f"entry {index} is not the one that the log has")
    try:
        check_consistency(old, grown, prove_consistency(hashes, old.size, grown.size))
    except UntrustedError as error:
        raise _changed(error) from error


def _changed(why: object) -> PublishError:
    return PublishError(
        f"the files of the log do not lead to what was signed, so nothing is: {why}. "
        "Bring back the newest copy of the ledger"
    )


def _tiles(read: Read) -> ReadTile:
    return lambda tile: required(read, log_path(tile_path(tile)))
