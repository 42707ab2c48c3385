"""The core: the policy of every listed recording in two columns, and of every range.

What screening and offline look-ups read: titles are elsewhere. A core is read from its
Parquet file or made from an older one by a delta; either way it is kept only if its
contents are exactly those of the release.

Policies and prefixes are taken from the lists of registry.json. Their Parquet files are
for warehouses: that of the policies leaves out what its content digest speaks of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sayso.columns.policies import NOBODY
from sayso.columns.rows import (
    PIECE,
    Keys,
    Numbers,
    changed_rows,
    content_of,
    read_rows,
)
from sayso.errors import MalformedError, RegistryError, UntrustedError
from sayso.model.isrc import LAST_KEY, Isrc, isrc_of, key_of
from sayso.wire.columns import read_intervals
from sayso.wire.contents import (
    Contents,
    Range,
    policies_content,
    prefixes_content,
)
from sayso.wire.delta import LARGEST_POLICY, Delta
from sayso.wire.policies import read_policy
from sayso.wire.profile import Json, encode_item

Mask: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Intervals:
    """The policy of codes that nobody lists: columns of equal length, ascending.

    Attributes:
        firsts: the key at which each range begins.
        lasts: the last key that belongs to it.
        numbers: of its policy.
    """

    firsts: Keys
    lasts: Keys
    numbers: Numbers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Core:
    """What a release says of every code, verified; nothing in it is ever changed.

    Attributes:
        contents: which release it is of, and the digests that it has.
        keys: of the listed recordings, ascending.
        numbers: of the policy of each.
        policies: items of registry.json by number, as they are written: all that are
            used, at least.
        intervals: what holds for codes that are not listed.
    """

    contents: Contents
    keys: Keys
    numbers: Numbers
    policies: Mapping[int, bytes]
    intervals: Intervals

    def policy_of(self, isrc: Isrc) -> int | None:
        """Return the number of a recording's policy, or None if nobody speaks."""
        numbers, _ = self.numbers_of(np.array([key_of(isrc)], np.int64))
        number = int(numbers[0])
        return None if number == NOBODY else number

    def numbers_of(self, keys: Keys) -> tuple[Numbers, Mask]:
        """Return the policy of each key, and whether it is listed by itself.

        Args:
            keys: in any order; what is no key is of nobody. Ascending ones are found
                fastest.
        """
        numbers = np.zeros(len(keys), np.int32)
        listed = np.zeros(len(keys), np.bool_)
        if len(self.keys):
            row = np.minimum(self.keys.searchsorted(keys), len(self.keys) - 1)
            listed = self.keys[row] == keys
            numbers[listed] = self.numbers[row[listed]]
        spans = self.intervals
        if len(spans.firsts):
            rest = np.flatnonzero(~listed)
            others = keys[rest]
            place = np.maximum(spans.firsts.searchsorted(others, side="right") - 1, 0)
            within = (spans.firsts[place] <= others) & (others <= spans.lasts[place])
            numbers[rest[within]] = spans.numbers[place[within]]
        return numbers, listed


def read_core(
    data: bytes,
    policies: Sequence[Json],
    prefixes: Sequence[Json],
    *,
    contents: Contents,
) -> Core:
    """Return the core in the bytes of a release's `.core.parquet`.

    Args:
        data: the bytes, already found to be those that the release names: a reader of
            Parquet is too large a program to be shown anything else.
        policies: the list of registry.json.
        prefixes: the list of registry.json.
        contents: the digests that the release states.

    Raises:
        MalformedError: the file or a list is not in its format.
        UntrustedError: they do not hold what the release states.
    """
    keys, numbers = read_rows(data)
    spans = read_intervals(list(prefixes))
    return _verified(
        keys,
        numbers,
        dict(map(_read_policy, policies)),
        {(span.first, span.last): span.policy for span in spans},
        contents=contents,
    )


