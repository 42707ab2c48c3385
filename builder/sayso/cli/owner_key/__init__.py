"""`sayso key`: the SSH key with which an owner signs what they say."""

import click

from sayso.cli.menu import Menu

COMMANDS = {
    "new": "Make a key pair, and say where its public half goes.",
}


@click.group("key", cls=Menu, package=__name__, menu=COMMANDS)
def command() -> None:
    """Make the key with which you sign your declarations.

    It is an SSH key: one that you have already, of `ssh-keygen -t ed25519` or in a
    security key, is just as good.
    """
