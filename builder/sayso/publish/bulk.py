"""Bulk: the recordings of a release, in all the files that hold them.

Ranges of keys are made by several threads and taken in order, so that memory holds a
few of them and the bytes are the same with any number of threads.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from sayso.columns.codes import Keys
from sayso.model.isrc import LAST_KEY, key_of
from sayso.model.owner import OwnerId
from sayso.publish.accepted import Accepted
from sayso.publish.comparison import Comparison
from sayso.publish.core import CoreWriter
from sayso.publish.cover import Cover
from sayso.publish.leaves import Entries, Leaves, grow
from sayso.publish.names import Names
from sayso.publish.numbering import Breakpoints, Numbering
from sayso.publish.output import Output
from sayso.publish.parts import Made, PartMaker
from sayso.publish.ranges import Range, halvings, whole
from sayso.wire.columns import Interval
from sayso.wire.parts import PART_RECORDINGS, Part
from sayso.wire.registry import INLINE_LIMIT
from sayso.wire.release_file import ReleaseFile
from sayso.wire.release_members import Lookup
from sayso.wire.text import Digest


@dataclass(slots=True, kw_only=True)
class Bulk:
    """What was written.

    Attributes:
        core: the file with key and policy of every recording.
        lookup: the look-up tree.
        parts: the files that hold the rows.
        lines: the rows as JSON Lines; None where they are too many for one file.
        recordings: how many there are.
        disputed: how many of them are disputed.
    """

    core: ReleaseFile
    lookup: Lookup
    parts: list[Part]
    lines: bytes | None
    recordings: int
    disputed: int


@dataclass(slots=True)
class _Taken:
    """What has been taken so far of the ranges."""

    core: CoreWriter
    comparison: Comparison | None
    disputed_policies: Keys
    entries: Entries = field(default_factory=Entries)
    parts: list[Part] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    length: int = 0
    disputed: int = 0

    def take(self, here: Range, made: Made) -> None:
        self.core.add(made.keys, made.numbers)
        if self.comparison is not None:
            self.comparison.take(here.stop, (made.keys, made.numbers))
        self.entries.extend(made.entries)
        self.parts += made.parts
        self.disputed += int(np.isin(made.numbers, self.disputed_policies).sum())
        self.length += len(made.lines)
        if self.length <= INLINE_LIMIT:
            self.lines.append(made.lines)
        else:
            self.lines.clear()


def write_bulk(
    *,
    accepted: Accepted,
    reviewed: Collection[OwnerId],
    covered: Cover,
    numbering: Numbering,
    breakpoints: Breakpoints,
    shape: tuple[int, int],
    comparison: Comparison | None,
    kept: Mapping[Digest, Part],
    output: Output,
    workers: int,
    progress: Callable[[int, int], None],
) -> Bulk:
    """Write the core, the parts and the look-up tree.

    Args:
        accepted: the versions that count.
        reviewed: owners of whom some ownership was reviewed; they name first.
        covered: the facts that bear on each recording.
        numbering: the policy of each set of facts.
        breakpoints: the policy of codes that nobody lists.
        shape: how many items a leaf of the tree holds, and how many entries a node.
        comparison: compares what is written with the release before, if there is one.
        kept: the parts of that release by content.
        output: takes the files.
        workers: how many threads make ranges.
        progress: is told how many recordings are done, of how many.
    """
    recordings = covered.recordings
    leaf_items, node_entries = shape
    ranges = list(
        halvings(
            whole(recordings.rank),
            recordings.rank,
            lambda here: here.count <= PART_RECORDINGS,
        )
    )
    leaves = Leaves(
        policies=numbering.policies,
        breakpoints=breakpoints,
        leaf_items=leaf_items,
        output=output,
    )
    maker = PartMaker(
        recordings=recordings,
        numbering=numbering,
        names=Names(
            accepted, reviewed, np.array([here.start for here in ranges], np.int64)
        ),
        leaves=leaves,
        kept=kept,
        output=output,
    )
    disputed = [n for n, one in numbering.policies.items() if one.policy.is_disputed]
    taken = _Taken(CoreWriter(output), comparison, np.array(disputed, np.int64))
    for here, made in _in_order(maker.make, ranges, workers):
        progress(here.first, recordings.height)
        taken.take(here, made)
    return Bulk(
        core=taken.core.close(),
        lookup=grow(
            taken.entries,
            numbering.policies,
            leaf_items=leaf_items,
            node_entries=node_entries,
            output=output,
        ),
        parts=taken.parts,
        lines=b"".join(taken.lines) if taken.length <= INLINE_LIMIT else None,
        recordings=recordings.height,
        disputed=taken.disputed,
    )


def _in_order(
    make: Callable[[int, Range], Made], ranges: list[Range], workers: int
) -> Iterator[tuple[Range, Made]]:
    """Yield each range with what is made of it; few are made ahead."""
    waiting: deque[tuple[Range, Future[Made]]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for place, here in enumerate(ranges):
                waiting.append((here, pool.submit(make, place, here)))
                if len(waiting) > workers:
                    done, future = waiting.popleft()
                    yield done, future.result()
            while waiting:
                done, future = waiting.popleft()
                yield done, future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def breakpoints_of(prefixes: tuple[Interval, ...]) -> Breakpoints:
    """Return where the policy of unlisted codes changes."""
    points: dict[int, int] = {}
    for span in prefixes:
        points[key_of(span.first)] = span.policy
        end = key_of(span.last) + 1
        # Beyond the last code there is none whose policy could change.
        if end <= LAST_KEY:
            points[end] = 0
    ordered = sorted(points.items())
    return Breakpoints(
        keys=np.array([key for key, _ in ordered], np.int64),
        numbers=np.array([number for _, number in ordered], np.int32),
    )
