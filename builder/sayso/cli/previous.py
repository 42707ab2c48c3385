"""The release before: verified, and what the next one needs of it."""

import gzip
import zlib
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from sayso.client.fetch import fetcher_of
from sayso.client.registry import fetch_listed, open_release
from sayso.errors import MalformedError, PublishError
from sayso.publish.inputs import Previous
from sayso.publish.reading.sources import SourceTree, is_ancestor
from sayso.trust.keys import PublicKey
from sayso.wire.release import encode_release
from sayso.wire.state import LIMIT, decode_state
from sayso.wire.text import Digest


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
    carried = [file for file in release.files if file.path.startswith("state/")]
    if len(carried) != 1:
        raise PublishError(f"release {number} has no state to go on from")
    state = decode_state(_unpack(fetch_listed(fetcher, carried[0])))
    return Previous(
        digest=Digest(sha256(encode_release(release)).hexdigest()),
        header=release.header,
        state=state,
    )


def _unpack(data: bytes) -> bytes:
    """Return the content of a gzip, bounded before it is held."""
    try:
        with gzip.open(BytesIO(data)) as file:
            content = file.read(LIMIT + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise MalformedError("the state is not a gzip") from error
    return content
