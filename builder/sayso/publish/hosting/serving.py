"""Serving: of each path, when it goes live and how it is to be served.

Content that never changes under its name comes first, and `timestamp.json`, which
leads to all of it, last. Killed at any point, whoever follows the old one finds all
that it leads to.
"""

import re
from dataclasses import dataclass
from enum import IntEnum, unique
from typing import Final

from sayso.wire.places import CHECKPOINT, TIMESTAMP
from sayso.wire.release import REGISTRY_FILE, RELEASE_FILE

IMMUTABLE: Final = "public, max-age=31536000, immutable"
MUTABLE: Final = "no-cache"
ATOM: Final = "application/atom+xml"
GZIP: Final = "application/gzip"
TEXT: Final = "text/plain; charset=utf-8"
BYTES: Final = "application/octet-stream"

FEED_FILE: Final = "feed.xml"
"""What the feeds of the site are called."""

_NAMED = re.compile(
    r"(?:bulk|delta|index|lookup|registry|signatures|source|state|status|tuf/targets)/"
    r"(?:[0-9a-f]{2}/)?[0-9a-f]{64}(?:\.[A-Za-z0-9_.-]+)?"
    r"|log/tile/(?:[0-9]|entries)/[0-9x/]+(?:\.p/[0-9]+)?"
    r"|tuf/metadata/[0-9]+\.(?:releases|snapshot|targets)\.json",
    re.ASCII,
)
_ROOT = re.compile(r"tuf/metadata/[0-9]+\.root\.json", re.ASCII)
_ALIASES = frozenset(
    f"{name}{suffix}"
    for name in (REGISTRY_FILE, RELEASE_FILE)
    for suffix in ("", ".minisig")
)

_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    # Said to be a gzip and not JSON in transit, so that no host unpacks it: what is
    # hashed is what is served.
    ".gz": GZIP,
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".minisig": TEXT,
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".pub": TEXT,
    ".svg": "image/svg+xml",
    ".tlog-proof": TEXT,
    ".txt": TEXT,
    ".webp": "image/webp",
    ".xml": "application/xml",
    ".yaml": TEXT,
    ".zst": "application/zstd",
}


@unique
class Stage(IntEnum):
    """When a file goes live; each stage is there before the next one begins."""

    CONTENT = 1
    """What never changes under its name."""
    PAGES = 2
    """The site, which is a function of the release."""
    CHECKPOINT = 3
    """How far the log goes."""
    ALIASES = 4
    """What people with `curl` ask for, and what a release names without its digest."""
    ROOTS = 5
    """Whose keys are believed: as late as can be, since from a new root on the old
    timestamp may be signed by a key that is believed no more."""
    TIMESTAMP = 6
    """What is newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How a file is to be served.

    Attributes:
        media_type: for the header Content-Type; there is never a Content-Encoding.
        cache_control: for the header of this name.
    """

    stage: Stage
    media_type: str
    cache_control: str


def serving(path: str) -> Serving:
    """Return how the file at a path of a registry is to be served."""
    stage = _stage(path)
    is_fixed = stage in {Stage.CONTENT, Stage.ROOTS}
    return Serving(
        stage=stage,
        media_type=_media_type(path),
        cache_control=IMMUTABLE if is_fixed else MUTABLE,
    )


def order(path: str) -> tuple[Stage, int, str]:
    """Return by what paths are put in the order in which they go live.

    A shorter name comes first, so that the second root comes before the tenth.
    """
    stage = _stage(path)
    return stage, len(path) if stage is Stage.ROOTS else 0, path


def _stage(path: str) -> Stage:
    if path == TIMESTAMP:
        return Stage.TIMESTAMP
    if path == CHECKPOINT:
        return Stage.CHECKPOINT
    if path in _ALIASES or path.startswith("schema/"):
        return Stage.ALIASES
    if _ROOT.fullmatch(path):
        return Stage.ROOTS
    return Stage.CONTENT if _NAMED.fullmatch(path) else Stage.PAGES


def _media_type(path: str) -> str:
    if path == CHECKPOINT:
        return TEXT
    name = path.rpartition("/")[2]
    if name == FEED_FILE:
        return ATOM
    _, dot, ending = name.rpartition(".")
    return _MEDIA_TYPES.get(dot + ending, BYTES)
