"""Issuing: when and where a release may be made."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from sayso.cli.clock import now
from sayso.client.files import read_file
from sayso.errors import MalformedError, PublishError, RegistryError
from sayso.wire.header import Profile
from sayso.wire.release import RELEASE_FILE, RELEASE_LIMIT, decode_release
from sayso.wire.succession import AHEAD
from sayso.wire.text import format_time, from_decimal, parse_time

EPOCH = "SOURCE_DATE_EPOCH"
YEARS = range(2020, 2200)

time_option = click.option(
    "--time",
    "moment",
    metavar="TIME",
    help=f"When this is issued, such as 2026-11-22T11:00:00Z.  [default: {EPOCH}, else "
    "now]",
)


def check_place(out: Path, declarations: Path) -> None:
    """Refuse an output that would become a declaration, or the reverse."""
    made, read = out.resolve(), declarations.resolve()
    if made.is_relative_to(read) or read.is_relative_to(made):
        raise click.UsageError(
            f"{out} and {declarations} lie in one another; name another --out."
        )


def check_no_restart(out: Path) -> None:
    """Refuse to replace an operator's release by one that begins again at 1."""
    place = out / RELEASE_FILE
    if not place.exists():
        return
    try:
        header = decode_release(read_file(place, limit=RELEASE_LIMIT)).header
    except RegistryError:
        return
    if header.profile is Profile.OPERATOR:
        raise PublishError(
            f"{out} holds release {header.number} of {header.origin}, and this build "
            "would begin again at 1; go on from it with --operator, or name another "
            "--out"
        )


def issue_time(moment: str | None, *, is_operator: bool) -> datetime:
    """Return when the release is issued, which is now where no time is given.

    An operator's release that is dated ahead would be refused by everybody, and so
    would every release that goes on from it.
    """
    present = now()
    issued = _given_time(moment) or present
    if is_operator and issued > present + AHEAD:
        raise click.UsageError(
            f"{format_time(issued)} is in the future; no consumer would take it."
        )
    return issued


def _given_time(moment: str | None) -> datetime | None:
    epoch = os.environ.get(EPOCH)
    try:
        given = None
        if moment is not None:
            given = parse_time(moment)
        elif epoch:
            given = datetime.fromtimestamp(from_decimal(epoch), UTC)
    except (MalformedError, OverflowError, ValueError, OSError) as error:
        name = "--time" if moment is not None else EPOCH
        raise click.UsageError(f"{name}: {error}.") from error
    if given is not None and given.year not in YEARS:
        raise click.UsageError(f"{given.year} is not a year of a release.")
    return given
