"""Which files the look-up tree of a release has, without reading its leaves."""

import zlib
from collections.abc import Collection, Iterator

from sayso.errors import MalformedError
from sayso.publish.hosting.destination import Reader
from sayso.wire.lookup import OBJECT_LIMIT, Child, lookup_path, root_child
from sayso.wire.node import Node, decode_lookup
from sayso.wire.release_members import Lookup
from sayso.wire.text import Digest

_GZIP = 31
_PACKED_LIMIT = OBJECT_LIMIT + 1024


def tree_paths(
    reader: Reader,
    lookup: Lookup,
    known: set[Digest],
    there: Collection[str] | None = None,
) -> Iterator[str]:
    """Yield the path of every file of a tree, each after all that are below it.

    Args:
        reader: brings the nodes, a sixtieth of all files.
        lookup: of a verified release.
        known: names that were yielded before, of this tree or another: they, and what
            is below them, are passed over, and the new ones are added.
        there: the paths of what there is, where some of the tree may be gone; a file
            that is gone has nothing below it.

    Raises:
        RegistryError: a node cannot be had, or is not the one that is named.
    """

    def below(child: Child) -> Iterator[str]:
        name = child.name or child.default
        if name is None or name in known:
            return
        path = lookup_path(name)
        if there is not None and path not in there:
            return
        # The root may stand at any level; of all others the parent says it.
        if child.name is not None and child.level != 0:
            for each in _children(reader, lookup, child, path):
                yield from below(each)
        known.add(name)
        yield path

    return below(root_child(lookup.root))


def _children(
    reader: Reader, lookup: Lookup, child: Child, path: str
) -> tuple[Child, ...]:
    packed = reader.fetch(path, limit=_PACKED_LIMIT)
    try:
        data = zlib.decompressobj(wbits=_GZIP).decompress(packed, OBJECT_LIMIT + 1)
    except zlib.error as error:
        raise MalformedError(f"{path} is not a gzip") from error
    content = decode_lookup(
        data,
        child,
        leaf_items=lookup.leaf_items,
        node_entries=lookup.node_entries,
    )
    return content.children if isinstance(content, Node) else ()
