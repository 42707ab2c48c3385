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
from sayso.client.outcome.sink import Sink, sink_of
from sayso.client.screening.journal import Journal, Progress
from sayso.client.screening.kernel import Answered, Kernel
from sayso.client.screening.seen import Seen
from sayso.client.screening.tally import Tally
from sayso.errors import ManifestError
from sayso.model.screening import ACTIONS, Action

Told: TypeAlias = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and of what."""

ANNOTATED: Final = "annotated"
LISTS: Final[Mapping[str, Action]] = {
    "kept": Action.KEEP,
    "excluded": Action.EXCLUDE,
    "apart": Action.APART,
}
"""The files of rows beside the annotated one, and whose rows each holds."""

PREFIX: Final = "sayso_"
"""What the names of added columns begin with."""

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
    sinks = _sinks(manifest, kernel, plan, before)
    done = False
    try:
        due = tally.rows + _PART
        for rows, answered in _answered(manifest, kernel, plan, skip=tally.rows):
            _write(sinks, rows.table, answered)
            tally.add(answered)
            if plan.codes:
                seen.add(answered.keys)
            told("Screening", int(manifest.done * _WHOLE), _WHOLE)
            if tally.rows >= due:
                due = tally.rows + _PART
                _checkpoint(journal, plan, tally, seen, sinks)
        done = True
    finally:
        if not done:
            for sink in sinks.values():
                sink.abandon()
    files = {role: sink.close() for role, sink in sinks.items()}
    return Ran(tally=tally, seen=seen, files=files)


def _sinks(
    manifest: Manifest, kernel: Kernel, plan: Plan, before: Progress | None
) -> dict[str, Sink]:
    added = pa.schema([field.with_name(PREFIX + field.name) for field in kernel.schema])
    return {
        role: sink_of(
            plan.kind,
            plan.folder / role,
            manifest.schema,
            # Who is given what is kept gets what there was before, and nothing of ours.
            pa.schema([]) if role == "kept" else added,
            mark=None if before is None else before.marks.get(role),
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


def _write(
    sinks: Mapping[str, Sink], table: pa.RecordBatch, answered: Answered
) -> None:
    answers = answered.columns.rename_columns(
        [PREFIX + name for name in answered.columns.schema.names]
    )
    for role, sink in sinks.items():
        if role == ANNOTATED:
            sink.write(table, answers)
            continue
        chosen = pa.array(answered.actions == ACTIONS.index(LISTS[role]))
        rows = table.filter(chosen)
        if rows.num_rows:
            beside = answers.select([]) if role == "kept" else answers
            sink.write(rows, beside.filter(chosen) if beside.num_columns else beside)


def _checkpoint(
    journal: Journal, plan: Plan, tally: Tally, seen: Seen, sinks: Mapping[str, Sink]
) -> None:
    journal.write(
        Progress(
            asked=plan.asked,
            moment=plan.moment,
            tally=tally,
            codes=seen.checkpoint(),
            marks={role: sink.checkpoint() for role, sink in sinks.items()},
        )
    )
