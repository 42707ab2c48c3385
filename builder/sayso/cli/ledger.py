"""The ledger and the holders' folder, as commands of operators are told of them."""

from pathlib import Path

import click

from sayso.cli.signing import configured_key
from sayso.errors import PublishError
from sayso.publish.ledger.folder import LedgerFolder
from sayso.publish.ledger.naming import OnlineKeys
from sayso.publish.ledger.sealing import check_holders
from sayso.publish.ledger.signed import read_in_force, read_logged
from sayso.trust.folder import TrustFolder, read_trust_folder
from sayso.trust.keys import SigningKey
from sayso.wire.log_policy import decode_log_policy
from sayso.wire.release import decode_release

ledger_option = click.option(
    "--ledger",
    "ledger_folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("ledger"),
    show_default=True,
    help="Where it is kept what was signed: a folder, or a Git branch's work tree.",
)
trust_option = click.option(
    "--trust",
    "trust_folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("trust"),
    show_default=True,
    help="The folder of the ceremony, with what the holders signed.",
)
keys_option = click.option(
    "--keys",
    "keys_folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder with online keys: log.pem, minisign.pem, online.pem, releases.pem. "
    "One that is not there is taken from SAYSO_LOG_KEY, SAYSO_MINISIGN_KEY, "
    "SAYSO_ONLINE_KEY or SAYSO_RELEASES_KEY: its PEM text, or awskms:KEY.",
)


def complete_holders(folder: Path) -> TrustFolder:
    """Return what the holders signed, when enough have.

    Raises:
        PublishError: too few have, or there is nothing.
        RegistryError: a file is not what its name says.
    """
    holders = read_trust_folder(folder)
    check_holders(holders)
    return holders


def online_keys(folder: Path | None) -> OnlineKeys:
    """Return the keys that this machine has.

    Raises:
        PublishError: one cannot be used, or there is none.
    """
    if folder is not None and not folder.is_dir():
        raise PublishError(f"there is no folder {folder}, which --keys names")
    keys = OnlineKeys(
        log=_key(folder, "log"),
        minisign=_key(folder, "minisign"),
        releases=_key(folder, "releases"),
        online=_key(folder, "online"),
    )
    if keys == OnlineKeys():
        raise PublishError(
            "there is no key to sign with: give a folder with --keys, or set "
            "SAYSO_LOG_KEY, SAYSO_MINISIGN_KEY, SAYSO_ONLINE_KEY and SAYSO_RELEASES_KEY"
        )
    return keys


def last_release(folder: Path, holders: TrustFolder) -> bytes | None:
    """Return the release.json that was published last; None before the first.

    Raises:
        PublishError: one is in the log and not finished.
        RegistryError: the ledger is not what it should be.
    """
    ledger = LedgerFolder(folder)
    logged = read_logged(ledger.read, decode_log_policy(holders.policy))
    if logged is None:
        return None
    in_force = read_in_force(ledger.read, holders)
    if in_force is None or not in_force.names_release(logged.last):
        number = decode_release(logged.last).header.number
        raise PublishError(
            f"release {number} is in the log of {folder} and not finished: seal and "
            "publish it before another is built"
        )
    return logged.last


def _key(folder: Path | None, part: str) -> SigningKey | None:
    path = None if folder is None else folder / f"{part}.pem"
    place = str(path) if path is not None and path.exists() else None
    return configured_key(place, variable=f"SAYSO_{part.upper()}_KEY")
