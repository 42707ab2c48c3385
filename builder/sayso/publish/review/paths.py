"""What a change touches, from paths, modes and sizes alone: no file is read yet."""

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sayso.model.owner import OwnerId
from sayso.model.problem import Problem
from sayso.model.rules import authority as rules
from sayso.model.visible import printable
from sayso.publish.reading.git_changes import Changed
from sayso.publish.reading.layout import Kind, Place, misplaced, place_of
from sayso.publish.reading.refusing import collisions, mode_fault, too_large
from sayso.publish.reading.sheet import SHOWN
from sayso.publish.review.proposal import BYTES, FILES, Proposal


@dataclass(slots=True, kw_only=True)
class Touched:
    """What a change touches, as far as it may be read.

    Attributes:
        owners: the changed files of each owner, by path.
        records: the changed files of operators, and disputes, by path.
        plain: the changed files that belong to neither, such as the page that explains
            the folder.
        problems: what may not be.
    """

    owners: dict[OwnerId, dict[str, Changed]] = field(default_factory=dict)
    records: dict[str, Changed] = field(default_factory=dict)
    plain: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def touched(proposal: Proposal) -> Touched:
    """Return what a change touches."""
    found = Touched()
    changed = proposal.inside
    if len(proposal.changed) > FILES:
        message = f"More than {FILES:,} files are changed."
        found.problems.append(misplaced("", rules.TOO_MUCH, message))
        return found
    sizes = proposal.sizes(
        [one.blob for one in changed.values() if one.blob and stat.S_ISREG(one.mode)]
    )
    # The same bytes under many names are read as often.
    added = sum(sizes.get(one.blob, 0) for one in changed.values() if one.blob)
    if added > BYTES:
        message = f"{added:,} bytes are new; at most {BYTES:,} may be."
        found.problems.append(misplaced("", rules.TOO_MUCH, message))
        return found
    for path, one in sorted(changed.items()):
        _sort(path, one, sizes, found)
    found.problems += collisions(sorted(changed))
    if found.owners or found.records:
        found.problems += _riders([*proposal.others, *found.plain])
    if len(found.owners) > 1:
        found.problems.append(_several(found.owners))
    return found


def _sort(path: str, one: Changed, sizes: Mapping[str, int], found: Touched) -> None:
    place = place_of(path)
    if one.blob is not None:
        fault = mode_fault(path, one.mode, None)
        if fault is None and isinstance(place, Place):
            size = sizes.get(one.blob, 0)
            fault = too_large(path, size, place.limit) if size > place.limit else None
        if fault is not None:
            found.problems.append(fault)
            return
    if isinstance(place, Problem):
        # Who takes away what may not be there does no harm.
        if one.blob is not None:
            found.problems.append(place)
    elif place.owner is not None:
        found.owners.setdefault(place.owner, {})[path] = one
    elif place.kind is Kind.README:
        found.plain.append(path)
    else:
        found.records[path] = one


def _riders(others: list[str]) -> Iterator[Problem]:
    for path in others[:SHOWN]:
        message = f"{printable(path)} is changed as well."
        yield misplaced(path, rules.OTHER_FILES, message)
    if len(others) > SHOWN:
        message = f"{len(others) - SHOWN:,} more files are changed as well."
        yield misplaced("", rules.OTHER_FILES, message)


def _several(owners: Mapping[OwnerId, object]) -> Problem:
    names = ", ".join(sorted(owners)[:SHOWN])
    message = f"It touches {len(owners)} owners: {names}."
    return misplaced("", rules.ONE_OWNER, message)
