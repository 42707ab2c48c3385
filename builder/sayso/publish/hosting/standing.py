"""Standing: what is newest at a place, and that nothing there goes back.

That what is published is believed is checked by opening it as a reader does. This is
about the operator's own mistakes: an old folder, the wrong registry, a log that was
begun anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sayso.errors import PublishError, RegistryError
from sayso.publish.hosting.destination import Reader, fetch_optional
from sayso.publish.hosting.serving import Stage, order, serving
from sayso.trust.roles import ROLE_LIMIT, RoleFile, read_role, timestamp_of
from sayso.trust.signing import is_signed
from sayso.wire.checkpoint import Checkpoint, parse_checkpoint
from sayso.wire.merkle import HashOf, tree_root
from sayso.wire.note import NOTE_LIMIT, decode_note
from sayso.wire.places import CHECKPOINT, TIMESTAMP, log_path
from sayso.wire.tiles import TILE_LIMIT, Tile, tile_hashes, tile_path

_TIMESTAMP_NAME = TIMESTAMP.rpartition("/")[2]
_OLD = (
    "nothing goes back. Publish what the ledger holds now; if that is this, the ledger "
    "is an old copy: bring back its newest, and sign nothing more with this one"
)
_TWO = "two ledgers are in use. Find out which is the right one before you go on"
_BY_HAND = (
    f"Where a thief published there, keep {CHECKPOINT} as evidence, take it away there "
    "and publish again"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is newest at a place; None for what is not there."""

    timestamp: RoleFile | None
    checkpoint: Checkpoint | None


def standing_of(reader: Reader, place: str) -> Standing:
    """Return what is newest at a place.

    Args:
        reader: brings its files.
        place: as messages call it.

    Raises:
        PublishError: what is there is no registry.
    """
    try:
        timestamp = fetch_optional(reader, TIMESTAMP, limit=ROLE_LIMIT)
        note = fetch_optional(reader, CHECKPOINT, limit=NOTE_LIMIT)
        return Standing(
            timestamp=(
                None if timestamp is None else read_role(_TIMESTAMP_NAME, timestamp)
            ),
            checkpoint=None
            if note is None
            else parse_checkpoint(decode_note(note).text),
        )
    except RegistryError as error:
        raise PublishError(
            f"what {place} has cannot be read, so nothing was published: {error}. If "
            f"it is not a registry, take {TIMESTAMP} and {CHECKPOINT} away there"
        ) from error


def check_forward(
    new: Standing,
    old: Standing,
    reader: Reader,
    place: str,
    *,
    root: RoleFile | None,
) -> None:
    """Check that what is published follows what a place has, or is the same.

    A timestamp that the newest root does not believe counts for nothing: a thief's is
    answered by a root with another key, from which its versions begin anew.

    Args:
        new: what is published.
        old: what the place has.
        reader: brings the files of what is published.
        place: as messages call it.
        root: the newest that is published; None where it is there already.

    Raises:
        PublishError: it would go back, is of another registry, or is not whole.
    """
    if new.timestamp is None or new.checkpoint is None:
        missing = TIMESTAMP if new.timestamp is None else CHECKPOINT
        raise PublishError(
            f"there is no {missing} to publish: the release is not signed yet; run "
            "sayso seal"
        )
    if old.timestamp is not None and (
        root is None or is_signed(old.timestamp, authority=root)
    ):
        _check_timestamp(new.timestamp, old.timestamp, place)
    hashes = _hashes(new.checkpoint, reader)
    if old.checkpoint is not None:
        _check_log(new.checkpoint, old.checkpoint, hashes, place)


def _check_timestamp(new: RoleFile, old: RoleFile, place: str) -> None:
    if new.version < old.version:
        raise PublishError(
            f"{place} has version {old.version} of {TIMESTAMP}, and this is version "
            f"{new.version}: {_OLD}"
        )
    if new.version == old.version and new.data != old.data:
        raise PublishError(
            f"{place} has another version {old.version} of {TIMESTAMP}: {_TWO}"
        )
    # An old ledger reaches any version of the timestamp by renewing often enough.
    now, then = (timestamp_of(file).snapshot_meta for file in (new, old))
    if now.version < then.version:
        raise PublishError(
            f"{place} has version {then.version} of the snapshot, and this is version "
            f"{now.version}: {_OLD}"
        )
    if now.version == then.version and now.hashes != then.hashes:
        raise PublishError(
            f"{place} has another version {then.version} of the snapshot: {_TWO}"
        )


def _hashes(checkpoint: Checkpoint, reader: Reader) -> HashOf:
    """Return what gives the hashes of a log, when its tiles lead to its checkpoint."""

    def tile(which: Tile) -> bytes:
        return reader.fetch(log_path(tile_path(which)), limit=TILE_LIMIT)

    hashes = tile_hashes(tile, checkpoint.size)
    try:
        root = tree_root(hashes, checkpoint.size)
    except RegistryError as error:
        raise PublishError(f"the log to publish cannot be read: {error}") from error
    if root != checkpoint.root:
        raise PublishError(
            f"the tiles of the log do not lead to {CHECKPOINT}, which was signed: one "
            "was changed. Bring back the newest copy of the ledger"
        )
    return hashes


def _check_log(new: Checkpoint, old: Checkpoint, hashes: HashOf, place: str) -> None:
    if new.origin != old.origin:
        raise PublishError(
            f"{place} is the registry of the log {old.origin}, and this is that of "
            f"{new.origin}: publish to another place. {_BY_HAND}"
        )
    if new.size < old.size:
        raise PublishError(
            f"the log at {place} has {old.size} releases, and this one {new.size}: "
            f"{_OLD}. {_BY_HAND}"
        )
    try:
        root = tree_root(hashes, old.size)
    except RegistryError as error:
        raise PublishError(f"the log to publish cannot be read: {error}") from error
    if root != old.root:
        raise PublishError(
            f"the log at {place} is not the beginning of this one: somebody began it "
            "anew, and every reader would refuse it. Find the ledger that was "
            f"published before. {_BY_HAND}"
        )


def newest_root(reader: Reader, paths: Iterable[str]) -> RoleFile | None:
    """Return the root of the highest version among some files; None for none.

    Args:
        reader: brings the files.
        paths: of all of them.

    Raises:
        PublishError: it is no root.
    """
    roots = [path for path in paths if serving(path).stage is Stage.ROOTS]
    if not roots:
        return None
    path = max(roots, key=order)
    try:
        data = reader.fetch(path, limit=ROLE_LIMIT)
        return read_role(path.rpartition("/")[2], data)
    except RegistryError as error:
        raise PublishError(f"{path} cannot be read: {error}") from error
