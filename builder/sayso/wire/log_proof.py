"""C2SP tlog-proof: that an entry is in a log, in one file that needs no network.

"Proofs SHOULD be stored with file extension `.tlog-proof`."
https://c2sp.org/tlog-proof
"""

from dataclasses import dataclass
from typing import Final

from sayso.errors import MalformedError
from sayso.wire.merkle import Hash, to_hash
from sayso.wire.note import NOTE_LIMIT
from sayso.wire.text import from_base64, from_decimal, from_utf8, shown, to_base64

PROOF_LIMIT: Final = 2 * NOTE_LIMIT
"""No proof is longer, in bytes."""

_FORMAT = "c2sp.org/tlog-proof@v1"
_HASHES = 63


@dataclass(frozen=True, slots=True, kw_only=True)
class LogProof:
    """A proof, not verified.

    Attributes:
        index: of the entry in the log, from 0.
        hashes: "from the leaf's sibling hash up to the root's child hash".
        checkpoint: the signed note of a tree that has the entry.
        extra: what an application adds; "not authenticated", empty for none.
    """

    index: int
    hashes: tuple[Hash, ...]
    checkpoint: bytes
    extra: bytes = b""


def encode_log_proof(proof: LogProof) -> bytes:
    """Return the bytes of a `.tlog-proof` file.

    Raises:
        MalformedError: the proof breaks a rule of the format.
    """
    lines = [
        _FORMAT,
        *([f"extra {to_base64(proof.extra)}"] if proof.extra else []),
        f"index {proof.index}",
        *map(to_base64, proof.hashes),
    ]
    data = "\n".join([*lines, "", ""]).encode() + proof.checkpoint
    decode_log_proof(data)
    return data


def decode_log_proof(data: bytes) -> LogProof:
    """Return the proof that `encode_log_proof` wrote; its checkpoint is not read.

    Raises:
        MalformedError: `encode_log_proof` never makes these bytes.
    """
    head, _, checkpoint = from_utf8(data, limit=PROOF_LIMIT).partition("\n\n")
    lines = iter(head.split("\n"))
    if next(lines) != _FORMAT or not checkpoint:
        raise MalformedError(f"not a proof of a log: {shown(head)}")
    line = next(lines, "")
    extra = b""
    if line.startswith("extra "):
        extra = from_base64(line.removeprefix("extra "))
        if not extra:
            raise MalformedError("a proof without extra data has no line for it")
        line = next(lines, "")
    if not line.startswith("index "):
        raise MalformedError(f"not the index of an entry: {shown(line)}")
    index = from_decimal(line.removeprefix("index "))
    hashes = tuple(to_hash(from_base64(line)) for line in lines)
    if len(hashes) > _HASHES:
        raise MalformedError(f"a proof of inclusion has at most {_HASHES} hashes")
    return LogProof(
        index=index, hashes=hashes, checkpoint=checkpoint.encode(), extra=extra
    )
