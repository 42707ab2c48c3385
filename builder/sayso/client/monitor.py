"""Monitoring a log: what is new since it was looked at last, and whether it may be.

Whoever keeps the last checkpoint that was seen notices when a registry takes back or
rewrites what it said. What a new release changes is told by its own words, and by the
delta that leads to it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

from sayso.client.fetch import Fetcher
from sayso.client.history import read_logged
from sayso.client.log import LogTree
from sayso.client.lookup import unpack
from sayso.client.registry import fetch_index, fetch_listed
from sayso.errors import MalformedError
from sayso.model.settings import Revocation
from sayso.wire.checkpoint import Checkpoint, parse_checkpoint
from sayso.wire.delta import DELTA_LIMIT, REMOVED, decode_delta
from sayso.wire.members import Members
from sayso.wire.note import decode_note
from sayso.wire.profile import Json, decode, encode
from sayso.wire.succession import Entry
from sayso.wire.text import format_time, from_utf8

FORMAT: Final = "sayso/monitor/1"
EVIDENCE_FORMAT: Final = "sayso/contradiction/1"
SEEN_LIMIT: Final = 2**24
"""What a monitor keeps is never longer, in bytes."""

Facts: TypeAlias = Mapping[str, str]
"""What is said of something that is watched: each fact by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a monitor keeps.

    Attributes:
        note: the last checkpoint that was believed, as it was signed.
        watched: what was said last of each thing that is watched.
    """

    note: bytes
    watched: Mapping[str, Facts] = field(default_factory=dict)

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint, which was believed when it was seen."""
        return parse_checkpoint(decode_note(self.note).text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A release that is new, and the one before it; None before the first."""

    entry: Entry
    before: Entry | None

    @property
    def revoked(self) -> tuple[Revocation, ...]:
        """Which releases it revokes that were not revoked before."""
        known = set() if self.before is None else {*self.before.release.revoked}
        return tuple(one for one in self.entry.release.revoked if one not in known)

    def count(self, name: str) -> tuple[int, int | None]:
        """Return how many of something it has, and how many there were before."""
        old = None if self.before is None else self.before.release.counts.get(name)
        return self.entry.release.counts[name], old


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What the delta from the release before says, in numbers.

    Attributes:
        recordings: that were added, or have another policy.
        removed: recordings that are no longer listed.
        policies: that are new, changed, or no longer used.
        prefixes: ranges of codes whose policy changed.
    """

    recordings: int
    removed: int
    policies: int
    prefixes: int


def new_releases(
    log: LogTree, old: Checkpoint | None, new: Checkpoint, *, now: datetime
) -> Iterator[Step]:
    """Yield the releases that a log gained, each when it follows the one before it.

    Args:
        log: the tree of the newer checkpoint, to which the log grew from the older.
        old: what was seen last; None to read the whole log.
        new: what is believed now.
        now: in UTC.

    Raises:
        RegistryError: as `LogTree` and `client.history.read_logged`.
    """
    seen = 0 if old is None else old.size
    if seen == new.size:
        return
    # The last one that was seen is read again: the next has to follow it.
    start = max(0, seen - 1)
    before = None
    for index, data in enumerate(log.entries(range(start, new.size)), start=start):
        entry = read_logged(data, index=index, before=before, now=now)
        if index >= seen:
            yield Step(entry=entry, before=before)
        before = entry


def newest_release(log: LogTree, checkpoint: Checkpoint) -> Entry:
    """Return the last release in a log that has one.

    Raises:
        RegistryError: as `new_releases`.
    """
    index = checkpoint.size - 1
    (data,) = log.entries(range(index, checkpoint.size))
    return read_logged(data, index=index)


def changes_of(fetcher: Fetcher, step: Step) -> Changes | None:
    """Return what a release changed, by the delta that leads to it; None without one.

    Raises:
        FetchError: a file is missing, too long or cannot be reached.
        UntrustedError: a file is not the one that the release names.
        MalformedError: a file is not in its format.
    """
    if step.before is None:
        return None
    numbers = (step.entry.index, step.entry.index + 1)
    end = ".{}-{}.jsonl.gz".format(*numbers)
    for file in fetch_index(fetcher, step.entry.release):
        if file.path.startswith("delta/") and file.path.endswith(end):
            break
    else:
        return None
    if file.bytes > DELTA_LIMIT:
        raise MalformedError(f"{file.path} is longer than {DELTA_LIMIT} bytes")
    delta = decode_delta(unpack(fetch_listed(fetcher, file), limit=DELTA_LIMIT))
    if (delta.before.number, delta.after.number) != numbers:
        raise MalformedError(f"{file.path} leads from another release to another")
    removed = delta.numbers.count(REMOVED)
    return Changes(
        recordings=len(delta.numbers) - removed,
        removed=removed,
        policies=len(delta.policies),
        prefixes=len(delta.prefixes),
    )


def encode_seen(seen: Seen) -> bytes:
    """Return what a monitor keeps, as a document."""
    return encode(
        {
            "checkpoint": seen.note.decode(),
            "format": FORMAT,
            "watched": {name: dict(facts) for name, facts in seen.watched.items()},
        }
    )


def decode_seen(data: bytes) -> Seen:
    """Return what `encode_seen` wrote.

    Raises:
        MalformedError: it is something else.
    """
    members = Members(decode(data, limit=SEEN_LIMIT), "what a monitor keeps")
    members.constant("format", FORMAT)
    note = members.text("checkpoint").encode()
    watched = members.object("watched")
    seen = Seen(
        note=note, watched={name: _facts(watched, name) for name in watched.names()}
    )
    members.end()
    parse_checkpoint(decode_note(note).text)
    return seen


def encode_contradiction(old: bytes, new: bytes, *, why: str, found: datetime) -> bytes:
    """Return the proof that a log contradicted itself: both checkpoints, as signed.

    Args:
        old: the note that was seen first.
        new: the note that contradicts it.
        why: what is wrong, in words.
        found: when that was noticed, in UTC.
    """
    return encode(
        {
            "checkpoints": [_text(old), _text(new)],
            "format": EVIDENCE_FORMAT,
            "found": format_time(found),
            "why": why,
        }
    )


def _facts(watched: Members, name: str) -> Facts:
    facts = watched.object(name)
    return {fact: facts.text(fact) for fact in facts.names()}


def _text(note: bytes) -> Json:
    return from_utf8(note, limit=len(note))
