"""A run: a manifest from its beginning to its end, through the kernel and into files.

Rows are read in order, answered by several threads, and written in order again; only
what is in the hands of a thread is in memory. From time to time everything is brought
to the disk, so that a run that was interrupted is taken over and not begun anew: its
rows are read again, and neither answered nor written.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias

import pyarrow as pa

from sayso.client.manifest.rows import Manifest, Rows
from sayso.client.outcome.sink import sink_of
from sayso.client.screening.journal import Journal, Progress
from sayso.client.screening.kernel import PREFIX, Answered, Kernel
from sayso.client.screening.lane import KEPT, Lane
from sayso.client.screening.seen import Seen
from sayso.client.screening.tally import Tally
from sayso.errors import ManifestError

Told: TypeAlias = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and of what."""

_PART: Final = 2**23
"""About how many rows are written before everything is brought to the disk."""

_WHOLE: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run makes.

    Attributes:
        folder: where the files go.
        work: for what is needed meanwhile; it is there.
        kind: the format of the files.
        roles: which are made, `ANNOTATED` and those of `LISTS`.
        asked: what tells this screening from another, in words.
        moment: of the question.
        threads: how many answer.
        codes: whether the codes are gathered, each once.
    """

    folder: Path
    work: Path
    kind: str
    roles: tuple[str, ...]
    asked: str
    moment: datetime
    threads: int
    codes: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What came of a run: the counts, the codes, and the files by their roles."""

    tally: Tally
    seen: Seen
    files: Mapping[str, Path]


def run(
    manifest: Manifest,
    kernel: Kernel,
    plan: Plan,
    *,
    before: Progress | None = None,
    told: Told = lambda *_: None,
) -> Ran:
    """Screen a manifest.

    Args:
        manifest: not read yet.
        kernel: answers.
        plan: what is made.
        before: how far an earlier run of the same plan came.
        told: is told of the progress.

    Raises:
        ManifestError: the manifest cannot be read to its end, or a file cannot be
            written.
        FetchError: the journal cannot be written.
    """
    journal = Journal(plan.work)
    tally = Tally() if before is None else before.tally
    seen = Seen(plan.work, files=0 if before is None else before.codes)
    lanes = _lanes(manifest, kernel, plan, before)
    done = False
    try:
        due = tally.rows + _PART
        for rows, answered in _answered(manifest, kernel, plan, skip=tally.rows):
            for lane in lanes.values():
                lane.write(rows.table, answered)
            tally.add(answered)
            if plan.codes:
                seen.add(answered.keys)
            told("Screening", int(manifest.done * _WHOLE), _WHOLE)
            if tally.rows >= due:
                due = tally.rows + _PART
                _checkpoint(journal, plan, tally, seen, lanes)
        files = {role: lane.close() for role, lane in lanes.items()}
        done = True
    finally:
        if not done:
            for lane in lanes.values():
                lane.abandon()
    return Ran(tally=tally, seen=seen, files=files)


def _lanes(
    manifest: Manifest, kernel: Kernel, plan: Plan, before: Progress | None
) -> dict[str, Lane]:
    added = pa.schema([field.with_name(PREFIX + field.name) for field in kernel.schema])
    nothing = pa.schema([])
    return {
        role: Lane(
            sink_of(
                plan.kind,
                plan.folder / role,
                manifest.schema,
                nothing if role == KEPT else added,
                mark=None if before is None else before.marks.get(role),
            ),
            role,
        )
        for role in plan.roles
    }


def _answered(
    manifest: Manifest, kernel: Kernel, plan: Plan, *, skip: int
) -> Iterator[tuple[Rows, Answered]]:
    """Yield rows with their answers, in order; the first ones were answered before."""
    waiting: deque[tuple[Rows, Future[Answered]]] = deque()
    with ThreadPoolExecutor(plan.threads) as pool:
        try:
            for rows in _after(manifest.read(), skip):
                task = pool.submit(kernel.answer, rows.codes, rows.titles, rows.artists)
                waiting.append((rows, task))
                if len(waiting) > plan.threads:
                    first, answer = waiting.popleft()
                    yield first, answer.result()
            while waiting:
                first, answer = waiting.popleft()
                yield first, answer.result()
        finally:
            for _, task in waiting:
                task.cancel()


def _after(parts: Iterator[Rows], skip: int) -> Iterator[Rows]:
    for rows in parts:
        size = rows.table.num_rows
        if skip >= size:
            skip -= size
            continue
        yield _from(rows, skip) if skip else rows
        skip = 0
    if skip:
        raise ManifestError(
            f"the manifest ends {skip:,} rows before where an earlier run came to: it "
            "has changed since; begin anew in another folder"
        )


def _from(rows: Rows, start: int) -> Rows:
    titles, artists = rows.titles, rows.artists
    return Rows(
        table=rows.table.slice(start),
        codes=rows.codes.slice(start),
        titles=None if titles is None else titles.slice(start),
        artists=None if artists is None else artists.slice(start),
    )


def _checkpoint(
    journal: Journal, plan: Plan, tally: Tally, seen: Seen, lanes: Mapping[str, Lane]
) -> None:
    journal.write(
        Progress(
            asked=plan.asked,
            moment=plan.moment,
            tally=tally,
            codes=seen.checkpoint(),
            marks={role: lane.checkpoint() for role, lane in lanes.items()},
        )
    )
