"""As of a date: which release was the newest one then, as the log proves it.

"As of a date: the last release with `issued <= date`, its inclusion and its
successor's prove it (the newest needs a fresh timestamp)." (Release) The time is the
one that the operator wrote; nobody can change it later.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sayso.client.fetch import Fetcher
from sayso.client.log import LogTree
from sayso.errors import MalformedError, MissingError, StaleError, UntrustedError
from sayso.trust.log import TrustedCheckpoint
from sayso.wire.succession import Entry, read_entry
from sayso.wire.text import format_time
from sayso.wire.tiles import TILE_WIDTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The release that was the newest one at a moment.

    Attributes:
        entry: what it says.
        data: its bytes.
        successor: the bytes of the release that replaced it; None where it is the
            newest that the log has. Then only a fresh timestamp shows that there is
            no newer one.
    """

    entry: Entry
    data: bytes
    successor: bytes | None


def release_at(fetcher: Fetcher, trusted: TrustedCheckpoint, moment: datetime) -> Past:
    """Return the last release that was issued at a moment or before it.

    Its bytes and those of its successor are verified against the checkpoint. Takes two
    or three small requests and one for 256 releases, and for a log of more than that
    a few more.

    Args:
        fetcher: brings the files of the log.
        trusted: a checkpoint of the log that is believed.
        moment: in UTC.

    Raises:
        MissingError: there was no release yet, or a file of the log is missing.
        FetchError: a file of the log is too long or cannot be reached.
        MalformedError: a file of the log, or a release, is not in its format.
        UntrustedError: a file is not what the checkpoint commits to, or the releases
            do not follow one another.
    """
    size = trusted.checkpoint.size
    bundle = lru_cache(maxsize=2)(LogTree(fetcher, trusted.checkpoint).bundle)

    def data_at(index: int) -> bytes:
        number, place = divmod(index, TILE_WIDTH)
        return bundle(number)[place]

    def issued(index: int) -> datetime:
        entry = read_logged(data_at(index), index=index)
        return entry.release.header.issued

    index = bisect_right(range(size), moment, key=issued) - 1
    if index < 0:
        first = f"the first is of {format_time(issued(0))}" if size else "there is none"
        raise MissingError(f"there was no release at {format_time(moment)}: {first}")
    data = data_at(index)
    entry = read_logged(data, index=index)
    successor = data_at(index + 1) if index + 1 < size else None
    if successor is not None:
        # That it is later is what makes the release before it the last one.
        read_logged(successor, index=index + 1, before=entry)
    return Past(entry=entry, data=data, successor=successor)


def read_logged(
    data: bytes, *, index: int, before: Entry | None = None, now: datetime | None = None
) -> Entry:
    """Return `wire.succession.read_entry`, and say in its errors what to do.

    Its arguments and errors are the same.
    """
    try:
        return read_entry(data, index=index, before=before, now=now)
    except StaleError:
        raise
    except (MalformedError, UntrustedError) as error:
        raise type(error)(
            f"{error}. The log keeps this for ever: do not rely on the registry before "
            "it has said why, and tell others who read it"
        ) from error
