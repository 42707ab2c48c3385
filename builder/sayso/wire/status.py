"""Status: what a release left out, and what waits in public.

A document in the JSON profile, for the status page, its feed, and whoever watches.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from sayso.errors import MalformedError
from sayso.model.declaration import DeclarationId
from sayso.model.owner import OwnerId
from sayso.model.vocabulary import Use
from sayso.wire.members import Members
from sayso.wire.profile import Json, decode, encode
from sayso.wire.state import LeftOut, read_left_out, write_left_out
from sayso.wire.text import Digest, format_time

FORMAT: Final = "sayso/status/1"
STATUS_LIMIT: Final = 2**28

_Key = TypeVar("_Key", str, tuple[datetime, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A yes that does not count yet.

    Attributes:
        declaration: which one says so.
        announced: the release that first said so, by its time.
        since: when it begins to count, if nothing changes meanwhile.
        uses: for what.
    """

    declaration: DeclarationId
    announced: datetime
    since: datetime
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovering:
    """New keys of an owner that wait in public.

    Attributes:
        since: when they begin to count, if no old key signs meanwhile.
    """

    owner: OwnerId
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ageing:
    """An owner whose domain could not be asked again in time.

    Attributes:
        checked: when it named the owner's key last.
        until: when that counts no more.
    """

    owner: OwnerId
    checked: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a release left out, and what waits.

    Attributes:
        left_out: what was merged without authority, by path.
        pending: what is to be allowed, in order of time.
        recovering: owners with new keys, in order.
        ageing: owners whose proof grows old, in order.
    """

    left_out: Sequence[LeftOut] = ()
    pending: Sequence[Pending] = ()
    recovering: Sequence[Recovering] = ()
    ageing: Sequence[Ageing] = ()


def status_path(content: Digest) -> str:
    """Return where the status with this content is."""
    return f"status/{content}.json"


def encode_status(status: Status) -> bytes:
    """Return the status's only spelling."""
    ageing: list[Json] = [
        {
            "checked": format_time(one.checked),
            "owner": one.owner,
            "until": format_time(one.until),
        }
        for one in status.ageing
    ]
    pending: list[Json] = [
        {
            "announced": format_time(one.announced),
            "declaration": one.declaration,
            "since": format_time(one.since),
            "uses": list[Json](one.uses),
        }
        for one in status.pending
    ]
    recovering: list[Json] = [
        {"owner": one.owner, "since": format_time(one.since)}
        for one in status.recovering
    ]
    return encode(
        {
            "ageing": ageing,
            "format": FORMAT,
            "left_out": [write_left_out(one) for one in status.left_out],
            "pending": pending,
            "recovering": recovering,
        }
    )


def decode_status(data: bytes) -> Status:
    """Return the status that `encode_status` wrote.

    Raises:
        MalformedError: `encode_status` never makes these bytes.
    """
    members = Members(decode(data, limit=STATUS_LIMIT), "the status")
    members.constant("format", FORMAT)
    status = Status(
        left_out=tuple(map(read_left_out, members.items("left_out"))),
        pending=tuple(map(_read_pending, members.items("pending"))),
        recovering=tuple(map(_read_recovering, members.items("recovering"))),
        ageing=tuple(map(_read_ageing, members.items("ageing"))),
    )
    members.end()
    _check_ascending(
        "pending", [(one.since, one.declaration) for one in status.pending]
    )
    _check_ascending("recovering", [one.owner for one in status.recovering])
    _check_ascending("ageing", [one.owner for one in status.ageing])
    return status


def _check_ascending(name: str, keys: Sequence[_Key]) -> None:
    if list(keys) != sorted(set(keys)):
        raise MalformedError(f"{name} does not ascend, or something stands twice")


def _read_pending(value: Json) -> Pending:
    members = Members(value, "what is pending")
    known = {str(use): use for use in Use}
    names = members.texts("uses")
    if not known.keys() >= set(names):
        raise members.wrong("uses", "a list of uses")
    pending = Pending(
        declaration=DeclarationId(members.text("declaration")),
        announced=members.time("announced"),
        since=members.time("since"),
        uses=tuple(known[name] for name in names),
    )
    members.end()
    return pending


def _read_recovering(value: Json) -> Recovering:
    members = Members(value, "an owner with new keys")
    recovering = Recovering(
        owner=OwnerId(members.text("owner")), since=members.time("since")
    )
    members.end()
    return recovering


def _read_ageing(value: Json) -> Ageing:
    members = Members(value, "a proof that grows old")
    ageing = Ageing(
        owner=OwnerId(members.text("owner")),
        checked=members.time("checked"),
        until=members.time("until"),
    )
    members.end()
    return ageing
