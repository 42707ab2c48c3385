"""Asking a registry that is open, wherever its recordings are.

Most registries hold their recordings. In one that leaves them to its parts the
look-up tree knows which code is listed; the release names its root, so that what it
says is as sure as what stands in registry.json.
"""

from dataclasses import replace

from sayso.client.fetch import Fetcher
from sayso.client.lookup import find
from sayso.errors import UntrustedError
from sayso.model.isrc import Isrc
from sayso.wire.listing import Listing
from sayso.wire.registry import Registry
from sayso.wire.release import REGISTRY_FILE, Release


def listing_of(
    isrc: Isrc, *, release: Release, registry: Registry, fetcher: Fetcher
) -> Listing:
    """Return what a verified registry says of a code.

    Args:
        isrc: the code.
        release: the newest one, verified.
        registry: what it commits to.
        fetcher: where they came from; it is asked for the way to one leaf of the
            look-up tree, where the registry does not hold its recordings.

    Raises:
        FetchError: a file of the look-up tree is missing or cannot be reached.
        MalformedError: one is not in its format.
        UntrustedError: one is not what the release commits to.
    """
    if registry.is_whole:
        return registry.listing(isrc)
    return listing_in_tree(isrc, release=release, registry=registry, fetcher=fetcher)


def listing_in_tree(
    isrc: Isrc, *, release: Release, registry: Registry, fetcher: Fetcher
) -> Listing:
    """Return what the look-up tree says of a code, where it agrees with the registry.

    Its arguments and errors are those of `listing_of`.
    """
    found = find(
        fetcher,
        release.lookup.root,
        isrc,
        leaf_items=release.lookup.leaf_items,
        node_entries=release.lookup.node_entries,
    )
    number = found.number if found.listed else registry.default_of(isrc)
    policy = None if number is None else registry.policies.get(number)
    agrees = found.policy == policy and found.number in {None, number}
    if not agrees or (found.owner and found.owner not in registry.owners):
        raise UntrustedError(
            f"the look-up tree and {REGISTRY_FILE} contradict each other about {isrc}; "
            "do not use this release, and tell the registry"
        )
    return replace(found.listing(isrc), number=number, policy=policy)
