"""`sayso trust sign`: a holder reads what a file says, and signs it."""

import sys
from pathlib import Path

import click

from sayso.cli.exits import ExitCode
from sayso.cli.placing import PlaceError, replace_file
from sayso.cli.signing import VARIABLE, configured_key
from sayso.cli.terminal import printable
from sayso.cli.trust.asked import now
from sayso.cli.trust.status import progress
from sayso.cli.trust.words import called, told
from sayso.errors import PublishError
from sayso.trust.folder import TrustFolder, read_trust_folder
from sayso.trust.profiles import Role
from sayso.trust.roles import RoleFile
from sayso.trust.root import sign_root
from sayso.trust.signer import Ed25519Signer
from sayso.trust.targets import sign_targets

_EXAMPLES = """
\b
Examples:
  sayso trust sign trust/1.root.json --key /media/stick/mara.pem
  sayso trust sign trust/1.targets.json --key /media/stick/mara.pem --yes
"""


@click.command("sign", epilog=_EXAMPLES)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--key",
    "key_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"Your private key, in PEM; {VARIABLE} may hold its text instead.",
)
@click.option("--yes", is_flag=True, help="Sign without asking; for scripts.")
@click.pass_context
def command(
    context: click.Context, file: Path, key_file: Path | None, *, yes: bool
) -> None:
    """Show what FILE says and whom it trusts, ask, and add your signature to it.

    FILE is the newest root or targets in the folder of the ceremony, and must be as
    `sayso trust init` or `sayso trust rotate` makes it. Exits 1 if you do not agree.
    """
    key = configured_key(key_file)
    if key is None:
        raise click.UsageError(
            f"no key was given: --key FILE, or {VARIABLE} with its text"
        )
    folder = read_trust_folder(file.parent)
    signer = Ed25519Signer(key)
    # Made first, so that nobody reads what cannot be signed; kept only if agreed to.
    signed = _signed(folder, file, signer)
    click.echo(f"{printable(str(file))}:\n{told(folder, signed)}")
    who = called(folder, signer.public_key.keyid)
    if not yes and not _agrees(f"Sign it with the key {who}?"):
        click.echo("Nothing was signed.")
        context.exit(ExitCode.PROBLEMS)
    if read_trust_folder(file.parent) != folder:
        raise PublishError(
            f"{file.parent} was changed while you read. Nothing was signed; begin again"
        )
    try:
        replace_file(file, signed.data)
    except PlaceError as error:
        raise PublishError(f"{error}. Nothing was signed.") from error
    click.echo(progress(read_trust_folder(file.parent), signed))


def _signed(folder: TrustFolder, path: Path, signer: Ed25519Signer) -> RoleFile:
    root, targets = folder.newest
    for file in (root, targets):
        if file.name == path.name:
            break
    else:
        raise PublishError(
            f"{path} is not to be signed; only {root.name} and {targets.name} are"
        )
    if folder.is_complete(file):
        raise PublishError(
            f"{file.name} is complete; another signature would change its SHA-256"
        )
    if file.role is Role.ROOT:
        return sign_root(file, signer, now=now(), before=folder.before(file))
    return sign_targets(file, signer, root=root, policy=folder.policy, now=now())


def _agrees(question: str) -> bool:
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask on: give --yes to agree")
    return click.confirm(question, default=False)
