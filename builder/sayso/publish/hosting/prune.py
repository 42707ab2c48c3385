"""Pruning: what no release of the last 90 days needs is taken away.

"Tree files are kept 90 days on the host, releases, log and deltas for ever, core and
full Parquet monthly." (Release) What is old is decided by the releases in the log, and
never by the time of a file: what no old release names is never touched.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sayso.errors import PublishError, RegistryError
from sayso.publish.hosting.complete import files_of_release
from sayso.publish.hosting.destination import Reader
from sayso.publish.hosting.tree import tree_paths
from sayso.wire.lookup import lookup_path
from sayso.wire.places import log_path
from sayso.wire.release import REGISTRY_FILE, Release, decode_release, registry_path
from sayso.wire.text import Digest
from sayso.wire.tiles import (
    BUNDLE_LIMIT,
    TILE_WIDTH,
    Tile,
    bundle_path,
    decode_bundle,
)

KEPT_FOR: Final = timedelta(days=90)
"""How long what a release needs is kept after the next one was issued."""
MOST: Final = 50_000
"""No run takes away more files; the next one goes on."""

_NEWEST: Final = 2
"""So many releases keep all, however old they are."""
_FOR_A_TIME = ("bulk/", "registry/", "signatures/", "state/", "status/")
_MONTHLY = ("bulk/", "registry/")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Releases:
    """The releases of a log, by how much of them is kept.

    Attributes:
        kept: of which all is.
        monthly: of which the bulk files are: the first of each month.
        ended: all others, and those of `monthly`.
    """

    kept: tuple[Release, ...]
    monthly: tuple[Release, ...]
    ended: tuple[Release, ...]


def releases_of(reader: Reader, size: int) -> tuple[Release, ...]:
    """Return all releases of a log, the first one first.

    Args:
        reader: brings the files of the log.
        size: how many releases it has.

    Raises:
        RegistryError: a file of the log cannot be had or read.
    """
    found: list[Release] = []
    for number in range(-(-size // TILE_WIDTH)):
        width = min(TILE_WIDTH, size - number * TILE_WIDTH)
        tile = Tile(level=0, index=number, width=width)
        data = reader.fetch(log_path(bundle_path(tile)), limit=BUNDLE_LIMIT)
        found += map(decode_release, decode_bundle(data, tile))
    return tuple(found)


def outdated(
    reader: Reader,
    releases: tuple[Release, ...],
    there: Collection[str],
    *,
    now: datetime,
) -> list[str]:
    """Return the paths that old releases need, and no other does, at most `MOST`.

    In their order, so that a run which was killed is finished by the next: a file that
    leads to others comes after them.

    Args:
        reader: brings the files of the registry.
        releases: all of its log.
        there: the paths of all that the destination has.
        now: in UTC.

    Raises:
        PublishError: what newer releases need cannot be found out.
    """
    sorted_out = _sort(releases, now)
    left = [r for r in sorted_out.ended if _has_any(r, sorted_out.monthly, there)]
    if not left:
        return []
    try:
        needed = set(_needed(reader, sorted_out))
        known: set[Digest] = set()
        for release in sorted_out.kept:
            needed.update(tree_paths(reader, release.lookup, known))
        found: dict[str, None] = {}
        for release in left:
            for path in _of_ended(reader, release, there, known):
                if path in there and path not in needed:
                    found[path] = None
    except RegistryError as error:
        raise PublishError(
            f"what newer releases need cannot be found out, so nothing was taken "
            f"away: {error}"
        ) from error
    return [*found][:MOST]


def _sort(releases: tuple[Release, ...], now: datetime) -> _Releases:
    kept, monthly, ended = [], [], []
    months: set[tuple[int, int]] = set()
    for number, release in enumerate(releases):
        issued = release.header.issued
        is_first = (issued.year, issued.month) not in months
        months.add((issued.year, issued.month))
        after = releases[number + 1 : number + 2]
        is_newest = number >= len(releases) - _NEWEST
        if is_newest or after[0].header.issued > now - KEPT_FOR:
            kept.append(release)
            continue
        ended.append(release)
        if is_first:
            monthly.append(release)
    return _Releases(kept=tuple(kept), monthly=tuple(monthly), ended=tuple(ended))


def _has_any(
    release: Release, monthly: Collection[Release], there: Collection[str]
) -> bool:
    """Return whether something is left of a release, by what is taken away last."""
    root = release.lookup.root
    if root is not None and lookup_path(root) in there:
        return True
    registry = registry_path(release.file(REGISTRY_FILE).sha256)
    return registry in there and release not in monthly


def _needed(reader: Reader, releases: _Releases) -> Iterator[str]:
    """Yield what is kept, but for look-up trees."""
    for release in releases.kept:
        yield from (file.path for file in files_of_release(reader, release))
    for release in releases.monthly:
        for file in files_of_release(reader, release):
            if file.path.startswith(_MONTHLY):
                yield file.path


def _of_ended(
    reader: Reader, release: Release, there: Collection[str], known: set[Digest]
) -> Iterator[str]:
    """Yield what an old release needs; what leads to others after them."""
    registry = registry_path(release.file(REGISTRY_FILE).sha256)
    if registry in there:
        for file in files_of_release(reader, release):
            if file.path.startswith(_FOR_A_TIME) and file.path != registry:
                yield file.path
        yield registry
    root = release.lookup.root
    if root is not None and lookup_path(root) in there:
        yield from tree_paths(reader, release.lookup, known, there)
