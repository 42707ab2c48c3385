"""Succession: each entry of the log is a release, and follows the one before it.

"Leaf index = number - 1; `previous` = hash of the preceding leaf; `issued` strictly
increases and is at most 5 minutes ahead; ... Clients check the first three." (Release)
The log proves that nothing was taken out or exchanged; these rules say that what was
added is the next release of the same registry.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sayso.errors import MalformedError, StaleError, UntrustedError
from sayso.wire.header import ReleaseHeader
from sayso.wire.release import RELEASE_FILE, Release, decode_release
from sayso.wire.text import Digest, format_time, shown

AHEAD: Final = timedelta(minutes=5)
"""How far clocks may disagree: "`issued` is at most 5 minutes ahead" (Release)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of the log that was read, and all that the next one has to follow.

    Attributes:
        release: what it says.
        digest: SHA-256 of its bytes, which the next release names as `previous`.
    """

    release: Release
    digest: Digest

    @property
    def index(self) -> int:
        """Where the log has it, from 0."""
        return self.release.header.number - 1


def read_entry(
    data: bytes, *, index: int, before: Entry | None, now: datetime | None = None
) -> Entry:
    """Return an entry of the log, when it follows one that was read before.

    Args:
        data: the bytes of the entry, which the log was proved to have at the index.
        index: from 0.
        before: an entry at a lower index, the one just before where it is known: then
            `previous` is checked too. None where the caller begins here.
        now: in UTC; None where it does not matter when the release was issued.

    Raises:
        MalformedError: the entry is no release.
        UntrustedError: it is not the release that belongs there, or does not follow.
        StaleError: it was issued in the future.
    """
    try:
        release = decode_release(data)
    except MalformedError as error:
        raise MalformedError(
            f"entry {index} of the log is not a {RELEASE_FILE} that can be read: "
            f"{error}"
        ) from error
    entry = Entry(release=release, digest=Digest(sha256(data).hexdigest()))
    if entry.index != index:
        raise UntrustedError(
            f"entry {index} of the log is release {release.header.number}, where "
            f"release {index + 1} belongs"
        )
    if before is not None:
        check_follows(entry, before)
    if now is not None:
        check_not_ahead(release.header, now)
    return entry


def check_follows(entry: Entry, before: Entry) -> None:
    """Check that a release comes after another of the same registry.

    Args:
        entry: the later one.
        before: the earlier one, just before it or longer ago.

    Raises:
        UntrustedError: it does not.
    """
    header, old = entry.release.header, before.release.header
    if header.number <= old.number:
        raise UntrustedError(
            f"release {header.number} does not follow release {old.number}"
        )
    if header.origin != old.origin:
        raise UntrustedError(
            f"release {header.number} is of {shown(header.origin)}, and release "
            f"{old.number} of {shown(old.origin)}"
        )
    if header.issued <= old.issued:
        raise UntrustedError(
            f"release {header.number} was issued {format_time(header.issued)}, not "
            f"after release {old.number} of {format_time(old.issued)}"
        )
    if entry.index == before.index + 1 and entry.release.previous != before.digest:
        raise UntrustedError(
            f"release {header.number} says that it follows a release with the SHA-256 "
            f"{entry.release.previous}, and release {old.number} has {before.digest}"
        )
    _check_settings(entry, before)


def _check_settings(entry: Entry, before: Entry) -> None:
    """Check what only the operators' settings of the release before permit."""
    release, old = entry.release, before.release
    number, old_number = release.header.number, old.header.number
    if entry.index == before.index + 1 and release.brake != old.next_brake:
        raise UntrustedError(
            f"release {number} has other limits for what it loosens than release "
            f"{old_number} set"
        )
    revoked = {one.release for one in release.revoked}
    if lost := {one.release for one in old.revoked} - revoked:
        raise UntrustedError(
            f"release {number} no longer says that release {min(lost)} is revoked, as "
            f"release {old_number} does"
        )


def check_not_ahead(header: ReleaseHeader, now: datetime) -> None:
    """Check that a release was not issued in the future.

    Raises:
        StaleError: it was, by more than clocks disagree.
    """
    if header.issued > now + AHEAD:
        raise StaleError(
            f"release {header.number} was issued in the future, "
            f"{format_time(header.issued)}, or the clock of this machine is wrong"
        )
