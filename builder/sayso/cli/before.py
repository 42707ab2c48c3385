"""How an operator's release goes on: from the one before, from nothing, or without."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import click

from sayso.cli.ledger import complete_holders, last_release
from sayso.cli.previous import open_previous
from sayso.cli.recovering import recover
from sayso.client.fetch import fetcher_of
from sayso.errors import MissingError, PublishError, RegistryError
from sayso.publish.inputs import Previous
from sayso.publish.ledger.folder import LedgerFolder
from sayso.publish.ledger.signed import last_entries, read_logged
from sayso.publish.reading.sources import SourceTree
from sayso.trust.log import open_own_checkpoint
from sayso.wire.checkpoint import Checkpoint
from sayso.wire.log_policy import LogPolicy, decode_log_policy
from sayso.wire.note import NOTE_LIMIT
from sayso.wire.places import CHECKPOINT
from sayso.wire.release import decode_release
from sayso.wire.succession import Entry
from sayso.wire.text import Digest
from sayso.wire.tiles import TILE_WIDTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a release goes on.

    Attributes:
        previous: where the files of the release before are; None for nowhere.
        genesis: whether there is none.
        recovery: whether its files are lost, but for its release.json.
        ledger: the folder that says which release was the last.
        trust: the folder of the holders.
    """

    previous: str | None
    genesis: bool
    recovery: bool
    ledger: Path
    trust: Path

    def check(self, *, is_operator: bool) -> None:
        """Check that one way is given, or none for a development release.

        Raises:
            click.UsageError: it is not so.
        """
        ways = [self.previous is not None, self.genesis, self.recovery].count(True)
        if not is_operator and (self.previous is not None or self.recovery):
            raise click.UsageError(
                "--previous and --recovery need --operator: a development release is "
                "always a first one."
            )
        if is_operator and ways != 1:
            raise click.UsageError(
                "With --operator, say either --previous (where the files of the "
                "release before this one are), --genesis (this is the registry's first "
                "release) or --recovery (the files of the release before are lost)."
            )


def release_before(
    way: Way,
    declarations: Path,
    tree: SourceTree,
    *,
    issued: datetime,
) -> Previous | None:
    """Return what the next release needs of the one before; None for the first.

    Args:
        way: how it goes on.
        declarations: the folder whose Git history must go on from that release.
        tree: what was read from that folder.
        issued: when the next release is issued.

    Raises:
        PublishError: the ledger says that it is another way, or a release is not
            finished; or the commit does not descend from that release's.
        RegistryError: a file cannot be had, or is not what it should be.
    """
    holders = complete_holders(way.trust)
    last = last_release(way.ledger, holders)
    if last is None:
        if way.genesis:
            return None
        raise PublishError(
            f"{way.ledger} holds no release: bring back its newest copy. Only the "
            "first release of a registry is made without one, with --genesis"
        )
    if way.genesis:
        number = decode_release(last).header.number
        raise PublishError(
            f"{way.ledger} holds release {number}, so this is not the first release; "
            "go on from it with --previous"
        )
    if way.previous is not None:
        _check_newest(way.previous, way.ledger, decode_log_policy(holders.policy))
        return open_previous(way.previous, last, declarations, tree)
    number = decode_release(last).header.number
    entries = _back(way.ledger, number)
    return recover(next(entries), entries, declarations, tree, now=issued)


def _check_newest(location: str, folder: Path, policy: LogPolicy) -> None:
    """Check that a ledger is not an older copy of what signed the release before.

    The next release would be another one of a number that was published: whoever seals
    it signs two trees of one size, which can never be taken back.

    Args:
        location: where the files of the release before are; it is not believed.
        folder: the ledger.
        policy: says whose checkpoints count.

    Raises:
        PublishError: it has a checkpoint of the same log that the ledger knows not.
        FetchError: it cannot be asked.
    """
    logged = read_logged(LedgerFolder(folder).read, policy)
    there = _checkpoint(location, policy)
    if logged is None or there is None:
        return
    here = logged.checkpoint
    if there.size < here.size or there == here:
        return
    raise PublishError(
        f"the log at {location} has {there.size} releases, and {folder} holds "
        f"{here.size}, or others: {folder} is an old copy. Bring back the newest one, "
        "and never go on from an older one. Where a thief signed what is there, keep "
        f"{CHECKPOINT} as evidence and take it away there"
    )


def _checkpoint(location: str, policy: LogPolicy) -> Checkpoint | None:
    """Return the checkpoint at a place; None where it has none that counts."""
    fetcher = fetcher_of(location)
    try:
        note = fetcher.fetch(CHECKPOINT, limit=NOTE_LIMIT)
    except MissingError:
        return None
    try:
        return open_own_checkpoint(note, policy).checkpoint
    except RegistryError:
        return None


def _back(folder: Path, size: int) -> Iterator[Entry]:
    """Yield the releases of a ledger, newest first."""
    ledger = LedgerFolder(folder)
    while size:
        for data in reversed(last_entries(ledger.read, size)):
            release = decode_release(data)
            yield Entry(release=release, digest=Digest(sha256(data).hexdigest()))
        size = (size - 1) // TILE_WIDTH * TILE_WIDTH
