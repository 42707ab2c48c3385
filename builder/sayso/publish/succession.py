"""Succession: the deltas that lead from earlier releases to a new one.

"Published from each of the last 30 releases." Those from older ones are made of the
deltas that the release before published, so that no older core is needed.
"""

import hashlib
from collections.abc import Iterable, Iterator

from sayso.errors import MalformedError
from sayso.publish.delta import MOST_CHANGES, compose
from sayso.publish.output import Output, pack
from sayso.publish.parts import listed
from sayso.wire.delta import Delta, decode_delta, delta_path, encode_delta
from sayso.wire.release_file import ReleaseFile
from sayso.wire.text import Digest

RELEASES = 30
"""From how many releases before it a release can be reached by a delta."""


def delta_files(
    newest: Delta, earlier: Iterable[bytes], output: Output
) -> Iterator[ReleaseFile]:
    """Write the deltas to a release, and yield their entries.

    Args:
        newest: the one from the release before.
        earlier: those that led to the release before.
        output: takes the files.
    """
    yield from _write(newest, output)
    for data in earlier:
        first = decode_delta(data)
        if first.before.number >= newest.after.number - RELEASES:
            yield from _write(compose(first, newest), output)


def _write(delta: Delta, output: Output) -> Iterator[ReleaseFile]:
    """Write a delta, unless it would be longer than what it saves."""
    if len(delta.keys) > MOST_CHANGES:
        return
    try:
        data = encode_delta(delta)
    except MalformedError:  # longer than the format permits
        return
    content = Digest(hashlib.sha256(data).hexdigest())
    path = delta_path(content, delta.before.number, delta.after.number)
    packed = pack(data)
    output.write(path, packed)
    yield listed(path, packed, content)
