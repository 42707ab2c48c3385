"""`sayso trust sign`: a holder reads what a file says, and signs it."""

from pathlib import Path

import click

from sayso.cli.clock import now
from sayso.cli.exits import ExitCode
from sayso.cli.placing import PlaceError, replace_file
from sayso.cli.signing import KEY_METAVAR, VARIABLE
from sayso.cli.terminal import printable
from sayso.cli.trust.asked import agrees
from sayso.cli.trust.holding import held_key
from sayso.cli.trust.status import progress
from sayso.cli.trust.words import called, told
from sayso.errors import PublishError
from sayso.trust.folder import TrustFolder, read_trust_folder
from sayso.trust.profiles import Role
from sayso.trust.roles import RoleFile
from sayso.trust.root import check_root
from sayso.trust.signing import add_signature, check_signer
from sayso.trust.targets import check_targets

_EXAMPLES = """
\b
Examples:
  sayso trust sign trust/1.root.json --key /media/stick/mara.pem
  sayso trust sign trust/1.targets.json --key /media/stick/mara.pem --yes
  sayso trust sign trust/1.root.json --key hsm:2
"""


@click.command("sign", epilog=_EXAMPLES)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--key",
    "place",
    metavar=f"{KEY_METAVAR}|hsm:ID",
    help=f"Your private key: a file in PEM, or a key at AWS KMS or in hardware; "
    f"{VARIABLE} may hold the text of the first, or name the second.",
)
@click.option("--yes", is_flag=True, help="Sign without asking; for scripts.")
@click.pass_context
def command(
    context: click.Context, file: Path, place: str | None, *, yes: bool
) -> None:
    """Show what FILE says and whom it trusts, ask, and add your signature to it.

    FILE is the newest root or targets in the folder of the ceremony, and must be as
    `sayso trust init` or `sayso trust rotate` makes it. Exits 1 if you do not agree.

    A passphrase or a PIN is asked for, and never an option. hsm:2?label=mara is the
    key 2 on the token mara; both may be left out. PYKCS11LIB names the module for it.
    """
    key, folder = held_key(place), read_trust_folder(file.parent)
    given = _given(folder, file)
    # Before it is shown, so that nobody reads what cannot be signed.
    _check(folder, given)
    check_signer(given, key.public.key, authority=folder.authority(given))
    click.echo(f"{printable(str(file))}:\n{told(folder, given)}")
    who = called(folder, key.public.key.keyid)
    if not yes and not agrees(f"Sign it with the key {who}?"):
        click.echo("Nothing was signed.")
        context.exit(ExitCode.PROBLEMS)
    signed = add_signature(given, key.signer(), authority=folder.authority(given))
    if read_trust_folder(file.parent) != folder:
        raise PublishError(
            f"{file.parent} was changed while you read. Nothing was signed; begin again"
        )
    try:
        replace_file(file, signed.data)
    except PlaceError as error:
        raise PublishError(f"{error}. Nothing was signed.") from error
    click.echo(progress(read_trust_folder(file.parent), signed))


def _given(folder: TrustFolder, path: Path) -> RoleFile:
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
    return file


def _check(folder: TrustFolder, file: RoleFile) -> None:
    if file.role is Role.ROOT:
        check_root(file, now=now())
    else:
        root, _ = folder.newest
        check_targets(file, root=root, policy=folder.policy, now=now())
