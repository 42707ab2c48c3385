"""`sayso decide`: what two operators decided, as the file that both then sign."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict, Unpack

import click

from sayso.cli.record import declarations_option, dry_run_option, place_record
from sayso.cli.terminal import numbered, width
from sayso.model.declaration import Decision, DecisionKind, Extent
from sayso.publish.drafting.answers import parse_as, parse_file_name, parse_owner
from sayso.publish.drafting.following import after_decision, fault_of_decision
from sayso.publish.drafting.records import dated_name, decision_path, decision_text
from sayso.publish.reading.schema.codes import ISRC, PREFIX, RANGE
from sayso.publish.reading.schema.parties import ACCOUNT, FINGERPRINT
from sayso.publish.reading.schema.texts import DAY, PROSE, RECORD_NAME

_KINDS_AND_EXAMPLES = """
\b
Kinds:
  reviewed          the owner controls these recordings: a yes may count
  settled           others' defaults for a prefix give way to this owner
  dispute-accepted  what is contested is held until the dispute is closed
  dispute-closed    the dispute is over
  recovered         an owner who lost all keys has this new one

\b
Examples:
  sayso decide reviewed --owner fernwood.example --prefix XXF01 \\
      --evidence "Prefix allocation letter of 2011, seen on paper." \\
      --operator github:900000101 --operator github:900000102
  sayso decide dispute-accepted --dispute 20261012-lindqvist-early-singles \\
      --evidence "Contract and letter of termination seen." \\
      --operator github:900000101 --operator github:900000102
"""
_KINDS = [str(kind) for kind in DecisionKind]


class Given(TypedDict):
    """What the options say."""

    kind: str
    owner: str | None
    prefixes: tuple[str, ...]
    ranges: tuple[str, ...]
    isrcs: tuple[str, ...]
    dispute: str | None
    key: str | None
    evidence: str
    operators: tuple[str, ...]
    name: str | None
    on: str | None
    declarations: Path
    dry_run: bool


@click.command("decide", epilog=_KINDS_AND_EXAMPLES)
@click.argument("kind", type=click.Choice(_KINDS), metavar="KIND")
@click.option("--owner", help="Whom it is about: account number or web domain.")
@click.option(
    "--prefix",
    "prefixes",
    multiple=True,
    metavar="PREFIX",
    help="An ISRC prefix that it is about. May be repeated.",
)
@click.option(
    "--range",
    "ranges",
    multiple=True,
    metavar="ISRC-ISRC",
    help="A range: XXF012600001-XXF012600250. May be repeated.",
)
@click.option(
    "--isrc",
    "isrcs",
    multiple=True,
    metavar="ISRC",
    help="A single recording. May be repeated.",
)
@click.option("--dispute", metavar="NAME", help="The dispute, by its file's name.")
@click.option(
    "--key", metavar="SHA256:…", help="For recovered: the new key, by its fingerprint."
)
@click.option(
    "--evidence",
    required=True,
    help="What was seen, and what follows. Everybody can read it.",
)
@click.option(
    "--operator",
    "operators",
    multiple=True,
    required=True,
    metavar="ACCOUNT",
    help="Who decided: github:900000101. Two are needed.",
)
@click.option("--name", help="What to call the file, after its day.")
@click.option("--on", metavar="DAY", help="The day of decision.  [default: today]")
@declarations_option
@dry_run_option
def command(**given: Unpack[Given]) -> None:
    """Write a decision of two operators, which both then sign.

    KIND is one of those below. Evidence says what was seen, and never shows it: a
    prefix allocation, a phonogram line, a signed list of a distributor or society, a
    contract.
    """
    decision = _decision(given)
    path = decision_path(decision)
    if given["name"] is not None:
        called = dated_name(decision.decided, parse_file_name(given["name"]))
        path = f"{path.rpartition('/')[0]}/{called}.yaml"
    place, documents = place_record(
        given["declarations"],
        path,
        decision_text(decision),
        about=() if decision.owner is None else (decision.owner,),
        check=lambda documents: fault_of_decision(decision, documents),
        dry_run=given["dry_run"],
    )
    if not given["dry_run"]:
        follows = after_decision(decision, place.as_posix(), documents.operators)
        click.echo("\nWhat now, and what follows:")
        click.echo("\n".join(numbered(follows, width())))


def _decision(given: Given) -> Decision:
    owner, dispute, key, on = (
        given["owner"],
        given["dispute"],
        given["key"],
        given["on"],
    )
    return Decision(
        id="",
        kind=DecisionKind(given["kind"]),
        decided=datetime.now(UTC).date() if on is None else parse_as(DAY, on),
        operators=tuple(parse_as(ACCOUNT, one) for one in given["operators"]),
        evidence=parse_as(PROSE, given["evidence"]),
        owner=None if owner is None else parse_owner(owner),
        extent=Extent(
            prefixes=tuple(parse_as(PREFIX, code) for code in given["prefixes"]),
            ranges=tuple(parse_as(RANGE, ends) for ends in given["ranges"]),
            isrcs=tuple(parse_as(ISRC, code) for code in given["isrcs"]),
        ),
        dispute=None if dispute is None else parse_as(RECORD_NAME, dispute),
        key=None if key is None else parse_as(FINGERPRINT, key),
    )
