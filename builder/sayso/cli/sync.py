"""`sayso sync`: keep a verified copy of a registry on this machine, and in step."""

from datetime import timedelta
from pathlib import Path

import click

from sayso.cli.asking import believed
from sayso.cli.clock import now
from sayso.cli.panel import DEVELOPMENT
from sayso.cli.question import registry_option
from sayso.cli.root import pinned_root, root_option, store_option
from sayso.cli.steps import shown_steps
from sayso.cli.terminal import fields, paragraph, printable, width
from sayso.client.synced.layout import copies_below
from sayso.client.synced.sync import Synced, sync
from sayso.wire.header import Profile, encode_header
from sayso.wire.profile import Json, encode
from sayso.wire.text import format_time

FORMAT = "sayso/sync/1"


@click.command(
    "sync",
    epilog="Example: sayso sync --registry https://registry.example --root 1.root.json",
)
@registry_option
@root_option
@store_option
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for the copy, to hand on or to share with other machines. "
    "[default: below --store]",
)
@click.option(
    "--titles",
    is_flag=True,
    help="Fetch titles and artists too, so that sayso screen finds recordings that are "
    "declared under another code. Once fetched they are kept in step.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def command(
    *,
    location: str,
    root_file: Path | None,
    store_folder: Path,
    folder: Path | None,
    titles: bool,
    as_json: bool,
) -> None:
    """Bring a copy of a registry to this machine, or bring it up to date.

    The first time everything is fetched, then what changed. All of it is verified, and
    a sync that fails leaves the copy as it was. From then on look-ups and screenings
    are answered from the copy, so that nobody learns what was asked. The copy answers
    as long as its signatures hold, which is for some days: run this as often, and at
    least before each screening. Exits 40 where the registry cannot be had or believed.
    """
    pinned = pinned_root(root_file)
    # A copy is of the newest release, so that the registry is asked in any case.
    fetcher, trusted = believed(
        location, pinned, store_folder, now=now(), max_age=timedelta(0)
    )
    copies = copies_below(store_folder, pinned.digest) if folder is None else folder
    with shown_steps() as told:
        synced = sync(
            fetcher, trusted, copies, location=location, titles=titles, told=told
        )
    if as_json:
        click.echo(encode(_document(synced, copies)), nl=False)
    else:
        click.echo("\n".join(_lines(synced, copies, width())))


def _document(synced: Synced, folder: Path) -> dict[str, Json]:
    standing = synced.copy.standing
    return {
        "before": synced.before,
        "by_delta": synced.by_delta,
        "bytes": synced.bytes,
        "changed": synced.changed,
        "folder": str(folder),
        "format": FORMAT,
        "fresh_until": format_time(standing.fresh_until),
        "recordings": synced.copy.recordings,
        "release": encode_header(standing.release),
        "release_sha256": standing.digest,
        "requests": synced.requests,
        "titles": standing.titles,
    }


def _lines(synced: Synced, folder: Path, columns: int) -> list[str]:
    standing = synced.copy.standing
    release = standing.release
    what = f"release {release.number} of {release.origin}"
    lines = []
    if release.profile is Profile.DEVELOPMENT:
        lines += paragraph(DEVELOPMENT, columns)
    lines += paragraph(f"{_said(synced)}: {what}", columns)
    rows = [
        ("issued", format_time(release.issued)),
        ("recordings", f"{synced.copy.recordings:,}"),
        ("answers until", format_time(standing.fresh_until)),
        ("in", printable(str(folder))),
    ]
    if synced.requests:
        rows.insert(
            2, ("fetched", f"{synced.bytes:,} bytes in {synced.requests} files")
        )
    if synced.changed is not None:
        rows.insert(2, ("changed", f"{synced.changed:,} recordings"))
    return [*lines, *fields(rows, columns)]


def _said(synced: Synced) -> str:
    if synced.before is None:
        return "Synced"
    if not synced.requests:
        return "In step already"
    return f"Brought from release {synced.before} up to date"
