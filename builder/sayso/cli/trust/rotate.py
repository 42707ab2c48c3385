"""`sayso trust rotate`: the root and targets that follow, with other keys or times."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from sayso.cli.clock import now
from sayso.cli.placing import PlaceError, replace_file
from sayso.cli.terminal import printable
from sayso.cli.trust.asked import (
    KEPT,
    folder_option,
    holder_key,
    named_files,
    place,
)
from sayso.cli.trust.listed import LISTED, with_key, with_new_log, without_key
from sayso.cli.trust.words import show_newest
from sayso.errors import MalformedError, PublishError
from sayso.trust.folder import read_trust_folder
from sayso.trust.holders import Part, holders_of, make_pair
from sayso.trust.profiles import find_profile
from sayso.trust.roles import profile_of
from sayso.wire.places import POLICY_NAME
from sayso.wire.text import parse_digest

_EXAMPLES = """
\b
Examples:
  sayso trust rotate
  sayso trust rotate --remove root=trust/keys/noor.pub --add root=ines.pub
  sayso trust rotate --profile team --add root=ines.pub --add targets=ines.pub
  sayso trust rotate --add log=log-2.pub
"""
_CHANGE = "ROLE=FILE|KEY"
_ROLES = (*Part, *LISTED)


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
    help=f"A public key for a role: {', '.join(_ROLES)}. May be repeated.",
)
@click.option(
    "--remove",
    "removed",
    multiple=True,
    metavar="ROLE=FILE|KEY|ID",
    help="A public key, or its id, to take a role from. May be repeated.",
)
@click.option(
    "--new-log",
    "new_log",
    metavar="NAME=FILE|KEY",
    help="Another log, by its name and public key, in place of the one before: where a "
    "thief ran that one ahead. sayso seal --new-log goes over to it.",
)
@folder_option
def command(
    profile_name: str | None,
    added: tuple[str, ...],
    removed: tuple[str, ...],
    new_log: str | None,
    folder: Path,
) -> None:
    """Write the root and targets that follow the newest, for the holders to sign.

    Without options they say the same for another year, and name policy.txt as it is
    now; the keys of log and minisign are lines of that file, which is then changed.
    Enough holders of the root before and enough of the new one must sign. The files
    before stay where they are: clients go from one to the next.
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
    holders, policy = holders_of(given.newest), given.policy
    for role, text in _split(removed, "--remove"):
        if role in LISTED:
            policy = without_key(policy, role, text, "--remove")
        else:
            holders = holders.without(Part(role), _id(text))
    for role, text in _split(added, "--add"):
        if role in LISTED:
            policy = with_key(policy, role, text, "--add")
        else:
            holders = holders.adding(Part(role), holder_key(text, "--add"))
    if new_log is not None:
        policy = with_new_log(policy, new_log, "--new-log")
    new, said = make_pair(
        profile, holders, policy=policy, now=now(), after=given.newest
    )
    files = {folder / file.name: file.data for file in (new, said)}
    texts = [text for _, text in _split(added, "--add")]
    if new_log is not None:
        texts.append(new_log.partition("=")[2])
    place({**named_files(folder, texts), **files})
    if policy != given.policy:
        _replace(folder / POLICY_NAME, policy)
    show_newest(
        folder,
        f"Now both files are signed, with sayso trust sign: the root by enough holders "
        f"of {root.name} and of {new.name}, the targets by those of {new.name}.",
    )


def _replace(path: Path, data: bytes) -> None:
    try:
        replace_file(path, data)
    except PlaceError as error:
        raise PublishError(
            f"{error}. Take the two new files away, and rotate again."
        ) from error


def _split(changes: Iterable[str], option: str) -> Iterator[tuple[str, str]]:
    for change in changes:
        role, _, text = change.partition("=")
        if role not in _ROLES or not text:
            raise click.BadParameter(
                f"{printable(change)} is not a role and a key, such as root=mara.pub; "
                f"the roles are {', '.join(_ROLES)}",
                param_hint=option,
            )
        yield role, text


def _id(text: str) -> str:
    try:
        return parse_digest(text)
    except MalformedError:
        return holder_key(text, "--remove").key.keyid
