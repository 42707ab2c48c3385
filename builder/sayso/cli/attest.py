"""`sayso attest`: look at domains as an operator, and sign what was seen."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypedDict, Unpack

import click

from sayso.cli.attesting import Attempt, Registry, attempts, read_registry
from sayso.cli.claimant import claimant_of, domain_of
from sayso.cli.clock import now
from sayso.cli.domains import means, means_options
from sayso.cli.exits import ExitCode
from sayso.cli.private_key import open_key
from sayso.cli.steps import shown_steps
from sayso.cli.target import FOLDER
from sayso.cli.terminal import paragraph, printable, width
from sayso.errors import PublishError
from sayso.model.owner import Fingerprint
from sayso.publish.proving.due import Claim
from sayso.publish.proving.look import Outcome
from sayso.trust.ssh_key import PrivateSshKey
from sayso.wire.profile import Json, encode

FORMAT = "sayso/attest/1"

_EXAMPLES = """
\b
Examples:
  sayso attest declarations/domain/fe/fernwood.example --key intake
  sayso attest --due --key intake --resolver 192.0.2.53 --resolver 198.51.100.53
"""


class Given(TypedDict):
    """What the options say."""

    folders: tuple[Path, ...]
    due: bool
    domain: str | None
    key: Path
    declarations: Path
    resolvers: tuple[str, ...]
    authorities: str | None
    timeout: float
    as_json: bool


@click.command("attest", epilog=_EXAMPLES)
@click.argument("folders", type=click.Path(exists=True, path_type=Path), nargs=-1)
@click.option(
    "--due", is_flag=True, help="Look at every domain whose proof is growing old too."
)
@click.option(
    "--domain", metavar="DOMAIN", help="The domain of the one FOLDER of an account."
)
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="The private SSH key of intake.",
)
@click.option(
    "--declarations",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(FOLDER),
    show_default=True,
    help="The registry for which is attested, and written into.",
)
@means_options
@click.option("--json", "as_json", is_flag=True, help="Say all of it in JSON.")
def command(**given: Unpack[Given]) -> None:
    """Ask domains for the keys of their owners, and sign what they say.

    Each FOLDER is an owner's, also one in a copy of a pull request. What is signed is
    two new files below registry/verifications; nothing is ever overwritten. A domain
    that names no key is reported, and the others go on.

    The exit code is 0 when every domain names a key, 1 when one does not, 2 for wrong
    options, and 40 when one cannot be asked and the others do. What --due finds that
    has no proof to lose is asked and reported all the same, and changes no code.
    """
    if not given["folders"] and not given["due"]:
        raise click.UsageError("name the folders of owners, or give --due")
    if given["domain"] is not None and len(given["folders"]) != 1:
        raise click.UsageError("--domain is for one FOLDER")
    registry = read_registry(given["declarations"], owners=given["due"])
    begun = now()
    claims = dict(_named(registry, given))
    heeded = claims.keys() | registry.proved(begun)
    if given["due"]:
        claims = {one: registry.keys[one.owner] for one in registry.due(begun)} | claims
    key = _intake_key(given["key"], registry)
    how = means(given["resolvers"], given["authorities"], given["timeout"])
    done: list[Attempt] = []
    with shown_steps() as show:
        show("Asking domains", 0, len(claims))
        for attempt in attempts(claims, registry, key, how):
            done.append(attempt)
            show("Asking domains", len(done), len(claims))
    if given["as_json"]:
        click.echo(_json(registry, done), nl=False)
    else:
        _say(done)
    code = _code([attempt for attempt in done if attempt.claim in heeded])
    click.get_current_context().exit(code)


def _named(
    registry: Registry, given: Given
) -> Iterable[tuple[Claim, Sequence[Fingerprint]]]:
    """Yield the domains of folders, with the keys that each may name."""
    for folder in given["folders"]:
        claimant = claimant_of(folder)
        owner, named = claimant.owner, given["domain"]
        known = registry.domains_of(owner) if named is None else []
        for domain in known or [domain_of(owner, named)]:
            yield Claim(owner=owner, domain=domain), claimant.keys


def _intake_key(path: Path, registry: Registry) -> PrivateSshKey:
    key = open_key(path)
    if key.public.fingerprint not in registry.intake:
        raise PublishError(
            f"{path} is the key {key.public.fingerprint}, which is not among the "
            "intake keys of registry/operators.yaml, so nobody would believe it"
        )
    return key


def _say(done: Sequence[Attempt]) -> None:
    if not done:
        click.echo("No domain is due.")
    for attempt in done:
        claim = attempt.claim
        for place in attempt.files:
            click.echo(place.as_posix())
        if not attempt.files:
            click.echo(f"{claim.owner} by {printable(claim.domain)}:", err=True)
        for said in attempt.faults:
            lines = paragraph(printable(said), width(), first="  ", rest="  ")
            click.echo("\n".join(lines), err=True)


def _code(done: Sequence[Attempt]) -> ExitCode:
    outcomes = {attempt.outcome for attempt in done}
    if Outcome.ABSENT in outcomes:
        return ExitCode.PROBLEMS
    return ExitCode.FAILED if Outcome.UNKNOWN in outcomes else ExitCode.DONE


def _json(registry: Registry, done: Sequence[Attempt]) -> bytes:
    return encode(
        {
            "attempts": [_attempt(one) for one in done],
            "format": FORMAT,
            "origin": registry.origin,
        }
    )


def _attempt(attempt: Attempt) -> Json:
    return {
        "domain": attempt.claim.domain,
        "faults": list[Json](attempt.faults),
        "files": [place.as_posix() for place in attempt.files],
        "keys": list[Json](attempt.keys),
        "outcome": attempt.outcome,
        "owner": attempt.claim.owner,
    }
