"""The release before: verified, and what the next one needs of it."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import cast

from sayso.client.fetch import Fetcher, fetcher_of
from sayso.client.lookup import unpack
from sayso.client.registry import fetch_listed, open_release
from sayso.errors import MalformedError, PublishError
from sayso.publish.inputs import Previous
from sayso.publish.reading.sources import SourceTree, is_ancestor
from sayso.trust.keys import PublicKey
from sayso.wire.columns import read_intervals
from sayso.wire.contents import Contents
from sayso.wire.delta import DELTA_LIMIT
from sayso.wire.members import Members
from sayso.wire.parts import read_parts
from sayso.wire.profile import Json, decode, encode_item
from sayso.wire.registry import REGISTRY_LIMIT
from sayso.wire.release import REGISTRY_FILE, Release, ReleaseFile, encode_release
from sayso.wire.state import LIMIT, decode_state
from sayso.wire.text import Digest

_KINDS = ("core", "policies", "prefixes")


def open_previous(
    location: str,
    key: PublicKey,
    declarations: Path,
    tree: SourceTree,
    issued: datetime,
) -> Previous:
    """Verify the release before, and return what the next one needs of it.

    Args:
        location: a folder or a web address.
        key: whom to believe.
        declarations: the folder whose Git history must go on from that release.
        tree: what was read from that folder.
        issued: when the new release is issued.

    Raises:
        RegistryError: the release cannot be had or believed.
        PublishError: the new commit does not descend from that release's.
    """
    fetcher = fetcher_of(location)
    release = open_release(fetcher, key=key, now=issued, max_age=None)
    number, commit = release.header.number, release.source.commit
    if commit and tree.commit and not is_ancestor(declarations, commit, tree.commit):
        raise PublishError(
            f"commit {tree.commit[:12]} does not descend from {commit[:12]}, of which "
            f"release {number} was made; a release never goes back"
        )
    registry_json = fetch_listed(fetcher, release.file(REGISTRY_FILE))
    registry = decode(registry_json, limit=REGISTRY_LIMIT)
    bulk = {kind: _listed(release, "bulk/", f".{kind}.parquet") for kind in _KINDS}
    state = _content(fetcher, _listed(release, "state/", ".json.gz"), LIMIT)
    return Previous(
        digest=Digest(sha256(encode_release(release)).hexdigest()),
        header=release.header,
        state=decode_state(state),
        contents=Contents(
            number=number, **{kind: file.content_sha256 for kind, file in bulk.items()}
        ),
        core=fetch_listed(fetcher, bulk["core"]),
        policies=dict(map(_policy, _items(registry, "policies"))),
        prefixes=read_intervals(_items(registry, "prefixes")),
        parts=read_parts(_items(registry, "parts")),
        deltas=tuple(
            _content(fetcher, file, DELTA_LIMIT)
            for file in release.files
            if file.path.startswith("delta/")
        ),
    )


def _listed(release: Release, start: str, end: str) -> ReleaseFile:
    """Return the one file of a release whose path begins and ends so."""
    found = [
        f for f in release.files if f.path.startswith(start) and f.path.endswith(end)
    ]
    if len(found) != 1:
        raise PublishError(
            f"release {release.header.number} has no {start}…{end} to go on from"
        )
    return found[0]


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
