"""C2SP cosignatures: what a witness signs of a checkpoint that it has seen.

"As of the specified time, the consistent tree head with the largest size the cosigner
has observed for the log identified by the origin line has the specified root hash."
Only the Ed25519 kind, `cosignature/v1`, is read or written.
https://c2sp.org/tlog-cosignature
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sayso.errors import MalformedError

_TIME_BYTES = 8
_SIGNATURE_BYTES = 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosignature:
    """A witness's signature, not verified.

    Attributes:
        time: when the witness made it, a whole second in UTC.
        signature: of `cosigned_message`, 64 bytes.
    """

    time: datetime
    signature: bytes


def cosigned_message(text: str, time: datetime) -> bytes:
    """Return what a witness signs.

    "Two newline terminated lines (one header line and one timestamp line) followed by
    the whole note body of the cosigned checkpoint."

    Args:
        text: of the checkpoint, with its extension lines.
        time: a whole second in UTC.

    Raises:
        ValueError: the time is not a whole second in UTC, or before 1970.
    """
    return f"cosignature/v1\ntime {_seconds(time)}\n{text}".encode()


def encode_cosignature(cosignature: Cosignature) -> bytes:
    """Return the time and the signature as a signature line has them.

    Raises:
        ValueError: the time is not a whole second in UTC, or before 1970.
    """
    time = _seconds(cosignature.time).to_bytes(_TIME_BYTES, "big")
    return time + cosignature.signature


def decode_cosignature(data: bytes) -> Cosignature:
    """Return what `encode_cosignature` wrote.

    Raises:
        MalformedError: it is no timestamped Ed25519 signature.
    """
    if len(data) != _TIME_BYTES + _SIGNATURE_BYTES:
        raise MalformedError(f"a cosignature has 72 bytes, and this {len(data)}")
    seconds = int.from_bytes(data[:_TIME_BYTES], "big")
    try:
        time = _EPOCH + seconds * _SECOND
    except OverflowError as error:
        raise MalformedError(
            f"there is no time {seconds} seconds after 1970"
        ) from error
    return Cosignature(time=time, signature=data[_TIME_BYTES:])


def _seconds(time: datetime) -> int:
    if time.utcoffset() == timedelta(0):
        seconds, rest = divmod(time - _EPOCH, _SECOND)
        if seconds >= 0 and not rest:
            return seconds
    raise ValueError(f"{time!r} is not a whole second in UTC since 1970")
