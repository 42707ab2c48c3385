"""Differences: where two documents first say different things."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from sayso.wire.profile import Json, encode_item
from sayso.wire.text import shown

_END: Final[Json] = {"an": "end"}
_NAMES: Final = ("isrc", "id", "number", "first", "path", "owner", "declaration")
"""What names an item of a list, by the first that it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that is published and that the rebuild does not say.

    Attributes:
        place: the file, and where in it.
        says: what is published, and what the rebuild has.
    """

    place: str
    says: str


def differs(place: str, theirs: str, ours: str) -> Difference:
    """Return a difference between what is published and what the rebuild has."""
    return Difference(place=place, says=f"{theirs}, where the rebuild has {ours}")


def first_difference(place: str, theirs: Json, ours: Json) -> Difference | None:
    """Return where two values first differ; None where they are the same.

    Args:
        place: what to call them.
        theirs: what is published.
        ours: what the rebuild has.
    """
    if isinstance(theirs, Mapping) and isinstance(ours, Mapping):
        return _in_objects(place, theirs, ours)
    if isinstance(theirs, list) and isinstance(ours, list):
        return _in_lists(place, theirs, ours)
    # To Python true is 1, and so are lists and objects of them.
    if theirs == ours and type(theirs) is type(ours):
        return None
    return differs(place, _said(theirs), _said(ours))


def _in_objects(
    place: str, theirs: Mapping[str, Json], ours: Mapping[str, Json]
) -> Difference | None:
    for name in sorted(theirs.keys() | ours.keys()):
        where = f"{place}: {name}"
        if name not in theirs or name not in ours:
            pair = (theirs, ours)
            said = (_said(each[name]) if name in each else "nothing" for each in pair)
            return differs(where, *said)
        if found := first_difference(where, theirs[name], ours[name]):
            return found
    return None


def _in_lists(place: str, theirs: list[Json], ours: list[Json]) -> Difference | None:
    for one, other in zip_longest(theirs, ours, fillvalue=_END):
        name = _name(one)
        if name != _name(other):
            return differs(place, name, _name(other))
        if found := first_difference(f"{place}: {name}", one, other):
            return found
    return None


def _name(item: Json) -> str:
    """Return what to call an item of a list."""
    if isinstance(item, Mapping):
        for name in _NAMES:
            if name in item:
                return _said(item[name])
    return "an end" if item is _END else _said(item)


def _said(value: Json) -> str:
    text = encode_item(value).decode()
    return text if isinstance(value, int | None) else shown(text.strip('"'))
