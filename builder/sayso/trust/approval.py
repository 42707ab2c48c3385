"""Approvals: holders of offline keys let one release loosen more than the brake does.

"A release that loosens more than `policy.yaml` permits needs a signature of the offline
targets role." (Release) So whoever takes the online keys cannot turn many answers to
`allow` at once: the holders look first. They sign a short text that names the release:

    sayso/approval/1
    <origin>
    <number>
    <SHA-256 of its release.json>
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import Signature, Signer

from sayso.errors import PublishError, UntrustedError
from sayso.trust.profiles import Role
from sayso.trust.roles import RoleFile, root_of
from sayso.wire.members import Members
from sayso.wire.profile import Json, decode, encode
from sayso.wire.release import Release
from sayso.wire.text import Digest

FORMAT: Final = "sayso/approval/1"
APPROVAL_LIMIT: Final = 64 * 1024
"""No approval is longer, in bytes; five holders with RSA keys need 6 KiB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who approved which release; no signature was checked.

    Attributes:
        origin: of the registry.
        number: of the release.
        release: SHA-256 of its `release.json`.
        signatures: in hexadecimal, by the id of the key.
    """

    origin: str
    number: int
    release: Digest
    signatures: Mapping[str, str]

    @property
    def message(self) -> bytes:
        """What is signed."""
        return f"{FORMAT}\n{self.origin}\n{self.number}\n{self.release}\n".encode()


def approval_of(release: Release, data: bytes) -> Approval:
    """Return an approval of a release that nobody signed yet.

    Args:
        release: what is approved.
        data: the bytes of its `release.json`.
    """
    return Approval(
        origin=release.header.origin,
        number=release.header.number,
        release=Digest(sha256(data).hexdigest()),
        signatures={},
    )


def encode_approval(approval: Approval) -> bytes:
    """Return the only spelling of an approval."""
    signatures: dict[str, Json] = dict(approval.signatures)
    return encode(
        {
            "format": FORMAT,
            "number": approval.number,
            "origin": approval.origin,
            "release": approval.release,
            "signatures": signatures,
        }
    )


def decode_approval(data: bytes) -> Approval:
    """Return the approval that `encode_approval` wrote.

    Raises:
        MalformedError: `encode_approval` never makes these bytes.
    """
    members = Members(decode(data, limit=APPROVAL_LIMIT), "an approval")
    members.constant("format", FORMAT)
    signatures = members.object("signatures")
    approval = Approval(
        origin=members.text("origin"),
        number=members.number("number", least=1),
        release=members.digest("release"),
        signatures={name: signatures.text(name) for name in signatures.names()},
    )
    members.end()
    return approval


def approve(approval: Approval, signer: Signer, *, root: RoleFile) -> Approval:
    """Return an approval with the signature of one more holder.

    Args:
        approval: with the signatures of other holders.
        signer: of the holder.
        root: in force; names the holders.

    Raises:
        PublishError: the signer is none of those who sign the targets, or has signed.
    """
    key_id = signer.public_key.keyid
    if key_id not in root_of(root).roles[Role.TARGETS].keyids:
        raise PublishError(
            f"the key {key_id} may not approve a release: it is none of those in "
            f"{root.name} that sign the targets"
        )
    if key_id in approvers(approval, root):
        raise PublishError(f"the key {key_id} has approved this release already")
    made = signer.sign(approval.message).signature
    approved = replace(approval, signatures={**approval.signatures, key_id: made})
    if key_id not in approvers(approved, root):
        raise PublishError(f"the key {key_id} made a false signature")
    return approved


def check_approval(
    approval: Approval, release: Release, data: bytes, *, root: RoleFile
) -> None:
    """Check that enough of the holders who sign the targets approved a release.

    Args:
        approval: what is said to approve it.
        release: what is approved.
        data: the bytes of its `release.json`.
        root: in force; names the holders.

    Raises:
        UntrustedError: it is an approval of another release, or of too few.
    """
    if replace(approval, signatures={}) != approval_of(release, data):
        raise UntrustedError(
            f"the approval is of release {approval.number}, {approval.release}, and "
            f"not of this release {release.header.number}"
        )
    least = root_of(root).roles[Role.TARGETS].threshold
    count = len(approvers(approval, root))
    if count < least:
        raise UntrustedError(
            f"release {release.header.number} is approved by {count} of the keys in "
            f"{root.name} that sign the targets, and {least} must approve it"
        )


def approvers(approval: Approval, root: RoleFile) -> set[str]:
    """Return the ids of the holders whose signature of an approval holds."""
    said = root_of(root)
    found = set()
    for key_id in said.roles[Role.TARGETS].keyids:
        signature = approval.signatures.get(key_id)
        if signature is not None and key_id in said.keys:
            try:
                said.keys[key_id].verify_signature(
                    Signature(key_id, signature), approval.message
                )
            except UnverifiedSignatureError:
                continue
            found.add(key_id)
    return found
