"""All that a release names goes out as it is named, or is there already."""

from pathlib import Path

import pytest

from sayso.client.refresh import MemoryFetcher
from sayso.errors import MalformedError, PublishError
from sayso.publish.hosting.complete import check_complete, files_of_release
from sayso.publish.hosting.outgoing import Outgoing, outgoing_files
from sayso.publish.hosting.tree import tree_paths
from sayso.wire.lookup import lookup_path
from sayso.wire.release import Release, decode_release
from tests.hosted import Registry, registry

PLACE = "www.example"


def newest(made: Registry) -> Release:
    return decode_release(made.log.log.entries[-1])


def complete(
    made: Registry, files: dict[str, Outgoing], sizes: dict[str, int | None]
) -> None:
    reader, release = MemoryFetcher(made.files), newest(made)
    named = files_of_release(reader, release)
    tree = tree_paths(reader, release.lookup, set())
    check_complete(release, named, tree, files, sizes, place=PLACE)


def test_a_release_is_whole_in_any_mixture(tmp_path: Path) -> None:
    made = registry()
    files = outgoing_files(made.write(tmp_path))
    sizes = {path: file.size for path, file in files.items()}
    complete(made, files, {})
    complete(made, {}, {**sizes})
    complete(made, {}, dict.fromkeys(sizes))
    half = {path: file for path, file in files.items() if path < "lookup"}
    complete(made, half, {p: size for p, size in sizes.items() if p not in half})


def test_the_parts_of_the_registry_are_of_the_release() -> None:
    made = registry()
    named = [f.path for f in files_of_release(MemoryFetcher(made.files), newest(made))]
    assert len([path for path in named if ".registry." in path]) == 2
    assert len(named) == len(set(named))


def test_what_is_there_in_another_length_is_refused(tmp_path: Path) -> None:
    made = registry()
    files = outgoing_files(made.write(tmp_path))
    for start in ("bulk/", "state/", "registry/", "index/"):
        sizes: dict[str, int | None] = {p: f.size for p, f in files.items()}
        (path, *_) = [path for path in sizes if path.startswith(start)]
        sizes[path] = files[path].size + 1
        with pytest.raises(PublishError, match=f"{path} is not the one that release 1"):
            complete(made, {}, sizes)


def test_what_is_nowhere_is_named(tmp_path: Path) -> None:
    made = registry()
    files = outgoing_files(made.write(tmp_path))
    for path in [*made.files]:
        if path.startswith(("bulk/", "lookup/", "state/")):
            left = {p: file for p, file in files.items() if p != path}
            with pytest.raises(PublishError, match=f"{path} of release 1 is neither"):
                complete(made, left, {})


def test_a_node_that_is_no_gzip_is_refused() -> None:
    made = registry()
    lookup = newest(made).lookup
    assert lookup.root is not None
    made.files[lookup_path(lookup.root)] = b"{}"
    with pytest.raises(MalformedError, match="is not a gzip"):
        [*tree_paths(MemoryFetcher(made.files), lookup, set())]
