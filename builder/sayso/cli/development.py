"""Sealing a development release: one throw-away key signs everything, at once."""

from datetime import datetime
from pathlib import Path

from sayso.cli.placing import replace_file
from sayso.publish.ledger.development import development_holders
from sayso.publish.ledger.folder import LedgerFolder
from sayso.publish.ledger.minisigning import minisigned
from sayso.publish.ledger.naming import OnlineKeys
from sayso.publish.ledger.sealing import Sealing, seal
from sayso.trust.keys import SigningKey
from sayso.trust.roles import RoleFile
from sayso.wire.release import REGISTRY_FILE, RELEASE_FILE, decode_release

ROOT_FILE = "development.root.json"
"""Beside the key: what to pin; never taken from the release that it is to vouch for."""


def seal_development(folder: Path, key: SigningKey, *, now: datetime) -> RoleFile:
    """Seal the release in a folder, and return the root by which it is believed.

    Args:
        folder: with a whole release; takes the signatures.
        key: made for trying out.
        now: when it was issued.
    """
    release = (folder / RELEASE_FILE).read_bytes()
    header = decode_release(release).header
    holders = development_holders(key, origin=header.origin, now=now)
    ledger = LedgerFolder(folder)
    seal(
        ledger,
        Sealing(
            release=release,
            holders=holders,
            keys=OnlineKeys(log=key, minisign=key, releases=key, online=key),
            collect=lambda note, _policy, _hashes: note,
            genesis=True,
        ),
        now=now,
    )
    registry = (folder / REGISTRY_FILE).read_bytes()
    documents = {REGISTRY_FILE: registry, RELEASE_FILE: release}
    ledger.commit(minisigned(header, documents, key), "Sign for minisign")
    return holders.roots[0]


def keep_root(folder: Path, root: RoleFile) -> Path:
    """Write a development root beside its key, and return where."""
    path = folder / ROOT_FILE
    replace_file(path, root.data)
    return path
