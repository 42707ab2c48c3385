"""Recovery: what a release goes on from where the state of the one before was lost.

"Lost state is answered by a `recovery` release that never loosens." (Release) What was
accepted is known from the releases of the waiting period, which the log has, and from
the commits that they name, which Git has. All that happened in these days is taken to
have happened just now, a second for each release: so it waits once more, and whatever
counted at the last release counts still.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sayso.errors import PublishError
from sayso.model.owner import OwnerId
from sayso.publish.reading.layout import owner_folders
from sayso.wire.release import Release
from sayso.wire.state import FolderState, RegistryState
from sayso.wire.succession import Entry, check_follows
from sayso.wire.text import format_time

FilesOf = Callable[[str], Mapping[str, str]]
"""Returns the blob of each file below `declarations/` of a commit, by its path."""


@dataclass(frozen=True, slots=True)
class _Located:
    """A file of a commit."""

    path: str
    blob: str


def recovered_state(
    last: Entry,
    earlier: Iterable[Entry],
    files_of: FilesOf,
    *,
    now: datetime,
    waiting: timedelta,
) -> RegistryState:
    """Return a state from which the next release loosens nothing that owners said.

    Args:
        last: the release before, verified.
        earlier: those before it, newest first; no more are taken than are needed.
        files_of: reads a commit.
        now: when the next release is issued.
        waiting: how long loosening waits in public.

    Raises:
        UntrustedError: a release does not follow the one before.
        PublishError: a release of the waiting period is missing, or its commit is.
    """
    needed = _needed(last, earlier, waiting)
    states: dict[OwnerId, list[FolderState]] = {}
    begin = now - timedelta(seconds=len(needed))
    for seconds, entry in enumerate(reversed(needed)):
        moment = begin + timedelta(seconds=seconds)
        folders = _folders(entry.release, files_of)
        for owner in folders.keys() | states.keys():
            known, files = states.setdefault(owner, []), folders.get(owner, {})
            if not known and seconds:
                known.append(FolderState(accepted=begin, files={}))
            if not known or known[-1].files != files:
                known.append(FolderState(accepted=moment, files=files))
    return RegistryState(
        release=last.release.header.number,
        issued=last.release.header.issued,
        owners={owner: tuple(known) for owner, known in states.items()},
        published={},
        policies={},
    )


def _needed(last: Entry, earlier: Iterable[Entry], waiting: timedelta) -> list[Entry]:
    """Return the releases whose files counted at the last one, newest first."""
    needed = [last]
    since = last.release.header.issued - waiting
    if last.index == 0:
        return needed
    for entry in earlier:
        check_follows(needed[-1], entry)
        if entry.index != needed[-1].index - 1:
            break
        issued = entry.release.header.issued
        if needed[-1].release.recovery:
            # What had counted before a recovery counted a whole waiting period more.
            since = issued - waiting
        needed.append(entry)
        if entry.index == 0 or issued <= since:
            return needed
    raise PublishError(
        f"release {needed[-1].index} is missing: a recovery needs the release.json of "
        f"every release back to the last one before {format_time(since)}; the log has "
        "them all"
    )


def _folders(release: Release, files_of: FilesOf) -> dict[OwnerId, dict[str, str]]:
    """Return the blob of each file in each owner's folder, as a release had them."""
    if release.source.commit is None or not release.source.clean:
        raise PublishError(
            f"release {release.header.number} was not made from a commit, so that "
            "nothing tells what it accepted"
        )
    files = files_of(release.source.commit).items()
    return {
        owner: {name: file.blob for name, file in found.items()}
        for owner, found in owner_folders(_Located(*file) for file in files).items()
    }
