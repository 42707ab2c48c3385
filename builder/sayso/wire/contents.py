"""Contents: what the bulk files of a release hold, whatever packs them.

"Each file has `content_sha256`: what a rebuilder recomputes; for Parquet the rows in a
stated encoding." (Release) That of the core, 12 bytes a recording, needs columns and is
in `client.core`; the encodings of what is few are here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

from sayso.model.isrc import Isrc
from sayso.wire.members import Members
from sayso.wire.profile import Json, encode_item
from sayso.wire.text import Digest

Range: TypeAlias = tuple[Isrc, Isrc]
"""The first and last of a range of codes; both belong to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The content digests of the bulk files of a release that deltas speak of.

    Attributes:
        number: of the release.
        core: of the rows of 12 bytes: key and policy.
        policies: as `policies_content` makes it.
        prefixes: as `prefixes_content` makes it.
    """

    number: int
    core: Digest
    policies: Digest
    prefixes: Digest


def policies_content(policies: Mapping[int, bytes]) -> Digest:
    """Return the content digest of policies: items of registry.json by number.

    The items, each as by `encode_item`, as JSON Lines, ascending by number.
    """
    return _lines_content(b"%b\n" % policies[number] for number in sorted(policies))


def prefixes_content(prefixes: Mapping[Range, int]) -> Digest:
    """Return the content digest of the policies of ranges of codes.

    The items of registry.json as JSON Lines, ascending.
    """
    return _lines_content(
        line_of(range_item(*item)) for item in sorted(prefixes.items())
    )


def range_item(span: Range, policy: int | None) -> Json:
    """Return an item of `prefixes`, or one that says that a range is gone."""
    ends: dict[str, Json] = {"first": span[0], "last": span[1]}
    return ends if policy is None else {**ends, "policy": policy}


def encode_contents(contents: Contents) -> Json:
    """Return the contents of a release as an object of a delta's header."""
    return {
        "core": contents.core,
        "number": contents.number,
        "policies": contents.policies,
        "prefixes": contents.prefixes,
    }


def read_contents(members: Members) -> Contents:
    """Return what `encode_contents` described.

    Raises:
        MalformedError: it is something else.
    """
    contents = Contents(
        number=members.number("number", least=1),
        core=members.digest("core"),
        policies=members.digest("policies"),
        prefixes=members.digest("prefixes"),
    )
    members.end()
    return contents


def line_of(item: Json) -> bytes:
    """Return a line of JSON Lines."""
    return encode_item(item) + b"\n"


def _lines_content(lines: Iterable[bytes]) -> Digest:
    digest = sha256()
    for line in lines:
        digest.update(line)
    return Digest(digest.hexdigest())
