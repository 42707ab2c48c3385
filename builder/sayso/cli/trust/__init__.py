"""`sayso trust`: what holders do with offline keys.

A ceremony is a folder of small files, passed from holder to holder, such as by pull
requests. Every step may be interrupted, and goes on from what is in the folder.
"""

import click

from sayso.cli.menu import Menu

COMMANDS = {
    "key": "Make a key pair.",
    "init": "Write the first files, which say whose keys are trusted.",
    "sign": "Read what a file says, and sign it.",
    "rotate": "Write the files that follow: other keys, or the same for longer.",
    "approve": "Let a release pass that loosens more than the brake does.",
    "status": "Say who has signed, what is missing, and when it expires.",
}


@click.group("trust", cls=Menu, package=__name__, menu=COMMANDS)
def command() -> None:
    """Make and sign, with offline keys, whose keys are trusted.

    The files are kept in a folder, and each holder adds a signature with a key that
    nobody else has. The page about/ceremony of the site leads through all of it.
    """
