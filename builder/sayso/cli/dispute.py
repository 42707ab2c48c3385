"""`sayso dispute`: contest what another owner declared, in a file of its own."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict, Unpack

import click

from sayso.cli.record import declarations_option, dry_run_option, place_record
from sayso.cli.terminal import numbered, width
from sayso.model.declaration import DeclarationId, Dispute
from sayso.model.isrc import parse_isrc
from sayso.model.owner import OwnerId
from sayso.publish.drafting.answers import parse_as, parse_file_name, parse_owner
from sayso.publish.drafting.contested import never_named
from sayso.publish.drafting.following import after_dispute
from sayso.publish.drafting.records import (
    dated_name,
    dispute_path,
    dispute_text,
    recordings_of,
)
from sayso.publish.reading.schema.parties import TARGET
from sayso.publish.reading.schema.texts import DAY, PROSE

_EXAMPLES = """
\b
Examples:
  sayso dispute --claimant 583231 --against fernwood.example/catalogue \\
      --isrc XXF011800041 --isrc XXF011800042 \\
      --claim "Both singles came back to me when the contract ended." \\
      --requested "Take the two rows out of catalogue.csv."
"""


class Given(TypedDict):
    """What the options say."""

    claimant: str
    against: str
    isrcs: tuple[str, ...]
    claim: str
    requested: str | None
    name: str | None
    on: str | None
    declarations: Path
    dry_run: bool


@click.command("dispute", epilog=_EXAMPLES)
@click.option(
    "--claimant",
    required=True,
    metavar="OWNER",
    help="You: account number or web domain.",
)
@click.option(
    "--against",
    required=True,
    metavar="OWNER[/DECLARATION]",
    help="Whose statement you contest; with its name, only that declaration.",
)
@click.option(
    "--isrc",
    "isrcs",
    required=True,
    multiple=True,
    metavar="ISRC",
    help="A recording that it is about. May be repeated.",
)
@click.option("--claim", required=True, help="What you claim, and why.")
@click.option("--requested", help="What should change.")
@click.option("--name", help="What to call the file, after its day.")
@click.option("--on", metavar="DAY", help="The day of filing.  [default: today]")
@declarations_option
@dry_run_option
def command(**given: Unpack[Given]) -> None:
    """Contest what another owner declared about some recordings.

    A file is written into declarations/disputes. Everybody can read it, so leave out
    what is private: operators ask for papers themselves. You need a folder of your
    own in the registry, which `sayso new` makes.
    """
    dispute = _dispute(given)
    wanted = given["requested"]
    place, documents = place_record(
        given["declarations"],
        _path(dispute, given["name"]),
        dispute_text(dispute, None if wanted is None else parse_as(PROSE, wanted)),
        about=(dispute.claimant, dispute.against),
        dry_run=given["dry_run"],
    )
    for isrc in never_named(dispute, documents):
        click.echo(
            f"{isrc} is in no declaration of {dispute.against} that this is about; is "
            "the code right?",
            err=True,
        )
    if not given["dry_run"]:
        keys = documents.owners[dispute.claimant].keys
        follows = after_dispute(dispute, place.as_posix(), has_key=bool(keys))
        click.echo("\nWhat now, and what follows:")
        click.echo("\n".join(numbered(follows, width())))


def _dispute(given: Given) -> Dispute:
    owner, declaration = _parse_against(given["against"])
    on = given["on"]
    return Dispute(
        id="",
        claimant=parse_owner(given["claimant"]),
        against=owner,
        declaration=declaration,
        isrcs=recordings_of([parse_isrc(isrc) for isrc in given["isrcs"]]),
        claim=parse_as(PROSE, given["claim"]),
        filed=datetime.now(UTC).date() if on is None else parse_as(DAY, on),
    )


def _path(dispute: Dispute, name: str | None) -> str:
    path = dispute_path(
        dispute.filed, dispute.claimant, dispute.against, dispute.declaration
    )
    if name is None:
        return path
    called = dated_name(dispute.filed, parse_file_name(name))
    return f"{path.rpartition('/')[0]}/{called}.yaml"


def _parse_against(text: str) -> tuple[OwnerId, DeclarationId | None]:
    if text.startswith("https://"):
        return parse_owner(text), None
    owner, slash, name = text.strip().partition("/")
    return parse_as(TARGET, f"{parse_owner(owner)}{slash}{name}")
