"""Going live: a finished folder takes the place of what a destination has.

Content first, then what leads to it, `timestamp.json` last; each stage is there before
the next begins. A run that was killed is finished by running it again. Nothing is
taken away: that is `prune`.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from typing import TypeAlias

from sayso.errors import MissingError, PublishError, RegistryError
from sayso.publish.hosting.complete import check_complete, files_of_release
from sayso.publish.hosting.destination import (
    Destination,
    GoingOut,
    Joined,
    Reader,
    fetch_optional,
)
from sayso.publish.hosting.host import Host
from sayso.publish.hosting.named import check_named
from sayso.publish.hosting.outgoing import Outgoing
from sayso.publish.hosting.probe import check_absent, check_content, check_live
from sayso.publish.hosting.serving import Stage, order, serving
from sayso.publish.hosting.standing import check_forward, newest_root, standing_of
from sayso.publish.hosting.tidying import tidy
from sayso.publish.hosting.tree import tree_paths
from sayso.publish.inputs import Steps
from sayso.wire.release import RELEASE_FILE, RELEASE_LIMIT, Release
from sayso.wire.succession import Entry

Check: TypeAlias = Callable[[Reader], Entry]
"""Opens a registry as those who ask it do, and returns what its newest release says;
raises `RegistryError` where they would refuse it."""

_NAMES = {
    Stage.CONTENT: "Publishing what never changes",
    Stage.PAGES: "Publishing the site",
    Stage.CHECKPOINT: "Publishing the log",
    Stage.ALIASES: "Publishing the release",
    Stage.ROOTS: "Publishing the roots",
    Stage.TIMESTAMP: "Publishing the timestamp",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was done.

    Attributes:
        release: that is newest now.
        sent: how many files were put.
        bytes: how many bytes they have.
        kept: how many files were there already.
        removed: how many files were taken away.
        notes: what the operator should know, in whole sentences.
    """

    release: Release
    sent: int
    bytes: int
    kept: int
    removed: int
    notes: tuple[str, ...]


def publish(
    files: Mapping[str, Outgoing],
    destination: Destination,
    *,
    check: Check,
    host: Host | None,
    prune_at: datetime | None,
    steps: Steps,
) -> Published:
    """Bring files to a destination, and let them go live.

    What is not among the files must be there already: a heartbeat brings only what
    was signed anew.

    Args:
        files: what goes out, by path.
        destination: where it goes.
        check: opens what will be there as a reader would.
        host: where the destination is served; None where nobody can look.
        prune_at: now, in UTC, where what nobody needs is to be taken away.
        steps: is told how far it is.

    Raises:
        PublishError: nothing may go live, or not all did; what was there stays whole.
    """
    entry = _checked(files, destination, check, steps)
    if host is not None:
        steps("Asking the host", 0, 1)
        check_absent(host, entry.digest)
        if destination.is_atomic:
            # Its host shows nothing before all is there; how it serves what it has
            # already tells how it will serve the rest.
            there = {p: f for p, f in files.items() if destination.has(f)}
            check_content(host, there)
    sent = _put(files, destination, host, steps)
    removed, notes = tidy(files, destination, now=prune_at, steps=steps)
    destination.finish(f"Release {entry.release.header.number}")
    notes += destination.notes
    if host is not None:
        steps("Waiting until the host shows it", 0, 1)
        notes += check_live(host, files)
        check_content(host, files)
        check_absent(host, entry.digest)
    return Published(
        release=entry.release,
        sent=len(sent),
        bytes=sum(file.size for file in sent),
        kept=len(files) - len(sent),
        removed=removed,
        notes=tuple(notes),
    )


def _checked(
    files: Mapping[str, Outgoing], destination: Destination, check: Check, steps: Steps
) -> Entry:
    """Return what the newest release says, when all that it needs will be there."""
    steps("Looking at what is there", 0, 1)
    going_out, name = GoingOut(files), destination.name
    joined = Joined(going_out, destination)
    new = standing_of(going_out, "the folder to publish")
    old = standing_of(destination, name)
    root = newest_root(going_out, files)
    check_forward(new, old, joined, name, root=root)
    steps("Opening what is to be published", 0, 1)
    try:
        entry = check(joined)
        # Its alias goes live only when all of a release is there, so that a heartbeat
        # need not look at it again. The log says nothing of that: a release may wait
        # in it for signatures, while heartbeats publish the log as it is.
        if not _is_there(destination, entry):
            release = entry.release
            named = files_of_release(joined, release)
            tree = tree_paths(joined, release.lookup, set())
            check_complete(release, named, tree, files, destination.sizes(), place=name)
    except RegistryError as error:
        missing = isinstance(error, MissingError)
        whole = "; publish the whole folder that sayso build made" if missing else ""
        raise PublishError(
            f"readers would refuse this release, so nothing was published: {error}"
            f"{whole}"
        ) from error
    _check_signed(files, entry)
    return entry


def _is_there(destination: Destination, entry: Entry) -> bool:
    alias = fetch_optional(destination, RELEASE_FILE, limit=RELEASE_LIMIT)
    return alias is not None and sha256(alias).hexdigest() == entry.digest


def _check_signed(files: Mapping[str, Outgoing], entry: Entry) -> None:
    """Check that a release that goes out is the one that was signed last.

    It may have been built anew since, beside the files that tell of the one before.
    """
    file = files.get(RELEASE_FILE)
    if file is not None and file.digests()[1] != entry.digest:
        raise PublishError(
            f"the {RELEASE_FILE} to publish is not that of release "
            f"{entry.release.header.number}, the newest that is signed: run sayso seal"
        )


def _put(
    files: Mapping[str, Outgoing],
    destination: Destination,
    host: Host | None,
    steps: Steps,
) -> list[Outgoing]:
    """Put what is not there yet, stage by stage, and return what was put."""
    ordered = [files[path] for path in sorted(files, key=order)]
    sent: list[Outgoing] = []
    for stage, group in groupby(ordered, key=lambda file: serving(file.path).stage):
        put = _put_stage(stage, [*group], destination, steps)
        sent += put
        if put:
            destination.settle()
        if stage is Stage.CONTENT and host is not None and not destination.is_atomic:
            steps("Asking the host for some of it", 0, 1)
            check_content(host, files)
    return sent


def _put_stage(
    stage: Stage, files: list[Outgoing], destination: Destination, steps: Steps
) -> list[Outgoing]:
    def put(file: Outgoing) -> bool:
        if destination.has(file):
            return False
        check_named(file)
        destination.put(file)
        return True

    # Few files change in the later stages, and those have an order.
    at_once = destination.at_once if stage < Stage.CHECKPOINT else 1
    pool = ThreadPoolExecutor(at_once)
    try:
        done = []
        for number, is_new in enumerate(pool.map(put, files)):
            steps(_NAMES[stage], number, len(files))
            done.append(is_new)
    finally:
        # After a failure nothing more is begun.
        pool.shutdown(cancel_futures=True)
    return [file for file, is_new in zip(files, done, strict=True) if is_new]
