"""Reading the declarations of a commit from Git's own objects.

Nothing is checked out: no file of the commit is written, followed or run, and what is
checked out meanwhile does not matter.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from operator import attrgetter
from typing import TypeAlias

from sayso.errors import PublishError
from sayso.model.problem import Problem
from sayso.model.rules import place as place_rules
from sayso.publish.reading.file import SourceFile, source_file
from sayso.publish.reading.git import CommitFile
from sayso.publish.reading.layout import Kind, Place, misplaced, place_of
from sayso.publish.reading.refusing import collisions, mode_fault, too_large
from sayso.publish.reading.sources import FILES, SourceTree
from sayso.publish.reading.unswept import unswept

ReadBlobs: TypeAlias = Callable[[Sequence[str]], Mapping[str, bytes]]
"""Returns the bytes of files by the ids that Git has for them."""

_HELD = 64 * 2**20
"""How many bytes are asked for at a time; one file may have as many alone."""


@unswept()
def read_commit(
    files: Sequence[CommitFile], read: ReadBlobs, *, commit: str, limit: int = FILES
) -> SourceTree:
    """Return the files of a commit; whatever a build would not read is a problem.

    Args:
        files: all below `declarations/`.
        read: brings their bytes.
        commit: its id.
        limit: how many files are read at most.

    Raises:
        PublishError: Git does not have the bytes of a file, or has others.
    """
    problems: list[Problem] = []
    good: list[tuple[CommitFile, Place]] = []
    if len(files) > limit:
        message = f"There are more than {limit:,} files; the rest was not read."
        problems.append(misplaced("", place_rules.TOO_MANY_FILES, message))
    for file in files[:limit]:
        place = _place(file)
        if isinstance(place, Problem):
            problems.append(place)
        else:
            good.append((file, place))
    paths = [file.path for file in files]
    problems += collisions(paths)
    found = [one for batch in _batches(good) for one in _read(batch, read)]
    return SourceTree(
        files=tuple(sorted(found, key=attrgetter("path"))),
        problems=tuple(sorted(problems, key=lambda problem: problem.order)),
        refused=frozenset(paths) - {file.path for file in found},
        commit=commit,
        clean=not problems,
    )


def _place(file: CommitFile) -> Place | Problem:
    if fault := mode_fault(file.path, file.mode, None):
        return fault
    place = place_of(file.path)
    if isinstance(place, Place) and file.size > place.limit:
        return too_large(file.path, file.size, place.limit)
    return place


def _batches(
    files: Iterable[tuple[CommitFile, Place]],
) -> Iterator[list[tuple[CommitFile, Place]]]:
    batch: list[tuple[CommitFile, Place]] = []
    held = 0
    for file, place in files:
        if batch and held + file.size > _HELD:
            yield batch
            batch, held = [], 0
        batch.append((file, place))
        held += file.size
    if batch:
        yield batch


def _read(
    batch: list[tuple[CommitFile, Place]], read: ReadBlobs
) -> Iterator[SourceFile]:
    data = read([file.blob for file, _ in batch])
    for file, place in batch:
        found = source_file(file.path, data[file.blob])
        if found.blob != file.blob:
            raise PublishError(
                f"Git has other bytes for {file.path} than its id {file.blob} says, or "
                "names files by SHA-256, which no build reads yet"
            )
        if place.kind is Kind.CATALOGUE:  # they are most of a registry, so not held
            load = partial(_again, file, found.sha256, read)
            found = replace(found, load=load)
        yield found


def _again(file: CommitFile, digest: str, read: ReadBlobs) -> bytes:
    data = read([file.blob])[file.blob]
    if sha256(data).hexdigest() != digest:
        raise PublishError(f"{file.path} changed in Git while it was read")
    return data
