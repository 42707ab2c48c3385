"""Text primitives that accept exactly one spelling of each value.

The standard library is lenient: `int("1_0")`, `b64decode("QR==")` and
`fromisoformat("20260101")` all succeed. Where bytes are signed, two spellings of
one value are a way to say two things, so each reader here takes only what its
writer makes.
"""

import binascii
import re
from base64 import b64decode, b64encode
from datetime import UTC, date, datetime, timedelta
from typing import NewType

from sayso.errors import MalformedError

Digest = NewType("Digest", str)
"""SHA-256 as 64 lower-case hexadecimal digits."""

_SHOWN = 40
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z", re.ASCII
)


def shown(text: str) -> str:
    """Return a short printable form of a hostile text, for messages."""
    return ascii(text[:_SHOWN]) + ("…" if len(text) > _SHOWN else "")


def from_utf8(data: bytes, *, limit: int) -> str:
    """Return the text of at most `limit` bytes.

    Raises:
        MalformedError: the bytes are too many, or not UTF-8.
    """
    if len(data) > limit:
        raise MalformedError(f"{len(data)} bytes, where at most {limit} are allowed")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise MalformedError(f"not UTF-8 at byte {error.start}") from error


def to_base64(data: bytes) -> str:
    """Return the standard base64 of the bytes, with padding."""
    return b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes:
    """Return what `to_base64` encoded.

    Raises:
        MalformedError: `to_base64` never returns this text.
    """
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedError(f"not base64: {shown(text)}") from error
    if to_base64(data) != text:
        raise MalformedError(f"not canonical base64: {shown(text)}")
    return data


def from_decimal(text: str) -> int:
    """Return the number that `str` would write so, in [0, 10^19).

    Raises:
        MalformedError: there is a sign, a leading zero, or anything but digits.
    """
    if _DECIMAL.fullmatch(text) is None:
        raise MalformedError(f"not a decimal number: {shown(text)}")
    return int(text)


def parse_digest(text: str) -> Digest:
    """Return the text as a SHA-256 digest.

    Raises:
        MalformedError: it is not 64 lower-case hexadecimal digits.
    """
    if _DIGEST.fullmatch(text) is None:
        raise MalformedError(f"not a SHA-256 in lower-case hexadecimal: {shown(text)}")
    return Digest(text)


def format_day(day: date) -> str:
    """Return the day as `2026-11-22`."""
    return f"{day.year:04}-{day.month:02}-{day.day:02}"


def parse_day(text: str) -> date:
    """Return the day written `2026-11-22`; days begin at 00:00 UTC.

    Raises:
        MalformedError: it is another form, or a day that does not exist.
    """
    match = _DAY.fullmatch(text)
    if match is None:
        raise MalformedError(f"not a day such as 2026-11-22: {shown(text)}")
    try:
        return date(*map(int, match.groups()))
    except ValueError as error:
        raise MalformedError(f"there is no day {shown(text)}") from error


def format_time(moment: datetime) -> str:
    """Return the moment as `2026-11-22T11:00:00Z`.

    Raises:
        ValueError: the moment is not in UTC, or not a whole second.
    """
    if moment.utcoffset() != timedelta(0) or moment.microsecond:
        raise ValueError(f"{moment!r} is not a whole second in UTC")
    return f"{format_day(moment)}T{moment:%H:%M:%S}Z"


def parse_time(text: str) -> datetime:
    """Return the moment written `2026-11-22T11:00:00Z`, aware and in UTC.

    Raises:
        MalformedError: it is another form, or a moment that does not exist.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        raise MalformedError(f"not a time such as 2026-11-22T11:00:00Z: {shown(text)}")
    year, month, day, hour, minute, second = map(int, match.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise MalformedError(f"there is no time {shown(text)}") from error
