"""`sayso trust key`: a key pair in two files, or the public half of one elsewhere."""

from pathlib import Path

import click

from sayso.cli.terminal import printable
from sayso.cli.trust.asked import ask_new_secret, ask_secret, place
from sayso.cli.trust.holding import held_key
from sayso.errors import PublishError
from sayso.trust.holder_key import HolderKey, holder_of
from sayso.trust.key_source import AWS, HARDWARE
from sayso.trust.keys import generate_key
from sayso.trust.private_keys import read_private_key, write_private_key

_EXAMPLES = """
\b
Examples:
  sayso trust key mara
  sayso trust key /media/stick/mara --encrypt
  sayso trust key mara --from hsm:2
  sayso trust key releases --from awskms:alias/releases
"""


@click.command("key", epilog=_EXAMPLES)
@click.argument("name", type=click.Path(path_type=Path))
@click.option(
    "--encrypt",
    is_flag=True,
    help="Ask for a passphrase, without which nobody can use NAME.pem.",
)
@click.option(
    "--from",
    "source",
    metavar=f"{HARDWARE}ID|{AWS}KEY",
    help="Where the private key is, and stays: in hardware or at AWS KMS. Only "
    "NAME.pub is written.",
)
def command(name: Path, source: str | None, *, encrypt: bool) -> None:
    """Make a key pair: NAME.pem, to be kept secret, and NAME.pub, to be given away.

    NAME may begin with a folder, such as that of a stick that is kept offline. Nothing
    is ever overwritten. Where NAME.pem is there and NAME.pub is not, only the public
    half is written, so that a key of `openssl genpkey -algorithm ed25519` may be used.

    hsm:2?label=mara is the key 2 on the token mara; both may be left out, and the key
    must be of P-256. PYKCS11LIB names the PKCS#11 module that reaches it.
    """
    public, secret = Path(f"{name}.pub"), Path(f"{name}.pem")
    if public.exists():
        raise PublishError(f"{public} exists already; nothing was written")
    if source is None:
        key = _pair(secret, encrypt=encrypt)
    else:
        key = _elsewhere(source, encrypt=encrypt)
    place({public: key.text.encode()})
    if source is None:
        click.echo(f"{printable(str(secret))}: secret, for nobody else to read")
    click.echo(f"{printable(str(public))}: public, for whoever writes the files")
    click.echo(f"Its id is {key.key.keyid}; read it aloud to the other holders.")


def _pair(secret: Path, *, encrypt: bool) -> HolderKey:
    """Return the public half of a key in a file, which is made if it is not there."""
    if secret.exists():
        if encrypt:
            raise PublishError(
                f"{secret} exists already and is not encrypted anew; nothing was "
                "written"
            )
        return holder_of(read_private_key(secret, ask=ask_secret).public)
    key = generate_key(development=False)
    passphrase = ask_new_secret("passphrase") if encrypt else ""
    try:
        write_private_key(secret, key, passphrase=passphrase)
    except OSError as error:
        raise PublishError(f"{secret} cannot be written: {error.strerror}") from error
    return holder_of(key.public)


def _elsewhere(source: str, *, encrypt: bool) -> HolderKey:
    if encrypt:
        raise click.UsageError("--encrypt is for a key that is made here: omit --from")
    if not source.startswith((HARDWARE, AWS)):
        raise click.BadParameter(
            f"{source!r} is neither {HARDWARE}ID nor {AWS}KEY", param_hint="--from"
        )
    return held_key(source).public
