"""`sayso prove`: what a domain has to say of an owner's keys, and whether it does."""

from pathlib import Path

import click

from sayso.cli.claimant import Claimant, claimant_of, domain_of
from sayso.cli.domains import means, means_options
from sayso.cli.exits import ExitCode
from sayso.cli.terminal import paragraph, printable, width
from sayso.publish.proving.attesting import outcome_of_all
from sayso.publish.proving.domain import (
    RECORD_LABEL,
    document_address,
    fault_of_domain,
    record_name,
)
from sayso.publish.proving.look import Look, Outcome, Seen, keys_of, told
from sayso.wire.profile import Json, encode
from sayso.wire.proof_record import ProofRecord, format_document, format_record
from sayso.wire.verification import Method

FORMAT = "sayso/prove/1"

_CODES = {
    Outcome.NAMED: ExitCode.DONE,
    Outcome.ABSENT: ExitCode.PROBLEMS,
    Outcome.UNKNOWN: ExitCode.FAILED,
}
_SAID = {
    Outcome.NAMED: (
        "Proved: the domain names your key. When the operators have looked too, what "
        "you sign with it counts as the domain's own."
    ),
    Outcome.ABSENT: (
        "Not there yet: the domain does not name your key. A new DNS record may take "
        "an hour to be seen, and a changed one as long as the old one said that it "
        "may be kept."
    ),
    Outcome.UNKNOWN: (
        "Could not be asked, so nothing is known: try again later, or another resolver "
        "with --resolver."
    ),
}

_EXAMPLES = """
\b
Examples:
  sayso prove declarations/domain/fe/fernwood.example
  sayso prove declarations/github/31/583231-mara --domain mara.example
"""


@click.command("prove", epilog=_EXAMPLES)
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--domain",
    metavar="DOMAIN",
    help="The domain of an owner that is an account.  [default: the owner's name]",
)
@means_options
@click.option("--json", "as_json", is_flag=True, help="Say all of it in JSON.")
def command(
    folder: Path,
    domain: str | None,
    resolvers: tuple[str, ...],
    authorities: str | None,
    timeout: float,
    *,
    as_json: bool,
) -> None:
    """Say how a domain names the keys of an owner, and whether it does by now.

    FOLDER is the owner's. Its owner.yaml lists the keys, and it is enough that the
    domain names one: in a TXT record of the DNS, or in a file on its web server.

    The exit code is 0 when it does, 1 when it does not, 2 for a folder or a domain that
    has nothing to prove, and 40 when it cannot be asked.
    """
    claimant = claimant_of(folder)
    name = domain_of(claimant.owner, domain)
    registry = _registry(claimant)
    how = means(resolvers, authorities, timeout)
    fault = fault_of_domain(name, is_chosen=how.is_chosen)
    if fault is not None:
        raise click.UsageError(fault)
    if not as_json:
        _say_what_to_do(claimant, name, registry)
    looks = [how.in_dns(name), how.at_server(name)]
    outcome = outcome_of_all(looks, registry, claimant.keys)
    if as_json:
        click.echo(_json(claimant, name, registry, looks, outcome), nl=False)
    else:
        _say_what_is_there(claimant, registry, looks)
        click.echo("\n" + "\n".join(paragraph(_SAID[outcome], width())))
    click.get_current_context().exit(_CODES[outcome])


def _registry(claimant: Claimant) -> str:
    if claimant.registry is None:
        raise click.UsageError(
            "the folder is in no registry: there is no registry/policy.yaml, which "
            "says what it is called; prove it within a copy of the whole registry"
        )
    return claimant.registry


def _records(claimant: Claimant, registry: str) -> list[ProofRecord]:
    """Return a record for each key: so each is short enough for every hoster."""
    return [ProofRecord(keys=(key,), registry=registry) for key in claimant.keys]


def _say_what_to_do(claimant: Claimant, domain: str, registry: str) -> None:
    records = _records(claimant, registry)
    one_of = "" if len(records) == 1 else ", one for each key that is to count"
    head = (
        f"{domain} proves the keys of {claimant.owner} in the registry {registry} by "
        f"either of these.\n\n1. A TXT record{one_of}, in the DNS at the name "
        f"{record_name(domain)} (where your hoster adds the domain, enter "
        f"{RECORD_LABEL}):"
    )
    for part in head.split("\n"):
        click.echo("\n".join(paragraph(part, width())))
    click.echo("\n" + "\n".join(f"     {format_record(one)}" for one in records))
    click.echo(f"\n2. This file at {document_address(domain)}:\n")
    click.echo(format_document(records), nl=False)


def _say_what_is_there(claimant: Claimant, registry: str, looks: list[Look]) -> None:
    click.echo("\nThat is there now:")
    for look in looks:
        for seen in look.seen:
            place = f"DNS by {seen.place}" if look.method is Method.DNS else seen.place
            proved = ", which DNSSEC proves" if seen.authenticated else ""
            click.echo(f"  {printable(place)}{proved}")
            for said in told(seen, registry, claimant.keys):
                lines = paragraph(printable(said), width(), first="    ", rest="    ")
                click.echo("\n".join(lines))


def _json(
    claimant: Claimant,
    domain: str,
    registry: str,
    looks: list[Look],
    outcome: Outcome,
) -> bytes:
    records = _records(claimant, registry)
    named = {key for look in looks for key in keys_of(look, registry)}
    return encode(
        {
            "document": format_document(records).decode(),
            "document_at": document_address(domain),
            "domain": domain,
            "format": FORMAT,
            "keys": [{"key": key, "named": key in named} for key in claimant.keys],
            "origin": registry,
            "outcome": outcome,
            "owner": claimant.owner,
            "record_at": record_name(domain),
            "records": [format_record(one) for one in records],
            "seen": [
                _seen(claimant, registry, look.method, one)
                for look in looks
                for one in look.seen
            ],
        }
    )


def _seen(claimant: Claimant, registry: str, method: Method, seen: Seen) -> Json:
    return {
        "asked": seen.texts is not None,
        "authenticated": seen.authenticated,
        "method": method,
        "place": seen.place,
        "said": told(seen, registry, claimant.keys),
        "texts": list[Json](seen.texts or ()),
    }
