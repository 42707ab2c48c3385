"""Looking one code up in the tree of a release: some small files, each verified.

Nothing is read before its bytes are known to be those that its parent names, and no
failure is an answer.
"""

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from sayso.client.fetch import Fetcher
from sayso.errors import FetchError, MalformedError, UntrustedError
from sayso.model.isrc import Isrc, key_of
from sayso.model.owner import OwnerId
from sayso.model.policy import Policy
from sayso.wire.leaf import Leaf
from sayso.wire.listing import Listing
from sayso.wire.lookup import (
    LEAF_ITEMS,
    NODE_ENTRIES,
    OBJECT_LIMIT,
    lookup_path,
    read_policy_file,
    root_child,
)
from sayso.wire.node import decode_lookup
from sayso.wire.text import Digest

PACKED_LIMIT: Final = OBJECT_LIMIT + 4096
"""No file of the tree is longer as served, in bytes: gzip adds little at worst."""

Bring: TypeAlias = Callable[[Digest], bytes]
"""Gives the unpacked bytes of a file of the tree; what it gives is not believed."""

_GZIP: Final = 31
"""What zlib calls a gzip with the largest window, and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the tree says of one code, and what asking took.

    Attributes:
        listed: whether the recording has a row of its own.
        title: as the owner declared it, like `artist`; None where it is not listed.
        owner: whose best-proved listing names it.
        policy: None where nobody speaks.
        number: of the policy; None where nobody speaks, and where so wide a range
            has this policy that only its content is told.
        digest: SHA-256 of the policy's content; None where nobody speaks.
        requests: how many files were fetched; 0 where none had to be.
        bytes: how many bytes these have as served.
    """

    listed: bool
    title: str | None = None
    artist: str | None = None
    owner: OwnerId | None = None
    policy: Policy | None = None
    number: int | None = None
    digest: Digest | None = None
    requests: int = 0
    bytes: int = 0

    def listing(self, isrc: Isrc) -> Listing:
        """Return what the tree says of the code that was asked for."""
        return Listing(
            isrc=isrc,
            listed=self.listed,
            number=self.number,
            policy=self.policy,
            title=self.title,
            artist=self.artist,
            owner=self.owner,
        )


def find(
    fetcher: Fetcher,
    root: Digest | None,
    isrc: Isrc,
    *,
    leaf_items: int = LEAF_ITEMS,
    node_entries: int = NODE_ENTRIES,
) -> Found:
    """Return what a release says of one code.

    Who serves the files learns a range of some 256 recordings that holds the code.
    There are at most `wire.lookup.tree_depth` + 2 requests.

    Args:
        fetcher: brings the files of the release.
        root: the digest of the tree's root, from a verified release.
        isrc: the code.
        leaf_items: how many items a leaf may hold, as the release says.
        node_entries: how many children a node may have, as the release says.

    Raises:
        FetchError: a file is missing, too long or cannot be reached.
        UntrustedError: a file is not the one that is named for its place.
        MalformedError: a file is not in its format.
    """
    files = _Files(fetcher)
    found = find_among(
        files.bring, root, isrc, leaf_items=leaf_items, node_entries=node_entries
    )
    return replace(found, requests=files.requests, bytes=files.bytes)


def find_among(
    bring: Bring,
    root: Digest | None,
    isrc: Isrc,
    *,
    leaf_items: int,
    node_entries: int,
) -> Found:
    """Return what a release says of one code, from files that somebody has.

    Args:
        bring: gives the files, such as those of a receipt.
        root: as for `find`, like the rest.
        isrc: the code.
        leaf_items: how many items a leaf may hold, as the release says.
        node_entries: how many children a node may have, as the release says.

    Raises:
        FetchError: a file is missing, or as `bring` says.
        UntrustedError: a file is not the one that is named for its place.
        MalformedError: a file is not in its format.
    """
    key = key_of(isrc)
    child = root_child(root)
    # Each child is of a lower level than its parent, and of level 0 there are no nodes.
    while child.name is not None:
        with _said_of(child.name):
            content = decode_lookup(
                bring(child.name),
                child,
                leaf_items=leaf_items,
                node_entries=node_entries,
            )
            if isinstance(content, Leaf):
                return _found(content, isrc)
        child = content.child_at(key)
    policy = None
    if child.default is not None:
        with _said_of(child.default):
            policy = read_policy_file(bring(child.default), child.default)
    return Found(listed=False, policy=policy, digest=child.default)


def unpack(data: bytes, *, limit: int) -> bytes:
    """Return the content of one gzip, of at most `limit` bytes, and never hold more.

    Raises:
        MalformedError: it is not a gzip, is longer, or something follows it.
    """
    unpacker = zlib.decompressobj(_GZIP)
    try:
        content = unpacker.decompress(data, limit + 1)
    except zlib.error as error:
        raise MalformedError("it is not a gzip") from error
    if len(content) > limit:
        raise MalformedError(f"it unpacks to more than the {limit} bytes allowed")
    if not unpacker.eof:
        raise MalformedError("the gzip breaks off")
    if unpacker.unused_data:
        raise MalformedError("something follows the gzip")
    return content


class _Files:
    """Brings files of the tree, unpacked, and counts what that takes."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self.requests = 0
        self.bytes = 0

    def bring(self, name: Digest) -> bytes:
        data = self._fetcher.fetch(lookup_path(name), limit=PACKED_LIMIT)
        self.requests += 1
        self.bytes += len(data)
        return unpack(data, limit=OBJECT_LIMIT)


def _found(leaf: Leaf, isrc: Isrc) -> Found:
    answer = leaf.answer_at(isrc)
    row, policy = answer.row, answer.policy
    return Found(
        listed=answer.listed,
        title=None if row is None else row.title,
        artist=None if row is None else row.artist,
        owner=None if row is None else row.owner,
        policy=None if policy is None else policy.policy,
        number=None if policy is None else policy.number,
        digest=None if policy is None else policy.digest,
    )


@contextmanager
def _said_of(name: Digest) -> Iterator[None]:
    """Say in every error which file it is about, and what to do."""
    path = lookup_path(name)
    try:
        yield
    except FetchError as error:
        raise type(error)(
            f"{error}. Without this file there is no answer; if it stays away, fetch "
            "the newest release and ask again"
        ) from error
    except UntrustedError as error:
        raise UntrustedError(
            f"{path} is not to be believed: {error}. Ask again; if it stays so, do not "
            "use this copy of the registry, and tell the registry"
        ) from error
    except MalformedError as error:
        raise MalformedError(
            f"{path} cannot be read: {error}. Ask again; if it stays so, tell the "
            "registry"
        ) from error
