"""Evidence: what proves, years later and without a network, what a release said.

The files by which a release was believed, each as the exact text that was signed. Who
reads them begins with a root that was had by another way: `trust.evidence`.
"""

from dataclasses import dataclass
from typing import Final

from sayso.errors import MalformedError
from sayso.wire.members import Members
from sayso.wire.profile import Json
from sayso.wire.text import from_utf8

ROOTS_LIMIT: Final = 256
"""No evidence has more roots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The bytes of files, not verified.

    Attributes:
        roots: from the second to the newest, without a gap; none where the first is
            still in force. The first is never here: it would be no proof.
        targets: the file in which the holders name the policy.
        targets_version: of this file; its name is made of it.
        policy: says who is believed about the log.
        release: what the log has as an entry.
        proof: that it has it, with the log's checkpoint and the cosignatures.
        approval: of the holders, where the release loosens more than the one before
            let it; else None.
    """

    roots: tuple[bytes, ...]
    targets: bytes
    targets_version: int
    policy: bytes
    release: bytes
    proof: bytes
    approval: bytes | None = None


def encode_evidence(evidence: Evidence) -> dict[str, Json]:
    """Return the evidence as a receipt has it.

    Raises:
        MalformedError: a file is not a text.
    """
    approval = evidence.approval
    return {
        "approval": None if approval is None else _text(approval),
        "policy": _text(evidence.policy),
        "proof": _text(evidence.proof),
        "release": _text(evidence.release),
        "roots": [*map(_text, evidence.roots)],
        "targets": _text(evidence.targets),
        "targets_version": evidence.targets_version,
    }


def read_evidence(members: Members) -> Evidence:
    """Return what `encode_evidence` described.

    Raises:
        MalformedError: it is something else.
    """
    roots = members.texts("roots")
    if len(roots) > ROOTS_LIMIT:
        raise members.wrong("roots", f"a list of at most {ROOTS_LIMIT} texts")
    approval = members.nullable_text("approval")
    evidence = Evidence(
        roots=tuple(root.encode() for root in roots),
        targets=members.text("targets").encode(),
        targets_version=members.number("targets_version", least=1),
        policy=members.text("policy").encode(),
        release=members.text("release").encode(),
        proof=members.text("proof").encode(),
        approval=None if approval is None else approval.encode(),
    )
    members.end()
    return evidence


def _text(data: bytes) -> str:
    try:
        return from_utf8(data, limit=len(data))
    except MalformedError as error:
        raise MalformedError(f"a file has no place in a receipt: {error}") from error
