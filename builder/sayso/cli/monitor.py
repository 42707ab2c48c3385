"""`sayso monitor`: does a registry's log only grow, and what is new in it?"""

import time
from datetime import timedelta
from pathlib import Path

import click

from sayso.cli.clock import now
from sayso.cli.exits import ExitCode, outcome
from sayso.cli.monitor_report import Report, document, words
from sayso.cli.monitoring import Watch, Witness, look
from sayso.cli.question import age, registry_option
from sayso.cli.root import pinned_root, root_option
from sayso.cli.signing import KEY_METAVAR
from sayso.cli.terminal import printable, width
from sayso.client.kept import KeptFile
from sayso.errors import (
    InvalidIsrcError,
    MalformedError,
    RegistryError,
    RewrittenError,
)
from sayso.model.isrc import Isrc, parse_isrc
from sayso.model.owner import OwnerId, is_owner_id
from sayso.trust.key_source import open_signing_key
from sayso.wire.profile import encode

_FILE = click.Path(dir_okay=False, path_type=Path)


def _codes(
    _: click.Context, __: click.Parameter, texts: tuple[str, ...]
) -> tuple[Isrc, ...]:
    try:
        return tuple(sorted(set(map(parse_isrc, texts))))
    except InvalidIsrcError as error:
        raise click.BadParameter(str(error)) from error


def _owners(
    _: click.Context, __: click.Parameter, texts: tuple[str, ...]
) -> tuple[OwnerId, ...]:
    for text in texts:
        if not is_owner_id(text):
            raise click.BadParameter(
                f"{text!r} is not an owner's id, such as domain:fernwood.example"
            )
    return tuple(sorted({OwnerId(text) for text in texts}))


def _period(
    context: click.Context, parameter: click.Parameter, text: str | None
) -> timedelta | None:
    period = None if text is None else age(context, parameter, text)
    if period == timedelta(0):
        raise click.BadParameter("give at least 1m")
    return period


@click.command(
    "monitor",
    epilog="Example: sayso monitor --registry https://registry.example "
    "--root 1.root.json --state registry.seen --watch XXF012600001",
)
@registry_option
@root_option
@click.option(
    "--policy",
    "policy_file",
    type=_FILE,
    help="The log's policy.txt, instead of the root that leads to it.",
)
@click.option(
    "--state",
    type=_FILE,
    required=True,
    help="Where it is kept what was seen last. Lose it, and nobody notices what was "
    "taken back before.",
)
@click.option(
    "--watch",
    "codes",
    multiple=True,
    callback=_codes,
    metavar="ISRC",
    help="Say when the answer for this code changes. May be given several times.",
)
@click.option(
    "--owner",
    "owners",
    multiple=True,
    callback=_owners,
    metavar="ID",
    help="Say when this owner's declarations or disputes change. May be given several "
    "times.",
)
@click.option(
    "--every",
    callback=_period,
    metavar="TIME",
    help="Look again and again, such as every 1h. [default: once]",
)
@click.option(
    "--cosign",
    "key",
    metavar=KEY_METAVAR,
    help="As a witness: cosign the checkpoint that was seen, with a key that is used "
    "for nothing else.",
)
@click.option("--name", metavar="NAME", help="With --cosign: the witness's name.")
@click.option(
    "--out", type=_FILE, help="With --cosign: where the cosigned checkpoint goes."
)
@click.option("--json", "as_json", is_flag=True, help="Report in JSON.")
@click.pass_context
def command(
    context: click.Context,
    *,
    location: str,
    root_file: Path | None,
    policy_file: Path | None,
    state: Path,
    codes: tuple[Isrc, ...],
    owners: tuple[OwnerId, ...],
    every: timedelta | None,
    key: str | None,
    name: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Look whether a registry's log only grew, and say what is new in it.

    Exits 0 when it did. Exits 1 when it did and something is to be looked at: an answer
    that is watched changed, or a release was revoked. Exits 40 when the log could not
    be reached or not be believed; if it went back or was rewritten, both checkpoints
    are kept beside the state, and prove it. With --every only that ends the command.
    """
    if policy_file is None:
        pinned_root(root_file)
    witness = _witness(key, name, out)
    watch = Watch(
        location=location,
        root_file=root_file,
        policy_file=policy_file,
        kept=KeptFile(state),
        topics=(*codes, *owners),
        witness=witness,
    )
    if every is None:
        context.exit(_look(watch, as_json=as_json))
    while True:
        try:
            _look(watch, as_json=as_json)
        except RewrittenError:
            raise
        except RegistryError as error:
            # It may be over at the next time: a monitor is not ended by a bad host.
            click.echo(f"sayso: {printable(outcome(error)[1])}", err=True)
        time.sleep(every.total_seconds())


def _look(watch: Watch, *, as_json: bool) -> ExitCode:
    def say(report: Report) -> None:
        if as_json:
            click.echo(encode(document(report)), nl=False)
        else:
            click.echo("\n".join(words(report, width())))

    report = look(watch, now(), say)
    return ExitCode.PROBLEMS if report.is_alarming else ExitCode.DONE


def _witness(key: str | None, name: str | None, out: Path | None) -> Witness | None:
    if key is None and name is None and out is None:
        return None
    if key is None or name is None or out is None:
        raise click.UsageError(
            "a witness has a key, a name and a file for what it cosigns: give "
            "--cosign, --name and --out"
        )
    witness = Witness(key=open_signing_key(key), name=name, out=out)
    try:
        witness.verifier  # noqa: B018 - says whether the name is one
    except MalformedError as error:
        raise click.BadParameter(
            f"{name!r} is not a name such as witness.example: no spaces, no +",
            param_hint="--name",
        ) from error
    return witness
