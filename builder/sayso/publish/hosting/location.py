"""Where to publish, as it is written on a command line."""

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from sayso.errors import PublishError
from sayso.wire.text import shown

_BUCKET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,62}", re.ASCII)
_EXAMPLES: Final = (
    "a folder such as /var/www/registry, a branch such as "
    "git:git@host.example:registry.git#pages, or a bucket such as s3://bucket/prefix"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderLocation:
    """A folder of this machine."""

    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchLocation:
    """A branch of a Git repository."""

    remote: str
    branch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketLocation:
    """Keys of a bucket that begin with a prefix; perhaps with nothing."""

    bucket: str
    prefix: str


Location: TypeAlias = FolderLocation | BranchLocation | BucketLocation


def parse_location(text: str) -> Location:
    """Return where a text says to publish.

    Raises:
        PublishError: it says no such place.
    """
    if text.startswith("git:"):
        remote, mark, branch = text.removeprefix("git:").rpartition("#")
        if not mark or not remote or not branch or branch.startswith("-"):
            raise _unknown(text)
        return BranchLocation(remote=remote, branch=branch)
    if text.startswith("s3://"):
        bucket, _, prefix = text.removeprefix("s3://").partition("/")
        if _BUCKET.fullmatch(bucket) is None or "//" in prefix:
            raise _unknown(text)
        return BucketLocation(bucket=bucket, prefix=prefix.strip("/"))
    if not text or "://" in text or text.startswith("s3:"):
        raise _unknown(text)
    return FolderLocation(folder=text)


def _unknown(text: str) -> PublishError:
    return PublishError(f"{shown(text)} is no place to publish to; name {_EXAMPLES}")
