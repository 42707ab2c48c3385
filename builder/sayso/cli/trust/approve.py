"""`sayso trust approve`: holders let a release pass that the brake holds."""

from pathlib import Path

import click

from sayso.cli.exits import ExitCode
from sayso.cli.placing import PlaceError, place_files, replace_file
from sayso.cli.signing import KEY_METAVAR, VARIABLE
from sayso.cli.terminal import fields, printable, width
from sayso.cli.trust.asked import agrees, folder_option
from sayso.cli.trust.holding import held_key
from sayso.client.files import read_file
from sayso.errors import PublishError
from sayso.trust.approval import (
    APPROVAL_LIMIT,
    Approval,
    approval_of,
    approve,
    approvers,
    decode_approval,
    encode_approval,
)
from sayso.trust.folder import read_trust_folder
from sayso.wire.places import APPROVAL_NAME
from sayso.wire.release import RELEASE_LIMIT, Release, decode_release
from sayso.wire.text import format_time

_EXAMPLES = """
\b
Example:
  sayso trust approve out/registry/release.json --key /media/stick/mara.pem
"""


@click.command("approve", epilog=_EXAMPLES)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--key",
    "place",
    metavar=f"{KEY_METAVAR}|hsm:ID",
    help="Your private key, as for sayso trust sign; "
    f"{VARIABLE} may hold the text of one, or name it.",
)
@folder_option
@click.option("--yes", is_flag=True, help="Approve without asking; for scripts.")
@click.pass_context
def command(
    context: click.Context, file: Path, place: str | None, folder: Path, *, yes: bool
) -> None:
    """Show what the release in FILE loosens, ask, and approve it.

    FILE is the release.json that `sayso build --operator` made and `sayso seal`
    refused. Those who sign the targets approve, as many as sign these. What they sign
    is NUMBER.approval.json in the folder of the ceremony. Exits 1 if you do not agree.
    """
    root, _ = read_trust_folder(folder).newest
    data = read_file(file, limit=RELEASE_LIMIT)
    release = decode_release(data)
    path = folder / f"{release.header.number}.approval.json"
    unsigned = approval_of(release, data)
    approval = _kept(path, unsigned)
    key = held_key(place)
    click.echo("\n".join(fields(_rows(release, unsigned), width())))
    if not yes and not agrees(f"Approve it with the key {key.public.key.keyid}?"):
        click.echo("Nothing was approved.")
        context.exit(ExitCode.PROBLEMS)
    approved = approve(approval, key.signer(), root=root)
    _keep(path, encode_approval(approved), is_new=approval is unsigned)
    click.echo(
        f"{len(approvers(approved, root))} have approved release "
        f"{release.header.number}: {printable(str(path))}, for sayso seal --approval."
    )


def _kept(path: Path, unsigned: Approval) -> Approval:
    if not path.exists():
        return unsigned
    kept = decode_approval(read_file(path, limit=APPROVAL_LIMIT))
    if kept.message != unsigned.message:
        raise PublishError(
            f"{path} approves another release of this number; take it away if that is "
            "not to be published"
        )
    return kept


def _keep(path: Path, data: bytes, *, is_new: bool) -> None:
    try:
        if is_new:
            place_files({path: data})
        else:
            replace_file(path, data)
    except PlaceError as error:
        raise PublishError(f"{error}. Nothing was approved.") from error


def _rows(release: Release, approval: Approval) -> list[tuple[str, str]]:
    header, counts = release.header, release.counts
    brake, after = release.brake, release.next_brake
    why = (
        "nothing to compare with: it is a recovery"
        if release.recovery
        else f"{counts['loosened']:,} recordings of at most {brake.recordings:,}, and "
        f"{counts['loosened_ranges']:,} ranges of at most {brake.ranges:,}"
    )
    return [
        (
            "release",
            f"{header.number} of {header.origin}, {format_time(header.issued)}",
        ),
        ("content", approval.release),
        ("commit", release.source.commit or "none"),
        ("loosens", why),
        ("next", f"may loosen {after.recordings:,} and {after.ranges:,}"),
        ("name", f"clients are told of it as {APPROVAL_NAME}"),
    ]
