"""Comparing release.json and registry.json with those that a rebuild made.

Packers and writers of Parquet differ from one version to the next, and so do the
digests of what they write. Whatever else a release says has to be the same.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Final

from sayso.publish.rebuilding.difference import Difference, first_difference
from sayso.wire.parts import Part
from sayso.wire.profile import Json, decode
from sayso.wire.registry import REGISTRY_LIMIT
from sayso.wire.release import REGISTRY_FILE, RELEASE_FILE, RELEASE_LIMIT
from sayso.wire.release_file import ReleaseFile
from sayso.wire.sources import decode_sources

_DIGEST = re.compile(r"[0-9a-f]{64}")
_APART: Final = frozenset({"files", "lookup"})
"""What is compared file by file."""
_PACKED: Final = frozenset({"bytes", "sha256"})
"""What depends on how a file was packed."""


def label(path: str) -> str:
    """Return what a file is called in every release, without its digest."""
    return _DIGEST.sub("…", path)


def labelled(
    files: Iterable[ReleaseFile], parts: Iterable[Part]
) -> dict[str, ReleaseFile]:
    """Return files by what they are called in every release.

    Args:
        files: those that release.json and its index list.
        parts: those that registry.json lists, called by their first code.
    """
    of_parts = (
        (f"{label(file.path)} from {part.first}", file)
        for part in parts
        for file in part.files
    )
    return dict(chain(((label(file.path), file) for file in files), of_parts))


def release_differences(theirs: bytes, ours: bytes) -> Iterator[Difference]:
    """Yield each member in which two release.json differ, but for their files.

    Raises:
        MalformedError: one is none.
    """
    one, other = (decode(data, limit=RELEASE_LIMIT) for data in (theirs, ours))
    for name in sorted((one.keys() | other.keys()) - _APART):
        yield from _members(f"{RELEASE_FILE}: {name}", one.get(name), other.get(name))
    for name in ("leaf_items", "node_entries"):
        shapes = [_object(each.get("lookup")).get(name) for each in (one, other)]
        if found := first_difference(f"{RELEASE_FILE}: lookup: {name}", *shapes):
            yield found


def registry_differences(theirs: bytes, ours: bytes) -> Iterator[Difference]:
    """Yield each member of two registry.json with where it first differs.

    Raises:
        MalformedError: one is none.
    """
    if theirs == ours:
        return
    one, other = (decode(data, limit=REGISTRY_LIMIT) for data in (theirs, ours))
    for name in sorted(one.keys() | other.keys()):
        values = [each.get(name) for each in (one, other)]
        if name == "parts":
            values = [_unpacked(value) for value in values]
        if found := first_difference(f"{REGISTRY_FILE}: {name}", *values):
            yield found


def sources_difference(place: str, theirs: bytes, ours: bytes) -> Difference | None:
    """Return the first file of which two lists of sources differ.

    Args:
        place: what to call them.
        theirs: the unpacked bytes of what is published.
        ours: those of what the rebuild has.

    Raises:
        MalformedError: one is none.
    """
    return first_difference(place, *map(_by_path, (theirs, ours)))


def _by_path(data: bytes) -> dict[str, Json]:
    return dict(decode_sources(data))


def _members(place: str, theirs: Json, ours: Json) -> Iterator[Difference]:
    """Yield each difference of two objects, or that of two other values."""
    if isinstance(theirs, Mapping) and isinstance(ours, Mapping):
        for name in sorted(theirs.keys() | ours.keys()):
            where = f"{place}: {name}"
            if found := first_difference(where, theirs.get(name), ours.get(name)):
                yield found
    elif found := first_difference(place, theirs, ours):
        yield found


def _unpacked(value: Json) -> Json:
    """Return a value without what depends on how files were packed."""
    if isinstance(value, Mapping):
        return {n: _unpacked(v) for n, v in value.items() if n not in _PACKED}
    return [*map(_unpacked, value)] if isinstance(value, list) else value


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}
