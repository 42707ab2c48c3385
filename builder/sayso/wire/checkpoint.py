"""C2SP checkpoints: what a log says of its tree at one size.

A checkpoint is the text of a signed note: the log's name, how many entries it has, and
the root of its tree, one a line.
https://c2sp.org/tlog-checkpoint
"""

from dataclasses import dataclass

from sayso.errors import MalformedError
from sayso.wire.merkle import SIZE_LIMIT, Hash, to_hash
from sayso.wire.text import from_base64, from_decimal, shown, to_base64

_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a log says, not verified.

    Attributes:
        origin: "a unique identifier for the log identity which issued the checkpoint".
        size: how many entries the log has.
        root: of its tree.
    """

    origin: str
    size: int
    root: Hash


def format_checkpoint(checkpoint: Checkpoint) -> str:
    """Return the text of a checkpoint, without extension lines.

    Raises:
        MalformedError: it breaks a rule of the format.
    """
    root = to_base64(checkpoint.root)
    text = f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n"
    if parse_checkpoint(text) != checkpoint:
        raise MalformedError(f"not the origin of a log: {shown(checkpoint.origin)}")
    return text


def parse_checkpoint(text: str) -> Checkpoint:
    """Return what a checkpoint says.

    Extension lines are "opaque and OPTIONAL": they are checked to be non-empty, and
    say nothing. What is signed is always the whole text.

    Raises:
        MalformedError: the text is not a checkpoint.
    """
    *lines, rest = text.split("\n")
    if len(lines) < _LINES or not all(lines) or rest:
        raise MalformedError(f"not a checkpoint: {shown(text)}")
    origin, size, root = lines[:_LINES]
    checkpoint = Checkpoint(
        origin=origin, size=from_decimal(size), root=to_hash(from_base64(root))
    )
    if checkpoint.size >= SIZE_LIMIT:
        raise MalformedError(f"a log does not have {size} entries")
    return checkpoint
