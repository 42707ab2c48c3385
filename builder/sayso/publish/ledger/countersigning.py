"""Countersigning: the second signature of `releases`, of whoever rebuilt the release.

"Institution: releases 2 of 2 with an independent rebuilder." (Release) The operator
entered the release into the log; here nothing is entered, and nothing else is signed.
"""

from datetime import datetime

from sayso.errors import PublishError
from sayso.publish.ledger.folder import LedgerFolder
from sayso.publish.ledger.naming import OnlineKeys, to_sign
from sayso.publish.ledger.sealing import PENDING, Sealing, seal
from sayso.publish.ledger.signed import read_in_force
from sayso.trust.folder import TrustFolder
from sayso.trust.keys import SigningKey
from sayso.trust.profiles import Role
from sayso.trust.roles import read_role


def countersign(
    ledger: LedgerFolder,
    release: bytes,
    holders: TrustFolder,
    key: SigningKey,
    *,
    approval: bytes | None,
    now: datetime,
) -> str:
    """Sign that a release is the newest; return what others have to do, or nothing.

    Args:
        ledger: has the release in its log, and takes the signature.
        release: the bytes of `release.json`, which were rebuilt.
        holders: the files of the offline keys, complete.
        key: of `releases`.
        approval: of the holders, where the release is braked.
        now: in UTC, to the second.

    Raises:
        PublishError: it could not be signed.
        RegistryError: a file of the ledger is not what it should be.
    """
    before = read_in_force(ledger.read, holders)
    if before is not None and before.names_release(release):
        raise PublishError("the release is sealed already, so nothing was signed")
    sealing = Sealing(
        release=release,
        holders=holders,
        keys=OnlineKeys(releases=key),
        collect=lambda note, _policy, _hashes: note,
        approval=approval,
    )
    missing = seal(ledger, sealing, now=now)
    version = 1 if before is None else before.releases.version + 1
    data = ledger.read(PENDING)
    if data is None or to_sign(
        read_role(f"{version}.{Role.RELEASES}.json", data), holders.newest[1], key
    ):
        raise PublishError(f"nothing was signed: {missing}")
    return missing
