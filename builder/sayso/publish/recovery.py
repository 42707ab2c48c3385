"""Recovery: what a release goes on from where the state of the one before was lost.

"Lost state is answered by a `recovery` release that never loosens." (Release) What was
accepted is known from the releases of the waiting period, which the log has, and from
the commits that they name, which Git has. All that happened in these days is taken to
have happened just now, a second for each release: so it waits once more, and whatever
counted at the last release counts still.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sayso.errors import PublishError
from sayso.model.owner import OwnerId
from sayso.publish.authority.adopted import Adopted, adopt
from sayso.publish.authority.before import Before, Blobs
from sayso.wire.release import Release
from sayso.wire.state import FolderState, Record, RegistryState
from sayso.wire.succession import Entry, check_follows
from sayso.wire.text import format_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Commits:
    """Reads commits.

    Attributes:
        files: returns the blob of each file below `declarations/` of a commit, by its
            path.
        blobs: brings files by their ids in Git.
    """

    files: Callable[[str], Mapping[str, str]]
    blobs: Blobs


def recovered_state(
    last: Entry,
    earlier: Iterable[Entry],
    commits: Commits,
    *,
    now: datetime,
) -> RegistryState:
    """Return a state from which the next release loosens nothing that owners said.

    What a commit held counts as accepted: what had been left out of its release has to
    be taken out of Git before.

    Args:
        last: the release before, verified.
        earlier: those before it, newest first; no more are taken than are needed.
        commits: reads commits.
        now: when the next release is issued.

    Raises:
        UntrustedError: a release does not follow the one before.
        PublishError: a release of the waiting period is missing, or its commit is.
    """
    before = Before(state=None, blobs=commits.blobs)
    newest = _read(last.release, commits, before)
    waiting = timedelta(days=newest.policy.waiting_days)
    needed = _needed(last, earlier, waiting)
    states: dict[OwnerId, list[FolderState]] = {}
    begin = now - timedelta(seconds=len(needed))
    oldest: Adopted | None = None
    for seconds, entry in enumerate(reversed(needed)):
        moment = begin + timedelta(seconds=seconds)
        adopted = _read(entry.release, commits, before)
        oldest = oldest or adopted
        for owner in adopted.held.keys() | states.keys():
            known = states.setdefault(owner, [])
            if not known and seconds:
                known.append(FolderState(accepted=begin, files={}))
            state = adopted.state(owner, moment)
            if not known or replace(known[-1], accepted=moment) != state:
                known.append(state)
    return RegistryState(
        release=last.release.header.number,
        issued=last.release.header.issued,
        owners={owner: tuple(known) for owner, known in states.items()},
        published={},
        policies={},
        held=newest.held,
        records={
            path: Record(
                blob=blob,
                since=begin if oldest and path in oldest.records else now + waiting,
            )
            for path, blob in newest.records.items()
        },
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


def _read(release: Release, commits: Commits, before: Before) -> Adopted:
    """Return what the commit of a release held."""
    if release.source.commit is None or not release.source.clean:
        raise PublishError(
            f"release {release.header.number} was not made from a commit, so that "
            "nothing tells what it accepted"
        )
    if release.counts.get("left_out"):
        raise PublishError(
            f"release {release.header.number} left out {release.counts['left_out']} "
            "files, and only its lost state tells which of them count: bring back "
            "state/… of that release from any copy, and go on with --previous"
        )
    files = before.files(commits.files(release.source.commit))
    return adopt(files, now=release.header.issued)
