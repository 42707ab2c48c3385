"""Items of a leaf of the look-up tree: recordings, and breakpoints between them."""

from dataclasses import dataclass

from sayso.model.isrc import Isrc
from sayso.model.owner import OwnerId, is_owner_id
from sayso.wire.members import Members
from sayso.wire.profile import Json
from sayso.wire.reading import read_isrc


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakpoint:
    """From this code on, codes that nobody lists have a policy; None for no policy."""

    isrc: Isrc
    policy: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A listed recording, with the number of its policy.

    Attributes:
        title: as the owner declared it, like `artist`.
        owner: whose best-proved listing names it; None where only a decision of the
            operators does.
    """

    isrc: Isrc
    policy: int
    title: str | None
    artist: str | None
    owner: OwnerId | None


def read_item(value: Json) -> Breakpoint | Row:
    """Return the recording or breakpoint that an item of a leaf is.

    Raises:
        MalformedError: it is neither.
    """
    members = Members(value, "an item of a leaf")
    isrc = read_isrc(members.text("isrc"))
    item = (
        _read_row(isrc, members)
        if "title" in members
        else Breakpoint(isrc=isrc, policy=_read_number(members))
    )
    members.end()
    return item


def _read_row(isrc: Isrc, members: Members) -> Row:
    owner = members.nullable_text("owner")
    if owner is not None and not is_owner_id(owner):
        raise members.wrong("owner", "the id of an owner")
    return Row(
        isrc=isrc,
        policy=members.number("policy", least=1),
        title=members.nullable_text("title"),
        artist=members.nullable_text("artist"),
        owner=None if owner is None else OwnerId(owner),
    )


def _read_number(members: Members) -> int | None:
    value = members.take("policy")
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise members.wrong("policy", "the number of a policy, or null")
