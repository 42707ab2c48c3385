"""The standing of a synced registry: which release it is, and how long it may answer.

One small file names the folder in force, so that a copy changes whole or not at all.
It is written after all was verified, and read without any of the tools that this took:
a look-up is done in the time that those would need to load.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sayso.errors import StaleError
from sayso.wire.contents import Contents, encode_contents, read_contents
from sayso.wire.header import ReleaseHeader, encode_header, read_header
from sayso.wire.members import Members
from sayso.wire.profile import decode, encode
from sayso.wire.text import Digest, format_time

FORMAT: Final = "sayso/synced/1"
_NAME: Final = re.compile(r"[0-9a-z_-]+", re.ASCII)
STANDING_FILE: Final = "synced.json"
STANDING_LIMIT: Final = 2**16
"""synced.json is never longer, in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a synced registry.

    Attributes:
        release: that was synced.
        digest: SHA-256 of its release.json, a leaf of the log.
        contents: its content digests, which a delta starts from.
        folder: the name of the folder that holds it.
        titles: whether titles were synced too.
        location: where it was fetched.
        root: SHA-256 of the root that was pinned.
        log: the name of the log.
        log_size: how many releases the log had.
        checked: when the registry was asked last.
        fresh_until: when the first of the signatures ends that make it the newest.
    """

    release: ReleaseHeader
    digest: Digest
    contents: Contents
    folder: str
    titles: bool
    location: str
    root: Digest
    log: str
    log_size: int
    checked: datetime
    fresh_until: datetime

    def check_fresh(self, now: datetime) -> None:
        """Check that it may answer at a moment.

        Raises:
            StaleError: it is too old, or was made later.
        """
        if now >= self.fresh_until:
            raise StaleError(
                f"the copy of {self.release.origin} is of "
                f"{format_time(self.checked)} and was good until "
                f"{format_time(self.fresh_until)}: run sayso sync, then ask again"
            )
        if now < self.checked:
            raise StaleError(
                f"the copy of {self.release.origin} was made at "
                f"{format_time(self.checked)}, which is later than now: is the clock "
                "right?"
            )


def encode_standing(standing: Standing) -> bytes:
    """Return the bytes of synced.json."""
    return encode(
        {
            "checked": format_time(standing.checked),
            "contents": encode_contents(standing.contents),
            "folder": standing.folder,
            "format": FORMAT,
            "fresh_until": format_time(standing.fresh_until),
            "location": standing.location,
            "log": standing.log,
            "log_size": standing.log_size,
            "release": encode_header(standing.release),
            "release_sha256": standing.digest,
            "root": standing.root,
            "titles": standing.titles,
        }
    )


def decode_standing(data: bytes) -> Standing:
    """Return what `encode_standing` wrote.

    Raises:
        MalformedError: it never makes these bytes.
    """
    members = Members(decode(data, limit=STANDING_LIMIT), STANDING_FILE)
    members.constant("format", FORMAT)
    release = members.object("release")
    standing = Standing(
        release=read_header(release),
        digest=members.digest("release_sha256"),
        contents=read_contents(members.object("contents")),
        folder=_folder(members),
        titles=members.flag("titles"),
        location=members.text("location"),
        root=members.digest("root"),
        log=members.text("log"),
        log_size=members.number("log_size", least=1),
        checked=members.time("checked"),
        fresh_until=members.time("fresh_until"),
    )
    release.end()
    members.end()
    return standing


def _folder(members: Members) -> str:
    """Return the name of the folder, which leads nowhere else."""
    name = members.text("folder")
    if _NAME.fullmatch(name) is None:
        raise members.wrong("folder", "the name of a folder beside it")
    return name
