"""The holders of a development key: one key that signs everything, and nobody knows."""

from datetime import datetime

from sayso.trust.folder import TrustFolder
from sayso.trust.holder_key import holder_of
from sayso.trust.holders import NOBODY, Part, make_pair
from sayso.trust.keys import SigningKey
from sayso.trust.profiles import find_profile
from sayso.trust.root import sign_root
from sayso.trust.signer import Ed25519Signer
from sayso.trust.targets import sign_targets
from sayso.wire.log_policy import Log, LogPolicy, encode_log_policy
from sayso.wire.note import KeyType, VerifierKey


def development_holders(key: SigningKey, *, origin: str, now: datetime) -> TrustFolder:
    """Return the files by which one key is believed in all its roles.

    They are made anew for each release, so that whoever pinned an older root believes
    none of it.

    Args:
        key: made for trying out.
        origin: of the registry.
        now: in UTC, to the second.
    """
    holders = NOBODY
    for part in Part:
        holders = holders.adding(part, holder_of(key.public))
    name = VerifierKey(name=f"{origin}/log", type=KeyType.ED25519, key=key.public.key)
    policy = encode_log_policy(
        LogPolicy(logs=(Log(key=name),), witnesses=(), groups=(), quorum=None)
    )
    profile = find_profile("dev")
    root, targets = make_pair(profile, holders, policy=policy, now=now)
    signer = Ed25519Signer(key)
    root = sign_root(root, signer, now=now)
    targets = sign_targets(targets, signer, root=root, policy=policy, now=now)
    return TrustFolder(roots=(root,), targets=(targets,), policy=policy, names={})
