"""`sayso trust rotate`: the root and targets that follow, with other keys or times."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from sayso.cli.terminal import printable
from sayso.cli.trust.asked import (
    KEPT,
    folder_option,
    named_files,
    now,
    place,
    public_key,
)
from sayso.cli.trust.words import show_newest
from sayso.errors import MalformedError, PublishError
from sayso.trust.folder import read_trust_folder
from sayso.trust.holders import Part, holders_of, make_pair
from sayso.trust.profiles import find_profile
from sayso.trust.roles import profile_of
from sayso.trust.signer import to_key
from sayso.wire.text import parse_digest

_EXAMPLES = """
\b
Examples:
  sayso trust rotate
  sayso trust rotate --remove root=trust/keys/noor.pub --add root=ines.pub
  sayso trust rotate --profile team --add root=ines.pub --add targets=ines.pub
"""
_CHANGE = "ROLE=FILE|KEY"


@click.command("rotate", epilog=_EXAMPLES)
@click.option(
    "--profile",
    "profile_name",
    type=click.Choice(KEPT),
    help="The profile to go over to.  [default: the same]",
)
@click.option(
    "--add",
    "added",
    multiple=True,
    metavar=_CHANGE,
    help=f"A public key for a role: {', '.join(Part)}. May be repeated.",
)
@click.option(
    "--remove",
    "removed",
    multiple=True,
    metavar="ROLE=FILE|KEY|ID",
    help="A public key, or its id, to take a role from. May be repeated.",
)
@folder_option
def command(
    profile_name: str | None,
    added: tuple[str, ...],
    removed: tuple[str, ...],
    folder: Path,
) -> None:
    """Write the root and targets that follow the newest, for the holders to sign.

    Without options they say the same for another year, and name policy.txt as it is
    now. Enough holders of the root before and enough of the new one must sign. The
    files before stay where they are: clients go from one to the next.
    """
    given = read_trust_folder(folder)
    root, targets = given.newest
    for file in (root, targets):
        if not given.is_complete(file):
            raise PublishError(
                f"{folder / file.name} is not complete: sign it, or if nobody has it "
                "yet take both newest files away, before you rotate again"
            )
    profile = profile_of(root) if profile_name is None else find_profile(profile_name)
    holders = holders_of(given.newest)
    for part, text in _split(removed, "--remove"):
        holders = holders.without(part, _id(text))
    for part, text in _split(added, "--add"):
        holders = holders.adding(part, public_key(text, "--add"))
    new, said = make_pair(
        profile, holders, policy=given.policy, now=now(), after=given.newest
    )
    files = {folder / file.name: file.data for file in (new, said)}
    texts = [text for _, text in _split(added, "--add")]
    place({**named_files(folder, texts), **files})
    show_newest(
        folder,
        f"Now both files are signed, with sayso trust sign: the root by enough holders "
        f"of {root.name} and of {new.name}, the targets by those of {new.name}.",
    )


def _split(changes: Iterable[str], option: str) -> Iterator[tuple[Part, str]]:
    for change in changes:
        part, _, text = change.partition("=")
        if part not in set(Part) or not text:
            raise click.BadParameter(
                f"{printable(change)} is not a role and a key, such as root=mara.pub; "
                f"the roles are {', '.join(Part)}",
                param_hint=option,
            )
        yield Part(part), text


def _id(text: str) -> str:
    try:
        return parse_digest(text)
    except MalformedError:
        return to_key(public_key(text, "--remove")).keyid
