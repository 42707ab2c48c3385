"""How an operator's release goes on: from the one before, from nothing, or without."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import click

from sayso.cli.ledger import complete_holders, last_release
from sayso.cli.previous import open_previous
from sayso.cli.recovering import recover
from sayso.errors import PublishError
from sayso.publish.inputs import Previous
from sayso.publish.ledger.folder import LedgerFolder
from sayso.publish.ledger.signed import last_entries
from sayso.publish.reading.sources import SourceTree
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
    waiting: timedelta,
) -> Previous | None:
    """Return what the next release needs of the one before; None for the first.

    Args:
        way: how it goes on.
        declarations: the folder whose Git history must go on from that release.
        tree: what was read from that folder.
        issued: when the next release is issued.
        waiting: how long loosening waits in public.

    Raises:
        PublishError: the ledger says that it is another way, or a release is not
            finished; or the commit does not descend from that release's.
        RegistryError: a file cannot be had, or is not what it should be.
    """
    last = last_release(way.ledger, complete_holders(way.trust))
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
        return open_previous(way.previous, last, declarations, tree)
    number = decode_release(last).header.number
    entries = _back(way.ledger, number)
    return recover(
        next(entries), entries, declarations, tree, now=issued, waiting=waiting
    )


def _back(folder: Path, size: int) -> Iterator[Entry]:
    """Yield the releases of a ledger, newest first."""
    ledger = LedgerFolder(folder)
    while size:
        for data in reversed(last_entries(ledger.read, size)):
            release = decode_release(data)
            yield Entry(release=release, digest=Digest(sha256(data).hexdigest()))
        size = (size - 1) // TILE_WIDTH * TILE_WIDTH
