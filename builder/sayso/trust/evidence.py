"""Believing evidence: from a pinned root to a release in the log, without a network.

Nothing here expires. A receipt is read years later, when every file of it has run its
time; what it proves is what was signed, and when only as far as somebody says so: the
operator in `issued`, and each witness in its cosignature.

The root that a verifier has may be any that the evidence passes: the first, or a later
one, which then must stand there byte for byte. It is never a newer one. A root says
whom to believe from now on, and nothing of those who were believed before: the keys
that it names may sign a root "before" it at any time. Whoever has pinned a newer root
therefore keeps an older one too; `trust/1.root.json` is enough for every receipt.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sayso.errors import MalformedError, UntrustedError
from sayso.trust.approval import check_approval, decode_approval
from sayso.trust.chain import Chain, follow_root, pin
from sayso.trust.log import TrustedCheckpoint, check_inclusion
from sayso.trust.naming import named_target
from sayso.trust.profiles import Role
from sayso.trust.roles import RoleFile, profile_of, read_role
from sayso.trust.signing import check_signed
from sayso.wire.evidence import Evidence
from sayso.wire.header import Profile
from sayso.wire.log_policy import decode_log_policy
from sayso.wire.log_proof import decode_log_proof
from sayso.wire.places import POLICY_NAME
from sayso.wire.release import Release
from sayso.wire.succession import Entry, read_entry

_FIRST: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """What evidence proves.

    Attributes:
        entry: the release, as the log has it.
        data: the bytes of its `release.json`.
        pinned: the root that was begun with.
        root: the newest one, by which all the rest is believed.
        checkpoint: of the log; it also says which witnesses saw it, and when.
    """

    entry: Entry
    data: bytes
    pinned: RoleFile
    root: RoleFile
    checkpoint: TrustedCheckpoint

    @property
    def release(self) -> Release:
        """The release."""
        return self.entry.release

    @property
    def cosigned(self) -> Mapping[str, datetime]:
        """The witnesses who saw the log with the release in it, and when."""
        return self.checkpoint.cosigned


def check_evidence(pinned: Collection[RoleFile], evidence: Evidence) -> Believed:
    """Return the release that evidence proves.

    Args:
        pinned: roots that were had by another way, at least one; the newest that is
            not newer than the evidence is used.
        evidence: from a receipt.

    Raises:
        MalformedError: a file is not in its format.
        UntrustedError: nothing leads from a pinned root to the release, or too few
            signed a file.
        ValueError: no root is pinned, or something else than a root.
    """
    start = _start(pinned, evidence)
    chain = pin(start)
    for data in evidence.roots[start.version - _FIRST :]:
        chain = follow_root(chain, data)
    targets = _targets(chain, evidence)
    named_target(targets, POLICY_NAME).check(evidence.policy)
    policy = decode_log_policy(evidence.policy)
    proof = decode_log_proof(evidence.proof)
    if proof.extra:
        raise MalformedError(
            "the proof of the log has extra data, which proves nothing"
        )
    trusted = check_inclusion(evidence.release, proof, policy)
    entry = read_entry(evidence.release, index=proof.index, before=None)
    check_kind(entry.release, chain.root)
    _check_approved(entry.release, evidence, chain.root)
    return Believed(
        entry=entry,
        data=evidence.release,
        pinned=start,
        root=chain.root,
        checkpoint=trusted,
    )


def _start(pinned: Collection[RoleFile], evidence: Evidence) -> RoleFile:
    """Return the pinned root to begin with, when the evidence passes it."""
    newest = _FIRST + len(evidence.roots)
    old = [root for root in pinned if root.version <= newest]
    if not old:
        versions = min(root.version for root in pinned)
        raise UntrustedError(
            f"the receipt was made under root {newest}, and root {versions} came "
            "later, which says nothing of what was signed before it; give that root "
            "or an earlier one too, such as the first, 1.root.json, if you had it by "
            "another way than with the receipt"
        )
    start = max(old, key=lambda root: root.version)
    if start.version > _FIRST and evidence.roots[start.version - 2] != start.data:
        raise UntrustedError(
            f"the receipt has another root {start.version} than the one that you "
            "trust; it is of another registry, or forged"
        )
    return start


def _targets(chain: Chain, evidence: Evidence) -> RoleFile:
    name = f"{evidence.targets_version}.{Role.TARGETS}.json"
    targets = read_role(name, evidence.targets)
    check_signed(targets, authority=chain.root)
    return targets


def check_kind(release: Release, root: RoleFile) -> None:
    """Check that a release is of the kind that the keys of a root make.

    Raises:
        UntrustedError: it is a development release, and the root is none, or the
            reverse.
    """
    is_development = release.header.profile is Profile.DEVELOPMENT
    if is_development is not profile_of(root).one_key:
        raise UntrustedError(
            f"release {release.header.number} says that it is of the profile "
            f"{release.header.profile}, and the keys are held otherwise"
        )


def _check_approved(release: Release, evidence: Evidence, root: RoleFile) -> None:
    approval = evidence.approval
    if release.is_braked is (approval is None):
        raise UntrustedError(
            f"release {release.header.number} needs the approval of the holders where "
            "it loosens more than it may, and nowhere else"
        )
    if approval is not None:
        given = decode_approval(approval)
        check_approval(given, release, evidence.release, root=root)
