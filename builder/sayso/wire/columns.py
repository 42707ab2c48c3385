"""What is many in `registry.json`: recordings as columns, and ranges of codes.

There is never an object for each recording; a place in parallel columns is one.
"""

from dataclasses import dataclass
from itertools import pairwise

from sayso.errors import MalformedError
from sayso.model.isrc import Isrc, is_isrc
from sayso.model.owner import OwnerId
from sayso.wire.members import Members
from sayso.wire.profile import Json
from sayso.wire.reading import read_isrc
from sayso.wire.text import shown

_ROW = ("artist", "isrc", "owner", "policy", "title")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recordings:
    """The listed recordings as columns of equal length, ascending by ISRC.

    Titles and artists are as the owners declared them.

    Attributes:
        owners: whose best-proved listing names it; None where only a decision of the
            operators does.
    """

    isrcs: list[Isrc]
    policies: list[int]
    titles: list[str | None]
    artists: list[str | None]
    owners: list[OwnerId | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The policy of codes in a range that nobody lists; both ends belong to it."""

    first: Isrc
    last: Isrc
    policy: int


def read_recordings(rows: list[Json]) -> Recordings:
    """Return the columns of the items of `recordings`.

    Raises:
        MalformedError: an item is not a recording, or they do not ascend.
    """
    columns = Recordings(isrcs=[], policies=[], titles=[], artists=[], owners=[])
    before = ""
    for row in rows:
        if not isinstance(row, dict) or tuple(row) != _ROW:
            raise MalformedError(f"not a recording: {shown(str(row))}")
        artist, isrc, owner, policy, title = row.values()
        if (
            not isinstance(artist, str | None)
            or not isinstance(isrc, str)
            or not is_isrc(isrc)
            or not isinstance(owner, str | None)
            or type(policy) is not int
            or not isinstance(title, str | None)
        ):
            raise MalformedError(f"not a recording: {shown(str(row))}")
        if isrc <= before:
            raise MalformedError(f"recordings do not ascend at {isrc}")
        before = isrc
        columns.isrcs.append(Isrc(isrc))
        columns.policies.append(policy)
        columns.titles.append(title)
        columns.artists.append(artist)
        columns.owners.append(None if owner is None else OwnerId(owner))
    return columns


def read_intervals(rows: list[Json]) -> tuple[Interval, ...]:
    """Return the items of `prefixes`.

    Raises:
        MalformedError: an item is not a range, or they do not ascend apart.
    """
    spans = tuple(map(_read_interval, rows))
    for one, next_one in pairwise(spans):
        if one.last >= next_one.first:
            raise MalformedError(f"ranges of codes overlap at {next_one.first}")
    return spans


def _read_interval(row: Json) -> Interval:
    members = Members(row, "a range of codes")
    span = Interval(
        first=read_isrc(members.text("first")),
        last=read_isrc(members.text("last")),
        policy=members.number("policy"),
    )
    members.end()
    if span.first > span.last:
        raise MalformedError(f"a range of codes ends before {span.first}, its first")
    return span
