"""Tidying: what a destination has and nobody needs is taken away, or only counted."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sayso.errors import PublishError, RegistryError
from sayso.publish.hosting.destination import Destination, GoingOut, Joined
from sayso.publish.hosting.outgoing import Outgoing
from sayso.publish.hosting.prune import MOST, outdated, releases_of
from sayso.publish.hosting.standing import standing_of
from sayso.publish.inputs import Steps

_DRAWN = ("isrc/", "owner/", "prefix/")
"""Folders of the site whose pages come and go with the release."""
_PAGES = ("/index.html", "/index.json")


def tidy(
    files: Mapping[str, Outgoing],
    destination: Destination,
    *,
    now: datetime | None,
    steps: Steps,
) -> tuple[int, list[str]]:
    """Take away what nobody needs; return how many files, and what is left to do.

    Args:
        files: what went out, by path.
        destination: where it went.
        now: in UTC; None to take nothing away.
        steps: is told how far it is.

    Raises:
        PublishError: a file cannot be taken away.
    """
    there = destination.sizes()
    pages = left_pages(files, there)
    if now is None:
        return 0, [_said(pages, destination.name)] if pages else []
    steps("Looking for what nobody needs", 0, 1)
    notes: list[str] = []
    paths: list[str] = []
    try:
        paths = _outdated(files, destination, now)
    except (PublishError, RegistryError) as error:
        # What was published is good all the same.
        notes.append(f"No file of an old release was taken away: {error}.")
    if len(paths) == MOST:
        notes.append(f"{MOST} files were taken away, there may be more: prune again.")
    destination.remove([*pages, *paths])
    return len(pages) + len(paths), notes


def left_pages(files: Collection[str], there: Collection[str]) -> list[str]:
    """Return the pages that a destination has, and the site has no more.

    Args:
        files: the paths of what goes out; without a home page it is no site.
        there: the paths of what the destination has.
    """
    if "index.html" not in files:
        return []
    return sorted(
        path
        for path in there
        if path.startswith(_DRAWN) and path.endswith(_PAGES) and path not in files
    )


def _outdated(
    files: Mapping[str, Outgoing], destination: Destination, now: datetime
) -> list[str]:
    going_out = GoingOut(files)
    reader = Joined(going_out, destination)
    checkpoint = standing_of(going_out, "the folder to publish").checkpoint
    size = 0 if checkpoint is None else checkpoint.size
    releases = releases_of(reader, size)
    return outdated(reader, releases, destination.sizes(), now=now)


def _said(pages: list[str], name: str) -> str:
    return (
        f"{name} has {len(pages)} pages that the site has no more, such as {pages[0]}: "
        "they say what no longer holds, so take them away with --prune."
    )
