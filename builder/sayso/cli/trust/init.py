"""`sayso trust init`: the first root, the first targets and the policy of the log."""

from pathlib import Path

import click

from sayso.cli.clock import now
from sayso.cli.trust.asked import (
    KEPT,
    folder_option,
    holder_key,
    log_key,
    named_files,
    place,
)
from sayso.cli.trust.words import show_newest
from sayso.errors import MalformedError
from sayso.trust.holders import NOBODY, Part, make_pair
from sayso.trust.keys import PublicKey
from sayso.trust.profiles import find_profile
from sayso.trust.signer import to_key
from sayso.wire.listed_key import list_key
from sayso.wire.log_policy import Log, LogPolicy, encode_log_policy
from sayso.wire.note import KeyType, VerifierKey
from sayso.wire.places import POLICY_NAME

_EXAMPLES = """
\b
Example:
  sayso trust init --profile solo --origin registry.example/log \\
      --root here.pub --root there.pub --targets here.pub --targets there.pub \\
      --online online.pub --releases releases.pub --log log.pub \\
      --minisign minisign.pub
"""
_KEY = "FILE|KEY"


@click.command("init", epilog=_EXAMPLES)
@click.option(
    "--profile",
    "profile_name",
    type=click.Choice(KEPT),
    required=True,
    help="How many holders there are, and how many must sign.",
)
@click.option(
    "--origin",
    required=True,
    help="The name of the log, such as registry.example/log; it never changes.",
)
@click.option(
    "--root",
    "root",
    multiple=True,
    required=True,
    metavar=_KEY,
    help="The public key of a holder who may change all keys. Repeated.",
)
@click.option(
    "--targets",
    multiple=True,
    required=True,
    metavar=_KEY,
    help="The public key of a holder who says who signs releases. Repeated.",
)
@click.option(
    "--online",
    required=True,
    metavar=_KEY,
    help="The public key that signs snapshots and timestamps.",
)
@click.option(
    "--releases",
    multiple=True,
    required=True,
    metavar=_KEY,
    help="A public key that signs releases; may be repeated.",
)
@click.option(
    "--log", "log", required=True, metavar=_KEY, help="The public key of the log."
)
@click.option(
    "--minisign",
    required=True,
    metavar=_KEY,
    help="The public key that signs release.json and registry.json for minisign.",
)
@folder_option
def command(  # noqa: PLR0917 - click passes options by name
    profile_name: str,
    origin: str,
    root: tuple[str, ...],
    targets: tuple[str, ...],
    online: str,
    releases: tuple[str, ...],
    log: str,
    minisign: str,
    folder: Path,
) -> None:
    """Write the first root, targets and policy of the log, for the holders to sign.

    A public key is the .pub file that `sayso trust key` writes, or its second line. For
    root and targets it may be of P-256, as hardware has it, and so in PEM. Nothing that
    exists is overwritten, and no private key is needed.
    """
    given = (
        (Part.ROOT, root),
        (Part.TARGETS, targets),
        (Part.ONLINE, [online]),
        (Part.RELEASES, releases),
    )
    holders, of_log = NOBODY, log_key(log, "--log")
    of_files = log_key(minisign, "--minisign")
    for part, texts in given:
        for text in texts:
            holders = holders.adding(part, holder_key(text, f"--{part}"))
    for option, key in (("--log", of_log), ("--minisign", of_files)):
        if any(to_key(key).keyid in holders.ids(part) for part in Part):
            raise click.BadParameter("this takes a key of its own", param_hint=option)
    if of_log.key == of_files.key:
        raise click.BadParameter("the log has a key of its own", param_hint="--log")
    policy = list_key(_policy(origin, of_log), of_files.text().splitlines()[1])
    profile = find_profile(profile_name)
    first, said = make_pair(profile, holders, policy=policy, now=now())
    place(
        {
            **named_files(folder, [*root, *targets, online, *releases, log, minisign]),
            folder / first.name: first.data,
            folder / said.name: said.data,
            folder / POLICY_NAME: policy,
        }
    )
    show_newest(
        folder,
        "Compare each key with what its holder reads aloud. Then the holders sign "
        "both files, with sayso trust sign.",
    )


def _policy(origin: str, key: PublicKey) -> bytes:
    log = Log(key=VerifierKey(name=origin, type=KeyType.ED25519, key=key.key))
    try:
        return encode_log_policy(
            LogPolicy(logs=(log,), witnesses=(), groups=(), quorum=None)
        )
    except MalformedError as error:
        raise click.BadParameter(
            f"{origin!r} is not a name as registry.example/log is: no spaces, no +",
            param_hint="--origin",
        ) from error
