"""The release before: verified, and what the next one needs of it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import cast

from sayso.client.fetch import Fetcher, fetcher_of
from sayso.client.lookup import unpack
from sayso.client.registry import fetch_index, fetch_listed
from sayso.errors import MalformedError, MissingError, PublishError
from sayso.publish.inputs import Kept, Previous
from sayso.publish.reading.sources import SourceTree, is_ancestor
from sayso.wire.columns import read_intervals
from sayso.wire.contents import Contents
from sayso.wire.delta import DELTA_LIMIT
from sayso.wire.members import Members
from sayso.wire.parts import read_parts
from sayso.wire.profile import Json, decode, encode_item
from sayso.wire.registry import REGISTRY_LIMIT
from sayso.wire.release import REGISTRY_FILE, Release, decode_release, registry_path
from sayso.wire.release_file import ReleaseFile, file_named
from sayso.wire.state import LIMIT as STATE_LIMIT
from sayso.wire.state import decode_state
from sayso.wire.text import Digest

_INDEX = "the index of the release before"


def open_previous(
    location: str, release_json: bytes, declarations: Path, tree: SourceTree
) -> Previous:
    """Return what the next release needs of the one before.

    Args:
        location: a folder or a web address with its files; it is not believed.
        release_json: the bytes of its release.json, from the ledger.
        declarations: the folder whose Git history must go on from that release.
        tree: what was read from that folder.

    Raises:
        RegistryError: a file cannot be had, or is not the one that the release names.
        PublishError: the new commit does not descend from that release's.
    """
    release = decode_release(release_json)
    check_descends(release, declarations, tree)
    try:
        return read_previous(fetcher_of(location), release, release_json)
    except MissingError as error:
        number = release.header.number
        raise MissingError(
            f"{location} does not have release {number} as a whole, from which the "
            f"next one goes on: publish release {number} there first. Where nobody has "
            f"its files any more, give --recovery ({error})"
        ) from error


def check_descends(release: Release, declarations: Path, tree: SourceTree) -> None:
    """Check that Git's history goes on from that of the release before.

    Args:
        release: the release before.
        declarations: the folder in a Git repository.
        tree: what was read from it.

    Raises:
        PublishError: it does not.
    """
    commit = release.source.commit
    if commit and tree.commit and not is_ancestor(declarations, commit, tree.commit):
        raise PublishError(
            f"commit {tree.commit[:12]} does not descend from {commit[:12]}, of which "
            f"release {release.header.number} was made; a release never goes back"
        )


def read_previous(fetcher: Fetcher, release: Release, release_json: bytes) -> Previous:
    """Return what the next release needs of a verified one.

    Only files are read whose names never change: so the release may be any that the
    fetcher still has, not just the newest.

    Args:
        fetcher: brings the files.
        release: the release before, verified in whatever way.
        release_json: its bytes.

    Raises:
        RegistryError: a file cannot be had, or is not the one that the release names.
    """
    index = fetch_index(fetcher, release)
    policies = _listed(index, "bulk/", ".policies.parquet")
    prefixes = _listed(index, "bulk/", ".prefixes.parquet")
    registry = decode(_registry_json(fetcher, release), limit=REGISTRY_LIMIT)
    state = _content(fetcher, _listed(index, "state/", ".json.gz"), STATE_LIMIT)
    return Previous(
        digest=Digest(sha256(release_json).hexdigest()),
        release=release,
        state=decode_state(state),
        kept=Kept(
            contents=Contents(
                number=release.header.number,
                core=release.core.content_sha256,
                policies=policies.content_sha256,
                prefixes=prefixes.content_sha256,
            ),
            core=fetch_listed(fetcher, release.core),
            policies=dict(map(_policy, _items(registry, "policies"))),
            prefixes=read_intervals(_items(registry, "prefixes")),
            parts=read_parts(_items(registry, "parts")),
            deltas=tuple(
                _content(fetcher, file, DELTA_LIMIT)
                for file in index
                if file.path.startswith("delta/")
            ),
        ),
    )


def _registry_json(fetcher: Fetcher, release: Release) -> bytes:
    """Return registry.json, from where it is the one of this release."""
    file = release.file(REGISTRY_FILE)
    return fetch_listed(fetcher, replace(file, path=registry_path(file.sha256)))


def _listed(index: Iterable[ReleaseFile], start: str, end: str) -> ReleaseFile:
    return file_named(index, start, end, place=_INDEX)


def _items(registry: Mapping[str, Json], name: str) -> list[Json]:
    return cast("list[Json]", registry.get(name, []))


def _policy(item: Json) -> tuple[int, bytes]:
    """Return the number of a policy, and the policy as it is written."""
    return Members(item, "a policy").number("number", least=1), encode_item(item)


def _content(fetcher: Fetcher, file: ReleaseFile, limit: int) -> bytes:
    """Return what a file holds that the release lists, unpacked."""
    data = fetch_listed(fetcher, file)
    try:
        return unpack(data, limit=limit)
    except MalformedError as error:
        raise MalformedError(f"{file.path} cannot be read: {error}") from error
