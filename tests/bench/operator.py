"""An operator for the benchmark: holders who signed once, and the keys of machines.

    trust/   what `sayso build`, `seal` and `publish` take as the holders' folder
    keys/    log.pem  minisign.pem  online.pem  releases.pem

The holders are those of a team: root and targets are signed by two keys of three.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sayso.trust.holder_key import holder_of
from sayso.trust.holders import NOBODY, Part, make_pair
from sayso.trust.keys import PrivateKey, generate_key
from sayso.trust.private_keys import write_private_key
from sayso.trust.profiles import find_profile
from sayso.trust.root import sign_root
from sayso.trust.signer import Ed25519Signer
from sayso.trust.targets import sign_targets
from sayso.wire.listed_key import list_key
from sayso.wire.log_policy import Log, LogPolicy, encode_log_policy
from sayso.wire.note import KeyType, VerifierKey
from sayso.wire.places import POLICY_NAME

TRUST, KEYS = "trust", "keys"

_ORIGIN = "registry.example/log"
_PROFILE = find_profile("team")
_LASTS = timedelta(days=100)
"""An older workspace gets new holders: what these signed is believed for a year."""


def establish(folder: Path) -> None:
    """Make keys and let holders sign, where that was not done or is long ago."""
    root_file = folder / TRUST / "1.root.json"
    now = datetime.now(UTC).replace(microsecond=0)
    if root_file.exists() and now.timestamp() - root_file.stat().st_mtime < (
        _LASTS.total_seconds()
    ):
        return
    for place in (folder / TRUST, folder / KEYS):
        place.mkdir(parents=True, exist_ok=True)
        for old in place.iterdir():
            old.unlink()
    machines = {
        name: generate_key(development=False)
        for name in ("log", "minisign", "online", "releases")
    }
    for name, key in machines.items():
        write_private_key(folder / KEYS / f"{name}.pem", key)
    for name, data in _ceremony(machines, now).items():
        (folder / TRUST / name).write_bytes(data)


def _ceremony(machines: dict[str, PrivateKey], now: datetime) -> dict[str, bytes]:
    """Return root, targets and policy by name, signed by as many as must."""
    people = [generate_key(development=False) for _ in range(_PROFILE.root.of)]
    holders = NOBODY
    for part, keys in (
        (Part.ROOT, people),
        (Part.TARGETS, people),
        (Part.ONLINE, [machines["online"]]),
        (Part.RELEASES, [machines["releases"]]),
    ):
        for key in keys:
            holders = holders.adding(part, holder_of(key.public))
    log = VerifierKey(
        name=_ORIGIN, type=KeyType.ED25519, key=machines["log"].public.key
    )
    policy = encode_log_policy(
        LogPolicy(logs=(Log(key=log),), witnesses=(), groups=(), quorum=None)
    )
    policy = list_key(policy, machines["minisign"].public.text().splitlines()[1])
    root, targets = make_pair(_PROFILE, holders, policy=policy, now=now)
    for key in people[: _PROFILE.root.least]:
        signer = Ed25519Signer(key)
        root = sign_root(root, signer, now=now)
        targets = sign_targets(targets, signer, root=root, policy=policy, now=now)
    return {root.name: root.data, targets.name: targets.data, POLICY_NAME: policy}