def apply_delta(core: Core, delta: Delta) -> Core:
    """Return the core of the release to which a delta leads; the given one stays as is.

    That the delta leads to a release worth having is for the caller to see: `contents`
    of what is returned are the digests that this release states.

    Raises:
        RegistryError: the delta leads from another release than the core's.
        UntrustedError: what comes of it is not what the delta says.
        MalformedError: what comes of it contradicts itself.
    """
    if core.contents != delta.before:
        raise RegistryError(
            f"the delta leads from release {delta.before.number} to "
            f"{delta.after.number}, and the core is of release {core.contents.number} "
            "or of another history; fetch the newest core instead"
        )
    keys, numbers = changed_rows(core.keys, core.numbers, (delta.keys, delta.numbers))
    policies = {**core.policies, **delta.policies}
    prefixes = {**_ranges(core.intervals), **delta.prefixes}
    return _verified(
        keys,
        numbers,
        {number: item for number, item in policies.items() if item is not None},
        {span: number for span, number in prefixes.items() if number is not None},
        contents=delta.after,
    )


def _verified(
    keys: Keys,
    numbers: Numbers,
    policies: Mapping[int, bytes],
    prefixes: Mapping[Range, int],
    *,
    contents: Contents,
) -> Core:
    found = Contents(
        number=contents.number,
        core=content_of(keys, numbers),
        policies=policies_content(policies),
        prefixes=prefixes_content(prefixes),
    )
    if found != contents:
        wrong = [
            name
            for name in ("core", "policies", "prefixes")
            if getattr(found, name) != getattr(contents, name)
        ]
        raise UntrustedError(
            f"these are not the {' and '.join(wrong)} of release {contents.number}; "
            "fetch them anew"
        )
    _check_recordings(keys, numbers, policies)
    for column in (keys, numbers):
        column.setflags(write=False)
    return Core(
        contents=contents,
        keys=keys,
        numbers=numbers,
        policies=policies,
        intervals=_columns(prefixes, policies),
    )


def _read_policy(item: Json) -> tuple[int, bytes]:
    number, _ = read_policy(item)
    if number > LARGEST_POLICY:
        raise MalformedError(f"{number} is too large a number of a policy")
    return number, encode_item(item)


def _check_recordings(
    keys: Keys, numbers: Numbers, policies: Mapping[int, bytes]
) -> None:
    # One more than all, so that what lies beyond the last is found to be another.
    known = np.array([*sorted(policies), LARGEST_POLICY + 1], np.int64)
    before = -1
    for start in range(0, len(keys), PIECE):
        piece = keys[start : start + PIECE]
        if piece[0] <= before or np.any(piece[1:] <= piece[:-1]):
            raise MalformedError("the recordings of the core do not ascend")
        before = int(piece[-1])
        used = numbers[start : start + PIECE]
        # Neighbours mostly share a policy: one of each run of equals is looked up.
        runs = used[np.flatnonzero(np.diff(used, prepend=used[:1] - 1))]
        unknown = runs[known[known.searchsorted(runs)] != runs]
        if len(unknown):
            raise MalformedError(f"there is no policy {unknown[0]}")
    if before > LAST_KEY:
        raise MalformedError(f"no ISRC has the key {before}")


def _columns(prefixes: Mapping[Range, int], policies: Mapping[int, bytes]) -> Intervals:
    if unknown := set(prefixes.values()) - policies.keys():
        raise MalformedError(f"there is no policy {min(unknown)}")
    spans = sorted(prefixes)
    intervals = Intervals(
        firsts=np.array([key_of(first) for first, _ in spans], np.int64),
        lasts=np.array([key_of(last) for _, last in spans], np.int64),
        numbers=np.array([prefixes[span] for span in spans], np.int32),
    )
    if np.any(intervals.firsts[1:] <= intervals.lasts[:-1]):
        raise MalformedError("ranges of codes overlap")
    return intervals


def _ranges(intervals: Intervals) -> dict[Range, int]:
    ends = zip(intervals.firsts.tolist(), intervals.lasts.tolist(), strict=True)
    numbers = intervals.numbers.tolist()
    return {
        (isrc_of(first), isrc_of(last)): number
        for (first, last), number in zip(ends, numbers, strict=True)
    }
