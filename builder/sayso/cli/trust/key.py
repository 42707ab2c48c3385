"""`sayso trust key`: a key pair in two files."""

from pathlib import Path

import click

from sayso.cli.terminal import printable
from sayso.cli.trust.asked import place
from sayso.errors import PublishError
from sayso.trust.keys import generate_key, read_private_key, write_private_key
from sayso.trust.signer import to_key


@click.command("key", epilog="Example: sayso trust key mara")
@click.argument("name", type=click.Path(path_type=Path))
def command(name: Path) -> None:
    """Make a key pair: NAME.pem, to be kept secret, and NAME.pub, to be given away.

    NAME may begin with a folder, such as that of a stick that is kept offline. Nothing
    is ever overwritten. Where NAME.pem is there and NAME.pub is not, only the public
    half is written, so that a key of `openssl genpkey -algorithm ed25519` may be used.
    """
    secret, public = Path(f"{name}.pem"), Path(f"{name}.pub")
    if public.exists():
        raise PublishError(f"{public} exists already; nothing was written")
    try:
        if not secret.exists():
            write_private_key(secret, generate_key(development=False))
        key = read_private_key(secret).public
    except OSError as error:
        raise PublishError(f"{secret} cannot be written: {error.strerror}") from error
    place({public: key.text().encode()})
    click.echo(f"{printable(str(secret))}: secret, for nobody else to read")
    click.echo(f"{printable(str(public))}: public, for whoever writes the files")
    click.echo(f"Its id is {to_key(key).keyid}; read it aloud to the other holders.")
