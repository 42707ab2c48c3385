"""`sayso publish`: bring a signed release to where it is served."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import assert_never

import click

from sayso.cli.clock import now
from sayso.cli.root import pinned_root, root_option
from sayso.cli.steps import shown_steps
from sayso.cli.terminal import paragraph, printable, width
from sayso.client.fetch import Fetcher, fetcher_of
from sayso.client.refresh import refresh
from sayso.publish.hosting.destination import Destination
from sayso.publish.hosting.folder import open_folder
from sayso.publish.hosting.going_live import Check, Published, publish
from sayso.publish.hosting.host import web_host
from sayso.publish.hosting.location import (
    BranchLocation,
    BucketLocation,
    FolderLocation,
    Location,
    parse_location,
)
from sayso.publish.hosting.outgoing import outgoing_files
from sayso.wire.places import FIRST_ROOT
from sayso.wire.profile import Json, encode
from sayso.wire.succession import Entry
from sayso.wire.text import format_time

FORMAT = "sayso/published/1"


@click.command(
    "publish",
    epilog="Example: sayso publish out/registry --to /var/www/registry "
    "--url https://registry.example",
)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--to",
    "to",
    required=True,
    metavar="FOLDER|git:REMOTE#BRANCH|s3://BUCKET/PREFIX",
    help="Where to publish: a folder, a branch of a Git repository, or a bucket.",
)
@click.option(
    "--url",
    metavar="URL",
    help="Where it is then served: the host is asked before and after it goes live.",
)
@root_option
@click.option(
    "--endpoint-url",
    metavar="URL",
    help="The address of an S3-compatible service.  [default: AWS_ENDPOINT_URL, else "
    "that of AWS]",
)
@click.option(
    "--squash", is_flag=True, help="Keep only the newest commit of the branch."
)
@click.option(
    "--prune",
    is_flag=True,
    help="Take away what only releases of more than 90 days ago need, and pages that "
    "the site has no more.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def command(  # noqa: PLR0917 - click passes options by name
    folder: Path,
    to: str,
    url: str | None,
    root_file: Path | None,
    endpoint_url: str | None,
    squash: bool,
    prune: bool,
    as_json: bool,
) -> None:
    """Bring the signed release in FOLDER to where it is served.

    FOLDER may hold a part: what is not in it must be there already. It is opened as a
    reader would before anything is sent, by the root that --root names, else by its
    own first one. Content goes first and the timestamp last, so that the old release
    stays whole until the new one is; a run that was broken off is finished by running
    it again. Nothing goes back, and without --prune nothing is taken away.

    Exits 0 when it is live, and 1 otherwise.
    """
    location = parse_location(to)
    _check_options(folder, location, squash=squash, endpoint=endpoint_url)
    files = outgoing_files(folder)
    check = _check(root_file or folder / FIRST_ROOT)
    host = None if url is None else web_host(url, time.sleep)
    with (
        shown_steps() as steps,
        _opened(location, squash=squash, endpoint=endpoint_url) as destination,
    ):
        published = publish(
            files,
            destination,
            check=check,
            host=host,
            prune_at=now() if prune else None,
            steps=steps,
        )
        if url is not None:
            steps("Opening it as a reader would", 0, 1)
            check(fetcher_of(url))
        name = destination.name
    if as_json:
        click.echo(encode(_document(published, name, url)), nl=False)
        return
    _say(published, name)


def _check(root_file: Path) -> Check:
    def check(fetcher: Fetcher) -> Entry:
        return refresh(fetcher, pinned_root(root_file), now=now()).entry

    return check


def _check_options(
    folder: Path, location: Location, *, squash: bool, endpoint: str | None
) -> None:
    if squash and not isinstance(location, BranchLocation):
        raise click.UsageError("--squash is for a branch: --to git:REMOTE#BRANCH.")
    if endpoint is not None and not isinstance(location, BucketLocation):
        raise click.UsageError("--endpoint-url is for a bucket: --to s3://BUCKET.")
    if isinstance(location, FolderLocation):
        here, there = folder.resolve(), Path(location.folder).resolve()
        if here in {there, *there.parents} or there in here.parents:
            raise click.UsageError(
                "--to is FOLDER itself, or one is in the other: name another folder."
            )


@contextmanager
def _opened(
    location: Location, *, squash: bool, endpoint: str | None
) -> Iterator[Destination]:
    """Give the destination; what only one kind needs is imported for that one."""
    match location:
        case FolderLocation():
            with open_folder(Path(location.folder)) as folder:
                yield folder
        case BranchLocation():
            from sayso.publish.hosting.branch import open_branch  # noqa: PLC0415

            with open_branch(location.remote, location.branch, squash=squash) as branch:
                yield branch
        case BucketLocation():
            from sayso.publish.hosting.bucket import open_bucket  # noqa: PLC0415

            yield open_bucket(location.bucket, location.prefix, endpoint=endpoint)
        case _:
            assert_never(location)


def _document(published: Published, name: str, url: str | None) -> dict[str, Json]:
    header = published.release.header
    return {
        "bytes": published.bytes,
        "format": FORMAT,
        "issued": format_time(header.issued),
        "kept": published.kept,
        "notes": list(published.notes),
        "origin": header.origin,
        "release": header.number,
        "removed": published.removed,
        "sent": published.sent,
        "to": name,
        "url": url,
    }


def _say(published: Published, name: str) -> None:
    header = published.release.header
    removed = f"; {published.removed:,} taken away" if published.removed else ""
    click.echo(
        f"Release {header.number} of {header.origin} is live in {printable(name)}: "
        f"{published.sent:,} files sent ({published.bytes:,} bytes), "
        f"{published.kept:,} were there{removed}."
    )
    for note in published.notes:
        for line in paragraph(printable(note), width(), first="- ", rest="  "):
            click.echo(line, err=True)
