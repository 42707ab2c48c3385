"""`sayso seal`: a release enters the log, and is signed."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import click

from sayso.cli.exits import ExitCode
from sayso.cli.issuing import issue_time, time_option
from sayso.cli.ledger import (
    complete_holders,
    keys_option,
    ledger_option,
    online_keys,
    trust_option,
)
from sayso.cli.written import check_content, check_sealed
from sayso.client.files import read_file
from sayso.client.witness import collect, merge
from sayso.publish.ledger.folder import LedgerFolder, open_ledger
from sayso.publish.ledger.minisigning import check_listed, minisigned
from sayso.publish.ledger.sealing import Sealing, seal
from sayso.trust.approval import APPROVAL_LIMIT
from sayso.trust.folder import TrustFolder
from sayso.trust.keys import SigningKey
from sayso.wire.checkpoint import parse_checkpoint
from sayso.wire.log_policy import LogPolicy
from sayso.wire.merkle import HashOf, prove_consistency
from sayso.wire.note import NOTE_LIMIT, decode_note
from sayso.wire.profile import Json, encode
from sayso.wire.release import REGISTRY_FILE, RELEASE_FILE, RELEASE_LIMIT, Release
from sayso.wire.text import format_time

FORMAT = "sayso/sealed/1"
_FILE = click.Path(dir_okay=False, path_type=Path)
_EXAMPLES = """
\b
Examples:
  sayso seal out/registry --keys /run/keys --genesis
  sayso seal out/registry --ledger ledger --trust trust
"""


@click.command("seal", epilog=_EXAMPLES)
@click.argument(
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path("out/registry"),
)
@ledger_option
@trust_option
@keys_option
@click.option(
    "--approval",
    "approval_file",
    type=_FILE,
    help="What the holders of the targets signed, for a release that the brake holds.  "
    "[default: NUMBER.approval.json in the folder of the ceremony]",
)
@click.option(
    "--cosigned",
    "cosigned_files",
    type=_FILE,
    multiple=True,
    help="The checkpoint as a witness gave it back; may be given several times.",
)
@click.option("--genesis", is_flag=True, help="This is the registry's first release.")
@click.option(
    "--new-log",
    is_flag=True,
    help="The holders named another log instead: it takes over all entries.",
)
@time_option
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.pass_context
def command(
    context: click.Context,
    *,
    folder: Path,
    ledger_folder: Path,
    trust_folder: Path,
    keys_folder: Path | None,
    approval_file: Path | None,
    cosigned_files: tuple[Path, ...],
    genesis: bool,
    new_log: bool,
    moment: str | None,
    as_json: bool,
) -> None:
    """Enter the release in FOLDER into the log, sign it, and say that it is the newest.

    FOLDER is what `sayso build --operator` made. What is signed is kept in the ledger
    before anybody sees it, and copied into FOLDER at last, which `sayso publish` takes.
    A run that was stopped, or that lacks a key, is followed by another with the same
    FOLDER. Exits 0 when all is signed, and 1 when somebody else has to sign first.
    """
    now = issue_time(moment, is_operator=True)
    holders, keys = complete_holders(trust_folder), online_keys(keys_folder)
    release = check_content(folder)
    if keys.minisign is not None:
        check_listed(holders.policy, keys.minisign)
    sealing = Sealing(
        release=read_file(folder / RELEASE_FILE, limit=RELEASE_LIMIT),
        holders=holders,
        keys=keys,
        collect=lambda note, policy, hashes: _cosigned(
            note, policy, hashes, cosigned_files
        ),
        approval=_approval(approval_file, trust_folder, release),
        genesis=genesis,
        new_log=new_log,
    )
    with open_ledger(ledger_folder) as ledger:
        missing = seal(ledger, sealing, now=now)
        if not missing:
            _hand_out(ledger, folder, release, keys.minisign)
            check_sealed(folder, holders.roots[0], now=now)
    _say(release, holders, missing, now, as_json=as_json)
    context.exit(ExitCode.PROBLEMS if missing else ExitCode.DONE)


def _approval(given: Path | None, trust: Path, release: Release) -> bytes | None:
    """Return what was given, else what the holders left in their folder, if needed."""
    kept = trust / f"{release.header.number}.approval.json"
    if given is None and not (release.is_braked and kept.exists()):
        return None
    return read_file(given or kept, limit=APPROVAL_LIMIT)


def _cosigned(
    note: bytes, policy: LogPolicy, hashes: HashOf, files: Iterable[Path]
) -> bytes:
    """Return a checkpoint with what witnesses gave back, and with what they give."""
    for path in files:
        note = merge(note, read_file(path, limit=NOTE_LIMIT), policy)
    size = parse_checkpoint(decode_note(note).text).size
    collected = collect(
        note,
        policy,
        old=size - 1,
        prove=lambda old: prove_consistency(hashes, old, size),
    )
    for name, why in collected.refused.items():
        click.echo(f"sayso: the witness {name} did not cosign: {why}", err=True)
    return collected.note


def _hand_out(
    ledger: LedgerFolder, folder: Path, release: Release, key: SigningKey | None
) -> None:
    """Copy what is published of a ledger beside the release that it is about."""
    out = LedgerFolder(folder)
    files = ledger.published()
    documents = {
        name: (folder / name).read_bytes() for name in (REGISTRY_FILE, RELEASE_FILE)
    }
    if key is not None:
        files |= minisigned(release.header, documents, key)
    out.keep(files)


def _say(
    release: Release,
    holders: TrustFolder,
    missing: str,
    now: datetime,
    *,
    as_json: bool,
) -> None:
    number = release.header.number
    if as_json:
        document: dict[str, Json] = {
            "format": FORMAT,
            "missing": missing or None,
            "release": number,
            "root": holders.newest[0].version,
            "time": format_time(now),
        }
        click.echo(encode(document), nl=False)
    elif missing:
        click.echo(f"Release {number} is in the log, and not sealed yet: {missing}.")
    else:
        click.echo(
            f"Release {number} is sealed: it is in the log, signed, and the newest. "
            "sayso publish brings it to a host."
        )
