"""The log: what was said when, and never rewritten.

Each entry is the `release.json` of one release. A log is believed as far as a policy
says: who signs its checkpoints, and which witnesses must have seen them. A proof then
ties an entry to a checkpoint, or a checkpoint to an older one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sayso.errors import UntrustedError
from sayso.trust.keys import SigningKey
from sayso.trust.note import open_note, sign_note
from sayso.wire import merkle
from sayso.wire.checkpoint import Checkpoint, format_checkpoint, parse_checkpoint
from sayso.wire.log_policy import LogPolicy
from sayso.wire.log_proof import LogProof
from sayso.wire.merkle import Hash, leaf_hash
from sayso.wire.text import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedCheckpoint:
    """A checkpoint that a policy vouches for.

    Attributes:
        checkpoint: what the log says.
        cosigned: the witnesses who saw it, by their names in the policy, and when.
    """

    checkpoint: Checkpoint
    cosigned: Mapping[str, datetime]


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> bytes:
    """Return the signed note of a checkpoint; the log signs under its origin.

    "A log MUST not sign any checkpoint which is inconsistent with any checkpoint it
    previously signed": the caller keeps what it signs before it shows it.

    Raises:
        MalformedError: the checkpoint breaks a rule of the format, or its origin is
            not the name of a key.
    """
    return sign_note(format_checkpoint(checkpoint), key, name=checkpoint.origin)


def open_checkpoint(note: bytes, policy: LogPolicy) -> TrustedCheckpoint:
    """Return the checkpoint in a signed note.

    Raises:
        MalformedError: the bytes are no checkpoint.
        UntrustedError: no believed log of this origin signed it, a signature of a
            known key is false, or too few witnesses cosigned it.
    """
    trusted = open_own_checkpoint(note, policy)
    if not policy.is_quorum(trusted.cosigned.keys()):
        names = ", ".join(map(shown, trusted.cosigned)) or "none"
        raise UntrustedError(
            f"too few witnesses cosigned the checkpoint: of those that the policy "
            f"names {names}"
        )
    return trusted


def open_own_checkpoint(note: bytes, policy: LogPolicy) -> TrustedCheckpoint:
    """Return the checkpoint in a signed note, before enough witnesses cosigned it.

    For whoever keeps the log, and for witnesses: nobody else believes it so.

    Raises:
        MalformedError: the bytes are no checkpoint.
        UntrustedError: no believed log of this origin signed it, or a signature of a
            known key is false.
    """
    logs = [log.key for log in policy.logs]
    witnesses = [witness.key for witness in policy.witnesses]
    opened = open_note(note, [*logs, *witnesses])
    checkpoint = parse_checkpoint(opened.text)
    if checkpoint.origin not in {key.name for key in opened.signed}:
        raise UntrustedError(
            f"the checkpoint of {shown(checkpoint.origin)} is not signed by a log of "
            "this name that is believed"
        )
    cosigned = {
        witness.name: opened.cosigned[witness.key]
        for witness in policy.witnesses
        if witness.key in opened.cosigned
    }
    return TrustedCheckpoint(checkpoint=checkpoint, cosigned=cosigned)


def check_inclusion(
    entry: bytes, proof: LogProof, policy: LogPolicy
) -> TrustedCheckpoint:
    """Return the checkpoint by which an entry is proved to be in a log.

    Args:
        entry: the bytes of a `release.json`.
        proof: says at which index it is.
        policy: who is believed about the log.

    Raises:
        MalformedError: the proof's checkpoint is none.
        UntrustedError: the checkpoint is not believed, or the log has another entry at
            the index.
    """
    trusted = open_checkpoint(proof.checkpoint, policy)
    size, root = trusted.checkpoint.size, trusted.checkpoint.root
    leaf = leaf_hash(entry)
    merkle.check_inclusion(leaf, proof.index, size, proof.hashes, root)
    return trusted


def check_consistency(old: Checkpoint, new: Checkpoint, proof: Sequence[Hash]) -> None:
    """Check that a log only grew from one checkpoint to another.

    Args:
        old: a checkpoint that was believed before.
        new: one that is believed now.
        proof: empty where both are of one size.

    Raises:
        MalformedError: a hash has not 32 bytes.
        UntrustedError: they are of two logs, the log has become shorter or was
            rewritten, or the proof is another.
    """
    if new.origin != old.origin:
        raise UntrustedError(
            f"a checkpoint of {shown(new.origin)} does not follow one of "
            f"{shown(old.origin)}"
        )
    if new.size < old.size:
        raise UntrustedError(
            f"the log has {new.size} entries, and had {old.size}: it went back"
        )
    merkle.check_consistency(old.size, old.root, new.size, new.root, proof)
