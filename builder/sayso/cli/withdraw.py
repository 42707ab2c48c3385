"""`sayso withdraw`: end what a declaration says, and keep the file."""

from datetime import UTC, datetime
from pathlib import Path

import click

from sayso.cli.interview.folder import find_folder
from sayso.cli.placing import PlaceError, replace_file
from sayso.cli.target import target_of
from sayso.cli.terminal import numbered, width
from sayso.errors import PublishError
from sayso.model.authority import MANIFEST_FILE
from sayso.model.declaration import Withdrawal
from sayso.model.problem import Problem
from sayso.publish.drafting.answers import parse_as, parse_owner
from sayso.publish.drafting.withdrawing import (
    WithdrawalReason,
    consequences,
    withdrawn_text,
)
from sayso.publish.reading.layout import Place, place_of
from sayso.publish.reading.schema.texts import DAY

_EXAMPLES = """
\b
Examples:
  sayso withdraw declarations/domain/fe/fernwood.example/catalogue.yaml \\
      --reason error
  sayso withdraw declarations/domain/fe/fernwood.example/catalogue.yaml \\
      --reason sold --on 2027-03-02 --successor newowner.example
"""


@click.command("withdraw", epilog=_EXAMPLES)
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE"
)
@click.option(
    "--reason",
    type=click.Choice([str(reason) for reason in WithdrawalReason]),
    required=True,
    help="Why; everybody can read it.",
)
@click.option(
    "--on", metavar="DAY", help="The first day without it: 2027-03-02. [default: today]"
)
@click.option(
    "--successor",
    metavar="OWNER",
    help="Who speaks for these recordings from then on: account number or web domain.",
)
@click.option("--dry-run", is_flag=True, help="Print the file, write nothing.")
def command(
    file: Path, reason: str, on: str | None, successor: str | None, *, dry_run: bool
) -> None:
    """Withdraw a declaration: it gets an end, and stays on record.

    FILE is the declaration. The member `withdrawn` is added to it; every other byte
    stays as it is, comments included. It is not a permission: what else was declared
    for the recordings then applies, and whatever gets looser waits seven days.
    """
    today = datetime.now(UTC).date()
    withdrawal = Withdrawal(
        on=today if on is None else parse_as(DAY, on),
        reason=reason,
        successor=None if successor is None else parse_owner(successor),
    )
    target = target_of(file)
    text = withdrawn_text(file.read_bytes(), _place(target.path), withdrawal)
    if dry_run:
        click.echo(text, nl=False)
        return
    try:
        replace_file(file, text)
    except PlaceError as error:
        raise PublishError(f"{error}. Nothing was written") from error
    click.echo(file.as_posix())
    if withdrawal.successor and not find_folder(target.root, withdrawal.successor):
        click.echo(f"\n{withdrawal.successor} has no folder in this registry yet.")
    folder = file.parent
    signed = (folder / MANIFEST_FILE).exists()
    follows = consequences(
        withdrawal, today=today, signed=signed, folder=folder.as_posix()
    )
    click.echo("\nWhat follows:")
    click.echo("\n".join(numbered(follows, width())))


def _place(path: str) -> Place:
    place = place_of(path)
    if isinstance(place, Problem):
        raise PublishError(f"{path} is in no place of a declaration. {place.message}")
    return place
