"""C2SP tlog-witness: a log asks its witnesses to cosign a checkpoint.

"When producing a new checkpoint, the log reaches out to witnesses to request
cosignatures over it, providing a consistency proof." The answer is verified with the
witness's key in the policy before it is added to the checkpoint.
https://c2sp.org/tlog-witness
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, TypeAlias

from sayso.client.post import Reply, post
from sayso.errors import FetchError, MalformedError, RegistryError, UntrustedError
from sayso.trust.note import add_signatures
from sayso.wire.checkpoint import Checkpoint, parse_checkpoint
from sayso.wire.log_policy import LogPolicy, Witness
from sayso.wire.merkle import Hash
from sayso.wire.note import NOTE_LIMIT, decode_note
from sayso.wire.text import from_decimal, from_utf8, shown, to_base64

Prove: TypeAlias = Callable[[int], Sequence[Hash]]
"""Gives the proof that the log only grew from a size, at least 1, to the checkpoint."""

_SIZE_TYPE: Final = "text/x.tlog.size"
_WHY: Final[Mapping[int, str]] = {
    HTTPStatus.BAD_REQUEST: "it does not understand the request",
    HTTPStatus.FORBIDDEN: "it knows another key of the log: ask its operator to take "
    "the log's key from the policy",
    HTTPStatus.NOT_FOUND: "it does not know this log: ask its operator to add it, and "
    "look whether the address in the policy is its submission prefix",
    HTTPStatus.UNPROCESSABLE_ENTITY: "the log did not grow from what it has cosigned: "
    "publish nothing before it is known why",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """A checkpoint and what came of asking the witnesses.

    Attributes:
        note: the checkpoint with every cosignature that was given.
        refused: why a witness gave none, by its name in the policy.
    """

    note: bytes
    refused: Mapping[str, str]


def collect(note: bytes, policy: LogPolicy, *, old: int, prove: Prove) -> Collected:
    """Return a checkpoint with the cosignatures of all witnesses who can be asked.

    Whether they are enough is for `trust.log.open_checkpoint` to say.

    Args:
        note: the checkpoint as the log signed it; the log keeps it before it is sent.
        policy: names the witnesses and where they take checkpoints.
        old: the size that the witnesses saw last, as far as is known; 0 if nothing is.
        prove: is asked for the proof from the size that a witness saw last.

    Raises:
        MalformedError: the note is no checkpoint.
    """
    parse_checkpoint(decode_note(note).text)
    refused = dict[str, str]()
    for witness in policy.witnesses:
        if witness.url is None:
            continue
        try:
            note = _cosigned(note, witness, witness.url, old, prove)
        except RegistryError as error:
            refused[witness.name] = str(error)
    return Collected(note=note, refused=refused)


def merge(note: bytes, cosigned: bytes, policy: LogPolicy) -> bytes:
    """Return a checkpoint with the cosignatures that another copy of it has.

    Args:
        note: the checkpoint as the log signed it.
        cosigned: the same checkpoint, as a witness gave it back.
        policy: names the witnesses.

    Raises:
        MalformedError: one of them is no checkpoint.
        UntrustedError: they are two checkpoints; or no witness of the policy cosigned
            the copy, or a cosignature is false.
    """
    text, other = decode_note(note).text, decode_note(cosigned).text
    if other != text:
        ours, theirs = parse_checkpoint(text), parse_checkpoint(other)
        raise UntrustedError(
            f"another checkpoint was cosigned: {theirs.size} entries of "
            f"{shown(theirs.origin)}, and not the one of {ours.size} entries of "
            f"{shown(ours.origin)} that is to be published"
        )
    lines = cosigned[len(text.encode()) + 1 :]
    return add_signatures(note, lines, [witness.key for witness in policy.witnesses])


def encode_request(note: bytes, old: int, proof: Sequence[Hash]) -> bytes:
    """Return the body of an `add-checkpoint` request.

    "An old size line, zero or more consistency proof lines, and an empty line, followed
    by a checkpoint."
    """
    lines = [f"old {old}", *map(to_base64, proof), "", ""]
    return "\n".join(lines).encode() + note


def _cosigned(note: bytes, witness: Witness, url: str, old: int, prove: Prove) -> bytes:
    """Return the note with the cosignature of a witness."""
    checkpoint = parse_checkpoint(decode_note(note).text)
    address = f"{url.rstrip('/')}/add-checkpoint"
    reply = _ask(address, note, min(old, checkpoint.size), prove)
    if reply.status == HTTPStatus.CONFLICT:
        reply = _ask(address, note, _seen(reply, checkpoint, address), prove)
    if reply.status != HTTPStatus.OK:
        raise _refusal(reply, address)
    try:
        return add_signatures(note, reply.body, [witness.key])
    except (MalformedError, UntrustedError) as error:
        raise UntrustedError(
            f"{address} answers with no cosignature of {shown(witness.key.name)} that "
            f"is true: {error}; compare its key with the one in the policy"
        ) from error


def _ask(address: str, note: bytes, old: int, prove: Prove) -> Reply:
    # "If the old size is zero, the consistency proof MUST be empty."
    proof = prove(old) if old else ()
    return post(address, encode_request(note, old, proof), limit=NOTE_LIMIT)


def _seen(reply: Reply, checkpoint: Checkpoint, address: str) -> int:
    """Return the size that a witness says it saw last."""
    if reply.kind != _SIZE_TYPE:
        raise _refusal(reply, address)
    try:
        size = from_decimal(from_utf8(reply.body, limit=NOTE_LIMIT).removesuffix("\n"))
    except MalformedError as error:
        raise MalformedError(
            f"{address} does not say which size it saw last: {error}"
        ) from error
    if size > checkpoint.size:
        raise UntrustedError(
            f"{address} has cosigned {size} entries of {shown(checkpoint.origin)}, and "
            f"this checkpoint has {checkpoint.size}: the log went back. Publish "
            "nothing before it is known why"
        )
    return size


def _refusal(reply: Reply, address: str) -> FetchError:
    why = _WHY.get(reply.status, "try again later")
    said = shown(reply.body.decode(errors="replace").strip())
    return FetchError(
        f"{address} gives no cosignature, it says {reply.status} {said}: {why}"
    )
