"""Making deltas: what changed from one release to the next, and over several.

The newest delta compares two cores, a range of keys at a time. Those from older
releases are made of the one that led to the release before and the newest: no older
core is needed.
"""

from array import array
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from sayso.columns.codes import Keys
from sayso.publish.numbering import Numbers
from sayso.wire.columns import Interval
from sayso.wire.contents import Contents, Range
from sayso.wire.delta import REMOVED, Column, Delta

Rows: TypeAlias = tuple[Keys, Numbers]
"""Keys in ascending order, and as many policy numbers."""

MOST_CHANGES: Final = 2**22
"""Where more recordings change, the core itself is the shorter way."""

_Name = TypeVar("_Name")
_Value = TypeVar("_Value")


def difference(old: Rows, new: Rows) -> tuple[Keys, Numbers, Numbers]:
    """Return which keys change, ascending, and the policies before and after.

    Args:
        old: the recordings of one range of keys in the release before.
        new: those of the same range now.

    Returns:
        Keys that are new, no longer listed, or have another policy; the policy that
        each had, and the one that it has now, `REMOVED` where it is not listed. Those
        of ranges in a row may be joined.
    """
    (old_keys, old_numbers), (new_keys, new_numbers) = old, new
    places = old_keys.searchsorted(new_keys)
    # One more than all, so that there is a place beyond the last. No key is negative.
    stayed = np.append(old_keys, -1)[places] == new_keys
    before = np.where(stayed, np.append(old_numbers, REMOVED)[places], REMOVED)
    is_gone = np.ones(len(old_keys), np.bool_)
    is_gone[places[stayed]] = False
    changed = before != new_numbers
    removed = np.full(np.count_nonzero(is_gone), REMOVED, np.int32)
    keys = np.concatenate((new_keys[changed], old_keys[is_gone]))
    order = np.argsort(keys)
    return (
        keys[order],
        np.concatenate((before[changed], old_numbers[is_gone]))[order],
        np.concatenate((new_numbers[changed], removed))[order],
    )


def make_delta(
    before: Contents,
    after: Contents,
    *,
    recordings: Rows,
    policies: tuple[Mapping[int, bytes], Mapping[int, bytes]],
    prefixes: tuple[Iterable[Interval], Iterable[Interval]],
) -> Delta:
    """Return the delta from one release to the next.

    Args:
        before: what the older release holds.
        after: what the newer one holds.
        recordings: the differences of all ranges of keys, joined.
        policies: items of registry.json by number, each as it is written, before and
            after.
        prefixes: ranges of codes, before and after.
    """
    return Delta(
        before=before,
        after=after,
        keys=_column("q", recordings[0]),
        numbers=_column("i", recordings[1]),
        policies=_changes(*policies),
        prefixes=_changes(*map(_by_range, prefixes)),
    )


def compose(first: Delta, second: Delta) -> Delta:
    """Return the delta that does what two in a row do.

    The later word on anything holds. What the first added and the second removes is
    said to be removed, since whether it was there before the first is not known; to
    remove what is not there does nothing.

    Raises:
        ValueError: the second does not begin where the first ends.
    """
    if first.after != second.before:
        raise ValueError(
            f"a delta to release {first.after.number} and one from "
            f"{second.before.number} are not in a row"
        )
    keys = np.concatenate(
        (np.frombuffer(first.keys, np.int64), np.frombuffer(second.keys, np.int64))
    )
    numbers = np.concatenate(
        (
            np.frombuffer(first.numbers, np.int32),
            np.frombuffer(second.numbers, np.int32),
        )
    )
    order = np.argsort(keys, stable=True)
    keys, numbers = keys[order], numbers[order]
    is_last = np.append(keys[1:] != keys[:-1], np.ones(len(keys[:1]), np.bool_))
    return Delta(
        before=first.before,
        after=second.after,
        keys=_column("q", keys[is_last]),
        numbers=_column("i", numbers[is_last]),
        policies={**first.policies, **second.policies},
        prefixes={**first.prefixes, **second.prefixes},
    )


def _column(code: str, values: npt.NDArray[np.signedinteger]) -> Column:
    return array(code, values.astype(code).tobytes())


def _changes(
    old: Mapping[_Name, _Value], new: Mapping[_Name, _Value]
) -> dict[_Name, _Value | None]:
    changed = {name: new[name] for name in new if old.get(name) != new[name]}
    return {**changed, **dict.fromkeys(old.keys() - new.keys())}


def _by_range(prefixes: Iterable[Interval]) -> dict[Range, int]:
    return {(span.first, span.last): span.policy for span in prefixes}
