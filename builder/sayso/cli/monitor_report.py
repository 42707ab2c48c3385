"""What `sayso monitor` reports of one look at a log, in words and as JSON."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Final

from sayso.cli.terminal import fields, paragraph, printable
from sayso.client.monitor import Changes, Step
from sayso.client.watch import Told
from sayso.wire.checkpoint import Checkpoint
from sayso.wire.header import COUNTED
from sayso.wire.profile import Json
from sayso.wire.text import format_time, to_base64

FORMAT: Final = "sayso/monitored/1"

_LOOSENED: Final = ("loosened", "loosened_ranges")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found.

    Attributes:
        since: how many entries the log had when it was looked at last; None if never.
        steps: the new releases, each with what its delta says; of a log that is new to
            this monitor the last one alone.
        told: what is said of what is watched, where it is new or changed.
        witness: the key that cosigns this checkpoint once it is kept, as a policy
            names it; None if none does.
    """

    checkpoint: Checkpoint
    since: int | None
    steps: tuple[tuple[Step, Changes | None], ...]
    told: tuple[Told, ...]
    witness: str | None

    @property
    def is_alarming(self) -> bool:
        """Whether somebody should look: at what is watched, or at a revocation."""
        changed = any(one.changes or one.missing for one in self.told)
        return changed or (
            self.since is not None
            and any(
                step.revoked or step.entry.release.recovery for step, _ in self.steps
            )
        )


def words(report: Report, columns: int) -> Iterator[str]:
    """Yield the report, a line at a time."""
    new = report.checkpoint
    since = (
        "it has one release"
        if report.since is None and new.size == 1
        else f"all of its {new.size} releases follow one another"
        if report.since is None
        else "nothing new"
        if report.since == new.size
        else f"it only grew, from {report.since} releases to {new.size}"
    )
    yield from paragraph(f"{printable(new.origin)}: {since}.", columns)
    for step, changes in report.steps:
        header = step.entry.release.header
        yield f"Release {header.number} of {format_time(header.issued)}"
        yield from fields([*_rows(step, changes)], columns)
    for told in report.told:
        yield from _told(told, columns)
    if report.witness is not None:
        yield from paragraph(f"It is cosigned as {printable(report.witness)}", columns)


def document(report: Report) -> dict[str, Json]:
    """Return the report as a document of the format `sayso/monitored/1`."""
    new = report.checkpoint
    return {
        "checkpoint": {
            "origin": new.origin,
            "root": to_base64(new.root),
            "size": new.size,
        },
        "format": FORMAT,
        "releases": [_release(step, changes) for step, changes in report.steps],
        "since": report.since,
        "watched": [
            {
                "changes": [asdict(change) for change in told.changes],
                "facts": None if told.facts is None else dict(told.facts),
                "missing": told.missing,
                "release": told.number,
                "topic": told.topic,
            }
            for told in report.told
        ],
        "witness": report.witness,
    }


def _rows(step: Step, changes: Changes | None) -> Iterator[tuple[str, str]]:
    release = step.entry.release
    commit = release.source.commit or "none: not made from Git"
    yield "commit", commit if release.source.clean else f"{commit}, and other changes"
    for name in COUNTED:
        if name in _LOOSENED:
            continue
        count, before = step.count(name)
        if before in {None, count}:
            yield name, f"{count:,}"
        else:
            yield name, f"{count:,} ({count - (before or 0):+,})"
    if any(release.counts[name] for name in _LOOSENED):
        recordings, ranges = (release.counts[name] for name in _LOOSENED)
        yield "loosened", f"{recordings:,} recordings, {ranges:,} ranges of codes"
    if changes is not None:
        said = (
            f"{changes.recordings:,} recordings are new or have another policy, "
            f"{changes.removed:,} are no longer listed; {changes.policies:,} policies "
            f"and {changes.prefixes:,} ranges of codes changed"
        )
        yield "changed", said
    if release.recovery:
        yield "recovery", "made without the state of the release before"
    for one in step.revoked:
        yield "revokes", f"release {one.release}: {printable(one.reason)}"


def _told(told: Told, columns: int) -> Iterator[str]:
    yield f"{printable(told.topic)} in release {told.number}"
    if told.missing is not None:
        yield from paragraph(told.missing, columns, first="  ", rest="  ")
    elif told.facts is not None:
        yield from fields([*told.facts.items()] or [("", "nothing")], columns)
    else:
        yield from fields(
            [
                (
                    one.fact,
                    f"{one.after or 'nothing'}, and was {one.before or 'nothing'}",
                )
                for one in told.changes
            ],
            columns,
        )


def _release(step: Step, changes: Changes | None) -> dict[str, Json]:
    release, before = step.entry.release, step.before
    return {
        "before": None if before is None else dict(before.release.counts),
        "changed": None if changes is None else asdict(changes),
        "clean": release.source.clean,
        "commit": release.source.commit,
        "counts": dict(release.counts),
        "issued": format_time(release.header.issued),
        "number": release.header.number,
        "recovery": release.recovery,
        "revoked": [asdict(one) for one in step.revoked],
        "sha256": step.entry.digest,
    }
