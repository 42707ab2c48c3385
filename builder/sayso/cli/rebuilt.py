"""Comparing what is published with what a rebuild made, file by file, decoded."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from sayso.cli.rebuild_target import Target
from sayso.client.fetch import Fetcher, FolderFetcher
from sayso.client.lookup import PACKED_LIMIT, unpack
from sayso.client.registry import fetch_index, fetch_listed, fetch_registry
from sayso.client.tree import check_tree
from sayso.errors import MalformedError, RegistryError
from sayso.publish.inputs import Steps
from sayso.publish.rebuilding.contents import (
    lines_difference,
    tables_difference,
    unpack_lines,
)
from sayso.publish.rebuilding.difference import Difference, differs
from sayso.publish.rebuilding.documents import (
    label,
    labelled,
    registry_differences,
    release_differences,
    sources_difference,
)
from sayso.publish.rebuilding.trees import Bring, first_code
from sayso.wire.lookup import OBJECT_LIMIT, lookup_path
from sayso.wire.registry import Registry
from sayso.wire.release import (
    REGISTRY_FILE,
    RELEASE_FILE,
    RELEASE_LIMIT,
    Release,
    decode_release,
    registry_path,
)
from sayso.wire.release_file import ReleaseFile
from sayso.wire.state import LIMIT as LONGEST

_GZIP = ".gz"
_PLAIN = b"\0"
_FLAGS = slice(3, 4)


@dataclass(slots=True, kw_only=True)
class Compared:
    """What was found.

    Attributes:
        differences: between what is published and the rebuild.
        unread: what could not be had or not be believed, and why.
        files: how many files were decoded and compared, but for the look-up tree.
        identical: how many of them are the same byte for byte as the rebuild's.
        nodes: how many files of the look-up tree were decoded.
    """

    differences: list[Difference] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    files: int = 0
    identical: int = 0
    nodes: int = 0

    @property
    def is_same(self) -> bool:
        """Whether everything could be compared, and is the same."""
        return not self.differences and not self.unread


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One of the two releases that are compared."""

    release: Release
    files: Fetcher

    def listed(self) -> tuple[ReleaseFile, ...]:
        file = self.release.file(REGISTRY_FILE)
        registry = replace(file, path=registry_path(file.sha256))
        return (self.release.core, registry, *fetch_index(self.files, self.release))

    def registry(self) -> Registry:
        return fetch_registry(self.files, self.release)

    @property
    def bring(self) -> Bring:
        return lambda name: unpack(
            self.files.fetch(lookup_path(name), limit=PACKED_LIMIT), limit=OBJECT_LIMIT
        )


class _Plain:
    """Brings files, of which a gzip says nothing but its content."""

    def __init__(self, files: Fetcher) -> None:
        self._files = files

    def fetch(self, path: str, *, limit: int) -> bytes:
        """Return the bytes of a file."""
        data = self._files.fetch(path, limit=limit)
        if path.endswith(_GZIP) and data[_FLAGS] != _PLAIN:
            raise MalformedError(f"{path} says more than its content")
        return data


def compare(target: Target, folder: Path, steps: Steps) -> Compared:
    """Return where a release differs from the one that a rebuild made.

    Every file that the release names is fetched, found to be the one that it names,
    decoded, and compared with what the rebuild has.

    Args:
        target: the release.
        folder: what the rebuild made.
        steps: is told what is being done.

    Raises:
        RegistryError: what the rebuild made cannot be read.
    """
    mine = FolderFetcher(folder)
    data = mine.fetch(RELEASE_FILE, limit=RELEASE_LIMIT)
    found = Compared()
    found.differences += release_differences(target.data, data)
    theirs = _Side(release=target.entry.release, files=_Plain(target.files))
    ours = _Side(release=decode_release(data), files=mine)
    _compare_tree(theirs, ours, found, steps)
    registries = list[Registry]()
    with _noted(found, REGISTRY_FILE):
        registries = [theirs.registry(), ours.registry()]
    lists = list[tuple[ReleaseFile, ...]]()
    with _noted(found, theirs.release.index.path):
        lists = [theirs.listed(), ours.listed()]
    if lists:
        parts = [registry.parts for registry in registries] or [(), ()]
        pair = [labelled(*each) for each in zip(lists, parts, strict=True)]
        _compare_files((theirs, ours), pair, target, found, steps)
    return found


def _compare_tree(theirs: _Side, ours: _Side, found: Compared, steps: Steps) -> None:
    steps("Reading the look-up tree", 0, 1)
    lookup = theirs.release.lookup
    with _noted(found, "the look-up tree"):
        counts = check_tree(theirs.files, lookup)
        found.nodes = counts.nodes + counts.leaves + counts.policies
        if lookup.root != ours.release.lookup.root:
            code = first_code((lookup, theirs.bring), (ours.release.lookup, ours.bring))
            roots = (str(side.release.lookup.root) for side in (theirs, ours))
            at = f"the look-up tree: the first difference is at {code}: root"
            found.differences.append(differs(at, *roots))


def _compare_files(
    sides: tuple[_Side, _Side],
    lists: list[dict[str, ReleaseFile]],
    target: Target,
    found: Compared,
    steps: Steps,
) -> None:
    one, other = lists
    names = sorted(one.keys() | other.keys())
    for done, name in enumerate(names):
        steps("Comparing files", done, len(names))
        theirs, ours = one.get(name), other.get(name)
        if theirs is None or ours is None:
            has = (
                "nothing" if file is None else "this file" for file in (theirs, ours)
            )
            found.differences.append(differs(name, *has))
            continue
        said = list[Difference]()
        # Of an older release nothing is kept but what is named by its content.
        if target.is_newest or label(theirs.path) != theirs.path:
            with _noted(found, theirs.path):
                pair = [
                    fetch_listed(side.files, file)
                    for side, file in zip(sides, (theirs, ours), strict=True)
                ]
                found.files += 1
                found.identical += pair[0] == pair[1]
                said += _said(name, *pair)
        found.differences += said or _stated(name, theirs, ours)


def _stated(name: str, theirs: ReleaseFile, ours: ReleaseFile) -> Iterator[Difference]:
    """Yield the difference of what two files hold, as their releases state it."""
    stated = (theirs.content_sha256, ours.content_sha256)
    # That of registry.json depends on how the parts were packed, which it lists.
    if stated[0] != stated[1] and not theirs.path.startswith("registry/"):
        yield differs(f"{name}: content_sha256", *stated)


def _said(name: str, theirs: bytes, ours: bytes) -> Iterator[Difference]:
    """Yield where two files first say different things, decoded."""
    found: Difference | None
    if name.startswith("registry/"):
        yield from registry_differences(theirs, ours)
        return
    path = name.partition(" ")[0]
    if path.endswith(".parquet"):
        found = tables_difference(name, theirs, ours)
    elif path.endswith(".zst"):
        found = lines_difference(name, *map(unpack_lines, (theirs, ours)))
    elif path.endswith(_GZIP):
        pair = (unpack(data, limit=LONGEST) for data in (theirs, ours))
        is_list = path.startswith("source/")
        found = (sources_difference if is_list else lines_difference)(name, *pair)
    else:
        found = lines_difference(name, theirs, ours)
    if found is not None:
        yield found


@contextmanager
def _noted(found: Compared, place: str) -> Iterator[None]:
    """Note what is wrong with a file, and go on with the next."""
    try:
        yield
    except MalformedError as error:
        says = f"it cannot be read: {error}"
        found.differences.append(Difference(place=place, says=says))
    except RegistryError as error:
        found.unread.append(f"{place}: {error}")
